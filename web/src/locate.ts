/**
 * Find the VIN in a photo: a small net marks its glyphs and gaps, and what hangs together becomes a quad.
 *
 * After CRAFT (Baek et al. 2019, arXiv 1904.01941), with one difference: the net marks the glyphs of the VIN alone, no
 * other text, so what tells a VIN from the rest of a label is learned and needs no rule here.
 */

import { locate as constants } from './constants';
import { roundHalfEven, sigmoid } from './numeric';
import { connectedComponents } from './opencv/components';
import type { Plane } from './opencv/pictures';
import { remapLinear } from './opencv/remap';
import { resized } from './resizing';
import type { Net, Tensor } from './session';
import type { Gray, Quad } from './types';

export const { SIDE, CLOSER } = constants;
const { BAND, COLD, FEWEST_CELLS, MARGIN, MOST_PARTS, MULTIPLE, RIDGE, SEEN, STRIDE, SURE } = constants;
const ENLARGE: Record<number, number> = constants.ENLARGE;

/** Maps of glyph centres and of gaps, 0 to 1: float32, shape (height, width, 2). */
export type Maps = { data: Float32Array; width: number; height: number };

/** How many times as long and as high as the VIN located lines are. */
export type Margin = readonly [number, number];

/** A stretch of heat: middle, angle in radians, length and height in cells; `mass`: the sum of its heat. */
export type Streak = { x: number; y: number; angle: number; length: number; height: number; mass: number };

/** Cells of a map, and their heat. */
type Part = { x: number[]; y: number[]; heat: number[] };

/** Return how much a streak looks like a whole VIN: how hot it is, and how long for its height. */
export function score(line: Streak): number {
  const full = line.mass / Math.max(line.length * line.height * 0.6, 1e-6);
  return Math.log(Math.max(full, 1e-6)) + Math.log(Math.min(line.length / line.height, 12.0));
}

/**
 * What the net sees in a photo. `cells`: how many of its maps' there are for a photo pixel; `margin`: see `Margin`, so
 * that the rectifier has all of the VIN in its frame.
 */
export class Heat {
  private readonly ridge: Plane;

  constructor(
    readonly maps: Maps,
    readonly cells: number,
    readonly margin: Margin = MARGIN,
  ) {
    this.ridge = ridgeOf(maps);
  }

  /**
   * Return what looks most like a VIN, best first, at most `limit`.
   *
   * The text runs from left to right in each quad, or from top to bottom where the line is steeper than 45 degrees. A
   * line that stands on its head is not told from one that does not.
   */
  lines(limit = 6): Quad[] {
    return findLines(this.maps)
      .slice(0, limit)
      .map((line) => quadOf(line, this.cells, this.margin));
  }

  /** Return how sure the net is of glyphs at places of the photo, x, y pairs: the mean of their log heat. */
  warmth(centres: Float32Array): number {
    const count = centres.length / 2;
    const x = new Float32Array(count);
    const y = new Float32Array(count);
    for (let i = 0; i < count; i++) {
      x[i] = Math.fround(centres[2 * i] * this.cells) - 0.5;
      y[i] = Math.fround(centres[2 * i + 1] * this.cells) - 0.5;
    }
    const hot = remapLinear(this.ridge, x, y);
    return hot.reduce((sum, heat) => sum + Math.log(Math.max(heat, COLD)), 0) / count;
  }
}

/** The net that finds VINs in photos. `margin`: of its lines, see `Heat`. */
export class Locator {
  constructor(
    private readonly net: Net,
    private readonly margin: Margin = MARGIN,
  ) {}

  /** Return what the net sees in a photo, any size, either polarity: `side` pixels at its longest. */
  async look(gray: Gray, side: number = SIDE): Promise<Heat> {
    if (!gray.data.length) return new Heat({ data: new Float32Array(2), width: 1, height: 1 }, 1 / STRIDE);
    const scale = Math.min(side / Math.max(gray.width, gray.height), ENLARGE[side] ?? ENLARGE[SIDE]);
    const width = Math.max(1, roundHalfEven(gray.width * scale));
    const height = Math.max(1, roundHalfEven(gray.height * scale));
    const logits = await this.net.run(feed(resized(gray, width, height)));
    const maps = heatOf(logits, Math.ceil(width / STRIDE), Math.ceil(height / STRIDE));
    return new Heat(maps, scale / STRIDE, this.margin);
  }
}

/** Return a picture as the net takes it: its sides multiples of `MULTIPLE`, the last pixels going on, 0 to 1. */
function feed(gray: Gray): Tensor {
  const width = Math.ceil(gray.width / MULTIPLE) * MULTIPLE;
  const height = Math.ceil(gray.height / MULTIPLE) * MULTIPLE;
  const data = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    const row = Math.min(y, gray.height - 1) * gray.width;
    for (let x = 0; x < width; x++) data[y * width + x] = gray.data[row + Math.min(x, gray.width - 1)] / 255;
  }
  return { data, shape: [1, height, width, 1] };
}

function heatOf(logits: Tensor, width: number, height: number): Maps {
  const across = logits.shape[2];
  const data = new Float32Array(width * height * 2);
  for (let y = 0; y < height; y++) {
    for (let i = 0; i < 2 * width; i++) data[2 * y * width + i] = sigmoid(logits.data[2 * y * across + i]);
  }
  return { data, width, height };
}

/** Return the lines in maps of centres and gaps, best first. */
export function findLines(maps: Maps): Streak[] {
  return streaks(maps).sort((one, other) => score(other) - score(one));
}

function ridgeOf(maps: Maps): Plane {
  const data = new Float32Array(maps.width * maps.height);
  const usual = Math.fround(RIDGE);
  for (let i = 0; i < data.length; i++) {
    data[i] = Math.min(Math.fround(maps.data[2 * i] + maps.data[2 * i + 1]) / usual, 1);
  }
  return { data, width: maps.width, height: maps.height };
}

/** Return the stretches in maps of centres and gaps, and those that two pieces on a line make. */
export function streaks(maps: Maps): Streak[] {
  const parts = partsOf(ridgeOf(maps));
  const alone = parts.map((part) => streakOf(part));
  const joined: Streak[] = [];
  for (let i = 0; i < alone.length; i++) {
    for (let j = i + 1; j < alone.length; j++) {
      if (!onOneLine(alone[i], alone[j])) continue;
      const height = Math.max(alone[i].height, alone[j].height);
      joined.push(streakOf(together(parts[i], parts[j]), height));
    }
  }
  return [...alone, ...joined];
}

/** Return the cells of what hangs together and may be a line, the hottest parts first. */
function partsOf(ridge: Plane): Part[] {
  const mask = { ...ridge, data: Uint8Array.from(ridge.data.map((heat) => Number(heat > SEEN))) };
  const { labels, components } = connectedComponents(mask);
  const parts: Part[] = components.map(() => ({ x: [], y: [], heat: [] }));
  for (let i = 0; i < labels.length; i++) {
    if (!labels[i]) continue;
    const part = parts[labels[i] - 1];
    part.x.push(i % ridge.width);
    part.y.push(Math.floor(i / ridge.width));
    part.heat.push(ridge.data[i]);
  }
  const sure = Math.fround(SURE);
  return parts
    .filter((part) => part.heat.length >= FEWEST_CELLS && part.heat.some((heat) => heat >= sure))
    .sort((one, other) => sum(other.heat) - sum(one.heat))
    .slice(0, MOST_PARTS);
}

function together(one: Part, other: Part): Part {
  return { x: [...one.x, ...other.x], y: [...one.y, ...other.y], heat: [...one.heat, ...other.heat] };
}

/** Fit a box along cells, as high as their area says where `height` is not given. */
function streakOf(part: Part, height?: number): Streak {
  const mass = sum(part.heat);
  const weighed = (value: (i: number) => number): number => sum(part.heat.map((heat, i) => heat * value(i))) / mass;
  const middleX = weighed((i) => part.x[i]);
  const middleY = weighed((i) => part.y[i]);
  const spreadX = weighed((i) => (part.x[i] - middleX) ** 2);
  const spreadY = weighed((i) => (part.y[i] - middleY) ** 2);
  const shared = weighed((i) => (part.x[i] - middleX) * (part.y[i] - middleY));
  let angle = 0.5 * Math.atan2(2 * shared, spreadX - spreadY);
  if (angle < -Math.PI / 4) angle += Math.PI;
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < part.x.length; i++) {
    const along = (part.x[i] - middleX) * c + (part.y[i] - middleY) * s;
    low = Math.min(low, along - 0.5);
    high = Math.max(high, along + 0.5);
  }
  const length = high - low;
  const middle = (low + high) / 2;
  return {
    x: middleX + c * middle,
    y: middleY + s * middle,
    angle,
    length,
    height: height || part.x.length / length / BAND,
    mass,
  };
}

/** Tell whether two streaks may be parts of one line that glare or a reflection has broken. */
function onOneLine(one: Streak, other: Streak): boolean {
  const height = (one.height + other.height) / 2;
  const taller = one.height / other.height;
  if (!(taller > 0.5 && taller < 2)) return false;
  const longer = one.length >= other.length ? one : other;
  const [c, s] = [Math.cos(longer.angle), Math.sin(longer.angle)];
  const [x, y] = [other.x - one.x, other.y - one.y];
  const along = Math.abs(x * c + y * s);
  const across = Math.abs(x * s - y * c);
  const gap = along - (one.length + other.length) / 2;
  return across < 0.5 * height + 0.1 * along && -height < gap && gap < 0.7 * (one.length + other.length);
}

/** Return the quad round a streak, `margin` times as long and high, in photo pixels: `cells` of them for one. */
function quadOf(streak: Streak, cells: number, margin: Margin): Quad {
  const [c, s] = [Math.cos(streak.angle), Math.sin(streak.angle)];
  const along = (streak.length / 2) * margin[0];
  const down = (streak.height / 2) * margin[1];
  const points = new Float32Array(8);
  [
    [-1, -1],
    [1, -1],
    [1, 1],
    [-1, 1],
  ].forEach(([right, below], i) => {
    // 0.5: the middle of the first cell.
    points[2 * i] = (right * c * along - below * s * down + streak.x + 0.5) / cells;
    points[2 * i + 1] = (right * s * along + below * c * down + streak.y + 0.5) / cells;
  });
  return { points, score: score(streak) };
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
