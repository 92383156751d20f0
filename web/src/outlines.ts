/** Closed outlines of what is light or dark against its surroundings, and which of them follow one another: a part of
 * `textlines`. */

import { textlines as constants } from './constants';
import { outerContours } from './opencv/contours';
import type { Gray } from './types';

const { GLYPH_HEIGHTS, LEAST_CONTRAST, MAX_OUTLINES } = constants;
const f = Math.fround; // Python has float32 here, in which many comparisons are on the border

/** `points`: x, y pairs, those of outline `i` before `ends[i]` and after those before; `contrast`: of each outline. */
export type Outlines = { points: Float32Array; ends: Int32Array; contrast: Float32Array };

/** Five numbers for each outline: u0, u1, v0, v1 in turned axes, and its contrast. */
export type Extents = Float32Array;

/** Index pairs of outlines: `first[i]` and `second[i]`. */
export type Pairs = { first: Int32Array; second: Int32Array };

/** Return the outlines in a mask that may be glyphs, those of most contrast; `edge`: how steep the picture is. */
export function outlinesOf(mask: Gray, edge: Gray): Outlines | null {
  const good = outerContours(mask)
    .filter((points) => points.length >= 8)
    .map((points) => ({ points, contrast: contrastOf(points, edge) }))
    .filter(({ points, contrast }) => {
      const size = sizeOf(points) + 1;
      return size >= GLYPH_HEIGHTS[0] && size <= 8 * GLYPH_HEIGHTS[1] && contrast > LEAST_CONTRAST;
    });
  if (!good.length) return null;
  const least = good.map(({ contrast }) => contrast).sort((a, b) => b - a)[Math.min(MAX_OUTLINES, good.length) - 1];
  const kept = good.filter(({ contrast }) => contrast >= least);
  let end = 0;
  const ends = Int32Array.from(kept, ({ points }) => (end += points.length / 2));
  const points = new Float32Array(2 * end);
  kept.forEach((one, i) => points.set(one.points, 2 * (i ? ends[i - 1] : 0)));
  return { points, ends, contrast: Float32Array.from(kept, ({ contrast }) => contrast) };
}

function contrastOf(points: Int32Array, edge: Gray): number {
  let sum = 0;
  for (let i = 0; i < points.length; i += 2) sum += edge.data[points[i + 1] * edge.width + points[i]];
  return sum / (points.length / 2);
}

/** Return the longer side of the box round points, less one pixel. */
function sizeOf(points: Int32Array): number {
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let i = 0; i < points.length; i += 2) {
    left = Math.min(left, points[i]);
    right = Math.max(right, points[i]);
    top = Math.min(top, points[i + 1]);
    bottom = Math.max(bottom, points[i + 1]);
  }
  return Math.max(right - left, bottom - top);
}

/** Return the extents of outlines along an axis at an `angle`, and across it. */
export function along({ points, ends, contrast }: Outlines, angle: number): Extents {
  const [c, s] = [f(Math.cos(angle)), f(Math.sin(angle))];
  const out = new Float32Array(5 * ends.length);
  let i = 0;
  ends.forEach((end, which) => {
    let [u0, u1, v0, v1] = [Infinity, -Infinity, Infinity, -Infinity];
    for (; i < end; i++) {
      const [x, y] = [points[2 * i], points[2 * i + 1]];
      const u = f(f(x * c) + f(y * s));
      const v = f(f(x * -s) + f(y * c));
      u0 = Math.min(u0, u);
      u1 = Math.max(u1, u);
      v0 = Math.min(v0, v);
      v1 = Math.max(v1, v);
    }
    out.set([u0 - 0.5, u1 + 0.5, v0 - 0.5, v1 + 0.5, contrast[which]], 5 * which);
  });
  return out;
}

/** Return the outlines that lie near each other for their size, each pair both ways. */
export function neighbours(outlines: Outlines): Pairs {
  const extents = along(outlines, 0);
  const count = outlines.ends.length;
  const x = new Float32Array(count);
  const y = new Float32Array(count);
  const size = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    const [u0, u1, v0, v1] = extents.subarray(5 * i);
    x[i] = (u0 + u1) / 2;
    y[i] = (v0 + v1) / 2;
    size[i] = Math.max(u1 - u0, v1 - v0) - 1;
  }
  const first: number[] = [];
  const second: number[] = [];
  const [both, smaller] = [f(0.6), f(1.2)];
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < count; j++) {
      const reach = f(f(both * f(size[i] + size[j])) + f(smaller * Math.min(size[i], size[j])));
      if (Math.abs(x[i] - x[j]) >= reach || Math.abs(y[i] - y[j]) >= reach || i === j) continue;
      if (size[i] >= 12 * size[j] || size[j] >= 12 * size[i]) continue;
      first.push(i);
      second.push(j);
    }
  }
  return { first: Int32Array.from(first), second: Int32Array.from(second) };
}

/** Tell of every outline whether it may be a glyph of a line along its axis. */
export function usableOf(extents: Extents): boolean[] {
  return Array.from({ length: extents.length / 5 }, (_, i) => {
    const [u0, u1, v0, v1] = extents.subarray(5 * i);
    const height = f(v1 - v0);
    return height >= GLYPH_HEIGHTS[0] && height <= GLYPH_HEIGHTS[1] && f(u1 - u0) < f(16 * height);
  });
}

/** Pairs of outlines that may follow one another in a line, and the gap between them in glyph heights. */
export type Links = Pairs & { gap: Float32Array };

/** Return which of the `pairs` may follow one another along the axis of the extents. */
export function linksOf(extents: Extents, pairs: Pairs, usable: boolean[]): Links {
  const kept: number[] = [];
  const gaps: number[] = [];
  const [least, unlike, aside] = [f(-0.4), f(0.45), f(0.4)];
  for (let i = 0; i < pairs.first.length; i++) {
    if (!usable[pairs.first[i]] || !usable[pairs.second[i]]) continue;
    const [one, other] = [5 * pairs.first[i], 5 * pairs.second[i]];
    const height = f(extents[one + 3] - extents[one + 2]);
    const next = f(extents[other + 3] - extents[other + 2]);
    const small = Math.min(height, next);
    const gap = f(f(extents[other] - extents[one + 1]) / small);
    const isLater = f(extents[other] + extents[other + 1]) > f(extents[one] + extents[one + 1]);
    if (!isLater || !(gap > least) || !(Math.abs(f(height - next)) < f(unlike * small))) continue;
    const middle = f(extents[one + 2] + extents[one + 3]) / 2;
    const nextMiddle = f(extents[other + 2] + extents[other + 3]) / 2;
    if (!(Math.abs(f(middle - nextMiddle)) < f(aside * small))) continue;
    kept.push(i);
    gaps.push(gap);
  }
  return {
    first: Int32Array.from(kept, (i) => pairs.first[i]),
    second: Int32Array.from(kept, (i) => pairs.second[i]),
    gap: Float32Array.from(gaps),
  };
}

/**
 * Return the chains made by links, of gaps below `widest`, that are the best one for both their ends: each as indices
 * in
 * reading order, of `count` outlines.
 */
export function chainsOf(links: Links, widest: number, count: number): number[][] {
  const after = nearest(links.first, links.second, links.gap, f(widest), count);
  const before = nearest(links.second, links.first, links.gap, f(widest), count);
  const mutual = after.map((next, i) => (next >= 0 && before[next] === i ? next : -1));
  const chains: number[][] = [];
  for (let i = 0; i < count; i++) {
    const isStart = before[i] < 0 || after[before[i]] !== i;
    if (!isStart || mutual[i] < 0) continue;
    const chain = [i];
    for (let next = mutual[i]; next >= 0; next = mutual[next]) chain.push(next);
    chains.push(chain);
  }
  return chains;
}

/** Return, for each outline, that of the `others` with the smallest gap to it, of equal ones the last; -1 for none. */
function nearest(ones: Int32Array, others: Int32Array, gap: Float32Array, widest: number, count: number): Int32Array {
  const found = new Int32Array(count).fill(-1);
  const least = new Float32Array(count).fill(Infinity);
  for (let i = 0; i < ones.length; i++) {
    if (gap[i] >= widest || gap[i] > least[ones[i]]) continue;
    least[ones[i]] = gap[i];
    found[ones[i]] = others[i];
  }
  return found;
}
