/**
 * The plain rules of VINs: what holds for most of them, known makers or not. Soft, and a share of every prior.
 *
 * Sources: ISO 3779 and 3780, 49 CFR 565; the regions by the ranges of first two characters that ISO 3780 hands out.
 */

import * as constants from '../constants';
import { ALPHABET, knownMakers, LENGTH, type Makers } from '../vin';

export const { POSITION_FACTS, KNOWN_MAKER, MAKER, REGIONS } = constants.structureRules;
const SIGNS = ALPHABET.length;

/** Return the index in `REGIONS` of every first two characters, (33, 33). */
export function regionTable(): Uint8Array {
  const table = new Uint8Array(SIGNS * SIGNS);
  for (const count of [1, 2]) {
    // what two characters decide comes last
    Object.values(REGIONS).forEach((starts, index) => {
      for (const start of starts.split(' ').filter((one) => one.length === count)) {
        const row = ALPHABET.indexOf(start[0]) * SIGNS;
        if (count === 1) table.fill(index, row, row + SIGNS);
        else table[row + ALPHABET.indexOf(start[1])] = index;
      }
    });
  }
  return table;
}

/** Return the log-probability of each character at each place, (17, 33), each place by itself. */
export function positionTable(): Float64Array {
  const table = new Float64Array(LENGTH * SIGNS);
  for (const [places, characters, nats] of POSITION_FACTS) {
    for (const place of places) {
      for (const char of characters) table[(place - 1) * SIGNS + ALPHABET.indexOf(char)] = nats;
    }
  }
  for (let place = 0; place < LENGTH; place++) {
    const row = table.subarray(place * SIGNS, (place + 1) * SIGNS);
    const total = Math.log(row.reduce((sum, log) => sum + Math.exp(log), 0));
    row.forEach((log, c) => (row[c] = log - total));
  }
  return table;
}

/** Return which first three characters a known maker uses, 0 or 1, (33, 33, 33). */
export function makerCodes(makers: Makers): Uint8Array {
  const known = new Uint8Array(SIGNS ** MAKER);
  for (const code of knownMakers(makers)) {
    const [first, second, third] = [...code].map((char) => ALPHABET.indexOf(char));
    known[(first * SIGNS + second) * SIGNS + third] = 1;
  }
  return known;
}

/**
 * Return by how much, in nats, a maker's code is likelier than its characters alone say, (33, 33, 33).
 *
 * `known`: as `makerCodes` gives it.
 */
export function makerFactor(known: Uint8Array): Float32Array {
  const chances = positionTable().map(Math.exp);
  let share = 0;
  known.forEach((is, code) => {
    const third = code % SIGNS;
    const second = Math.floor(code / SIGNS) % SIGNS;
    const first = Math.floor(code / SIGNS ** 2);
    if (is) share += chances[first] * chances[SIGNS + second] * chances[2 * SIGNS + third];
  });
  const [likelier, rarer] = [Math.log(KNOWN_MAKER / share), Math.log((1 - KNOWN_MAKER) / (1 - share))];
  return Float32Array.from(known, (is) => (is ? likelier : rarer));
}
