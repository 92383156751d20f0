/** The folder a trained model lies in: model.json and the networks it names, checked before anything is read. */

import * as constants from './constants';
import { STRIP_HEIGHT, STRIP_WIDTH } from './types';
import { ALPHABET } from './vin';

export const { FORMAT, NETWORKS, STRUCTURE, WEIGHTS } = constants.bundle;
/** The network of each way to read strips. */
export const EXPERTS: Readonly<Record<string, string>> = constants.bundle.EXPERTS;

/** A model folder that cannot be used; the message says why and what to do. */
export class ModelError extends Error {}

/** Returns the content of a file of the model folder, or throws where it is not there; as `fetch` does. */
export type Load = (name: string) => Promise<Uint8Array>;

/**
 * How sure a reading is, and from where on it is called ok.
 *
 * `vin`: weights (7,) of "this line is the VIN", for `decide.vinFeatures`; `right`: weights (7,) of "all 17 are right"
 * where it is, for `decide.rightFeatures`; the last of each is the intercept. `threshold`: probability from which on a
 * reading is ok; `glyphThreshold`: the same for a single character; `glyphLeast`: probability below which a picture
 * shows no character; `settled`: probability of being the VIN from which on no other line is looked for; `risks`:
 * shares of wrong readings among the accepted ones, ascending, with the threshold for each.
 */
export interface Confidence {
  vin: readonly number[];
  right: readonly number[];
  threshold: number;
  glyphThreshold: number;
  glyphLeast: number;
  settled: number;
  risks: readonly (readonly [number, number])[];
}

/**
 * Return the threshold from which on at most a share `risk` of the readings was wrong where it was fitted.
 *
 * Throws a `RangeError` for a share that is not between the least and the most that was measured.
 */
export function forRisk(confidence: Confidence, risk: number): number {
  if (confidence.risks.length === 0) {
    throw new RangeError('target error: this model does not say which threshold gives which error; train it anew');
  }
  const least = confidence.risks[0][0];
  if (!(risk >= least && risk < 1)) {
    throw new RangeError(`target error: got ${risk}, expected a share from ${least} (the least measured) to below 1`);
  }
  return confidence.risks.filter(([of]) => of <= risk).slice(-1)[0][1];
}

/**
 * Return the same with ok from the probability `least` on, or as of `forRisk`, if one is asked for.
 *
 * Throws a `RangeError` for both, for no probability, and for a share that was not measured.
 */
export function withThreshold(confidence: Confidence, least: number | null, risk: number | null): Confidence {
  if (least !== null && risk !== null) {
    throw new RangeError('minConfidence and targetError: got both, expected one: each sets the threshold of ok');
  }
  if (least !== null && !(least >= 0 && least <= 1)) {
    throw new RangeError(`minConfidence: got ${least}, expected a probability from 0 to 1`);
  }
  if (least !== null) return { ...confidence, threshold: least, glyphThreshold: least };
  return risk === null ? confidence : { ...confidence, threshold: forRisk(confidence, risk) };
}

/** A way to read strips: the weight of each of its experts, the first of which parts them, and its confidence. */
export interface Recognition {
  experts: [string, number][];
  confidence: Confidence;
}

/**
 * What a model folder holds.
 *
 * `files`: its networks and what is known of VINs, by their names in the folder; `quality`: thresholds by fault;
 * `version`: of the model, for `Reading.model`; `margin`: along and across a line, if the locator has its own.
 */
export interface Bundle {
  files: ReadonlyMap<string, Uint8Array>;
  recognisers: ReadonlyMap<string, Recognition>;
  recogniser: string;
  quality: Readonly<Record<string, number>>;
  version: string;
  margin: [number, number] | null;
}

/** Return the file's SHA-256 as hexadecimal text. */
export async function sha256(content: Uint8Array): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', content as BufferSource));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * Check a model folder and return what is in it; `recogniser`: only the networks that this way to read needs.
 *
 * Throws a `ModelError` if it is not whole or not for this code.
 */
export async function openBundle(load: Load, recogniser: string | null = null): Promise<Bundle> {
  const text = new TextDecoder().decode(await loaded(load, 'model.json'));
  const description = describe(text);
  const recognisers = new Map<string, Recognition>();
  for (const [name, said] of Object.entries(description.recognisers as Record<string, any>)) {
    recognisers.set(name, recognition(said));
  }
  const chosen = recogniser ?? String(description.recogniser);
  const reads = recognisers.get(chosen);
  if (reads === undefined) {
    throw new ModelError(`model.json: reads by '${chosen}', expected one of ${[...recognisers.keys()].join(', ')}`);
  }
  const networks = new Set([...NETWORKS, ...reads.experts.map(([name]) => EXPERTS[name])]);
  const names = [...[...networks].map((name) => `${name}.onnx`), STRUCTURE];
  const files = new Map<string, Uint8Array>();
  await Promise.all(
    names.map(async (name) => {
      const content = await loaded(load, name);
      if ((await sha256(content)) !== description.sha256?.[name]) {
        throw new ModelError(`${name}: not the file that model.json was written for; get or train the model again`);
      }
      files.set(name, content);
    }),
  );
  const quality = Object.entries(description.quality as Record<string, { threshold: number }>);
  const [along, across] = (description.margin ?? [0, 0]) as [number, number];
  return {
    files,
    recognisers,
    recogniser: chosen,
    quality: Object.fromEntries(quality.map(([name, fault]) => [name, fault.threshold])),
    version: await versionOf(text),
    margin: along > 0 && across > 0 ? [along, across] : null,
  };
}

async function loaded(load: Load, name: string): Promise<Uint8Array> {
  try {
    return await load(name);
  } catch (error) {
    throw error instanceof ModelError
      ? error
      : new ModelError(`${name}: ${error instanceof Error ? error.message : error}`);
  }
}

/** Return what model.json says, if it is for this code. */
function describe(text: string): Record<string, any> {
  let description: Record<string, any>;
  try {
    description = JSON.parse(text);
  } catch (error) {
    throw new ModelError(`model.json: not a model description (${error}); train the model again`);
  }
  if (description.format !== FORMAT) {
    throw new ModelError(`model.json: model format ${description.format}, expected ${FORMAT}; train it anew`);
  }
  if (description.alphabet !== ALPHABET) {
    throw new ModelError(`model.json: trained for the characters ${description.alphabet}, expected ${ALPHABET}`);
  }
  if (String(description.strip) !== String([STRIP_HEIGHT, STRIP_WIDTH])) {
    const expected = [STRIP_HEIGHT, STRIP_WIDTH];
    throw new ModelError(`model.json: trained for strips of ${description.strip}, expected ${expected}`);
  }
  return description;
}

/** Return a way to read strips as model.json says it. */
function recognition(said: Record<string, any>): Recognition {
  const experts = Object.entries(said.experts as Record<string, number>);
  if (experts.length === 0 || experts.some(([name]) => !(name in EXPERTS))) {
    const names = experts.map(([name]) => name);
    throw new ModelError(`model.json: has the experts ${names}, expected some of ${Object.keys(EXPERTS)}`);
  }
  const numbers = said.confidence;
  if (numbers.vin.length !== WEIGHTS.vin || numbers.right.length !== WEIGHTS.right) {
    throw new ModelError(`model.json: the confidence has other weights than expected: ${JSON.stringify(WEIGHTS)}`);
  }
  return {
    experts,
    confidence: {
      vin: numbers.vin,
      right: numbers.right,
      threshold: numbers.threshold,
      glyphThreshold: numbers.glyph_threshold,
      glyphLeast: numbers.glyph_least,
      settled: numbers.settled,
      risks: numbers.risks ?? [],
    },
  };
}

/** Return the version of a model: the vinchar that trained it, and a digest of all it reads with. */
async function versionOf(text: string): Promise<string> {
  const said = withLiterals(text);
  const named = NAMED.filter((name) => name in said).map((name): [string, unknown] => [name, said[name]]);
  const digest = await sha256(new TextEncoder().encode(dumped(Object.fromEntries(named))));
  return `${said.vinchar}-${digest.slice(0, 8)}`;
}

const NAMED = ['sha256', 'recognisers', 'recogniser', 'quality', 'margin'];
const LITERAL = '\u0000'; // before a number that is kept as it was written: 1.0 is not 1 where text is compared

/** Return a JSON text's values with its numbers as they were written. */
function withLiterals(text: string): Record<string, any> {
  const token = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g;
  return JSON.parse(text.replace(token, (found) => (found[0] === '"' ? found : `"\\u0000${found}"`)));
}

/** Return values as `json.dumps` of Python writes them with sorted keys. */
function dumped(value: unknown): string {
  if (typeof value === 'string') return value.startsWith(LITERAL) ? value.slice(1) : JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(dumped).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const pairs = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${pairs.map(([name, one]) => `${JSON.stringify(name)}: ${dumped(one)}`).join(', ')}}`;
}
