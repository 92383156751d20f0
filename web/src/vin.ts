/**
 * The vehicle identification number itself: alphabet, check digit, parts, region, maker, model year.
 *
 * Sources: ISO 3779 and ISO 3780 (content, world manufacturer codes), 49 CFR 565 (check digit, model year),
 * GB 16735 (China). Only `validate` rejects anything. All the rest states facts that are true of most vehicles, and a
 * number that contradicts them may still be what is printed on the car.
 *
 * Every function but `normalise` takes a VIN as people write it and throws a `RangeError` if it is none.
 */

import type { CheckDigit } from './api';
import * as constants from './constants';
import { gunzipped } from './npz';

export const { ALPHABET, LENGTH, YEAR_CODES, FIRST_YEAR, WEIGHTS } = constants.vin;
export const VALUES: Readonly<Record<string, number>> = constants.vin.VALUES;

const { REGIONS, NORTH_AMERICA, CHINA } = constants.vin;
const ENDS = /^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu;
const SEPARATORS = /[\s\-\u2010-\u2015\u2212]+/g; // white space, hyphens, dashes, the minus sign

/** Sections of a VIN: positions 1-3, 4-9, 10-17, and who made it (the WMI; with 12-14 for a small maker). */
export interface Parts {
  wmi: string;
  vds: string;
  vis: string;
  makerCode: string;
}

/**
 * Return `text` in capitals without white space, dashes, and the marks printed at both ends (`*`, `#`...).
 *
 * An `I` (import) before 17 characters of `ALPHABET`, as barcodes have it, is dropped too. Nothing else is changed or
 * checked: a letter O stays a letter O.
 */
export function normalise(text: string): string {
  const bare = text.replace(ENDS, '').replace(SEPARATORS, '');
  // toUpperCase would turn the German sharp s into two characters and a dotless i into a plain one.
  const plain = [...bare].map((char) => (char >= 'a' && char <= 'z' ? char.toUpperCase() : char));
  const imported = plain.length === LENGTH + 1 && plain[0] === 'I' && plain.slice(1).every((char) => char in VALUES);
  return plain.slice(imported ? 1 : 0).join('');
}

/**
 * Return the VIN in `text`, normalised. The check digit is not looked at: many right VINs have none.
 *
 * Throws a `RangeError`, saying what was got and expected, unless it is 17 characters of `ALPHABET`.
 */
export function validate(text: string): string {
  const vin = normalise(text);
  const characters = [...vin];
  if (characters.length !== LENGTH) {
    const shown = characters.length <= 2 * LENGTH ? vin : `${characters.slice(0, 2 * LENGTH).join('')}...`;
    throw new RangeError(`VIN: got ${characters.length} characters in '${shown}', expected ${LENGTH}`);
  }
  characters.forEach((char, i) => {
    if (!(char in VALUES)) {
      const where = `got '${char}' at position ${i + 1} of '${vin}'`;
      throw new RangeError(`VIN: ${where}, expected a digit or a capital except I, O, Q`);
    }
  });
  return vin;
}

/**
 * Return the check digit, `0` to `9` or `X`, that the other 16 characters ask for at position 9.
 *
 * The transliterated values times `WEIGHTS`, summed, modulo 11 (49 CFR 565.15).
 */
export function checkDigit(vin: string): string {
  const total = [...validate(vin)].reduce((sum, char, i) => sum + VALUES[char] * WEIGHTS[i], 0);
  return '0123456789X'[total % 11];
}

/** Say whether the law asks for a check digit where this VIN was issued: North America and China. */
export function checkDigitRequired(vin: string): boolean {
  return (NORTH_AMERICA + CHINA).includes(validate(vin)[0]);
}

/** Return `valid` or `invalid` where a check digit is required, else `not_required`, match or no match. */
export function checkDigitStatus(vin: string): CheckDigit {
  const plain = validate(vin);
  if (!checkDigitRequired(plain)) return 'not_required';
  return checkDigit(plain) === plain[8] ? 'valid' : 'invalid';
}

/** Return the sections of a VIN. A 9 in position 3 is a small maker, known by positions 1-3 with 12-14. */
export function parts(vin: string): Parts {
  const plain = validate(vin);
  const wmi = plain.slice(0, 3);
  const makerCode = wmi[2] === '9' ? wmi + plain.slice(11, 14) : wmi;
  return { wmi, vds: plain.slice(3, 9), vis: plain.slice(9), makerCode };
}

/** Return the part of the world that issued the VIN, by its first character; null for 0, which is nobody's. */
export function region(vin: string): string | null {
  const first = validate(vin)[0];
  return Object.entries(REGIONS).find(([firsts]) => firsts.includes(first))?.[1] ?? null;
}

/** The table of makers: each code with its name, empty where the sources disagree, and whether it makes light ones. */
export type Makers = ReadonlyMap<string, { name: string; light: boolean }>;

/** Return the table in `makers.tsv.gz`: a line each of code, name, `light` or nothing, with tabs between them. */
export async function readMakers(file: Uint8Array): Promise<Makers> {
  const text = new TextDecoder().decode(await gunzipped(file));
  const lines = text
    .split('\n')
    .slice(1)
    .filter((line) => line !== ''); // the first one names the columns
  return new Map(
    lines.map((line) => {
      const [code, name, light] = line.split('\t');
      return [code, { name, light: light === 'light' }];
    }),
  );
}

/**
 * Return the maker's name, or null if it is not known for sure, which is normal: every list is partial.
 *
 * The make if it has the code to itself, else the company: `FCA US` builds Chryslers, Dodges and Jeeps under one code.
 * A small maker shares its first three characters with many others, so they alone never name it.
 */
export function maker(vin: string, makers: Makers): string | null {
  return makers.get(parts(vin).makerCode)?.name || null;
}

/**
 * Return every first three characters of a VIN that a maker is known to use.
 *
 * Those that end in 9 among them: many small makers share each of these, so that they name none (see `maker`).
 */
export function knownMakers(makers: Makers): string[] {
  const named = [...makers].filter(([, entry]) => entry.name !== '').map(([code]) => code.slice(0, 3));
  return [...new Set(named)].sort();
}

/**
 * Return the model years that position 10 may stand for, oldest first, none later than `latest` (next year).
 *
 * Its codes return every 30 years. On North American cars and light trucks position 7 decides between the rounds: a
 * digit until 2009, a letter from 2010 (49 CFR 565.15). Elsewhere all years are returned, and outside North America the
 * maker may not code the year at all. Empty if position 10 is no year code.
 */
export function modelYears(vin: string, makers: Makers, latest = new Date().getFullYear() + 1): number[] {
  const plain = validate(vin);
  const code = YEAR_CODES.indexOf(plain[9]);
  if (code < 0) return [];
  const years: number[] = [];
  for (let year = FIRST_YEAR + code; year <= latest; year += YEAR_CODES.length) years.push(year);
  // The vehicle of a maker that is not known is more often a car, but that of a small one more often a trailer.
  const light = makers.get(plain.slice(0, 3))?.light ?? plain[2] !== '9';
  if (!NORTH_AMERICA.includes(plain[0]) || !light) return years;
  const secondRound = FIRST_YEAR + YEAR_CODES.length;
  const isLetter = !'0123456789'.includes(plain[6]);
  const decided = years.filter((year) => year >= secondRound === isLetter);
  return decided.length > 0 ? decided : years; // a rule that leaves no year at all does not apply to this vehicle
}
