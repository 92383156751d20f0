/** The least and the greatest of what is around each pixel, as OpenCV finds them; beyond the borders nothing counts. */

import type { Gray } from '../types';

/** Return the greatest of the values of a row up to `reach` away from each. */
export function dilateRow(row: Float32Array, reach: number): Float32Array {
  return extremes(row, reach, Math.max);
}

/** Return what is lighter than all that is `2 * reach + 1` pixels wide and high, and by how much. */
export function topHat(gray: Gray, reach: number): Gray {
  const opened = extremesInSquares(extremesInSquares(gray, reach, Math.min), reach, Math.max);
  return { ...gray, data: gray.data.map((level, i) => Math.max(level - opened.data[i], 0)) };
}

type Extreme = (one: number, other: number) => number;

function extremes<T extends Uint8Array | Float32Array>(values: T, reach: number, extreme: Extreme): T {
  return values.map((value, i) => {
    let found = value;
    const last = Math.min(i + reach, values.length - 1);
    for (let j = Math.max(i - reach, 0); j <= last; j++) found = extreme(found, values[j]);
    return found;
  }) as T;
}

function extremesInSquares({ data, width, height }: Gray, reach: number, extreme: Extreme): Gray {
  const found = new Uint8Array(data.length);
  for (let y = 0; y < height; y++) {
    found.set(extremes(data.subarray(y * width, (y + 1) * width), reach, extreme), y * width);
  }
  const column = new Uint8Array(height);
  for (let x = 0; x < width; x++) {
    for (let y = 0; y < height; y++) column[y] = found[y * width + x];
    extremes(column, reach, extreme).forEach((level, y) => (found[y * width + x] = level));
  }
  return { data: found, width, height };
}
