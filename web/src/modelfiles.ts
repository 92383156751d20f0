/** Which files of a model folder are read. */

import * as constants from './constants.ts';

const { EXPERTS, NETWORKS, STRUCTURE } = constants.bundle;

/** Return the files, beside `model.json`, that the usual way to read takes; `description`: what is in `model.json`. */
export function filesOf({ recognisers, recogniser }: any): string[] {
  const experts = Object.keys(recognisers[recogniser].experts) as (keyof typeof EXPERTS)[];
  const networks = new Set([...NETWORKS, ...experts.map((name) => EXPERTS[name])]);
  return [STRUCTURE, ...[...networks].map((name) => `${name}.onnx`)];
}
