/**
 * Which line of a picture is its VIN, if any is, and how sure that is: one decision over all lines read so far.
 *
 * Every line competes with every other one and with "no VIN here". What speaks for a line: how well it parts into 17
 * glyphs, how much likelier its string is as a VIN than as other text, whether the locator sees a VIN there, and what
 * stands round it. The weights are fitted at training; lines that stand at one place are views of one line.
 */

import type { Confidence } from './bundle';
import * as constants from './constants';
import { Line, samePlace } from './line';
import { type Priors, readStrings } from './posterior';
import { SIGNS } from './structure/model';
import { indices, type Knowledge } from './structure/store';
import type { LineReading } from './types';
import { LENGTH } from './vin';

export const { UPSIDE_DOWN, TWO_ROWS, EDGE, COLDEST } = constants.decide;

/** How sure the locator is of glyphs at places (N, 2) of the photo. */
export type Warmth = (centres: Float32Array) => number;

/** A line, and the probability that it is a VIN and right. */
export type Chance = { line: Line; chance: number };

/** A decision, and which of its lines are VINs, how surely. */
export type Found = { decision: Decision; vins: Chance[] };

/**
 * Lines, the best first, with the probability of each that it is the VIN and that all 17 are right then.
 *
 * `likely`: the same for being the VIN, however its characters are; `odds`: what these come from, in nats, and
 * `features` (7,) of each line: what the odds are made of. `ok`: from which probability on a reading is ok; `settled`:
 * from which one no other line is looked for.
 */
export class Decision {
  constructor(
    readonly lines: Line[] = [],
    readonly chances: number[] = [],
    readonly likely: number[] = [],
    readonly odds: number[] = [],
    readonly features: number[][] = [],
    readonly ok: number = 1,
    readonly settled: number = 1,
  ) {}

  /** The line that is most likely the VIN, null if there is none. */
  get best(): Line | null {
    return this.lines[0] ?? null;
  }

  /** The probability that the best line is the VIN, and read right. */
  get chance(): number {
    return this.chances[0] ?? 0;
  }

  /** Whether the best line is sure enough to be called ok. */
  get isOk(): boolean {
    return this.chance >= this.ok;
  }

  /** Whether the best line is so likely the VIN that no other one is looked for, well read or not. */
  get isSettled(): boolean {
    const views = new Map<string, number>();
    this.lines.forEach((one, i) => {
      if (one.isViewOf(this.lines[0])) views.set(one.vin, this.likely[i]);
    });
    return [...views.values()].reduce((sum, one) => sum + one, 0) >= this.settled;
  }

  /**
   * Return every line that is more likely a VIN than not, where a picture may show several, and how sure it is.
   *
   * Best first, one view of each place; they compete with "no VIN" alone, not with each other.
   */
  each(): Chance[] {
    const found: Chance[] = [];
    this.lines.forEach((line, i) => {
      const alone = logistic(this.odds[i]);
      const known = found.some(({ line: one }) => one.vin === line.vin || samePlace(one.quads, line.quads));
      const right = this.chances[i] / Math.max(this.likely[i], 1e-9);
      if (alone >= 0.5 && !known) found.push({ line, chance: right * alone });
    });
    return found;
  }

  /** Return the best view of each of the first `count` lines, best first, with its odds. */
  leaders(count: number): Map<Line, number> {
    const found = new Map<Line, number>();
    for (const [i, line] of this.lines.entries()) {
      if (found.size === count) break;
      if (![...found.keys()].some((one) => line.isViewOf(one))) found.set(line, this.odds[i]);
    }
    return found;
  }
}

/** Weighs line readings by `priors` and `knowledge` of VINs and other text, and decides by `confidence`. */
export class Judge {
  constructor(
    readonly priors: Priors,
    readonly knowledge: Knowledge,
    readonly confidence: Confidence,
  ) {}

  /** Return what a reading says of the VIN, with what is known of VINs. */
  weigh(reading: LineReading, look: string): Line {
    const posterior = readStrings(reading.logLikelihoods, reading.scores, this.priors);
    const same = this.priors.structure === this.knowledge.structure && this.priors.known === null;
    const asVin = same ? posterior.logPrior : null; // else what is known for reading is not what tells VINs apart
    return new Line(reading, posterior, this.knowledge.likeness(posterior.strings[0][0], asVin), look);
  }

  /** Return which of the lines is the VIN; `warmth`: what the locator thinks of a place. */
  decide(lines: Iterable<Line>, warmth: Warmth): Decision {
    const every = [...lines];
    const features = every.map((line) => vinFeatures(line, warmth(line.centres)));
    return this.compare(
      every,
      features,
      features.map((some) => dot(some, this.confidence.vin)),
    );
  }

  /** Return which of the lines is the VIN, by the `odds` of each, which come from its `features`. */
  compare(lines: Line[], features: number[][], odds: number[]): Decision {
    const { threshold, settled } = this.confidence;
    const order = [...lines.keys()].sort((a, b) => odds[b] - odds[a]);
    const ranked = order.map((i) => lines[i]);
    const weights = order.map((i) => Math.exp(Math.min(Math.max(odds[i], -50), 50)));
    const strings = new Map<string, number>(); // the best view of each string counts
    ranked.forEach((line, i) => {
      if (!strings.has(line.vin)) strings.set(line.vin, weights[i]);
    });
    const likely = ranked.map((line, i) => {
      const others = [...strings].reduce((sum, [vin, weight]) => (vin === line.vin ? sum : sum + weight), 0);
      return weights[i] / (1 + others + weights[i]);
    });
    const right = ranked.map((line) => logistic(dot(rightFeatures(line), this.confidence.right)));
    return new Decision(
      ranked,
      likely.map((one, i) => one * right[i]),
      likely,
      order.map((i) => odds[i]),
      order.map((i) => features[i]),
      threshold,
      settled,
    );
  }
}

function dot(one: readonly number[], other: readonly number[]): number {
  return one.reduce((sum, value, i) => sum + value * other[i], 0);
}

function logistic(odds: number): number {
  return 1 / (1 + Math.exp(-Math.min(Math.max(odds, -30), 30)));
}

/**
 * Return what the odds that a line is the VIN depend on, (7,).
 *
 * Path and string as a VIN against other text; the locator's warmth; glyphs that go on beyond the ends; the widest
 * step, in pitches; whether it stands on its head, or in two rows; and the constant 1.
 */
export function vinFeatures(line: Line, warmth: number): number[] {
  const evidence = line.posterior.logLikelihood + line.likeness;
  const widest = line.look === TWO_ROWS ? 1.5 : Math.max(...line.steps); // where a row ends there is room
  return [
    Math.min(Math.max(evidence, -40), 20) / 10,
    Math.max(warmth, COLDEST),
    Math.min(line.reading.beyond[line.posterior.path], 2),
    Math.min(Math.max(widest, 1.5), 3) - 1.5,
    line.look === UPSIDE_DOWN ? 1 : 0,
    line.look === TWO_ROWS ? 1 : 0,
    1,
  ];
}

/**
 * Return what the probability depends on that all 17 are right if it is the VIN, (7,).
 *
 * What the posterior leaves open; how uneven the pitch is; the path's score; how near to the strip's end the glyphs
 * come, where others may be cut off; glyphs that go on beyond the ends; by how much the expert that is least for it
 * would rather have read other characters; and the constant 1.
 */
export function rightFeatures(line: Line): number[] {
  const uneven = Math.sqrt(line.steps.reduce((sum, step) => sum + (step - 1) ** 2, 0) / line.steps.length);
  return [
    -Math.log(Math.max(1 - line.posterior.strings[0][1], 1e-6)),
    Math.min(uneven, 0.5) * 10,
    Math.log1p(Math.max(-line.posterior.logLikelihood, 0)),
    Math.max(EDGE - line.room, 0) / EDGE,
    Math.min(line.reading.beyond[line.posterior.path], 2),
    Math.log1p(dissent(line)),
    1,
  ];
}

/** Return by how many nats, at most, an expert holds the characters it saw best likelier than those of the VIN. */
export function dissent(line: Line): number {
  const read = indices(line.vin);
  const each = line.reading.each.map((logs) =>
    read.reduce((sum, c, place) => {
      const at = (line.posterior.path * LENGTH + place) * SIGNS;
      return sum + Math.max(...logs.subarray(at, at + SIGNS)) - logs[at + c];
    }, 0),
  );
  return Math.max(...each);
}
