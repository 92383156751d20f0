/**
 * What passes between stages.
 *
 * Pixels throughout: x to the right, y down, boxes end-exclusive `x0, y0, x1, y1`.
 */

import * as constants from './constants';
import { median } from './numeric';

export type { CheckDigit, Kind, ReadFrom, Status } from './api';

// The geometry every rectified strip has: 17 glyphs of GLYPH_HEIGHT at PITCH, with a margin at both ends.
export const { STRIP_HEIGHT, STRIP_WIDTH, GLYPH_HEIGHT, PITCH, JUMP } = constants.types;

/** A picture in grey levels, row by row. */
export interface Gray {
  data: Uint8Array;
  width: number;
  height: number;
}

/** Where a line of text lies in a photo: four corners (x, y) clockwise from the text's top left; how likely it is. */
export interface Quad {
  points: Float32Array; // (4, 2)
  score: number;
}

/** The upper and the lower edge of a line in the photo: `count` points of each, `data` (2, count, 2). */
export interface Edges {
  count: number;
  data: Float32Array;
}

/**
 * A straightened line of text, light glyphs on dark.
 *
 * `edges`: the photo point of the strip's top edge and of its bottom edge at every column boundary, W + 1 of each, so a
 * bowed or two-row line has exact photo positions. `inverted`: the photo has dark glyphs on light.
 */
export interface Strip {
  gray: Gray;
  edges: Edges;
  inverted: boolean;
}

/**
 * Return the photo quads (N, 4, 2), clockwise from top left, of boxes (N, 4) `x0, y0, x1, y1` of a strip.
 *
 * A box that reaches over the place where the strip goes on from one row of text to the next ends there.
 */
export function toPhoto(strip: Strip, boxes: ArrayLike<number>): Float32Array {
  const { width, height } = strip.gray;
  const { count, data } = strip.edges;
  const jumps = jumpsOf(strip.edges);
  const quads = new Float32Array(boxes.length * 2);
  for (let n = 0; n < boxes.length / 4; n++) {
    let [x0, x1] = [boxes[4 * n], boxes[4 * n + 2]];
    const [y0, y1] = [boxes[4 * n + 1], boxes[4 * n + 3]];
    [x0, x1] = withinRow(x0, x1, jumps);
    [
      [x0, y0],
      [x1, y0],
      [x1, y1],
      [x0, y1],
    ].forEach(([x, y], corner) => {
      const column = Math.min(Math.max(x, 0), width);
      const low = Math.min(Math.trunc(column), width - 1);
      const share = column - low;
      for (let axis = 0; axis < 2; axis++) {
        const [top, bottom] = [0, count].map((edge) => {
          const at = 2 * (edge + low) + axis;
          return (1 - share) * data[at] + share * data[at + 2];
        });
        quads[8 * n + 2 * corner + axis] = top + (bottom - top) * (y / height);
      }
    });
  }
  return quads;
}

/** Return the columns at which a strip goes on in another row of text. */
function jumpsOf({ count, data }: Edges): number[] {
  const steps = new Float32Array(count - 1);
  for (let i = 0; i < count - 1; i++) {
    const [x, y] = [0, 1].map((axis) => {
      const middle = (at: number) => (data[2 * at + axis] + data[2 * (count + at) + axis]) / 2;
      return middle(i + 1) - middle(i);
    });
    steps[i] = Math.hypot(x, y);
  }
  const usual = median(steps);
  return [...steps.keys()].filter((i) => steps[i] > JUMP * usual);
}

/** Return the ends of the larger part of a box where it reaches over columns, `jumps`, between two rows of text. */
function withinRow(x0: number, x1: number, jumps: number[]): [number, number] {
  const over = jumps.filter((jump) => jump >= x0 && jump < x1);
  if (over.length === 0) return [x0, x1];
  const [before, after] = [over[0], over[over.length - 1] + 1];
  return before - x0 > x1 - after ? [x0, before] : [after, x1];
}

/**
 * What a recogniser saw on a strip: S ways to part it into 17 glyphs, best first, nothing known of VINs in them.
 *
 * `boxes` (S, 17, 4) in strip pixels; `logLikelihoods` (S, 17, 33): of each character of `vin.ALPHABET` at each glyph;
 * `scores` (S,): log-likelihood of the parting itself, in nats; `beyond` (S,): about how many glyphs more stand close
 * beside the first and the last one; `each`: the log-likelihoods by each of the experts that were asked.
 */
export interface LineReading {
  strip: Strip;
  boxes: Int32Array;
  logLikelihoods: Float32Array;
  scores: Float64Array;
  beyond: Float32Array;
  each: Float32Array[];
}
