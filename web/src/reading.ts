/**
 * What a user gets: the reading of one picture or video, and its form as JSON.
 *
 * The form as JSON is the only one there is: `docs/output.md` explains it, `vinchar/reading.schema.json` describes it
 * to machines.
 */

import type { Corners, ReadingJson } from './api';
import * as constants from './constants';
import type { CheckDigit, Kind, ReadFrom, Status } from './types';

export const { SCHEMA } = constants.reading;

/** One read character: `confidence` 0 to 1, `quad` (4, 2) in photo pixels, runners-up best first. */
export interface Character {
  char: string;
  confidence: number;
  quad: Float32Array;
  alternatives: [string, number][];
}

/** A barcode that holds a VIN: its `symbology`, such as `Code39`, and its `quad` (4, 2). */
export interface Barcode {
  vin: string;
  symbology: string;
  quad: Float32Array;
}

/**
 * What was read in one picture, or in one video.
 *
 * `vin`: the best guess (for a glyph, a picture of one character, that character), or null. `status`: `ok`,
 * `uncertain`, `not_found`, or `error` for a picture that cannot be used. `confidence`: probability that `vin` is
 * wholly right. `source`: where it was read: `text`, `barcode`, or `both` where they agree. `quad` (4, 2): the corners
 * of the line or barcode, clockwise from its top left, in pixels of the upright picture; so are those of `characters`.
 * `alternatives`: other whole readings with their probabilities. `reasons`: why it is uncertain or missing, in words.
 * `quality`: measured properties of the line by name. `barcodes`: those that hold a VIN, if they were asked for.
 * `others`: readings of further VINs in the photo, if they were. `withoutList`: where the owner's list of VINs decided,
 * what would have been read without it. `model`: the version of the model. `frame`: in whose pixels the corners are,
 * where several frames were read; `frames`: all that show the VIN.
 */
export interface Reading {
  image: string | null;
  kind: Kind;
  vin: string | null;
  status: Status;
  confidence: number;
  characters: Character[];
  checkDigit: CheckDigit | null;
  reasons: string[];
  alternatives: [string, number][];
  quality: Record<string, number>;
  maker: string | null;
  region: string | null;
  modelYear: number[];
  source: ReadFrom | null;
  quad: Float32Array | null;
  barcodes: Barcode[];
  others: Reading[];
  withoutList: string | null;
  model: string | null;
  frame: number | null;
  frames: number[];
}

/** Return a reading with these properties; all others are as of a picture in which nothing was found. */
export function readingOf(kind: Kind, some: Partial<Reading> = {}): Reading {
  return {
    image: null,
    kind,
    vin: null,
    status: 'not_found',
    confidence: 0,
    characters: [],
    checkDigit: null,
    reasons: [],
    alternatives: [],
    quality: {},
    maker: null,
    region: null,
    modelYear: [],
    source: null,
    quad: null,
    barcodes: [],
    others: [],
    withoutList: null,
    model: null,
    frame: null,
    frames: [],
    ...some,
  };
}

/** Return all of it as plain JSON types, as `reading.schema.json` says. */
export function toDict(reading: Reading): ReadingJson {
  const quality = Object.entries(reading.quality).map(([name, value]) => [name, rounded(value, 3)]);
  return {
    schema: SCHEMA,
    image: reading.image,
    kind: reading.kind,
    vin: reading.vin,
    status: reading.status,
    confidence: rounded(reading.confidence, 4),
    source: reading.source,
    quad: reading.quad && points(reading.quad),
    characters: reading.characters.map((character) => ({
      char: character.char,
      confidence: rounded(character.confidence, 4),
      quad: points(character.quad),
      alternatives: chances(character.alternatives),
    })),
    check_digit: reading.checkDigit,
    reasons: reading.reasons,
    alternatives: chances(reading.alternatives),
    quality: Object.fromEntries(quality),
    maker: reading.maker,
    region: reading.region,
    model_year: reading.modelYear,
    barcodes: reading.barcodes.map(({ vin, symbology, quad }) => ({ vin, symbology, quad: points(quad) })),
    without_list: reading.withoutList,
    model: reading.model,
    frame: reading.frame === null ? null : rounded(reading.frame, 3),
    frames: reading.frames.map((time) => rounded(time, 3)),
    others: reading.others.map(toDict),
  };
}

/** Return `toDict()` as one line of JSON. */
export function toJson(reading: Reading): string {
  return JSON.stringify(toDict(reading));
}

/** Return a number rounded to so many digits behind the point; what is half way between two goes to the even one. */
export function rounded(value: number, digits: number): number {
  const twice = value * 2 ** (digits + 1); // an odd whole number where the value is half way, and only there
  if (Math.abs(twice % 2) !== 1) return Number(value.toFixed(digits)) + 0; // + 0: no minus before it
  const low = Math.floor(value * 10 ** digits);
  return (low % 2 === 0 ? low : low + 1) / 10 ** digits;
}

function points(quad: Float32Array): Corners {
  return [0, 2, 4, 6].map((at) => [rounded(quad[at], 1), rounded(quad[at + 1], 1)]);
}

function chances(some: [string, number][]): [string, number][] {
  return some.map(([text, chance]) => [text, rounded(chance, 4)]);
}
