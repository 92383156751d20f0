/**
 * How likely 17 characters are as a VIN: what stands at each place, given what stands before it.
 *
 * An interpolated back-off model: each place has contexts from none at all to everything before it, and a context that
 * was not seen hands on to the next shorter one, as in the ARPA language models (Katz 1987,
 * doi 10.1109/TASSP.1987.1165125). Its probabilities are mixed, for a whole VIN, with those of plain rules, so that a
 * maker nobody counted costs little. Position 9 comes last: a share of the VINs obeys the check digit, and that share
 * depends on the beginning, too.
 *
 * Strings are rows of 17 indices into `vin.ALPHABET`.
 */

import * as constants from '../constants';
import { logSumExp } from '../numeric';
import { ALPHABET, LENGTH, type Makers, VALUES, WEIGHTS } from '../vin';
import { BEGINNING, NINTH, SERIAL } from './facts';
import { makerCodes, makerFactor, positionTable, regionTable } from './rules';

const { MODEL, RULES, DIGITS, OBEYS, OBEYS_ELSEWHERE, REGION, CHECK_DIGITS, FIRST_BITS } = constants.structureModel;
export const SIGNS = ALPHABET.length;
const SYMBOLS = SIGNS + 1; // at place 9 one more: a check digit that is right

/** The check digit for each weighted sum. */
export const CHECK_INDEX = [...CHECK_DIGITS].map((char) => ALPHABET.indexOf(char));
/** By what each character at each place raises the weighted sum, (17, 33). */
export const ADDS = Uint8Array.from(
  WEIGHTS.flatMap((weight) => [...ALPHABET].map((char) => (weight * VALUES[char]) % 11)),
);

/** Return the weighted sum modulo 11 of a string without place 9, whose weight is 0. */
export function weightedSum(string: ArrayLike<number>): number {
  let sum = 0;
  for (let place = 0; place < LENGTH; place++) if (place !== NINTH) sum += ADDS[place * SIGNS + string[place]];
  return sum % 11;
}

/** Return the places that each context of a place holds, the shortest first; each holds all of the one before. */
export function contexts(place: number): number[][] {
  const before = [...Array(place).keys()].filter((i) => i !== NINTH);
  const maker = [0, 1, 2];
  if (place < 3) return before.map((_, i) => before.slice(before.length - 1 - i));
  if (place === 3 || (SERIAL as readonly number[]).includes(place)) return [[REGION], maker];
  if (place === NINTH) return [[REGION], before];
  const last = before[before.length - 1];
  const chain = [[REGION], maker, [...maker, last], [...maker, 3, last], before];
  return chain.filter((one, i) => {
    const isNew = !chain.slice(0, i).some((other) => String(other) === String(one));
    return new Set(one).size === one.length && isNew;
  });
}

/** Return `count` words of 32 random bits, always the same (the finaliser of MurmurHash3 on 1, 2, 3...). */
function randomWords(count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, i) => {
    let word = Math.imul(i + 1, 0x9e3779b1);
    word = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
    word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
    return word ^ (word >>> 16);
  });
}

// Names of 32 bits (Zobrist 1970): the exclusive or of one random word for each character at its place, for the region,
// for the place asked for, and for the symbol.
const WORDS = randomWords(LENGTH * SIGNS + 64 + LENGTH + SYMBOLS + 1);
const REGION_WORDS = WORDS.subarray(LENGTH * SIGNS, LENGTH * SIGNS + 64);
const PLACE_WORDS = WORDS.subarray(LENGTH * SIGNS + 64, LENGTH * SIGNS + 64 + LENGTH);
const SYMBOL_WORDS = WORDS.subarray(LENGTH * SIGNS + 64 + LENGTH);
const REGIONS_OF = regionTable();
const CHAINS = [...Array(LENGTH).keys()].map(contexts);
const SHIFT = 32 - FIRST_BITS; // of a name, its first bits are what it is looked for by

/** Return the names of a place's contexts, the shortest first, given what stands `before` it. */
function namesOfContexts(place: number, before: ArrayLike<number>): number[] {
  return CHAINS[place].map((chosen) => {
    let name = PLACE_WORDS[place];
    for (const i of chosen) {
      name ^= i === REGION ? REGION_WORDS[REGIONS_OF[before[0] * SIGNS + before[1]]] : WORDS[i * SIGNS + before[i]];
    }
    return name >>> 0;
  });
}

/** A model of whole VINs. */
export interface Part {
  /** Return log-probabilities at a place (from 0) of `symbols`, given what stands `before` it. */
  symbols(place: number, before: ArrayLike<number>, symbols: ArrayLike<number>): Float64Array;
  /** Return the share of VINs that obey the check digit, and of each symbol at place 9 where not, log. */
  ninth(before: ArrayLike<number>, symbols: ArrayLike<number>): { obeys: number; other: Float64Array };
  /** Return the log-probability of each character at places 12-17, (6, 33). */
  serial(before: ArrayLike<number>): Float64Array;
}

/**
 * The back-off tables: `names`, sorted, of symbols in contexts and of contexts, and their `logs`.
 *
 * A symbol's is its log-probability there, a context's what it hands on to the next shorter one. `alone` (17, 34): the
 * log-probability of each symbol where no context is known.
 */
export class Learned implements Part {
  private readonly first: Uint32Array;

  constructor(
    private readonly names: Uint32Array,
    private readonly logs: Float32Array,
    private readonly alone: Float32Array,
  ) {
    if (names.length !== logs.length || alone.length !== LENGTH * SYMBOLS) {
      throw new Error(`structure: got ${names.length} names, ${logs.length} logs, ${alone.length} for single places`);
    }
    // Names are spread evenly, so their first bits lead next to each; a search over all of them takes longer.
    this.first = new Uint32Array((1 << FIRST_BITS) + 1);
    for (const name of names) this.first[(name >>> SHIFT) + 1]++;
    for (let i = 1; i < this.first.length; i++) this.first[i] += this.first[i - 1];
  }

  /** Return the place of a name, -1 where it is not known. */
  private find(name: number): number {
    const end = this.first[(name >>> SHIFT) + 1];
    for (let at = this.first[name >>> SHIFT]; at < end; at++) if (this.names[at] === name) return at;
    return -1;
  }

  symbols(place: number, before: ArrayLike<number>, symbols: ArrayLike<number>): Float64Array {
    return this.lookUp(namesOfContexts(place, before), place, symbols);
  }

  private lookUp(names: number[], place: number, symbols: ArrayLike<number>): Float64Array {
    const found = Float64Array.from(symbols, (symbol) => this.alone[place * SYMBOLS + symbol]);
    for (const context of names) {
      // from the shortest context to the longest
      const own = this.find((context ^ SYMBOL_WORDS[SYMBOLS]) >>> 0);
      for (let i = 0; i < found.length; i++) {
        const at = this.find((context ^ SYMBOL_WORDS[symbols[i]]) >>> 0);
        if (at >= 0) found[i] = this.logs[at];
        else if (own >= 0) found[i] += this.logs[own];
      }
    }
    return found;
  }

  ninth(before: ArrayLike<number>, symbols: ArrayLike<number>): { obeys: number; other: Float64Array } {
    const every = this.symbols(NINTH, before, EVERY_SIGN);
    const loose = logSumExp(every);
    return {
      obeys: 1 - Math.min(Math.exp(loose), 1),
      other: Float64Array.from(symbols, (symbol) => every[symbol] - loose),
    };
  }

  serial(before: ArrayLike<number>): Float64Array {
    const found = new Float64Array(SERIAL.length * SIGNS);
    SERIAL.forEach((place, j) => {
      const [digit, letter] = this.lookUp(namesOfContexts(place, before), place, [0, 1]); // of these kinds alone
      const logs = [digit - Math.log(DIGITS), letter - Math.log(SIGNS - DIGITS)];
      for (let c = 0; c < SIGNS; c++) found[j * SIGNS + c] = logs[c < DIGITS ? 0 : 1];
    });
    return found;
  }
}

const EVERY_SIGN = [...Array(SIGNS).keys()];

/**
 * The plain rules as a model: every place by itself, but for the makers' codes.
 *
 * `makers`: which codes are known, (33, 33, 33); null: there are no rules at all, and all strings of 17 characters are
 * equally likely.
 */
export class Rules implements Part {
  private readonly places: Float64Array;
  private readonly makers: Float32Array | null;
  private readonly obeys: number[];

  constructor(makers: Uint8Array | null) {
    this.places = makers ? positionTable() : new Float64Array(LENGTH * SIGNS).fill(-Math.log(SIGNS));
    this.makers = makers && makerFactor(makers);
    this.obeys = [...ALPHABET].map((char) => (makers ? ('12345L'.includes(char) ? OBEYS : OBEYS_ELSEWHERE) : 0));
  }

  symbols(place: number, before: ArrayLike<number>, symbols: ArrayLike<number>): Float64Array {
    const code = (before[0] * SIGNS + before[1]) * SIGNS;
    return Float64Array.from(symbols, (symbol) => {
      const log = this.places[place * SIGNS + symbol];
      return place === 2 && this.makers ? log + this.makers[code + symbol] : log;
    });
  }

  ninth(before: ArrayLike<number>, symbols: ArrayLike<number>): { obeys: number; other: Float64Array } {
    return { obeys: this.obeys[before[0]], other: this.symbols(NINTH, before, symbols) };
  }

  serial(): Float64Array {
    return this.places.subarray(SERIAL[0] * SIGNS, (SERIAL[0] + SERIAL.length) * SIGNS);
  }
}

/** A mixture of models of whole VINs; each of the `parts` has its share. */
export class Structure {
  constructor(readonly parts: readonly { share: number; part: Part }[]) {}

  /** Return the log-probability of a whole string. */
  logProb(string: ArrayLike<number>): number {
    const valid = string[NINTH] === CHECK_INDEX[weightedSum(string)];
    const logs = this.parts.map(({ share, part }) => {
      let log = Math.log(share);
      for (const place of BEGINNING) log += part.symbols(place, string, [string[place]])[0];
      const serial = part.serial(string);
      SERIAL.forEach((place, j) => (log += serial[j * SIGNS + string[place]]));
      const { obeys, other } = part.ninth(string, [string[NINTH]]);
      return log + Math.log((valid ? obeys : 0) + (1 - obeys) * Math.exp(other[0]));
    });
    return logSumExp(logs);
  }
}

/** Nothing is known. */
export const UNIFORM = new Structure([{ share: 1, part: new Rules(null) }]);

/** Return what was learned with a share of the plain rules, which know the makers that `vin.maker` knows. */
export function mixed(learned: Learned, makers: Makers): Structure {
  return new Structure([
    { share: MODEL, part: learned },
    { share: RULES, part: new Rules(makerCodes(makers)) },
  ]);
}
