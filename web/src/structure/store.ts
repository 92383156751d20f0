/** What is known of VINs and of other text, in one file of a model folder. */

import * as constants from '../constants';
import { readNpz } from '../npz';
import { ALPHABET, type Makers } from '../vin';
import { Learned, mixed, type Structure } from './model';
import { TextModel } from './text';

const { STEPS } = constants.structureStore;

/** How likely strings are as VINs, and as other text. */
export class Knowledge {
  constructor(
    readonly structure: Structure,
    readonly text: TextModel,
  ) {}

  /**
   * Return by how much 17 characters are likelier as a VIN than as a piece of other text, in nats.
   *
   * `asVin`: their log-probability as a VIN, if that is known already.
   */
  likeness(vin: string, asVin: number | null = null): number {
    const string = indices(vin);
    return (asVin ?? this.structure.logProb(string)) - this.text.logProb(string);
  }
}

/** Return the places of a VIN's characters in the alphabet. */
export function indices(vin: string): number[] {
  return [...vin].map((char) => ALPHABET.indexOf(char));
}

/** Return what stands in `structure.npz`. Throws an `Error` if the file is something else. */
export async function load(file: Uint8Array, makers: Makers): Promise<Knowledge> {
  const arrays = await readNpz(file);
  const [steps, logs] = ['names', 'logs'].map((name) => {
    const array = arrays.get(name);
    if (array === undefined) throw new Error('structure: got something else than what is known of VINs');
    return new Uint8Array(bytesOf(array.data, array.shape)).buffer;
  });
  const names = new Uint32Array(steps);
  for (let i = 1; i < names.length; i++) names[i] += names[i - 1]; // stored as steps from each to the next
  const learned = new Learned(
    names,
    Float32Array.from(new Int16Array(logs), (log) => log / STEPS),
    Float32Array.from(arrays.get('alone')?.data ?? []),
  );
  const text = [...arrays].filter(([name]) => name.startsWith('text_'));
  return new Knowledge(
    mixed(learned, makers),
    TextModel.fromArrays(new Map(text.map(([name, array]) => [name.replace('text_', ''), array]))),
  );
}

/** Return numbers byte by byte that are stored with bytes of like weight together, (bytes, N). */
function bytesOf(data: ArrayLike<number>, [bytes, count]: number[]): Uint8Array {
  const each = new Uint8Array(data.length);
  for (let i = 0; i < count; i++) {
    for (let byte = 0; byte < bytes; byte++) each[i * bytes + byte] = data[byte * count + i];
  }
  return each;
}
