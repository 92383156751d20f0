/** Chains of outlines that may be printed lines: what two of them make, and what they look like. A part of
 * `textlines`. */

import { textlines as constants } from './constants';
import { roundHalfEven } from './numeric';
import type { Extents } from './outlines';

const { MAX_JOINED } = constants;
const f = Math.fround;

/** A line found in turned axes: u, v of the centre, slope, length and height; and what it looks like, 14 numbers. */
export type Described = { u: number; v: number; slope: number; length: number; height: number; features: number[] };

/** Return what two chains make that follow one another on one line: glare and reflections part them. */
export function joined(before: Extents[], after: Extents[]): Extents[] {
  const found: Extents[] = [];
  for (const one of before) {
    const last = one.length - 5;
    const tall = f(one[last + 3] - one[last + 2]);
    for (const other of after) {
      const gap = f(f(other[0] - one[last + 1]) / tall);
      if (!(gap > f(-0.3) && gap < 2)) continue;
      const below = f(f(f(other[2] + other[3]) - one[last + 2]) - one[last + 3]);
      const taller = f(f(other[3] - other[2]) / tall);
      if (!(Math.abs(f(below / 2 / tall)) < f(0.45) && Math.abs(Math.log(taller)) < f(0.4))) continue;
      const together = f(f(other[other.length - 4] - one[0]) / tall);
      if (!(together > 5 && together < 25)) continue;
      const both = new Float32Array(one.length + other.length);
      both.set(one);
      both.set(other, one.length);
      found.push(both);
      if (found.length === MAX_JOINED) return found;
    }
  }
  return found;
}

/** Return what a chain looks like as a line. */
export function describe(chain: Extents): Described {
  const count = chain.length / 5;
  const each = Array.from({ length: count }, (_, i) => i);
  const [u0, u1, v0, v1, contrast] = [0, 1, 2, 3, 4].map((k) => each.map((i) => chain[5 * i + k]));
  const width = each.map((i) => f(u1[i] - u0[i]));
  const height = each.map((i) => f(v1[i] - v0[i]));
  const along = each.map((i) => f(f(u0[i] + u1[i]) / 2));
  const middle = each.map((i) => f(f(v0[i] + v1[i]) / 2));
  const tall = upperMedian(height);
  const left = Math.min(...u0);
  const right = Math.max(...u1);
  const length = f(right - left);
  const [meanAlong, meanMiddle] = [mean(along), mean(middle)];
  const du = along.map((value) => f(value - meanAlong));
  const dv = middle.map((value) => f(value - meanMiddle));
  const slope = f(mean(du.map((value, i) => value * dv[i])) / Math.max(mean(du.map((value) => value * value)), 1e-3));
  const centre = f(f(left + right) / 2);
  // Gaps and pitches belong to the later of two outlines; the first one's take the chain's typical value.
  const gap = each.map((i) => (i ? f(f(u0[i] - u1[i - 1]) / tall) : 0));
  const pitch = each.map((i) => (i ? f(f(along[i] - along[i - 1]) / tall) : 0.75));
  const usualPitch = upperMedian(pitch);
  const glyphs = width.map((one) => Math.max(1, roundHalfEven(f(one / f(f(0.7) * tall)))));
  const features = [
    Math.log(count),
    Math.log(glyphs.reduce((sum, one) => sum + one, 0)),
    Math.log(length / tall),
    spread(height) / tall,
    spread(dv.map((value, i) => f(value - f(slope * du[i])))) / tall,
    upperMedian(gap),
    Math.max(...gap),
    upperMedian(pitch.map((one) => Math.abs(f(one - usualPitch)))),
    upperMedian(width) / tall,
    mean(width.map((one) => Number(one < f(0.25 * tall)))),
    mean(width.map((one) => Number(one > f(f(1.1) * tall)))),
    spread(contrast) / mean(contrast),
    Math.abs(slope),
    Math.log(mean(contrast)),
  ].map(f);
  return { u: centre, v: f(meanMiddle + f(slope * f(centre - meanAlong))), slope, length, height: tall, features };
}

/** Return the value in the middle, the upper of two. */
function upperMedian(values: number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}

function mean(values: number[]): number {
  return f(values.reduce((sum, value) => sum + value, 0) / values.length);
}

function spread(values: number[]): number {
  const usual = mean(values);
  return f(Math.sqrt(mean(values.map((value) => f(value - usual) ** 2))));
}
