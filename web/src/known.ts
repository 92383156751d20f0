/** The owner's list of VINs: a fleet, an inventory. A share of the prior goes to it, the rest stays with all others. */

import * as constants from './constants';
import type { Seen } from './posterior';
import { indices } from './structure/store';
import { ALPHABET, LENGTH, validate } from './vin';

export const { SHARE, LIKE, LAST, SHORTLIST } = constants.known;
const SIGNS = ALPHABET.length;

/**
 * A list of VINs, in order; `share` of the prior.
 *
 * A list that is dense, as that of a fleet is, makes unlisted cars with nearly the same number likelier, too.
 */
export class KnownVins {
  private readonly text: string[];
  private readonly codes: number[][];

  constructor(
    vins: readonly string[],
    readonly share: number = SHARE,
  ) {
    if (!(share > 0 && share < 1)) {
      throw new RangeError(`share of the known VINs: got ${share}, expected a number between 0 and 1`);
    }
    if (vins.length === 0) throw new RangeError('known VINs: got none, expected a list of at least one');
    this.text = [...new Set(vins)].sort();
    this.codes = this.text.map(indices);
  }

  /** Return the log-probability by the list of a string, its share included; -inf where it gives none. */
  logProb(string: ArrayLike<number>): number {
    const text = Array.from(string, (c) => ALPHABET[c]).join('');
    let chance = (1 - LIKE) * (this.text[before(this.text, text)] === text ? 1 : 0);
    for (const count of LAST) {
      const first = text.slice(0, LENGTH - count);
      const alike = before(this.text, first + '~'.repeat(count)) - before(this.text, first);
      chance += (LIKE / LAST.length) * alike * 10 ** -count;
    }
    return Math.log((this.share * chance) / this.text.length);
  }

  /** Return the VINs of the list that fit best what was seen, 17 indices into `vin.ALPHABET` each. */
  likely(seen: Seen): number[][] {
    const most = Math.max(...seen.own);
    const best = new Float64Array(LENGTH * SIGNS).fill(-Infinity); // at least what each one gives
    seen.logs.forEach((logs, s) => {
      logs.forEach((log, i) => (best[i] = Math.max(best[i], log + (seen.own[s] - most) / LENGTH)));
    });
    const worth = this.codes.map((code) => code.reduce((sum, c, place) => sum + best[place * SIGNS + c], 0));
    const order = [...worth.keys()].sort((a, b) => worth[b] - worth[a]);
    return order.slice(0, SHORTLIST).map((i) => this.codes[i]);
  }
}

/** Return how many of some sorted texts stand before another one. */
function before(sorted: string[], text: string): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < text) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Return the list that is meant. Throws a `RangeError` for what is no VIN in it. */
export function listOf(known: readonly string[] | null): KnownVins | null {
  return known === null ? null : new KnownVins(known.map(validate));
}
