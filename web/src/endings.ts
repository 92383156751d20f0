/**
 * What may follow the beginning of a VIN: its check digit and its serial number, exactly.
 *
 * The weighted sum modulo 11 is a dimension of 11 states; the places of the serial number do not depend on each other.
 */

import { NINTH, SERIAL } from './structure/facts';
import { ADDS, CHECK_INDEX, SIGNS, type Structure } from './structure/model';

export const SUMS = 11; // states of the weighted sum
export const LAST: readonly number[] = SERIAL; // the places of the serial number
const PLACES = LAST.length;

/**
 * What may follow each of B beginnings, by each of K parts of the structure.
 *
 * `obeys` [k][b]: how likely it obeys the check digit; `other` [k][b] (C,): the chances of what stands at 9 where not;
 * `serial` [k][g] (6, 33): the chances of the last six characters; `group` [b]: an index into it.
 */
export interface Endings {
  obeys: number[][];
  other: Float64Array[][];
  serial: Float64Array[][];
  group: number[];
}

/** Return those for some of the beginnings. */
export function take(rest: Endings, index: number[]): Endings {
  return {
    obeys: rest.obeys.map((one) => index.map((b) => one[b])),
    other: rest.other.map((one) => index.map((b) => one[b])),
    serial: rest.serial,
    group: index.map((b) => rest.group[b]),
  };
}

/** Return what may follow the beginnings, each of 17 characters; a serial number depends on their first three alone. */
export function endings(structure: Structure, characters: Uint8Array[], ninth: number[]): Endings {
  const makers: Uint8Array[] = [];
  const groups = new Map<string, number>();
  const group = characters.map((string) => {
    const maker = String(string.subarray(0, 3));
    if (!groups.has(maker)) {
      groups.set(maker, makers.length);
      makers.push(string);
    }
    return groups.get(maker) as number;
  });
  const ninths = structure.parts.map(({ part }) => characters.map((string) => part.ninth(string, ninth)));
  return {
    obeys: ninths.map((each) => each.map(({ obeys }) => obeys)),
    other: ninths.map((each) => each.map(({ other }) => other.map(Math.exp))),
    serial: structure.parts.map(({ part }) => makers.map((string) => part.serial(string).map(Math.exp))),
    group,
  };
}

/** Return what place 9 is worth in a segmentation if it obeys, for each sum of the serial number (11,), and if not. */
export function ninthWorth(
  obeys: number,
  chances: Float64Array,
  likely: Float64Array,
  ninth: number[],
  residue: number,
): { valid: Float64Array; other: number } {
  const valid = new Float64Array(SUMS);
  for (let sum = 0; sum < SUMS; sum++) {
    valid[sum] = obeys * likely[NINTH * SIGNS + CHECK_INDEX[(residue + sum) % SUMS]];
  }
  const loose = ninth.reduce((worth, c, i) => worth + chances[i] * likely[NINTH * SIGNS + c], 0);
  return { valid, other: (1 - obeys) * loose };
}

/**
 * Return the chances of a serial number's characters (6, 33), each times how likely it is by what was seen (17, 33).
 */
export function serialWorth(chances: Float64Array, likely: Float64Array): Float64Array {
  return chances.map((chance, i) => chance * likely[LAST[0] * SIGNS + i]);
}

/** Return by what a place's characters, worth `chances` (33,), raise the weighted sum, (11,). */
export function raises(place: number, chances: Float64Array): Float64Array {
  const by = new Float64Array(SUMS);
  for (let c = 0; c < SIGNS; c++) by[ADDS[place * SIGNS + c]] += chances[c];
  return by;
}

/** Return the chance of each weighted sum of a serial number (6, 33), (11,). */
export function sumsOf(serial: Float64Array): Float64Array {
  let sums = nothingYet();
  for (let j = 0; j < PLACES; j++) sums = foldOn(raises(LAST[j], charactersAt(serial, j)), sums);
  return sums;
}

/**
 * Return for each place of a serial number (6, 33), and after it, what the rest is worth after each sum, 7 of (11,).
 */
export function messages(serial: Float64Array, ends: Float64Array): Float64Array[] {
  const found = [ends];
  for (let j = PLACES - 1; j >= 0; j--) found.unshift(foldBack(raises(LAST[j], charactersAt(serial, j)), found[0]));
  return found;
}

/**
 * Add to `found` (17, 33) what each character at places 12 to 17 is worth, by sums from the front and from the back.
 *
 * `serial` (6, 33); `after` (11,): what each sum of the serial number is worth.
 */
export function addSerialMarginals(found: Float64Array, serial: Float64Array, after: Float64Array): void {
  const back = messages(serial, after);
  let front = nothingYet();
  LAST.forEach((place, j) => {
    const worth = foldBack(front, back[j + 1]); // by what the character adds
    const chances = charactersAt(serial, j);
    for (let c = 0; c < SIGNS; c++) found[place * SIGNS + c] += chances[c] * worth[ADDS[place * SIGNS + c]];
    front = foldOn(raises(place, chances), front);
  });
}

/** Return what `sums` (11,) become by one more character, whose chances by what it adds are `weights` (11,). */
export function foldOn(weights: Float64Array, sums: Float64Array): Float64Array {
  const folded = new Float64Array(SUMS);
  for (let r = 0; r < SUMS; r++) for (let a = 0; a < SUMS; a++) folded[r] += sums[(r - a + SUMS) % SUMS] * weights[a];
  return folded;
}

/** Return what each sum is worth before one more character, if `sums` (11,) say what each is worth after it. */
export function foldBack(weights: Float64Array, sums: Float64Array): Float64Array {
  const folded = new Float64Array(SUMS);
  for (let r = 0; r < SUMS; r++) for (let a = 0; a < SUMS; a++) folded[r] += sums[(r + a) % SUMS] * weights[a];
  return folded;
}

/** Return the chances of each sum before any character: it is 0. */
export function nothingYet(): Float64Array {
  const sums = new Float64Array(SUMS);
  sums[0] = 1;
  return sums;
}

function charactersAt(serial: Float64Array, j: number): Float64Array {
  return serial.subarray(j * SIGNS, (j + 1) * SIGNS);
}
