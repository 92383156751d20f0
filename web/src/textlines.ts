/**
 * Find lines of text that may be a VIN in a photo, without a net: for where the locator's do not read well.
 *
 * Threshold against the local mean, both polarities and two window sizes; take the outlines; in each of twelve
 * directions chain outlines of like height that follow one another closely; score every chain by how much it looks
 * like one printed line of seventeen glyphs. The chaining is in the spirit of Epshtein, Ofek and Wexler, "Detecting
 * text in natural scenes with stroke width transform" (CVPR 2010), with outlines of an adaptive threshold for
 * components.
 */

import { describe, joined } from './chains';
import { textlines as constants } from './constants';
import { onGrid, roundHalfEven } from './numeric';
import { gradient } from './opencv/filter';
import { resizeCubic } from './opencv/resize';
import { adaptiveThresholds } from './opencv/threshold';
import { along, chainsOf, type Extents, linksOf, neighbours, type Outlines, outlinesOf, usableOf } from './outlines';
import { resized } from './resizing';
import type { Gray, Quad } from './types';

const { BIAS, DIRECTIONS, ENLARGE, GAPS, GRID, LARGE, MAX_LINES, OFFSET, SAME, SMALL, WEIGHTS, WINDOWS } = constants;
const f = Math.fround;

/** A line: its centre, angle in radians, length, height in pixels; `features`: what it looks like; its log-odds. */
type TextLine = {
  x: number;
  y: number;
  angle: number;
  length: number;
  height: number;
  features: number[];
  score: number;
};

/** Return the lines that chains of outlines make, in all directions. */
function linesOf(sets: Outlines[]): TextLine[] {
  const lines: TextLine[] = [];
  const pairs = sets.map(neighbours);
  for (let direction = 0; direction < DIRECTIONS; direction++) {
    const angle = (direction * Math.PI) / DIRECTIONS - Math.PI / 4;
    const [c, s] = [Math.cos(angle), Math.sin(angle)];
    const chains: Extents[] = [];
    sets.forEach((outlines, i) => {
      const extents = along(outlines, angle);
      const usable = usableOf(extents);
      const links = linksOf(extents, pairs[i], usable);
      chains.push(...linked(extents, links, usable.length), ...wide(extents, usable));
    });
    const halves = joined(chains, chains);
    for (const { u, v, slope, length, height, features } of [...chains, ...halves, ...joined(halves, chains)].map(
      describe,
    )) {
      if (!(length > 3.5 * height && Math.abs(slope) < f(0.27))) continue;
      const place = { x: u * c - v * s, y: u * s + v * c, angle: angle + Math.atan(slope) };
      lines.push({ ...place, length, height, features, score: 0 });
    }
  }
  return lines;
}

/** Return the chains that links make, with narrow gaps and with wide ones, each once. */
function linked(extents: Extents, links: ReturnType<typeof linksOf>, count: number): Extents[] {
  const found = new Map<string, Extents>();
  for (const widest of GAPS) {
    for (const chain of chainsOf(links, widest, count)) {
      const part = new Float32Array(5 * chain.length);
      chain.forEach((i, k) => part.set(extents.subarray(5 * i, 5 * i + 5), 5 * k));
      found.set(chain.join(), part);
    }
  }
  return [...found.values()];
}

/** Return the outlines so wide that each may be a line of glyphs that touch. */
function wide(extents: Extents, usable: boolean[]): Extents[] {
  return usable.flatMap((isUsable, i) => {
    const one = extents.slice(5 * i, 5 * i + 5);
    return isUsable && f(one[1] - one[0]) > f(4 * f(one[3] - one[2])) ? [one] : [];
  });
}

/** Tell whether another line says nearly the same as a line. */
function alike(line: TextLine, other: TextLine): boolean {
  if (!(other.height < 1.6 * line.height && other.height > 0.6 * line.height)) return false;
  const [dx, dy] = [other.x - line.x, other.y - line.y];
  const [c, s] = [Math.cos(line.angle), Math.sin(line.angle)];
  const apart = Math.abs(dx * c + dy * s);
  const across = Math.abs(dy * c - dx * s);
  const shared = Math.min((other.length + line.length) / 2 - apart, Math.min(other.length, line.length));
  return across < 0.5 * line.height && shared > SAME * Math.max(other.length, line.length);
}

/** Return the best lines, best first, leaving out those that say the same as a better one. */
function distinct(lines: TextLine[], limit: number): TextLine[] {
  const kept: TextLine[] = [];
  for (const line of bestFirst(lines)) {
    if (kept.length === limit) break;
    if (!kept.some((better) => alike(better, line))) kept.push(line);
  }
  return kept;
}

function bestFirst(lines: TextLine[]): TextLine[] {
  return [...lines].sort((one, other) => other.score - one.score);
}

/** Return how likely a line is the VIN from its features, those of them that there are. */
function logOdds(features: number[]): number {
  return f(features.reduce((sum, value, i) => sum + value * WEIGHTS[i][0] + value * value * WEIGHTS[i][1], BIAS));
}

/** Return every line found, in photo pixels. */
function candidates(gray: Gray): TextLine[] {
  const longest = Math.max(gray.width, gray.height);
  const scale = Math.min(LARGE / longest, Math.max(1, Math.min(SMALL / longest, ENLARGE)));
  const width = Math.max(1, roundHalfEven(gray.width * scale));
  const height = Math.max(1, roundHalfEven(gray.height * scale));
  const small = resized(gray, width, height, resizeCubic);
  const edge = gradient(small);
  const sets = WINDOWS.flatMap((side) => {
    return adaptiveThresholds(small, side, OFFSET).flatMap((mask) => outlinesOf(mask, edge) ?? []);
  });
  const all = linesOf(sets);
  // A dull picture is judged by its own best line.
  const brightest = all.reduce((most, { features }) => Math.max(most, features[13]), -Infinity);
  for (const line of all) {
    line.features[13] = f(line.features[13] - brightest);
    line.score = logOdds(line.features);
  }
  const best = bestFirst(all).slice(0, MAX_LINES);
  return best.map((line) => {
    const features = [...line.features, Math.log(best.filter((other) => alike(line, other)).length)];
    const { x, y, length } = line;
    const back = f(1 / scale);
    const sizes = { x: x * back, y: y * back, length: length * back, height: line.height * back };
    return { ...sizes, angle: line.angle, features, score: logOdds(features) };
  });
}

function quadOf({ x, y, angle, length, height, score }: TextLine): Quad {
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  const [half, reach] = [length * 0.55, height * 0.65];
  const points = new Float32Array(8);
  [
    [-1, -1],
    [1, -1],
    [1, 1],
    [-1, 1],
  ].forEach(([right, below], i) => {
    points[2 * i] = onGrid(right * c * half - below * s * reach + x, GRID);
    points[2 * i + 1] = onGrid(right * s * half + below * c * reach + y, GRID);
  });
  return { points, score };
}

/**
 * Return quads round the lines of text in a photo that look most like a VIN, best first, at most `limit`.
 *
 * The photo is of any size and either polarity. The text runs from left to right in each quad, or from top to bottom
 * where the line is steeper than 45 degrees: a line that stands on its head is not told from one that does not. `score`
 * is a log-odds, so it can be compared between photos.
 */
export function findTextlines(gray: Gray, limit = 12): Quad[] {
  if (!gray.data.length) return [];
  return distinct(candidates(gray), limit).map(quadOf);
}
