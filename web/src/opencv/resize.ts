/** Pictures at another size as OpenCV's `resize` makes them, with its fixed-point weights where it has them. */

import { clip, roundHalfEven } from '../numeric';
import type { Gray } from '../types';
import { plainGray, rounding } from './pictures';

// OpenCV's weights of pixels are whole numbers of 2^-11.
const BITS = 11;
const ONE = 1 << BITS;

/** For each wanted column or row: its first source pixel, and the weights of that and the next one, in 2^-11. */
type Taps = { first: Int32Array; weights: Int32Array };

/** Bilinear: every pixel from the nearest four. */
export function resizeLinear(gray: Gray, width: number, height: number): Gray {
  const across = linearTaps(gray.width, width);
  const down = linearTaps(gray.height, height);
  const rows = weighRows(gray, across, width);
  const out = plainGray(width, height);
  for (let y = 0; y < height; y++) {
    const upper = rows.subarray(clip(down.first[y], 0, gray.height - 1) * width);
    const lower = rows.subarray(clip(down.first[y] + 1, 0, gray.height - 1) * width);
    const above = down.weights[2 * y];
    const below = down.weights[2 * y + 1];
    for (let x = 0; x < width; x++) {
      // OpenCV drops bits on the way, so that its vector instructions do: the same here.
      const sum = ((above * (upper[x] >> 4)) >> 16) + ((below * (lower[x] >> 4)) >> 16);
      out.data[y * width + x] = (sum + 2) >> 2;
    }
  }
  return out;
}

/** Bicubic: every pixel from the nearest sixteen, with exact weights; beyond the borders the last pixel goes on. */
export function resizeCubic(gray: Gray, width: number, height: number): Gray {
  const across = cubicTaps(gray.width, width);
  const down = cubicTaps(gray.height, height);
  const rows = new Float64Array(gray.height * width);
  for (let y = 0; y < gray.height; y++) {
    const start = y * gray.width;
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let k = 4 * x; k < 4 * x + 4; k++) sum += gray.data[start + across.at[k]] * across.weights[k];
      rows[y * width + x] = sum;
    }
  }
  const out = plainGray(width, height);
  const levels = rounding(out);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let k = 4 * y; k < 4 * y + 4; k++) sum += rows[down.at[k] * width + x] * down.weights[k];
      levels[y * width + x] = sum;
    }
  }
  return out;
}

/** Return, for each wanted column or row, the four source pixels that it is made of, and their weights. */
function cubicTaps(have: number, want: number): { at: Int32Array; weights: Float64Array } {
  const at = new Int32Array(4 * want);
  const weights = new Float64Array(4 * want);
  for (let i = 0; i < want; i++) {
    const place = ((i + 0.5) * have) / want - 0.5;
    const floor = Math.floor(place);
    setCubicWeights(weights.subarray(4 * i), place - floor);
    for (let k = 0; k < 4; k++) at[4 * i + k] = clip(floor - 1 + k, 0, have - 1);
  }
  return { at, weights };
}

/** Every pixel the mean of the area that it covers; for sizes that are not larger than the picture's. */
export function resizeArea(gray: Gray, width: number, height: number): Gray {
  const across = gray.width / width;
  const down = gray.height / height;
  if (across === 2 && down === 2) return halved(gray);
  if (Number.isInteger(across) && Number.isInteger(down)) return wholePixels(gray, across, down);
  return partPixels(gray, width, height);
}

/** Return the means of blocks of 2 x 2 pixels. OpenCV rounds halves up here alone, else to even. */
function halved({ data, width, height }: Gray): Gray {
  const out = plainGray(width / 2, height / 2);
  for (let y = 0; y < out.height; y++) {
    let from = 2 * y * width;
    const end = (y + 1) * out.width;
    for (let to = y * out.width; to < end; to++, from += 2) {
      out.data[to] = (data[from] + data[from + 1] + data[from + width] + data[from + width + 1] + 2) >> 2;
    }
  }
  return out;
}

/** Return the means of blocks of whole pixels. */
function wholePixels(gray: Gray, across: number, down: number): Gray {
  const out = plainGray(gray.width / across, gray.height / down);
  const levels = rounding(out);
  const scale = Math.fround(1 / (across * down));
  for (let y = 0; y < out.height; y++) {
    for (let x = 0; x < out.width; x++) {
      let sum = 0;
      for (let dy = 0; dy < down; dy++) {
        const start = (y * down + dy) * gray.width + x * across;
        for (let dx = 0; dx < across; dx++) sum += gray.data[start + dx];
      }
      levels[y * out.width + x] = Math.fround(sum * scale);
    }
  }
  return out;
}

/**
 * Pieces of source pixels: those of wanted pixel `i` come before `ends[i]` and after those before; piece `k` is a part
 * `weight[k]` of it, and lies in source pixel `from[k]`.
 */
type Pieces = { ends: Int32Array; from: Int32Array; weight: Float32Array };

/** Return the means of areas whose borders cut through pixels; sums are in float32, as OpenCV has them. */
function partPixels({ data, width: step, height: rows }: Gray, width: number, height: number): Gray {
  const { fround } = Math;
  const { ends, from, weight } = pieces(step, width);
  const down = pieces(rows, height);
  const out = plainGray(width, height);
  const levels = rounding(out);
  const sum = new Float32Array(width);
  for (let y = 0, i = 0; y < height; y++) {
    sum.fill(0);
    for (; i < down.ends[y]; i++) {
      const start = down.from[i] * step;
      const share = down.weight[i];
      for (let x = 0, k = 0; x < width; x++) {
        let row = 0;
        for (const end = ends[x]; k < end; k++) row = fround(row + fround(data[start + from[k]] * weight[k]));
        sum[x] += fround(share * row);
      }
    }
    levels.set(sum, y * width);
  }
  return out;
}

function pieces(have: number, want: number): Pieces {
  const scale = 1 / (want / have);
  const ends = new Int32Array(want);
  const from: number[] = [];
  const weight: number[] = [];
  const add = (source: number, share: number): void => {
    from.push(source);
    weight.push(share);
  };
  for (let pixel = 0; pixel < want; pixel++) {
    const start = pixel * scale;
    const end = start + scale;
    const size = Math.min(scale, have - start);
    const last = Math.min(Math.floor(end), have - 1);
    const first = Math.min(Math.ceil(start), last);
    if (first - start > 1e-3) add(first - 1, (first - start) / size);
    for (let source = first; source < last; source++) add(source, 1 / size);
    if (end - last > 1e-3) add(last, Math.min(end - last, 1, size) / size);
    ends[pixel] = from.length;
  }
  return { ends, from: Int32Array.from(from), weight: Float32Array.from(weight) };
}

function linearTaps(have: number, want: number): Taps {
  const first = new Int32Array(want);
  const weights = new Int32Array(2 * want);
  const scale = 1 / (want / have);
  for (let i = 0; i < want; i++) {
    const place = Math.fround((i + 0.5) * scale - 0.5);
    first[i] = Math.floor(place);
    const share = Math.fround(place - first[i]);
    weights[2 * i] = roundHalfEven(Math.fround(Math.fround(1 - share) * ONE));
    weights[2 * i + 1] = roundHalfEven(Math.fround(share * ONE));
  }
  return { first, weights };
}

/** Return every row of a picture at the new width, in 2^-11 grey levels; beyond the borders the last pixel goes on. */
function weighRows(gray: Gray, taps: Taps, width: number): Int32Array {
  const out = new Int32Array(gray.height * width);
  const left = taps.first.map((first) => clip(first, 0, gray.width - 1));
  const right = taps.first.map((first) => clip(first + 1, 0, gray.width - 1));
  for (let y = 0; y < gray.height; y++) {
    const row = y * gray.width;
    for (let x = 0; x < width; x++) {
      const before = gray.data[row + left[x]] * taps.weights[2 * x];
      out[y * width + x] = before + gray.data[row + right[x]] * taps.weights[2 * x + 1];
    }
  }
  return out;
}

/** Set the weights of four pixels in a row for a place that is `x`, 0 to 1, behind the second, as `resize` has them. */
function setCubicWeights(weights: Float64Array, x: number): void {
  const a = -0.75;
  const after = 1 - x;
  weights[0] = ((a * (x + 1) - 5 * a) * (x + 1) + 8 * a) * (x + 1) - 4 * a;
  weights[1] = ((a + 2) * x - (a + 3)) * x * x + 1;
  weights[2] = ((a + 2) * after - (a + 3)) * after * after + 1;
  weights[3] = 1 - weights[0] - weights[1] - weights[2];
}
