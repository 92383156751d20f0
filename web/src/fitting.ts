/** What the rectifier's net says of every column of a frame, to smooth curves along a line: a part of `rectify`. */

import { rectify as constants } from './constants';
import { argsort, clip, onGrid, polyval, solve } from './numeric';

const { ELSEWHERE, GRID, LINE_HEIGHT, LINE_WIDTH, NEAR } = constants;
const ANSWERS = 7; // of the net for each column

/**
 * A line of text found in a frame, in parts of its width and height.
 *
 * `start`, `end`: where the VIN begins and ends; `centre`, `height`, `slant`: coefficients, highest power first, of
 * polynomials of x in -1..1 over the frame's width; `light`: probability of light glyphs on dark; `said`, shape (64,
 * 7): the net's answers that the line was fitted to, if it was.
 */
export type Line = {
  start: number;
  end: number;
  centre: Float64Array;
  height: Float64Array;
  slant: Float64Array;
  light: number;
  said: Float32Array | null;
};

/** Fit smooth curves to what the net says of every column, shape (64, 7); null where it sees no line. */
export function fitLine(out: Float32Array): Line | null {
  const { x, inside } = insideOf(out);
  const count = inside.length;
  // The run of columns with the greatest sum of (probability - 1/2).
  const total = new Float64Array(count + 1);
  for (let i = 0; i < count; i++) total[i + 1] = total[i] + (inside[i] - 0.5);
  let [first, last, lowest] = [0, 0, 0];
  let most = 0;
  for (let i = 0; i <= count; i++) {
    if (total[i] < total[lowest]) lowest = i;
    if (total[i] - total[lowest] > most) {
      most = total[i] - total[lowest];
      last = i;
      first = lowest;
    }
  }
  if (last - first < Math.floor(count / 8)) return null;
  const weight = inside.map((chance, i) => (i >= first && i < last ? chance : 0));
  const [start, end] = endsOf(out, x, weight);
  if (end - start < 1 / 8) return null;
  const [centre, height, slant] = curvesOf(out, x, weight, [2, 1, 1]);
  let light = 0;
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const chance = Math.fround(1 / Math.fround(1 + Math.fround(Math.exp(-clip(out[ANSWERS * i + 4], -30, 30)))));
    light += chance * weight[i];
    sum += weight[i];
  }
  return { start, end, centre, height, slant, light: light / sum, said: out };
}

/**
 * Return the straight lines that either half of the columns alone give, where they lead elsewhere than the line.
 *
 * Where a second line of text is near, the net may see the VIN in some columns and the other line in the rest, and the
 * curve through both misses both. None of a line that was not fitted to a net's answers.
 */
export function fitHalves(line: Line): Line[] {
  const { said } = line;
  if (!said) return [];
  const { x, inside } = insideOf(said);
  const middle = (line.start + line.end) / 2;
  const halves: Line[] = [];
  for (const [from, to] of [
    [line.start, middle],
    [middle, line.end],
  ]) {
    const weight = inside.map((chance, i) => (x[i] >= from && x[i] <= to ? chance : 0));
    if (weight.reduce((sum, one) => sum + one, 0) < x.length / 16) continue;
    const [start, end] = endsOf(said, x, weight);
    const [centre, height, slant] = curvesOf(said, x, weight, [1, 0, 0]);
    const gaps = [line.start, line.end].map((part) => {
      const at = 2 * part - 1;
      return Math.abs(polyval(centre, at) - polyval(line.centre, at));
    });
    const apart = Math.max(...gaps) / Math.max(height[0], 0.02);
    if (apart >= ELSEWHERE && end - start >= 1 / 8) {
      halves.push({ start, end, centre, height, slant, light: line.light, said: null });
    }
  }
  return halves;
}

/** Return where the columns are, in parts of the width, and their probabilities of being inside the VIN. */
function insideOf(out: Float32Array): { x: Float64Array; inside: Float64Array } {
  const count = out.length / ANSWERS;
  const x = Float64Array.from({ length: count }, (_, i) => (i + 0.5) / count);
  return { x, inside: x.map((_, i) => 1 / (1 + Math.exp(-clip(out[ANSWERS * i], -30, 30)))) };
}

/** Return where the columns, at `x`, say that the line starts and ends. */
function endsOf(out: Float32Array, x: Float64Array, weight: Float64Array): [number, number] {
  const said = (answer: number, sign: number): number => {
    const ends = x.map((place, i) => place + sign * out[ANSWERS * i + answer]);
    const near = Math.fround(NEAR);
    const weights = weight.map((one, i) => one / Math.fround(near + Math.abs(out[ANSWERS * i + answer])));
    return weightedMedian(ends, weights);
  };
  return [onGrid(said(5, -1), GRID), onGrid(said(6, 1), GRID)];
}

/** Return the polynomials of centre, height and slant: least squares, reweighted against outliers (Huber 1964). */
function curvesOf(out: Float32Array, x: Float64Array, weight: Float64Array, degrees: number[]): Float64Array[] {
  const most = Math.max(...degrees);
  const powers = Array.from(x, (place) => {
    return Float64Array.from({ length: most + 1 }, (_, k) => (2 * place - 1) ** (most - k));
  });
  return degrees.map((degree, which) => {
    const y = x.map((_, i) => out[ANSWERS * i + 1 + which]);
    const curve = curveOf(powers, y, weight, degree);
    if (which === 2) curve.forEach((_, k) => (curve[k] *= LINE_HEIGHT / LINE_WIDTH));
    return curve.slice(most - degree).map((power) => onGrid(power, GRID));
  });
}

function curveOf(powers: Float64Array[], y: Float64Array, weight: Float64Array, degree: number): Float64Array {
  const size = powers[0].length;
  // Columns in the middle alone must not bend the ends; and no power is higher than the curve's degree.
  const held = Array.from({ length: size }, (_, k) => {
    if (k === size - 1) return 1e-9;
    return size - 1 - k <= degree ? 1e-2 : 1e9;
  });
  const total = weight.reduce((sum, one) => sum + one, 0);
  let pull = weight;
  let curve: Float64Array = new Float64Array(size);
  for (let round = 0; round < 3; round++) {
    const matrix = new Float64Array(size * size);
    const right = new Float64Array(size);
    powers.forEach((power, i) => {
      for (let k = 0; k < size; k++) {
        right[k] += power[k] * pull[i] * y[i];
        for (let l = 0; l < size; l++) matrix[k * size + l] += power[k] * pull[i] * power[l];
      }
    });
    for (let k = 0; k < size; k++) matrix[k * size + k] += held[k];
    curve = solve(matrix, right);
    const residual = y.map((value, i) => Math.abs(value - powers[i].reduce((sum, one, k) => sum + one * curve[k], 0)));
    const mean = residual.reduce((sum, one, i) => sum + one * weight[i], 0) / total;
    const scale = Math.max(1.5 * mean, 1.5e-4);
    pull = weight.map((one, i) => one * Math.min(1, scale / Math.max(residual[i], 1e-9)));
  }
  return curve;
}

function weightedMedian(values: Float64Array, weights: Float64Array): number {
  const order = argsort(values);
  const half = order.reduce((sum, i) => sum + weights[i], 0) / 2;
  let total = 0;
  for (const i of order) {
    total += weights[i];
    if (total >= half) return values[i];
  }
  return values[order[order.length - 1]];
}
