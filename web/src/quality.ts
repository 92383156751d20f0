/** Why a line is hard to read, measured along it in the photo, and what somebody with a camera can do about it. */

import { quality as constants } from './constants';
import { median, roundHalfEven, sorted } from './numeric';
import { gaussianBlurGray, sobel } from './opencv/filter';
import { sample } from './rectify';
import type { Gray, Strip } from './types';

const { BLACK, READS_BEST, SMOOTH, WHITE } = constants;

/**
 * Something measured that makes a line hard to read: from what value on, and what to say then. `worse`: 1 if more of it
 * is worse, -1 if less. In the order in which to mention them: what explains most comes first.
 */
export const { FAULTS } = constants;

/** The value of every fault, by its name. */
export type Values = Record<string, number>;

/** What is known of a line: `boxes` (N, 4) in its strip, `quads` (N, 4, 2) of the same in the photo. */
type Glyphs = { strip: Strip; boxes: Int32Array; quads: Float32Array };

/** Return how hard a line is to read in the photo `gray`, as `measure` gives it. */
export function qualityOf({ strip, boxes, quads }: Glyphs, gray: Gray): Values {
  return measure(sample(gray, strip.edges, strip.gray.height, strip.gray.width), boxes, quads, gray);
}

/**
 * Return the value of every fault of `FAULTS` for a line of glyphs.
 *
 * `line`: the strip as the photo has it, contrast untouched; `boxes`, shape (N, 4): the glyphs in it; `quads`, shape
 * (N, 4, 2): the same in the `photo`. `cut_off`: share of the glyphs that reach beyond the photo; `glyph_height`:
 * median, photo pixels; `washed_out`: share of the line at either end of the grey scale; `blur`: how wide an edge
 * between ink and ground is, in parts of a glyph's height; `contrast`: between ink and ground, grey levels, median over
 * the glyphs; `covered`: share of glyphs with less than a third of that.
 */
export function measure(
  line: Gray,
  boxes: Int32Array,
  quads: Float32Array,
  photo: { width: number; height: number },
): Values {
  const count = boxes.length / 4;
  const each = Array.from({ length: count }, (_, i) => i);
  const smooth = { ...line, data: Float32Array.from(gaussianBlurGray(line, SMOOTH).data) };
  const slope = slopeOf(smooth.data, line.width, line.height);
  const spans: number[] = [];
  const edges: number[] = [];
  for (const i of each) {
    const levels = sorted(part(smooth.data, line, boxes.subarray(4 * i, 4 * i + 4)));
    const slopes = sorted(part(slope, line, boxes.subarray(4 * i, 4 * i + 4)));
    const span = quantile(levels, 0.94) - quantile(levels, 0.06);
    spans.push(span);
    edges.push(span > 0 ? span / Math.max(quantile(slopes, 0.95), 0.1) : 0);
  }
  const span = median(spans);
  const glyphRows = median(each.map((i) => boxes[4 * i + 3] - boxes[4 * i + 1]));
  return {
    cut_off: share(each, (i) => isOutside(quads.subarray(8 * i, 8 * i + 8), photo)),
    glyph_height: median(each.map((i) => heightOf(quads.subarray(8 * i, 8 * i + 8)))),
    washed_out: share(bandOf(line, boxes), (level) => level <= BLACK || level >= WHITE),
    blur: median(edges) / Math.max(glyphRows, 1),
    contrast: span,
    covered: share(spans, (one) => one < span / 3),
  };
}

/** Return how fast the grey level changes at every pixel, in levels a pixel. */
function slopeOf(data: Float32Array, width: number, height: number): Float32Array {
  const across = sobel({ data, width, height }, 'x').data;
  const down = sobel({ data, width, height }, 'y').data;
  return across.map((value, i) => Math.sqrt(value * value + down[i] * down[i]) / 8); // Math.hypot takes its time
}

function isOutside(quad: Float32Array, { width, height }: { width: number; height: number }): boolean {
  return quad.some((value, i) => value < 0 || value > (i % 2 ? height : width));
}

function heightOf([x0, y0, x1, y1, x2, y2, x3, y3]: Float32Array): number {
  return Math.hypot((x0 + x1 - x2 - x3) / 2, (y0 + y1 - y2 - y3) / 2);
}

/** Return the levels between the first and the last of the glyphs, from the highest to the lowest. */
function bandOf(line: Gray, boxes: Int32Array): number[] {
  const top = Math.min(...boxes.filter((_, i) => i % 4 === 1));
  const bottom = Math.max(...boxes.filter((_, i) => i % 4 === 3));
  return part(line.data, line, [boxes[0], top, boxes[boxes.length - 2], bottom]);
}

/** Return the values within a box `x0, y0, x1, y1`. */
function part(
  data: Uint8Array | Float32Array,
  { width, height }: { width: number; height: number },
  [x0, y0, x1, y1]: ArrayLike<number> & Iterable<number>,
): number[] {
  const values: number[] = [];
  for (let y = Math.max(0, y0); y < Math.min(y1, height); y++) {
    for (let x = Math.max(0, x0); x < Math.min(x1, width); x++) values.push(data[y * width + x]);
  }
  return values;
}

/** Return the value that a share of the values, which are in order, are not above; 0 for none. */
function quantile(values: Float64Array, some: number): number {
  return values.length ? values[roundHalfEven(some * (values.length - 1))] : 0;
}

/** Return the share of the values of which something is true; 0 for none. */
function share(values: number[], isTrue: (value: number) => boolean): number {
  return values.length ? values.filter(isTrue).length / values.length : 0;
}

/**
 * Return what would help with a line of these values: for every fault beyond its threshold, most telling first.
 *
 * A fault without a threshold is never mentioned: none was found beyond which readings fail. Where there is none,
 * characters that are not as high as those that read best can still be taken from closer by.
 */
export function advice(values: Values, thresholds: Values): string[] {
  const found = FAULTS.filter(({ name, worse }) => {
    return name in thresholds && worse * (values[name] - thresholds[name]) > 0;
  });
  if (found.length) return found.map((fault) => fault.advice);
  const height = values.glyph_height;
  if (height >= READS_BEST) return [];
  const said = roundHalfEven(height);
  return [`the characters are ${said} pixels high, from ${READS_BEST} on they read best: move closer`];
}
