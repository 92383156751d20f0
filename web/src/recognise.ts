/**
 * The seam between pictures of lines and what stands on them: strips in, a batch at a time, line readings out.
 *
 * A recogniser knows nothing of VINs but that they have 17 glyphs: it says what it saw, and `decide` weighs that. It
 * has one expert or several, networks that see strips in different ways. The first one parts a strip into glyphs; what
 * all think of each glyph is multiplied, as likelihoods are, each to the power of its weight: Hinton, "Training
 * products of experts by minimizing contrastive divergence" (2002), doi 10.1162/089976602760128018.
 */

import * as constants from './constants';
import { median } from './numeric';
import { segment } from './segment';
import { SIGNS } from './structure/model';
import type { Gray, LineReading, Strip } from './types';
import { LENGTH } from './vin';

export const { FEWEST, MOST, RELEVANT, HOPELESS, BESIDE } = constants.recognise;
const TABLE = LENGTH * SIGNS;

/**
 * S ways to part a strip into 17 glyphs, best first: as `LineReading` has them, with the glyphs' middles.
 *
 * `centres` (S, 17), columns of the strip, rising; `logLikelihoods` (S, 17, 33), each glyph's normalised; `scores`
 * (S,); `beyond` (S,).
 */
export interface Partings {
  centres: Float32Array;
  logLikelihoods: Float32Array;
  scores: Float64Array;
  beyond: Float32Array;
}

/** Return those that are not much worse than the best and show a line of 17 glyphs, null if none does. */
export function worthwhile(parted: Partings): Partings | null {
  const kept = Array.from(parted.scores, (score, s) => score + bestSum(parted.logLikelihoods, s));
  const least = Math.max(Math.max(...kept) - RELEVANT, HOPELESS);
  const some = [...kept.keys()].filter((s) => kept[s] >= least);
  if (some.length === 0) return null;
  return {
    centres: rowsOf(parted.centres, LENGTH, some),
    logLikelihoods: rowsOf(parted.logLikelihoods, TABLE, some),
    scores: Float64Array.from(some, (s) => parted.scores[s]),
    beyond: Float32Array.from(some, (s) => parted.beyond[s]),
  };
}

/** Return what the best characters of a parting are worth together, in nats, by log-likelihoods (S, 17, 33). */
export function bestSum(logLikelihoods: Float32Array, parting: number): number {
  let sum = 0;
  for (let place = 0; place < LENGTH; place++) {
    const at = parting * TABLE + place * SIGNS;
    sum += Math.max(...logLikelihoods.subarray(at, at + SIGNS));
  }
  return sum;
}

function rowsOf(data: Float32Array, size: number, rows: number[]): Float32Array {
  const some = new Float32Array(rows.length * size);
  rows.forEach((row, i) => some.set(data.subarray(row * size, (row + 1) * size), i * size));
  return some;
}

/** What is seen at others' partings: log-likelihoods (S, 17, 33), each glyph's normalised, and scores (S,). */
export interface Judgement {
  logLikelihoods: Float32Array;
  scores: Float64Array;
}

/** What an expert thinks of a strip that it looked at. */
export interface Opinion {
  /** Return how the strip may be parted into 17 glyphs, null where it does not look like that. */
  partings(): Partings | null;
  /** Return what it sees at the `centres` (S, 17) of others' partings. */
  judge(centres: Float32Array): Judgement;
}

/** One way to see strips. */
export interface Expert {
  /** Look at strips of one size. */
  look(strips: readonly Gray[]): Promise<Opinion[]>;
}

/** The recogniser: one expert or several, each with its weight, the first of which parts the strips. */
export class Experts {
  constructor(private readonly experts: readonly (readonly [Expert, number])[]) {}

  /** Return what stands on each strip, all of one size; null where it does not look like 17 glyphs. */
  async read(strips: readonly Strip[]): Promise<(LineReading | null)[]> {
    const readings: (LineReading | null)[] = strips.map(() => null);
    if (strips.length === 0) return readings;
    const grays = strips.map(({ gray }) => gray);
    const [[first], ...others] = this.experts;
    const found = (await first.look(grays)).map((opinion) => opinion.partings());
    const rows = [...found.keys()].filter((i) => found[i] !== null);
    if (rows.length === 0) return readings;
    const opinions: Opinion[][] = [];
    for (const [expert] of others) opinions.push(await expert.look(rows.map((i) => grays[i])));
    rows.forEach((i, row) => {
      const parted = found[i] as Partings;
      const judged = opinions.map((each) => each[row].judge(parted.centres));
      readings[i] = this.together(strips[i], parted, judged);
    });
    return readings;
  }

  /** Return what the first expert's partings show in the opinion of all. */
  private together(strip: Strip, parted: Partings, judged: Judgement[]): LineReading {
    const all: Judgement[] = [parted, ...judged];
    const logLikelihoods = new Float64Array(parted.logLikelihoods.length);
    const scores = new Float64Array(parted.scores.length);
    this.experts.forEach(([, weight], k) => {
      const share = Math.fround(weight);
      all[k].logLikelihoods.forEach((log, i) => (logLikelihoods[i] += share * log));
      all[k].scores.forEach((score, s) => (scores[s] += share * score));
    });
    return {
      strip,
      boxes: segment(strip.gray, parted.centres),
      logLikelihoods: Float32Array.from(logLikelihoods),
      scores,
      beyond: parted.beyond,
      each: all.map((one) => one.logLikelihoods),
    };
  }
}

/** Return where glyphs with their middles at `centres` (17,) end and begin, (18,), half way between two. */
export function cutsBetween(centres: Float32Array): Float32Array {
  const half = Math.fround(medianStep(centres) / 2);
  const cuts = new Float32Array(centres.length + 1);
  cuts[0] = centres[0] - half;
  for (let i = 1; i < centres.length; i++) cuts[i] = Math.fround(centres[i] + centres[i - 1]) / 2;
  cuts[centres.length] = centres[centres.length - 1] + half;
  return cuts;
}

/** Return about how many of `glyphs` (M,), seen at columns `places` (M,), stand beside the 17 at `centres`. */
export function glyphsBeyond(glyphs: Float32Array, places: Float32Array, centres: Float32Array): number {
  const pitch = medianStep(centres);
  const [near, far] = BESIDE.map((share) => Math.fround(share * pitch));
  const [first, last] = [centres[0], centres[centres.length - 1]];
  return glyphs.reduce((sum, one, i) => {
    const isBefore = places[i] > Math.fround(first - far) && places[i] < Math.fround(first - near);
    const isAfter = places[i] > Math.fround(last + near) && places[i] < Math.fround(last + far);
    return isBefore || isAfter ? sum + one : sum;
  }, 0);
}

function medianStep(centres: Float32Array): number {
  return median(centres.subarray(1).map((centre, i) => centre - centres[i]));
}
