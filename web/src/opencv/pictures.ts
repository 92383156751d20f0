/** Pictures that are made here. */

import type { Gray } from '../types';

/** Numbers of a picture's shape, row after row: float32 where Python has float32. */
export type Plane = { data: Float32Array; width: number; height: number };

/** Return a grey picture of one level. */
export function plainGray(width: number, height: number, level = 0): Gray {
  return { data: new Uint8Array(width * height).fill(level), width, height };
}
