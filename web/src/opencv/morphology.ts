/** The greatest of what is around each pixel, as OpenCV finds it; beyond the borders nothing counts. */

import type { Gray } from '../types';
import { plainGray } from './pictures';

/** Return the greatest of the values of a row up to `reach` away from each. */
export function dilateRow(row: Float32Array, reach: number): Float32Array {
  const found = new Float32Array(row.length + 2 * reach).fill(-Infinity);
  found.set(row, reach);
  raise(found, 2 * reach + 1, 1);
  return found.subarray(0, row.length);
}

/** Return what is lighter than all that is `2 * reach + 1` pixels wide and high, and by how much. */
export function topHat(gray: Gray, reach: number): Gray {
  // What is least is greatest in the negative.
  const opened = dilate(negative(dilate(negative(gray), reach)), reach).data;
  return { ...gray, data: gray.data.map((level, i) => Math.max(level - opened[i], 0)) };
}

function negative(gray: Gray): Gray {
  return { ...gray, data: gray.data.map((level) => 255 - level) };
}

/** Return the greatest in the square, `2 * reach + 1` pixels wide, round each pixel. */
function dilate({ data, width, height }: Gray, reach: number): Gray {
  const step = width + 2 * reach;
  const found = new Uint8Array(step * (height + 2 * reach));
  for (let y = 0; y < height; y++) found.set(data.subarray(y * width, (y + 1) * width), (y + reach) * step + reach);
  raise(found, 2 * reach + 1, 1);
  raise(found, 2 * reach + 1, step);
  const out = plainGray(width, height);
  for (let y = 0; y < height; y++) out.data.set(found.subarray(y * step, y * step + width), y * width);
  return out;
}

/** Raise each value to the greatest of `count` from it on, `step` apart: of two, of four, and so on. */
function raise(values: Uint8Array | Float32Array, count: number, step: number): void {
  for (let done = 1; done < count; ) {
    const more = Math.min(done, count - done);
    const ahead = more * step;
    for (let i = 0; i < values.length - ahead; i++) if (values[i + ahead] > values[i]) values[i] = values[i + ahead];
    done += more;
  }
}
