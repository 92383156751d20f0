/** Pixels from their neighbours: means, smoothing, slopes and morphology as OpenCV computes them. */

import { roundHalfEven } from '../numeric';
import type { Gray } from '../types';
import { type Plane, plainGray, rounding } from './pictures';

/** Return where each place of a row with `reach` more on both sides lies in it; beyond the ends it is mirrored. */
function mirrored(size: number, reach: number): Int32Array {
  return Int32Array.from({ length: size + 2 * reach }, (_, i) => {
    if (size === 1) return 0;
    const period = 2 * (size - 1);
    const place = (((i - reach) % period) + period) % period;
    return place < size ? place : period - place;
  });
}

/** The same; beyond the ends the first and the last value go on. */
function repeated(size: number, reach: number): Int32Array {
  return Int32Array.from({ length: size + 2 * reach }, (_, i) => Math.min(Math.max(i - reach, 0), size - 1));
}

/** Return sums over windows of `across` x `down` values, both odd, in double precision. */
function boxSums(
  picture: Gray | Plane,
  across: number,
  down: number,
  beyond: (size: number, reach: number) => Int32Array,
): Float64Array {
  const { data, width, height } = picture;
  const columns = beyond(width, (across - 1) / 2);
  const lines = beyond(height, (down - 1) / 2);
  const rows = new Float64Array(width * height);
  for (let y = 0; y < height; y++) {
    let sum = 0;
    for (let k = 0; k < across - 1; k++) sum += data[y * width + columns[k]];
    for (let x = 0; x < width; x++) {
      sum += data[y * width + columns[x + across - 1]];
      rows[y * width + x] = sum;
      sum -= data[y * width + columns[x]];
    }
  }
  const sums = new Float64Array(width * height);
  const total = new Float64Array(width);
  for (let k = 0; k < down - 1; k++) for (let x = 0; x < width; x++) total[x] += rows[lines[k] * width + x];
  for (let y = 0; y < height; y++) {
    const [first, last] = [lines[y] * width, lines[y + down - 1] * width];
    for (let x = 0; x < width; x++) {
      const sum = total[x] + rows[last + x];
      sums[y * width + x] = sum;
      total[x] = sum - rows[first + x];
    }
  }
  return sums;
}

/** Return the means over windows of `across` x `down` values, both odd; beyond the borders the picture is mirrored. */
export function blur(plane: Plane, across: number, down: number): Plane {
  const sums = boxSums(plane, across, down, mirrored);
  const scale = 1 / (across * down);
  for (let i = 0; i < sums.length; i++) sums[i] *= scale;
  return { data: new Float32Array(sums), width: plane.width, height: plane.height };
}

/** Return the means over square windows, in grey levels; beyond the borders the last pixel goes on. */
export function blurGray(gray: Gray, side: number): Gray {
  const sums = boxSums(gray, side, side, repeated);
  const out = plainGray(gray.width, gray.height);
  const levels = rounding(out);
  const area = side * side;
  for (let i = 0; i < sums.length; i++) levels[i] = sums[i] / area;
  return out;
}

/** Return the weights of a Gaussian, float64 (size,), which add up to 1. */
export function gaussianKernel(size: number, sigma: number): Float64Array {
  const middle = (size - 1) / 2;
  const kernel = Float64Array.from({ length: size }, (_, i) => Math.exp(-((i - middle) ** 2) / (2 * sigma * sigma)));
  const sum = kernel.reduce((total, weight) => total + weight, 0);
  return kernel.map((weight) => weight / sum);
}

/** Return a grey picture smoothed by a Gaussian, three deviations wide, with weights that are whole numbers of 2^-8. */
export function gaussianBlurGray(gray: Gray, sigma: number): Gray {
  const size = roundHalfEven(sigma * 6 + 1) | 1;
  const kernel = wholeWeights(gaussianKernel(size, sigma));
  const sums = weighedSums(gray, Float64Array.from(kernel), Float64Array.from(kernel));
  const out = plainGray(gray.width, gray.height);
  for (let i = 0; i < sums.length; i++) out.data[i] = (sums[i] + (1 << 15)) >> 16;
  return out;
}

/** Return a grey picture smoothed by 1 2 1 along and across. */
export function binomialBlur(gray: Gray): Gray {
  const weights = Float64Array.of(1, 2, 1);
  const sums = weighedSums(gray, weights, weights);
  const out = plainGray(gray.width, gray.height);
  for (let i = 0; i < sums.length; i++) out.data[i] = (sums[i] + 8) >> 4;
  return out;
}

/** Return a plane smoothed by a Gaussian, four deviations wide. */
export function gaussianBlur(plane: Plane, sigma: number): Plane {
  const kernel = gaussianKernel(roundHalfEven(sigma * 8 + 1) | 1, sigma);
  return { ...plane, data: Float32Array.from(weighedSums(plane, kernel, kernel)) };
}

/**
 * Return a symmetrical kernel in 2^-8; what rounding leaves of a weight is passed on to the next, nearer the middle.
 */
function wholeWeights(kernel: Float64Array): Int32Array {
  const out = new Int32Array(kernel.length);
  const middle = (kernel.length - 1) / 2;
  let left = 0;
  for (let i = 0; i < middle; i++) {
    const wanted = kernel[i] * 256 + left;
    out[i] = out[kernel.length - 1 - i] = roundHalfEven(wanted);
    left = wanted - out[i];
  }
  out[middle] = 256 - out.reduce((total, weight) => total + weight, 0);
  return out;
}

/** Return slopes to the right, or downwards, by Sobel's 3 x 3: eight times the change from pixel to pixel. */
export function sobel(plane: Plane, direction: 'x' | 'y'): Plane {
  const slope = Float64Array.of(-1, 0, 1);
  const smooth = Float64Array.of(1, 2, 1);
  const sums = direction === 'x' ? weighedSums(plane, slope, smooth) : weighedSums(plane, smooth, slope);
  return { ...plane, data: Float32Array.from(sums) };
}

/** Return sums weighed by a row and a column of weights; beyond the borders the picture is mirrored. */
function weighedSums(picture: Gray | Plane, across: Float64Array, down: Float64Array): Float64Array {
  const { data, width, height } = picture;
  const columns = mirrored(width, (across.length - 1) / 2);
  const lines = mirrored(height, (down.length - 1) / 2);
  const rows = new Float64Array(width * height);
  const row = new Float64Array(columns.length);
  for (let y = 0; y < height; y++) {
    for (let i = 0; i < row.length; i++) row[i] = data[y * width + columns[i]];
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let k = 0; k < across.length; k++) sum += across[k] * row[x + k];
      rows[y * width + x] = sum;
    }
  }
  const sums = new Float64Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let k = 0; k < down.length; k++) {
      const [start, weight] = [lines[y + k] * width, down[k]];
      for (let x = 0; x < width; x++) sums[y * width + x] += weight * rows[start + x];
    }
  }
  return sums;
}

/** Return, of every pixel's 3 x 3, the greatest less the least; what lies beyond the borders does not count. */
export function gradient(gray: Gray): Gray {
  const { width, height } = gray;
  const out = plainGray(width, height);
  const columnLeast = new Uint8Array(width);
  const columnMost = new Uint8Array(width);
  for (let y = 0; y < height; y++) {
    columnLeast.fill(255);
    columnMost.fill(0);
    for (let line = Math.max(y - 1, 0); line <= Math.min(y + 1, height - 1); line++) {
      for (let x = 0; x < width; x++) {
        const level = gray.data[line * width + x];
        if (level < columnLeast[x]) columnLeast[x] = level;
        if (level > columnMost[x]) columnMost[x] = level;
      }
    }
    for (let x = 0; x < width; x++) {
      const [left, right] = [Math.max(x - 1, 0), Math.min(x + 1, width - 1)];
      const least = Math.min(columnLeast[left], columnLeast[x], columnLeast[right]);
      const most = Math.max(columnMost[left], columnMost[x], columnMost[right]);
      out.data[y * width + x] = most - least;
    }
  }
  return out;
}
