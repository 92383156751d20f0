/** Pictures looked up at places between pixels, as OpenCV 5's `remap` does it: at the exact place, in float32. */

import { clip } from '../numeric';
import type { Gray } from '../types';
import { type Plane, plainGray, rounding } from './pictures';

/**
 * Return the bicubic picture of the places `x`, `y`, float32 (height * width,); beyond the borders the last pixel goes
 * on. The middle of the first pixel is at 0, 0.
 *
 * Sums are rounded where Intel's IPP does it, by which OpenCV works: each product is added before it is rounded.
 */
export function remapCubic(gray: Gray, x: Float32Array, y: Float32Array, width: number, height: number): Gray {
  const { fround } = Math;
  const { data, width: step } = gray;
  const [lastColumn, lastRow] = [step - 1, gray.height - 1];
  const out = plainGray(width, height);
  const levels = rounding(out);
  const across = new Float32Array(4);
  const down = new Float32Array(4);
  for (let i = 0; i < levels.length; i++) {
    const left = Math.floor(x[i]);
    const top = Math.floor(y[i]);
    setCubicWeights(across, x[i] - left);
    setCubicWeights(down, y[i] - top);
    const w0 = across[0];
    const w1 = across[1];
    const w2 = across[2];
    const w3 = across[3];
    const isInside = left > 0 && top > 0 && left + 2 <= lastColumn && top + 2 <= lastRow;
    let sum = 0;
    for (let k = 0; k < 4; k++) {
      let row = 0;
      if (isInside) {
        const at = (top - 1 + k) * step + left - 1;
        row = fround(w0 * data[at]);
        row = fround(w1 * data[at + 1] + row);
        row = fround(w2 * data[at + 2] + row);
        row = fround(w3 * data[at + 3] + row);
      } else {
        const start = clip(top - 1 + k, 0, lastRow) * step;
        for (let l = 0; l < 4; l++) row = fround(across[l] * data[start + clip(left - 1 + l, 0, lastColumn)] + row);
      }
      sum = fround(down[k] * row + sum);
    }
    levels[i] = sum;
  }
  return out;
}

/** Return the bilinear values, float32, of the places `x`, `y`; all is 0 beyond the borders. */
export function remapLinear(plane: Plane, x: Float32Array, y: Float32Array): Float32Array {
  const out = new Float32Array(x.length);
  for (let i = 0; i < out.length; i++) {
    const left = Math.floor(x[i]);
    const top = Math.floor(y[i]);
    const across = x[i] - left;
    const upper = between(valueAt(plane, left, top), valueAt(plane, left + 1, top), across);
    const lower = between(valueAt(plane, left, top + 1), valueAt(plane, left + 1, top + 1), across);
    out[i] = between(upper, lower, y[i] - top);
  }
  return out;
}

function between(first: number, second: number, share: number): number {
  return Math.fround(first + Math.fround(share * Math.fround(second - first)));
}

function valueAt(plane: Plane, x: number, y: number): number {
  return x < 0 || y < 0 || x >= plane.width || y >= plane.height ? 0 : plane.data[y * plane.width + x];
}

/**
 * Set the weights of four pixels in a row for a place that is `x`, 0 to 1, behind the second (Keys 1981, a = -0.75).
 */
function setCubicWeights(weights: Float32Array, x: number): void {
  const { fround } = Math;
  const back = fround(x - 1);
  const squared = fround(x * x);
  weights[0] = -0.75 * fround(x * fround(back * back));
  weights[1] = squared * fround(1.25 * x - 2.25) + 1;
  weights[3] = 0.75 * fround(squared * back);
  weights[2] = fround(fround(1 - weights[0]) - weights[1]) - weights[3];
}
