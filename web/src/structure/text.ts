/** How likely a string of 17 characters is as a piece of other text, whatever that text is about. */

import * as constants from '../constants';
import type { NpyArray } from '../npz';
import { logSumExp } from '../numeric';
import { ALPHABET, LENGTH } from '../vin';

const { DIGITS, HEXADECIMAL, COMPONENTS, FLOOR, STEPS } = constants.structureText;
const SIZE = ALPHABET.length;
const COUNTS = Float64Array.from({ length: 256 }, (_, i) => Math.expm1(i / STEPS)); // each stored number stands for

/**
 * A mixture of two models of written text and three of random codes, each over all 17 characters.
 *
 * In text, a character depends on the three (or two) before it: interpolated n-grams, smoothed after Witten and Bell
 * (1991). That three as well as four characters are looked at makes up for words that were never drawn. Serial numbers
 * follow no such rule: their characters are all equally likely, out of the 33, of the digits, or of `0` to `F`.
 *
 * `triples` (33, 33, 33), `fours` (33, 33, 33, 33): logarithms of counts; `shares` (5,), over 0.
 */
export class TextModel {
  private readonly shares: Float64Array;
  private readonly tables: Float32Array[]; // (33,), (33, 33), (33, 33, 33): of the last index after those before it
  private readonly rest: Float64Array; // (33, 33, 33)
  private readonly all: Float64Array;

  constructor(
    triples: Uint8Array,
    private readonly fours: Uint8Array,
    shares: ArrayLike<number>,
  ) {
    if (triples.length !== SIZE ** 3 || fours.length !== SIZE ** 4 || shares.length !== COMPONENTS) {
      throw new Error(`text: got ${triples.length} triples, ${fours.length} fours and ${shares.length} shares`);
    }
    const total = Array.from(shares).reduce((sum, share) => sum + share, 0);
    this.shares = Float64Array.from(shares, (share) => share / total);
    const counts = Float64Array.from(triples, (stored) => COUNTS[stored]);
    this.tables = tablesOf(counts);
    const kept = summed(Float64Array.from(fours, (stored) => COUNTS[stored]));
    this.rest = restOf(counts, kept, summed(Float64Array.from(fours, (stored) => (stored > 0 ? 1 : 0))));
    this.all = this.rest.map((rest, i) => kept[i] + rest);
  }

  /**
   * Return the logarithm of a string's probability as a window of other text, in nats, finite.
   *
   * `string`: 17 indices into `ALPHABET`. A window may begin anywhere in a line: what stands before it is left open.
   */
  logProb(string: ArrayLike<number>): number {
    return logSumExp(this.parts(string).map((log, i) => log + Math.log(this.shares[i])));
  }

  /** Return the logarithms of the probabilities under each component, -inf where impossible. */
  private parts(string: ArrayLike<number>): number[] {
    const [one, two, three] = this.tables;
    const begin = Math.log(one[string[0]]) + Math.log(two[string[0] * SIZE + string[1]]);
    let byThree = begin;
    let byFour = begin;
    let highest = Math.max(string[0], string[1]);
    for (let i = 2; i < LENGTH; i++) {
      const triple = (string[i - 2] * SIZE + string[i - 1]) * SIZE + string[i];
      const log = Math.log(three[triple]);
      byThree += log;
      byFour += i === 2 ? log : Math.log(this.byFour(string, i, three[triple]));
      highest = Math.max(highest, string[i]);
    }
    const codes = [SIZE, DIGITS, HEXADECIMAL].map((count) => (highest < count ? -LENGTH * Math.log(count) : -Infinity));
    return [byFour, byThree, ...codes];
  }

  /** Return the probability of the character at a place after three others; `byThree`: after two of them. */
  private byFour(string: ArrayLike<number>, place: number, byThree: number): number {
    const before = (string[place - 3] * SIZE + string[place - 2]) * SIZE + string[place - 1];
    const count = COUNTS[this.fours[before * SIZE + string[place]]];
    const chance = (count + this.rest[before] * byThree) / this.all[before];
    return (1 - FLOOR) * chance + FLOOR / SIZE;
  }

  /** Return the model that stands in arrays of their names. */
  static fromArrays(arrays: ReadonlyMap<string, NpyArray>): TextModel {
    const [triples, fours, shares] = ['triples', 'fours', 'shares'].map((name) => arrays.get(name)?.data);
    if (!(triples instanceof Uint8Array) || !(fours instanceof Uint8Array) || shares === undefined) {
      throw new Error('text: got other arrays than triples, fours and shares');
    }
    return new TextModel(triples, fours, shares);
  }
}

/** Return the probabilities of the next character after none, one and two others. */
function tablesOf(triples: Float64Array): Float32Array[] {
  const pairs = summedOverFirst(triples);
  const ones = summedOverFirst(pairs);
  const every = Float64Array.of(ones.reduce((sum, count) => sum + count, 0));
  const totals = [every, summed(pairs), summed(triples)];
  let shorter = new Float64Array(SIZE).fill(1 / SIZE);
  return [ones, pairs, triples].map((counts, level) => {
    const kept = summed(counts);
    const rest = restOf(totals[level], kept, summed(counts.map((count) => (count > 0 ? 1 : 0))));
    const table = counts.map((count, i) => {
      const context = Math.floor(i / SIZE);
      return (count + rest[context] * shorter[i % shorter.length]) / (kept[context] + rest[context]);
    });
    shorter = table;
    return Float32Array.from(table, (chance) => (1 - FLOOR) * chance + FLOOR / SIZE);
  });
}

/**
 * Return the count that the shorter context gets: for what was counted but not kept, and for what was never seen.
 *
 * `seen`: how many different characters followed.
 */
function restOf(total: Float64Array, kept: Float64Array, seen: Float64Array): Float64Array {
  return total.map((count, i) => {
    const rest = Math.max(count - kept[i], 0) + seen[i];
    return kept[i] + rest > 0 ? rest : 1;
  });
}

/** Return counts summed over their last index. */
function summed(counts: Float64Array): Float64Array {
  const sums = new Float64Array(counts.length / SIZE);
  counts.forEach((count, i) => (sums[Math.floor(i / SIZE)] += count));
  return sums;
}

/** Return counts summed over their first index. */
function summedOverFirst(counts: Float64Array): Float64Array {
  const sums = new Float64Array(counts.length / SIZE);
  counts.forEach((count, i) => (sums[i % sums.length] += count));
  return sums;
}
