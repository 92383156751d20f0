/**
 * Strips to log-probabilities: one convolutional pass answers for every second column which glyph is centred there.
 *
 * A picture of a single glyph is one window of the same network.
 */

import * as constants from './constants';
import { roundHalfEven } from './numeric';
import { plainGray } from './opencv/pictures';
import { resizeArea, resizeLinear } from './opencv/resize';
import { crop } from './resizing';
import type { Network, Tensor } from './session';
import { GLYPH_HEIGHT, type Gray, STRIP_HEIGHT } from './types';
import { ALPHABET } from './vin';

export const { STRIDE, WINDOW, ANSWERS_A_GLYPH } = constants.classify;
const NONE = ALPHABET.length; // index of "no glyph is centred here"

/** Return log-probabilities of rows of `size` logits each, of the same shape. */
export function logSoftmax(logits: Float32Array, size: number): Float32Array {
  const logs = new Float32Array(logits.length);
  for (let at = 0; at < logits.length; at += size) {
    let most = -Infinity;
    for (let i = at; i < at + size; i++) most = Math.max(most, logits[i]);
    let sum = 0;
    for (let i = at; i < at + size; i++) sum += Math.exp(logits[i] - most);
    const total = Math.log(sum);
    for (let i = at; i < at + size; i++) logs[i] = logits[i] - most - total;
  }
  return logs;
}

/** Return the light glyph of a dark picture, at the strip's glyph height, amid a window of `width` columns. */
export function glyphWindow(gray: Gray, width: number = WINDOW): Gray {
  const window = plainGray(width, STRIP_HEIGHT);
  const inked = inkOf(gray);
  if (inked === null) return window;
  const scale = Math.min(GLYPH_HEIGHT / inked.height, (0.6 * width) / inked.width);
  const size = [inked.width, inked.height].map((side) => Math.max(1, roundHalfEven(side * scale)));
  const scaled = (scale < 1 ? resizeArea : resizeLinear)(inked, size[0], size[1]);
  const [x, y] = [(width - size[0]) >> 1, (STRIP_HEIGHT - size[1]) >> 1];
  for (let row = 0; row < size[1]; row++) {
    window.data.set(scaled.data.subarray(row * size[0], (row + 1) * size[0]), (y + row) * width + x);
  }
  return window;
}

/** Return the part of a dark picture that its light ink takes, null where there is none. */
function inkOf(gray: Gray): Gray | null {
  const level = Math.max(24, Math.trunc(gray.data.reduce((most, one) => Math.max(most, one), 0) / 3));
  let [x0, y0, x1, y1] = [Infinity, Infinity, 0, 0];
  gray.data.forEach((one, i) => {
    if (one <= level) return;
    const [x, y] = [i % gray.width, Math.floor(i / gray.width)];
    [x0, y0, x1, y1] = [Math.min(x0, x), Math.min(y0, y), Math.max(x1, x + 1), Math.max(y1, y + 1)];
  });
  return x1 === 0 ? null : crop(gray, x0, y0, x1, y1);
}

/** The 33-class glyph network: one answer for every second column. */
export class Classifier {
  constructor(private readonly network: Network) {}

  /** Return log-probabilities, (34,) each, of pictures that show one light glyph on dark each, or none. */
  async glyphs(pictures: readonly Gray[]): Promise<Float32Array[]> {
    const { data, shape } = await this.network.logits(pictures.map((picture) => glyphWindow(picture)));
    const [, count, size] = shape;
    const middle = Math.floor(WINDOW / STRIDE / 2);
    return pictures.map((_, b) => {
      const at = (b * count + middle) * size;
      const [left, right] = [data.subarray(at - size, at), data.subarray(at, at + size)];
      return logSoftmax(
        left.map((one, i) => Math.fround(one + right[i]) / 2),
        size,
      );
    });
  }
}

/**
 * What the network says of every `STRIDE`-th of a strip's columns, N answers.
 *
 * `logProbs` (N, 33): log-probability of each character, given that a glyph is centred there; `logGlyph`, `logGap`
 * (N,): log-probability that one is, and that none is.
 */
export interface Answers {
  count: number;
  logProbs: Float32Array;
  logGlyph: Float32Array;
  logGap: Float32Array;
}

/** Return the answers for each strip in logits, (B, N, 34). */
export function answersOf({ data, shape }: Tensor): Answers[] {
  const count = shape[1];
  const size = count * (NONE + 1);
  return [...Array(shape[0]).keys()].map((b) => {
    const logits = data.subarray(b * size, (b + 1) * size);
    const all = logSoftmax(logits, NONE + 1);
    const logGap = Float32Array.from({ length: count }, (_, n) => all[n * (NONE + 1) + NONE]);
    const logGlyph = logGap.map((log) => Math.log1p(-Math.exp(Math.min(log, -1e-6))));
    const characters = logits.filter((_, i) => i % (NONE + 1) !== NONE);
    return { count, logProbs: logSoftmax(characters, NONE), logGlyph, logGap };
  });
}

/** Return about how many glyphs are centred at each column, (N,): 17 in all for a clear VIN. */
export function glyphs(answers: Answers): Float32Array {
  return answers.logGap.map((log) => (1 - Math.exp(log)) / ANSWERS_A_GLYPH);
}
