/** The least and the greatest of what is around each pixel, as OpenCV finds them; beyond the borders nothing counts. */

import type { Gray } from '../types';

/** Return the greatest of the values of a row up to `reach` away from each. */
export function dilateRow(row: Float32Array, reach: number): Float32Array {
  const padded = new Float32Array(row.length + 2 * reach).fill(-Infinity);
  padded.set(row, reach);
  slide(padded, 2 * reach + 1, 1, true);
  return padded.slice(0, row.length);
}

/** Return what is lighter than all that is `2 * reach + 1` pixels wide and high, and by how much. */
export function topHat(gray: Gray, reach: number): Gray {
  const opened = inSquares(inSquares(gray, reach, false), reach, true);
  return { ...gray, data: gray.data.map((level, i) => Math.max(level - opened.data[i], 0)) };
}

/** Return the greatest or the least level in the square round each pixel. */
function inSquares({ data, width, height }: Gray, reach: number, greatest: boolean): Gray {
  const size = 2 * reach + 1;
  const step = width + 2 * reach;
  const padded = new Uint8Array(step * (height + 2 * reach)).fill(greatest ? 0 : 255);
  for (let y = 0; y < height; y++) padded.set(data.subarray(y * width, (y + 1) * width), (y + reach) * step + reach);
  slide(padded, size, 1, greatest);
  slide(padded, size, step, greatest);
  const out = new Uint8Array(data.length);
  for (let y = 0; y < height; y++) out.set(padded.subarray(y * step, y * step + width), y * width);
  return { data: out, width, height };
}

/** Make each value the greatest or the least of `size` values from it on, every `step`-th of those that follow. */
function slide(values: Uint8Array | Float32Array, size: number, step: number, greatest: boolean): void {
  for (let known = 1; known < size; ) {
    const more = Math.min(known, size - known); // twice as far every time
    const ahead = more * step;
    for (let i = 0; i + ahead < values.length; i++) {
      const other = values[i + ahead];
      if (greatest ? other > values[i] : other < values[i]) values[i] = other;
    }
    known += more;
  }
}
