/** Pictures that are made here. */

import type { Gray } from '../types';

/** Numbers of a picture's shape, row after row: float32 where Python has float32. */
export type Plane = { data: Float32Array; width: number; height: number };

/** Return a grey picture of one level. */
export function plainGray(width: number, height: number, level = 0): Gray {
  return { data: new Uint8Array(width * height).fill(level), width, height };
}

/** Return a view of a grey picture that rounds what is put into it: halves to even, and at 0 and 255 it ends. */
export function rounding({ data }: Gray): Uint8ClampedArray {
  return new Uint8ClampedArray(data.buffer, data.byteOffset, data.length);
}
