/** Which lines of text may be the two rows of one VIN: one close below the other, alike in direction and height. */

import { rows as constants } from './constants';
import type { Quad } from './types';

const { APART, FARTHEST, HIGH, LONGER, TALLER, TOGETHER, TURN, USUAL } = constants;
const { PER_HEIGHT, PER_LENGTH, PER_PLACE, PER_SHIFT } = constants;

/** A quad's middle and direction, its length and height. */
type Row = { x: number; y: number; alongX: number; alongY: number; length: number; height: number };

function rowOf({ points }: Quad): Row {
  const [x0, y0, x1, y1, x2, y2, x3, y3] = points;
  const [acrossX, acrossY] = [(x1 + x2 - x0 - x3) / 2, (y1 + y2 - y0 - y3) / 2];
  const [downX, downY] = [(x3 + x2 - x0 - x1) / 2, (y3 + y2 - y0 - y1) / 2];
  const length = Math.max(Math.hypot(acrossX, acrossY), 1e-6);
  const [alongX, alongY] = [acrossX / length, acrossY / length];
  return {
    x: (x0 + x1 + x2 + x3) / 4,
    y: (y0 + y1 + y2 + y3) / 4,
    alongX,
    alongY,
    length,
    height: Math.max(Math.abs(alongX * downY - alongY * downX), 1e-6),
  };
}

/** Tell whether a located line is so high for its length that it may hold two rows. */
export function isHigh(quad: Quad): boolean {
  const row = rowOf(quad);
  return row.length < HIGH * row.height;
}

/** Return the upper and the lower half of a quad. */
export function halves({ points, score }: Quad): [Quad, Quad] {
  const [x0, y0, x1, y1, x2, y2, x3, y3] = points;
  const left = [Math.fround(x0 + x3) / 2, Math.fround(y0 + y3) / 2] as const;
  const right = [Math.fround(x1 + x2) / 2, Math.fround(y1 + y2) / 2] as const;
  return [
    { points: Float32Array.of(x0, y0, x1, y1, ...right, ...left), score },
    { points: Float32Array.of(...left, ...right, x2, y2, x3, y3), score },
  ];
}

/**
 * Return pairs of lines that may be the two rows of a VIN, the upper row first, the likeliest pair first.
 *
 * `lines`: quads as `Heat.lines` gives them, likely ones first; `limit`: how many pairs at most. A pair is the likelier
 * the earlier its lines come, the more alike they are in height, and the nearer their left ends or their middles are to
 * standing below each other.
 */
export function pairRows(lines: Quad[], limit: number): [Quad, Quad][] {
  const all = lines.map(rowOf);
  const pairs: { cost: number; pair: [Quad, Quad] }[] = [];
  for (let i = 0; i < all.length; i++) {
    for (let j = i + 1; j < all.length; j++) {
      const down = downOf(all[i], all[j]);
      const cost = costOf(all[i], all[j], Math.abs(down));
      if (cost === null) continue;
      pairs.push({ cost: PER_PLACE * (i + j) + cost, pair: down > 0 ? [lines[i], lines[j]] : [lines[j], lines[i]] });
    }
  }
  return pairs
    .sort((one, other) => one.cost - other.cost)
    .slice(0, limit)
    .map(({ pair }) => pair);
}

/** Return how far the other row stands below the one, in heights. */
function downOf(one: Row, other: Row): number {
  const [x, y] = [other.x - one.x, other.y - one.y];
  const [alongX, alongY] = [one.alongX + other.alongX, one.alongY + other.alongY];
  const across = (y * alongX - x * alongY) / Math.max(Math.hypot(alongX, alongY), 1e-6);
  return across / ((one.height + other.height) / 2);
}

/** Return how unlike the rows of one VIN two lines are, null where they cannot be. */
function costOf(one: Row, other: Row, apart: number): number | null {
  const height = (one.height + other.height) / 2;
  const taller = Math.abs(Math.log(one.height / other.height));
  const longer = Math.abs(Math.log(one.length / other.length));
  const together = (one.length + other.length) / height;
  const turned = one.alongX * other.alongX + one.alongY * other.alongY < Math.cos(TURN);
  if (turned || taller > Math.log(TALLER) || longer > Math.log(LONGER)) return null;
  if (!(APART[0] < apart && apart < APART[1] && TOGETHER[0] < together && together < TOGETHER[1])) return null;
  const [alongX, alongY] = [one.alongX + other.alongX, one.alongY + other.alongY];
  const middle = ((other.x - one.x) * alongX + (other.y - one.y) * alongY) / 2;
  const start = middle + (one.length - other.length) / 2;
  const shift = Math.min(Math.abs(middle), Math.abs(start)) / height;
  if (shift > FARTHEST) return null;
  return PER_SHIFT * shift + PER_HEIGHT * taller + PER_LENGTH * Math.abs(together - USUAL);
}
