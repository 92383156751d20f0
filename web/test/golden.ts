/** What `golden_a.py` wrote. */

import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect } from 'vitest';
import { openNet, type Net } from '../src/session';
import type { Plane } from '../src/opencv/pictures';
import type { Edges, Gray } from '../src/types';

type Numbers = Uint8Array | Int32Array | Float32Array | Float64Array;
export type Table = { shape: number[]; data: Numbers };

const TYPES: Record<string, (buffer: ArrayBuffer) => Numbers> = {
  uint8: (buffer) => new Uint8Array(buffer),
  bool: (buffer) => new Uint8Array(buffer),
  int32: (buffer) => new Int32Array(buffer),
  float32: (buffer) => new Float32Array(buffer),
  float64: (buffer) => new Float64Array(buffer),
};

/** Return the cases of a stage; an array is its `shape` and its `data`. */
export function golden(stage: string): any[] {
  const text = gunzipSync(readFileSync(new URL(`golden/${stage}.json.gz`, import.meta.url))).toString();
  return JSON.parse(text, (_, value) => {
    if (typeof value?.dtype !== 'string') return value;
    const bytes = Uint8Array.from(Buffer.from(value.data, 'base64'));
    return { shape: value.shape, data: TYPES[value.dtype](bytes.buffer) };
  });
}

export function grayOf(table: Table): Gray {
  return { data: table.data as Uint8Array, width: table.shape[1], height: table.shape[0] };
}

export function planeOf(table: Table): Plane {
  return { data: table.data as Float32Array, width: table.shape[1], height: table.shape[0] };
}

/** Return the greatest difference between two rows of numbers of the same length, and the share that differ. */
export function apart(got: ArrayLike<number>, wanted: ArrayLike<number>): { most: number; share: number } {
  expect(got.length).toBe(wanted.length);
  let most = 0;
  let count = 0;
  for (let i = 0; i < got.length; i++) {
    const difference = Math.abs(got[i] - wanted[i]);
    if (!(difference <= most)) most = difference;
    if (difference) count++;
  }
  return { most, share: got.length ? count / got.length : 0 };
}

/** Expect that numbers differ by `most` at most. */
export function expectClose(got: ArrayLike<number>, wanted: ArrayLike<number>, most: number): void {
  expect(apart(got, wanted).most).toBeLessThanOrEqual(most);
}

/** Expect the same grey levels but for a few that lie half-way between two. */
export function expectSame(got: Gray, wanted: Table, few = 0.002): void {
  expect([got.height, got.width]).toEqual(wanted.shape);
  const { most, share } = apart(got.data, wanted.data);
  expect(most).toBeLessThanOrEqual(1);
  expect(share).toBeLessThan(few);
}

/** Return a photo that the stages are tried on. */
export function photo(name: string): Gray {
  return grayOf(golden('pictures').find((one) => one.name === name).gray);
}

export function edgesOf(table: Table): Edges {
  return { count: table.shape[1], data: table.data as Float32Array };
}

/** Open one of the shipped networks. */
export function shipped(name: string): Promise<Net> {
  return openNet(new Uint8Array(readFileSync(new URL(`../../model/${name}.onnx`, import.meta.url))));
}
