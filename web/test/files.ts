/** The files that tests read. */

import { readFileSync } from 'node:fs';
import { readNpz } from '../src/npz';
import { type Makers, readMakers } from '../src/vin';

const ROOT = new URL('../../', import.meta.url);

function bytesOf(path: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(path, ROOT)));
}

/** Return a file of the model folder, as `openBundle` asks for it. */
export async function loadModel(name: string): Promise<Uint8Array> {
  return bytesOf(`model/${name}`);
}

export async function makersTable(): Promise<Makers> {
  return readMakers(bytesOf('vinchar/makers.tsv.gz'));
}

/** Return a file as `openReader` asks for it. */
export async function loadReader(name: string): Promise<Uint8Array> {
  return bytesOf(name === 'makers.tsv.gz' ? `vinchar/${name}` : `model/${name}`);
}

export function golden(name: string): any {
  return JSON.parse(new TextDecoder().decode(bytesOf(`web/test/golden/${name}.json`)));
}

export async function goldenArrays(name: string) {
  return readNpz(bytesOf(`web/test/golden/${name}.npz`));
}

/** Return the largest difference between two rows of numbers; infinite where they differ in length. */
export function farthest(one: ArrayLike<number>, other: ArrayLike<number>): number {
  if (one.length !== other.length) return Infinity;
  let most = 0;
  for (let i = 0; i < one.length; i++) most = Math.max(most, Math.abs(one[i] - other[i]));
  return most;
}
