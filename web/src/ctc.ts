/**
 * The CTC expert: a strip as a sequence, read off the time steps of a network.
 *
 * Connectionist temporal classification: Graves, Fernandez, Gomez and Schmidhuber 2006, doi 10.1145/1143844.1143891.
 * Every step says a character or blank; a run of one character is one glyph. Of all ways to have exactly 17 runs the
 * best are found; between the cuts that these give, all ways to have one run of each character are summed up.
 */

import { logSoftmax } from './classify';
import * as constants from './constants';
import { argmax, median, roundHalfEven } from './numeric';
import {
  cutsBetween,
  type Expert,
  FEWEST,
  glyphsBeyond,
  type Judgement,
  MOST,
  type Opinion,
  type Partings,
  RELEVANT,
  worthwhile,
} from './recognise';
import type { Network } from './session';
import type { Gray } from './types';
import { ALPHABET, LENGTH } from './vin';

export const { STEP, ALTERNATIVES, NEVER } = constants.ctc;
const BLANK = ALPHABET.length;
const SYMBOLS = BLANK + 1;
const STAY = 0; // how a path comes to be within a glyph
const FROM_BLANK = 1;
const FROM_GLYPH = 2;

/** Reads strips as sequences by a network; their width is a multiple of 4. */
export class Ctc implements Expert {
  constructor(private readonly network: Network) {}

  async look(strips: readonly Gray[]): Promise<CtcOpinion[]> {
    const { data, shape } = await this.network.logits(strips);
    const logs = logSoftmax(data, SYMBOLS);
    const size = shape[1] * SYMBOLS;
    return strips.map((_, b) => new CtcOpinion(logs.subarray(b * size, (b + 1) * size)));
  }
}

/** `logProbs` (T, 34) of the characters and, last, of blank, at every time step of a strip. */
export class CtcOpinion implements Opinion {
  private readonly steps: number;

  constructor(private readonly logProbs: Float32Array) {
    this.steps = logProbs.length / SYMBOLS;
  }

  /** Return the best ways to have 17 runs of characters that end at different steps, null where it is not so. */
  partings(): Partings | null {
    const best = [...Array(this.steps).keys()].map((t) =>
      argmax(this.logProbs.subarray(t * SYMBOLS, (t + 1) * SYMBOLS)),
    );
    const count = best.filter((symbol, t) => symbol !== BLANK && symbol !== best[t - 1]).length;
    const runs = count >= FEWEST && count <= MOST ? bestRuns(this.logProbs) : [];
    return runs.length > 0 ? worthwhile(this.parted(runs)) : null;
  }

  /** Return what stands at the `centres` (S, 17) of others, between the cuts half way to the next. */
  judge(centres: Float32Array): Judgement {
    const count = centres.length / LENGTH;
    const logLikelihoods = new Float32Array(centres.length * BLANK);
    const scores = new Float64Array(count);
    for (let s = 0; s < count; s++) {
      const between = cutsBetween(centres.subarray(s * LENGTH, (s + 1) * LENGTH));
      const cuts = Array.from(between, (cut) => roundHalfEven(Math.fround(cut / STEP)));
      const one = oneGlyphEach(this.logProbs, cuts);
      logLikelihoods.set(one.logLikelihoods, s * LENGTH * BLANK);
      scores[s] = one.score;
    }
    return { logLikelihoods, scores };
  }

  /** Return partings by runs: the first step of each of 17, and the one after its last. */
  private parted(runs: Run[][]): Partings {
    const centres = Float32Array.from(runs.flat(), ({ start, stop }) => ((start + stop) / 2) * STEP);
    const seen = Float32Array.from({ length: this.steps }, (_, t) => 1 - Math.exp(this.logProbs[t * SYMBOLS + BLANK]));
    const places = seen.map((_, t) => (t + 0.5) * STEP);
    const beyond = Float32Array.from(runs, (_, s) =>
      glyphsBeyond(seen, places, centres.subarray(s * LENGTH, (s + 1) * LENGTH)),
    );
    return { centres, beyond, ...this.judge(centres) };
  }
}

/** The steps of a run of one character, `stop` behind its last one. */
export interface Run {
  start: number;
  stop: number;
}

/**
 * Return the best ways to have 17 runs, for the likeliest last steps, best first.
 *
 * Viterbi; `logProbs` (T, 34). Within a run a step counts by what the step before shows most: which character it is of
 * is left to `oneGlyphEach`.
 */
export function bestRuns(logProbs: Float32Array): Run[][] {
  const steps = logProbs.length / SYMBOLS;
  const at = (t: number) => logProbs.subarray(t * SYMBOLS, t * SYMBOLS + BLANK);
  const blank = Float32Array.from({ length: steps }, (_, t) => logProbs[t * SYMBOLS + BLANK]);
  const which = Array.from({ length: steps }, (_, t) => argmax(at(t)));
  const glyph = Float32Array.from(which, (symbol, t) => at(t)[symbol]);
  let done = new Float32Array(LENGTH + 1).fill(-Infinity); // so many glyphs are behind
  let within = done.slice(); // the step is of the i-th
  [done[0], within[1]] = [blank[0], glyph[0]];
  const came = [new Uint8Array(LENGTH + 1)];
  const left = [new Uint8Array(LENGTH + 1)];
  came[0][1] = FROM_BLANK;
  const ends = new Float32Array(steps).fill(-Infinity);
  ends[0] = within[LENGTH];
  for (let t = 1; t < steps; t++) {
    const same = at(t)[which[t - 1]];
    const isOther = which[t] !== which[t - 1];
    const [now, by] = [new Float32Array(LENGTH + 1), new Uint8Array(LENGTH + 1)];
    for (let i = 0; i <= LENGTH; i++) {
      const ways = [
        within[i] + same,
        i > 0 ? done[i - 1] + glyph[t] : -Infinity,
        i > 0 && isOther ? within[i - 1] + glyph[t] : -Infinity,
      ].map(Math.fround);
      by[i] = [STAY, FROM_BLANK, FROM_GLYPH][argmax(ways)];
      now[i] = ways[by[i]];
    }
    left.push(Uint8Array.from(within, (worth, i) => (worth > done[i] ? 1 : 0)));
    done = done.map((worth, i) => Math.max(worth, within[i]) + blank[t]);
    came.push(by);
    within = now;
    ends[t] = within[LENGTH];
  }
  const after = new Float32Array(steps + 1); // of all steps behind each
  for (let t = steps - 1; t >= 0; t--) after[t] = after[t + 1] + blank[t];
  return traced(
    came,
    left,
    ends.map((worth, t) => worth + Math.fround(after[t] - blank[t])),
  );
}

/** Return the runs of the best paths that end at different steps, each worth `worth` (T,). */
function traced(came: Uint8Array[], left: Uint8Array[], worth: Float32Array): Run[][] {
  const beside = (t: number) => (t >= 0 && t < worth.length ? worth[t] : -Infinity);
  const peaks = [...worth.keys()]
    .filter((t) => worth[t] > -Infinity && worth[t] >= beside(t - 1) && worth[t] > beside(t + 1))
    .sort((a, b) => worth[b] - worth[a])
    .slice(0, ALTERNATIVES);
  return peaks
    .filter((t) => worth[t] >= worth[peaks[0]] - RELEVANT)
    .map((end) => {
      const runs: Run[] = [];
      let step = end;
      for (let place = LENGTH; place > 0; place--) {
        const stop = step + 1;
        while (came[step][place] === STAY) step--;
        runs.unshift({ start: step, stop });
        const blanks = came[step][place] === FROM_BLANK && place > 1;
        step--;
        if (blanks) {
          while (left[step][place - 1] === 0) step--;
          step--;
        }
      }
      return runs;
    });
}

/**
 * Return the log-likelihoods (17, 33) of one glyph between every two `cuts`, 18 time steps, and a score.
 *
 * For each character all ways are summed up to have one run of it between the cuts, with blanks round it; they are
 * normalised, and what one glyph of any kind is worth goes into the score, as does that nothing stands close beside the
 * first and the last one.
 */
export function oneGlyphEach(logProbs: Float32Array, cuts: number[]): { logLikelihoods: Float32Array; score: number } {
  const steps = logProbs.length / SYMBOLS;
  const within = cuts.map((cut) => Math.min(Math.max(cut, 0), steps));
  const logLikelihoods = new Float32Array(LENGTH * BLANK);
  let score = 0;
  for (let place = 0; place < LENGTH; place++) {
    const worth = oneRun(logProbs, within[place], within[place + 1]);
    const glyph = worth.reduce((sum, one) => sum + one, 0);
    worth.forEach((one, c) => (logLikelihoods[place * BLANK + c] = Math.log(one / glyph)));
    score += Math.log(glyph);
  }
  const outside = new Float64Array(steps + 1);
  for (let t = 0; t < steps; t++) outside[t + 1] = outside[t] + logProbs[t * SYMBOLS + BLANK];
  const usual = median(within.slice(1).map((cut, i) => cut - within[i]));
  const pitch = Math.max(roundHalfEven(usual), 1);
  const [start, end] = [within[0], within[LENGTH]];
  score += outside[start] - outside[Math.max(start - pitch, 0)] + outside[Math.min(end + pitch, steps)] - outside[end];
  return { logLikelihoods, score };
}

/** Return the probability of one run of each character between two steps, with blanks round it, (33,). */
function oneRun(logProbs: Float32Array, start: number, stop: number): Float64Array {
  let before = 1;
  const [inside, after] = [new Float64Array(BLANK), new Float64Array(BLANK)];
  for (let t = start; t < stop; t++) {
    const blank = Math.exp(logProbs[t * SYMBOLS + BLANK]);
    for (let c = 0; c < BLANK; c++) {
      after[c] = (after[c] + inside[c]) * blank;
      inside[c] = (inside[c] + before) * Math.exp(logProbs[t * SYMBOLS + c]);
    }
    before *= blank;
  }
  return inside.map((one, c) => one + after[c] + NEVER);
}
