/** Pictures at another size, one way for all stages. */

import { resizeArea, resizeLinear } from './opencv/resize';
import type { Gray } from './types';

/**
 * Return a grey picture at another size; where it shrinks every pixel gathers all of its area.
 *
 * A large photo is first halved as often as there is room. `enlarge`: how a picture grows.
 */
export function resized(gray: Gray, width: number, height: number, enlarge = resizeLinear): Gray {
  if (width > gray.width) return enlarge(gray, width, height);
  while (gray.width >= 2 * width && gray.height >= 2 * height) {
    const columns = gray.width >> 1;
    const rows = gray.height >> 1;
    gray = resizeArea(crop(gray, 0, 0, 2 * columns, 2 * rows), columns, rows);
  }
  if (gray.width === width && gray.height === height) return gray;
  return resizeArea(gray, width, height);
}

/** Return the part of a picture from `x0`, `y0` to before `x1`, `y1`. */
export function crop(gray: Gray, x0: number, y0: number, x1: number, y1: number): Gray {
  const width = x1 - x0;
  const height = y1 - y0;
  if (width === gray.width && height === gray.height) return gray;
  const data = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const start = (y0 + y) * gray.width + x0;
    data.set(gray.data.subarray(start, start + width), y * width);
  }
  return { data, width, height };
}
