/**
 * From the network's answers to glyphs: the best ways to find 17 of them in a row, one for each likely pitch.
 *
 * The lattice is plain: a glyph may stand at any column for which the network answers. A path of 17 columns gains what
 * the network says for a glyph at each of them, and loses for uneven steps and for columns passed over that look like
 * glyphs. What is known of VINs plays no part here, so paths of different strips and views can be compared. Shortest
 * paths through a lattice of cuts: LeCun, Bottou, Bengio and Haffner 1998, doi 10.1109/5.726791.
 */

import { type Answers, STRIDE } from './classify';
import * as constants from './constants';
import { argmax } from './numeric';
import { SIGNS } from './structure/model';
import { LENGTH } from './vin';

/** How much each part of a path's score counts: see `vinchar/assemble.py`. */
export const WEIGHTS = constants.assemble.Weights;
type Weights = typeof WEIGHTS;

/** A path through the answers for one strip: 17 of the network's answers, and its score in nats. */
export interface Path {
  columns: Int32Array;
  score: number;
}

/** Return the best path for each pitch, distinct ones, best first, each glyph taken for its likeliest character. */
export function assemble(answers: Answers, weights: Weights = WEIGHTS): Path[] {
  const glyph = answers.logGlyph.map((log, n) => {
    const best = Math.max(...answers.logProbs.subarray(n * SIGNS, (n + 1) * SIGNS));
    return log >= weights.least ? log + best : -Infinity;
  });
  const paths = weights.pitches.map((pitch) => bestPath(glyph, transitions(answers, pitch, weights)));
  return distinct(paths);
}

/** What a step to each column gains, (K, N), the longest first, and a start and an end there, (N,). */
interface Transitions {
  ahead: number[]; // (K,): by how many columns each step goes on
  steps: Float32Array;
  start: Float32Array;
  end: Float32Array;
}

/** Return the best path where a glyph gains `glyph` (N,) at each column, by dynamic programming (Viterbi). */
function bestPath(glyph: Float32Array, { ahead, steps, start, end }: Transitions): Path {
  const count = glyph.length;
  const best = [start.map((gain, n) => gain + glyph[n])]; // of each glyph: the best way to have it at each column
  const came = [new Uint8Array(count)]; // by which step
  for (let i = 1; i < LENGTH; i++) {
    const [before, now, by] = [best[i - 1], new Float32Array(count).fill(-Infinity), new Uint8Array(count)];
    for (let k = 0; k < ahead.length; k++) {
      const [step, row] = [ahead[k], k * count];
      for (let n = step; n < count; n++) {
        const way = Math.fround(before[n - step] + steps[row + n]);
        if (way > now[n]) {
          now[n] = way;
          by[n] = k;
        }
      }
    }
    for (let n = 0; n < count; n++) now[n] += glyph[n];
    best.push(now);
    came.push(by);
  }
  const whole = best[LENGTH - 1].map((worth, n) => worth + end[n]);
  const columns = new Int32Array(LENGTH);
  columns[LENGTH - 1] = argmax(whole);
  for (let i = LENGTH - 1; i > 0; i--) columns[i - 1] = Math.max(columns[i] - ahead[came[i][columns[i]]], 0);
  return { columns, score: whole[columns[LENGTH - 1]] };
}

/** Return the different ones among paths, best first, without those that do not exist. */
function distinct(paths: Path[]): Path[] {
  const order = paths.filter(({ score }) => score > -Infinity).sort((a, b) => b.score - a.score);
  const found = new Map<string, Path>();
  for (const path of order.reverse()) found.set(String(path.columns), path);
  return [...found.values()].reverse();
}

/** Return by how many columns a path may go on, the longest step first. */
function stepsOf(weights: Weights): number[] {
  const longest = Math.floor((weights.reach * Math.max(...weights.pitches)) / STRIDE);
  const shortest = Math.ceil(weights.closest / STRIDE);
  return Array.from({ length: longest - shortest + 1 }, (_, k) => longest - k);
}

function transitions(answers: Answers, pitch: number, weights: Weights): Transitions {
  const { count } = answers;
  const ahead = stepsOf(weights);
  const running = new Float32Array(count + 1);
  answers.logGap.forEach((log, n) => (running[n + 1] = running[n] + log));

  /** Return the sum of the columns' answers up to so many pixels right of each, in nats a pixel column, (N,). */
  const sumTo = (pixels: number): Float32Array =>
    Float32Array.from({ length: count }, (_, n) => {
      const at = Math.min(Math.max(n + 0.5 + pixels / STRIDE, 0), count);
      const low = Math.min(Math.trunc(at), count - 1);
      const share = Math.fround(at - low);
      const [one, other] = [Math.fround(running[low] * Math.fround(1 - share)), Math.fround(running[low + 1] * share)];
      return Math.fround(one + other) * STRIDE;
    });

  const [zone, beyond] = [weights.zone * pitch, (weights.zone + weights.margin) * pitch];
  const [left, right] = [sumTo(-zone), sumTo(zone)];
  const steps = new Float32Array(ahead.length * count);
  ahead.forEach((by, k) => {
    const odd = (STRIDE * by - pitch) / (weights.sigma * pitch);
    const isNear = STRIDE * by <= weights.reach * pitch;
    const even = Math.fround(isNear ? -Math.min((odd * odd) / 2, weights.cap) : -Infinity);
    for (let n = by; n < count; n++) {
      const passed = Math.min(Math.fround(left[n] - right[n - by]), 0);
      steps[k * count + n] = Math.fround(passed * Math.fround(weights.gap)) + even;
    }
  });
  const [before, after] = [sumTo(-beyond), sumTo(beyond)];
  return {
    ahead,
    steps,
    start: left.map((sum, n) => weights.end * Math.fround(sum - before[n])),
    end: after.map((sum, n) => weights.end * Math.fround(sum - right[n])),
  };
}
