/** Pictures at another size as OpenCV's `resize` makes them, with its fixed-point weights where it has them. */

import { clip, roundHalfEven, toByte } from '../numeric';
import { plainGray } from './pictures';
import type { Gray } from '../types';

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
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let k = 4 * x; k < 4 * x + 4; k++) sum += gray.data[y * gray.width + across.at[k]] * across.weights[k];
      rows[y * width + x] = sum;
    }
  }
  const out = plainGray(width, height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let k = 4 * y; k < 4 * y + 4; k++) sum += rows[down.at[k] * width + x] * down.weights[k];
      out.data[y * width + x] = toByte(sum);
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
  if (Number.isInteger(across) && Number.isInteger(down)) return wholePixels(gray, across, down);
  return partPixels(gray, width, height);
}

/** Return the means of blocks of whole pixels. */
function wholePixels(gray: Gray, across: number, down: number): Gray {
  const out = plainGray(gray.width / across, gray.height / down);
  const scale = Math.fround(1 / (across * down));
  const halves = across === 2 && down === 2;
  for (let y = 0; y < out.height; y++) {
    for (let x = 0; x < out.width; x++) {
      let sum = 0;
      for (let dy = 0; dy < down; dy++) {
        const start = (y * down + dy) * gray.width + x * across;
        for (let dx = 0; dx < across; dx++) sum += gray.data[start + dx];
      }
      // OpenCV rounds halves up here alone, else to even.
      out.data[y * out.width + x] = halves ? (sum + 2) >> 2 : toByte(Math.fround(sum * scale));
    }
  }
  return out;
}

/**
 * Pieces of source pixels: piece `i` is a part `weight[i]` of wanted pixel `to[i]`, and lies in source pixel
 * `from[i]`.
 */
type Pieces = { to: Int32Array; from: Int32Array; weight: Float32Array };

/** Return the means of areas whose borders cut through pixels. */
function partPixels(gray: Gray, width: number, height: number): Gray {
  const across = pieces(gray.width, width);
  const down = pieces(gray.height, height);
  const out = plainGray(width, height);
  const row = new Float32Array(width);
  const sum = new Float32Array(width);
  let last = -1;
  for (let i = 0; i < down.to.length; i++) {
    row.fill(0);
    const start = down.from[i] * gray.width;
    for (let k = 0; k < across.to.length; k++) {
      row[across.to[k]] += Math.fround(gray.data[start + across.from[k]] * across.weight[k]);
    }
    if (down.to[i] !== last) {
      if (last >= 0) store(sum, out, last);
      sum.fill(0);
      last = down.to[i];
    }
    for (let x = 0; x < width; x++) sum[x] += Math.fround(down.weight[i] * row[x]);
  }
  store(sum, out, last);
  return out;
}

function store(sums: Float32Array, out: Gray, y: number): void {
  for (let x = 0; x < out.width; x++) out.data[y * out.width + x] = toByte(sums[x]);
}

function pieces(have: number, want: number): Pieces {
  const scale = 1 / (want / have);
  const to: number[] = [];
  const from: number[] = [];
  const weight: number[] = [];
  const add = (pixel: number, source: number, share: number): void => {
    to.push(pixel);
    from.push(source);
    weight.push(share);
  };
  for (let pixel = 0; pixel < want; pixel++) {
    const start = pixel * scale;
    const end = start + scale;
    const size = Math.min(scale, have - start);
    const last = Math.min(Math.floor(end), have - 1);
    const first = Math.min(Math.ceil(start), last);
    if (first - start > 1e-3) add(pixel, first - 1, (first - start) / size);
    for (let source = first; source < last; source++) add(pixel, source, 1 / size);
    if (end - last > 1e-3) add(pixel, last, Math.min(end - last, 1, size) / size);
  }
  return { to: Int32Array.from(to), from: Int32Array.from(from), weight: Float32Array.from(weight) };
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
  for (let x = 0; x < width; x++) {
    const left = clip(taps.first[x], 0, gray.width - 1);
    const right = clip(taps.first[x] + 1, 0, gray.width - 1);
    for (let y = 0; y < gray.height; y++) {
      const row = y * gray.width;
      out[y * width + x] = gray.data[row + left] * taps.weights[2 * x] + gray.data[row + right] * taps.weights[2 * x + 1];
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
