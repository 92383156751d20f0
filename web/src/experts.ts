/** The recogniser that a model has: its experts, opened and put together. */

import { EXPERTS, ModelError, type Recognition } from './bundle';
import { Ctc } from './ctc';
import { Lattice } from './lattice';
import { type Expert, Experts } from './recognise';
import type { Network } from './session';

const MAKE: Readonly<Record<string, (network: Network) => Expert>> = {
  lattice: (network) => new Lattice(network),
  ctc: (network) => new Ctc(network),
};

/** Return the recogniser of a way to read strips; `network` opens the network of a name. */
export async function recogniserOf(
  recognition: Recognition,
  network: (name: string) => Promise<Network>,
): Promise<Experts> {
  const experts: [Expert, number][] = [];
  for (const [name, weight] of recognition.experts) {
    const make = MAKE[name];
    if (make === undefined) throw new ModelError(`the expert ${name} is not read here, only ${Object.keys(MAKE)}`);
    experts.push([make(await network(EXPERTS[name])), weight]);
  }
  return new Experts(experts);
}
