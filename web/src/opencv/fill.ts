/** Polygons painted as OpenCV's `fillPoly` does: an outline of 8-connected lines, and what is within, even-odd. */

import type { Gray } from '../types';

type Point = { x: number; y: number };

/** An edge of a polygon on rows `top` to `bottom`, without it: `x` at the top, `slope` a row, both in `PARTS`. */
type Edge = { top: number; bottom: number; x: number; slope: number };

const PARTS = 2 ** 16; // of a pixel

/** Paint a polygon, `points` (N, 2) in whole pixels, some of which may lie outside the picture. */
export function fillPolygon(gray: Gray, points: Int32Array, level: number): void {
  const edges: Edge[] = [];
  for (let i = 0, before = points.length - 2; i < points.length; before = i, i += 2) {
    const from = { x: points[before], y: points[before + 1] };
    const to = { x: points[i], y: points[i + 1] };
    drawLine(gray, from, to, level);
    if (from.y !== to.y) edges.push(edgeOf(gray, from, to));
  }
  const top = Math.max(Math.min(...edges.map((edge) => edge.top)), 0);
  const bottom = Math.min(Math.max(...edges.map((edge) => edge.bottom)), gray.height);
  for (let y = top; y < bottom; y++) {
    const crossed = edges.filter((edge) => edge.top <= y && y < edge.bottom);
    const places = crossed.map((edge) => (edge.x + (y - edge.top) * edge.slope) / PARTS);
    places.sort((a, b) => a - b);
    for (let k = 0; k < places.length; k += 2) {
      const [x0, x1] = [Math.max(Math.ceil(places[k]), 0), Math.min(Math.floor(places[k + 1]) + 1, gray.width)];
      if (x0 < x1) gray.data.fill(level, y * gray.width + x0, y * gray.width + x1);
    }
  }
}

function edgeOf(gray: Gray, from: Point, to: Point): Edge {
  let [one, other] = [from, to];
  if (!isWithin(gray, from) || !isWithin(gray, to)) {
    const { from: start, to: end } = clipped(gray, from, to);
    if (start.y !== end.y) [one, other] = [start, end];
  }
  const slope = Math.trunc(((other.x - one.x) * PARTS) / (other.y - one.y));
  const [upper, near] = from.y < to.y ? [from, one] : [to, other];
  const bottom = Math.max(from.y, to.y);
  return { top: upper.y, bottom, x: near.x * PARTS + (upper.y - near.y) * slope, slope };
}

/** Draw a line of pixels that touch at corners at least, from its left end to its right one (Bresenham 1965). */
function drawLine(gray: Gray, from: Point, to: Point, level: number): void {
  const { from: start, to: end } = clipped(gray, from, to);
  if (!isWithin(gray, start) || !isWithin(gray, end)) return;
  const [left, right] = start.x > end.x ? [end, start] : [start, end];
  const [across, down] = [right.x - left.x, Math.abs(right.y - left.y)];
  const step = right.y < left.y ? -gray.width : gray.width;
  const [along, aside] = down > across ? [step, 1] : [1, step]; // in places of `data`
  const [length, width] = [Math.max(across, down), Math.min(across, down)];
  let place = left.y * gray.width + left.x;
  let over = length - 2 * width;
  for (let i = 0; i <= length; i++) {
    gray.data[place] = level;
    place += along + (over < 0 ? aside : 0);
    over += (over < 0 ? 2 * length : 0) - 2 * width;
  }
}

function isWithin({ width, height }: Gray, { x, y }: Point): boolean {
  return x >= 0 && x < width && y >= 0 && y < height;
}

/** Return the ends of the part of a line that lies in the picture; of one with no such part, ends outside it. */
function clipped(gray: Gray, from: Point, to: Point): { from: Point; to: Point } {
  const [one, other] = [{ ...from }, { ...to }];
  const outside = (axis: 'x' | 'y', { [axis]: at }: Point): number => {
    return at < 0 ? -1 : at >= (axis === 'x' ? gray.width : gray.height) ? 1 : 0;
  };
  for (const [axis, across, last] of [
    ['y', 'x', gray.height - 1],
    ['x', 'y', gray.width - 1],
  ] as const) {
    const beyond = (['x', 'y'] as const).some((each) => outside(each, one) * outside(each, other) > 0);
    if (beyond) break;
    for (const end of [one, other]) {
      const side = outside(axis, end);
      if (side === 0) continue;
      const edge = side < 0 ? 0 : last;
      end[across] += Math.trunc(((edge - end[axis]) * (other[across] - one[across])) / (other[axis] - one[axis]));
      end[axis] = edge;
    }
  }
  return { from: one, to: other };
}
