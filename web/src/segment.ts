/**
 * Split a strip into glyphs: projections say where to cut between them, connected components how far each reaches.
 *
 * The classifier and the assembler say about where the middle of each of the 17 stands. Between two middles the strip
 * is cut where the projection of its ink is least; what hangs together between two cuts is the glyph. Casey and
 * Lecolinet, "A survey of methods and strategies in character segmentation" (1996), doi 10.1109/34.506792.
 */

import * as constants from './constants';
import { median, roundHalfEven } from './numeric';
import { connectedComponents } from './opencv/components';
import { binomialBlur, blur, gaussianBlur } from './opencv/filter';
import { dilateRow, topHat } from './opencv/morphology';
import { otsuLevel } from './opencv/threshold';
import { GLYPH_HEIGHT, type Gray, PITCH } from './types';
import { LENGTH } from './vin';

export const { SPECK, REACH, ASIDE } = constants.segment;

/**
 * Return the boxes, (S, 17, 4), of the glyphs of a strip whose middles stand at columns `centres` (S, 17).
 *
 * `gray`: light glyphs on dark, about `GLYPH_HEIGHT` high, mid-height; S ways to part it, whose middles increase. The
 * boxes of each are ordered and do not overlap; a box holds the components of ink between its two cuts, or where there
 * is no clear ink the nominal rows from cut to cut.
 */
export function segment(gray: Gray, centres: Float32Array): Int32Array {
  const { width, height } = gray;
  const ink = inkOf(gray);
  const band = bandOf(height);
  const banded = ink.subarray(band.start * width, band.stop * width);
  const profile = gaussianBlur({ data: meanOfRows(banded, width), width, height: 1 }, 1).data;
  const levels = Uint8Array.from(banded.map((one) => 255 * one));
  const level = otsuLevel({ data: levels, width, height: band.stop - band.start });
  const least = Math.fround(level / 255);
  const mask = Uint8Array.from(ink.map((one) => Number(one > least)));
  const boxes = new Int32Array((centres.length / LENGTH) * LENGTH * 4);
  for (let at = 0; at < centres.length; at += LENGTH) {
    const cuts = cutsOf(profile, centres.subarray(at, at + LENGTH));
    boxes.set(boxesOf(mask, width, height, band, cuts), at * 4);
  }
  return boxes;
}

interface Band {
  start: number;
  stop: number;
}

/** Return the boxes, (N, 4), of the ink between cuts, (N + 1,). */
function boxesOf(mask: Uint8Array, width: number, height: number, band: Band, cuts: Int32Array): Int32Array {
  const count = cuts.length - 1;
  const parted = mask.slice();
  for (const cut of cuts) {
    // glyphs that touch come apart here
    const column = Math.min(Math.max(cut, 0), width - 1);
    for (let y = 0; y < height; y++) parted[y * width + column] = 0;
  }
  const boxes = new Int32Array(count * 4);
  for (let n = 0; n < count; n++) boxes.set([width, height, 0, 0], 4 * n);
  for (const one of connectedComponents({ data: parted, width, height }).components) {
    const glyph = cuts.filter((cut) => cut <= one.x).length - 1;
    const bottom = one.top + one.height;
    const isInk = one.area >= SPECK && one.top < band.stop - 3 && bottom > band.start + 3;
    if (!isInk || glyph < 0 || glyph >= count) continue;
    const box = boxes.subarray(4 * glyph, 4 * glyph + 4);
    box[0] = Math.min(box[0], one.left);
    box[1] = Math.min(box[1], one.top);
    box[2] = Math.max(box[2], one.left + one.width);
    box[3] = Math.max(box[3], bottom);
  }
  const top = Math.floor((height - GLYPH_HEIGHT) / 2);
  for (let n = 0; n < count; n++) {
    const unclear = boxes[4 * n + 3] - boxes[4 * n + 1] < Math.floor(GLYPH_HEIGHT / 2);
    if (unclear) boxes.set([cuts[n], top, cuts[n + 1], top + GLYPH_HEIGHT], 4 * n);
  }
  return boxes;
}

/** Return where glyphs begin and end, (N + 1,): over half a pitch outside the ends, least ink between two. */
function cutsOf(profile: Float32Array, centres: Float32Array): Int32Array {
  const last = centres.length - 1;
  const cuts = new Float64Array(centres.length + 1);
  for (let i = 0; i < last; i++) {
    const middle = Math.fround(Math.fround(centres[i] + centres[i + 1]) / 2);
    const apart = Math.fround(centres[i + 1] - centres[i]);
    let least = Infinity;
    for (let column = 0; column < profile.length; column++) {
      const aside = Math.abs(column - middle) / apart; // from 0 in the middle between two
      if (aside < REACH && profile[column] + ASIDE * aside < least) {
        least = profile[column] + ASIDE * aside;
        cuts[i + 1] = column;
      }
    }
  }
  const out = 0.6 * median(centres.subarray(1).map((centre, i) => centre - centres[i]));
  cuts[0] = Math.fround(centres[0] - Math.fround(out));
  cuts[last + 1] = Math.fround(centres[last] + Math.fround(out));
  return Int32Array.from(cuts, (cut) => Math.min(Math.max(roundHalfEven(cut), 0), profile.length));
}

/** Return the rows that a nominal glyph fills, with 2 px to spare. */
function bandOf(height: number): Band {
  const [middle, reach] = [Math.floor(height / 2), Math.floor(GLYPH_HEIGHT / 2) + 2];
  return { start: Math.max(middle - reach, 0), stop: Math.min(middle + reach, height) };
}

/** Return how bright each pixel is against its surroundings, (H, W), about 0 to 1 in every part. */
function inkOf(gray: Gray): Float32Array {
  const { width, height } = gray;
  const hat = topHat(binomialBlur(gray), 7).data;
  const band = bandOf(height);
  const most = new Float32Array(width);
  for (let y = band.start; y < band.stop; y++) {
    for (let x = 0; x < width; x++) most[x] = Math.max(most[x], hat[y * width + x]);
  }
  const peak = blur({ data: dilateRow(most, PITCH), width, height: 1 }, 2 * PITCH + 1, 1).data;
  // Where contrast is far below the strip's best there is noise, and it must not be raised to full ink.
  const best = hat.reduce((all, one) => Math.max(all, one), 0);
  const least = Math.fround(Math.fround(Math.fround(0.3) * best) + 4);
  return Float32Array.from(hat).map((one, i) => Math.min(Math.fround(one / Math.max(peak[i % width], least)), 1));
}

/** Return the mean of each column, (W,), of rows of `width`. */
function meanOfRows(rows: Float32Array, width: number): Float32Array {
  const mean = new Float32Array(width);
  for (let start = 0; start < rows.length; start += width) {
    for (let x = 0; x < width; x++) mean[x] += rows[start + x];
  }
  return mean.map((sum) => sum / (rows.length / width));
}
