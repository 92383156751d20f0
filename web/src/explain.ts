/** From what the search found to the reading a user gets: confidence, status, reasons, facts about the number. */

import type { Confidence } from './bundle';
import * as constants from './constants';
import type { Decision } from './decide';
import { doubts } from './doubts';
import type { Line } from './line';
import { argmax } from './numeric';
import { type Barcode, type Character, type Reading, readingOf } from './reading';
import { SIGNS } from './structure/model';
import type { Kind } from './types';
import { ALPHABET, checkDigitStatus, type Makers, maker, modelYears, region } from './vin';

export const { READABLE, NONE_FOUND, BARCODE, UNLIKELY, EVEN } = constants.explain;

/**
 * Return the reading of a line of `decision` that is right with probability `chance`.
 *
 * Below `READABLE` no VIN was found.
 */
export function vinReading(
  line: Line,
  decision: Decision,
  chance: number,
  kind: Kind,
  confidence: Confidence,
  makers: Makers,
): Reading {
  if (chance < READABLE) return noVin(kind);
  const [[text], ...alternatives] = line.posterior.strings;
  const { marginals, unlisted } = line.posterior;
  const sure = chance >= confidence.threshold;
  const reasons = sure ? [] : doubts(decision, line, chance, confidence);
  if (unlisted !== null) reasons.push(`your list of VINs decided: without it this reads ${unlisted}`);
  return readingOf(kind, {
    vin: text,
    status: sure ? 'ok' : 'uncertain',
    confidence: chance,
    source: 'text',
    quad: line.corners,
    characters: [...text].map((char, i) =>
      characterOf(char, marginals.subarray(i * SIGNS, (i + 1) * SIGNS), line.quads.subarray(8 * i, 8 * i + 8)),
    ),
    reasons,
    alternatives: alternatives.map(([other, share]) => [other, share * chance]),
    withoutList: unlisted,
    ...facts(text, makers),
  });
}

/** Return what a VIN itself says. */
function facts(vin: string, makers: Makers): Pick<Reading, 'checkDigit' | 'maker' | 'region' | 'modelYear'> {
  return {
    checkDigit: checkDigitStatus(vin),
    maker: maker(vin, makers),
    region: region(vin),
    modelYear: modelYears(vin, makers),
  };
}

/**
 * Return the readings of one picture beside what its barcodes say.
 *
 * Where text and barcode say the same, the reading is ok: two ways of reading agree in 17 characters. Where a barcode
 * says something else, and the same as no other text, which of them is right is left open: `vin` stays the text,
 * uncertain, with the barcode's as the first alternative. Where no text was read, barcodes give the VINs. `threshold`:
 * that of ok.
 */
export function compare(readings: Reading[], barcodes: Barcode[], threshold: number, makers: Makers): Reading[] {
  const texts = new Set(readings.map(({ vin }) => vin));
  const spare = barcodes.filter((code) => !texts.has(code.vin));
  const read = readings.filter(({ vin }) => vin !== null);
  if (read.length > 0) {
    return read.map((one) =>
      beside(
        one,
        barcodes.filter(({ vin }) => vin === one.vin),
        spare,
        threshold,
      ),
    );
  }
  return barcodes.length > 0 ? barcodes.map((code) => ofBarcode(code, readings[0].kind, threshold, makers)) : readings;
}

function beside(reading: Reading, same: Barcode[], spare: Barcode[], threshold: number): Reading {
  if (same.length > 0) {
    const confidence = 1 - (1 - reading.confidence) * (1 - BARCODE); // both wrong, and the same, is less likely still
    const agreed: Reading = confidence < threshold ? reading : { ...reading, status: 'ok', reasons: [] };
    return { ...agreed, barcodes: same, source: 'both', confidence };
  }
  if (spare.length === 0) return reading;
  const codes = spare.map(({ vin }) => vin);
  const said = `a barcode in the picture says ${codes.join(' or ')}: check which one is right`;
  return {
    ...reading,
    barcodes: spare,
    status: 'uncertain',
    confidence: Math.min(reading.confidence, EVEN),
    alternatives: [...codes.map((vin): [string, number] => [vin, EVEN / spare.length]), ...reading.alternatives],
    reasons: [said, ...reading.reasons],
  };
}

/** Return the reading of a VIN that only a barcode holds. */
function ofBarcode(code: Barcode, kind: Kind, threshold: number, makers: Makers): Reading {
  const known = facts(code.vin, makers);
  const odd = known.checkDigit === 'invalid';
  const confidence = odd ? EVEN : BARCODE;
  const unfit = odd ? ', and the check digit does not fit' : '';
  return readingOf(kind, {
    vin: code.vin,
    status: confidence >= threshold ? 'ok' : 'uncertain',
    confidence,
    source: 'barcode',
    quad: code.quad,
    reasons: confidence >= threshold ? [] : [`only a barcode says so${unfit}: compare it with the text`],
    barcodes: [code],
    ...known,
  });
}

/** Return the reading of a picture in which no VIN was found. */
export function noVin(kind: Kind): Reading {
  return readingOf(kind, { reasons: [NONE_FOUND] });
}

/** Return the reading of a picture that could not be read. */
export function failed(name: string | null, reason: string, kind: Kind | 'auto' = 'auto'): Reading {
  return readingOf(kind === 'auto' ? 'photo' : kind, { image: name, status: 'error', reasons: [reason] });
}

/**
 * Return the reading of a picture of one glyph, `width` and `height` pixels, from log-probabilities (34,).
 *
 * The last is that of no glyph: of what is less probably a glyph than `confidence.glyphLeast` nothing is read.
 */
export function glyphReading(logProbs: Float32Array, width: number, height: number, confidence: Confidence): Reading {
  const seen = 1 - Math.exp(logProbs[SIGNS]);
  if (seen < confidence.glyphLeast) return readingOf('glyph', { reasons: ['no character found'] });
  const chances = logProbs.subarray(0, SIGNS).map((log) => Math.exp(log) / seen);
  const quad = Float32Array.of(0, 0, width, 0, width, height, 0, height);
  const character = characterOf(ALPHABET[argmax(chances)], chances, quad);
  const sure = character.confidence >= confidence.glyphThreshold;
  return readingOf('glyph', {
    vin: character.char,
    status: sure ? 'ok' : 'uncertain',
    confidence: character.confidence,
    source: 'text',
    quad,
    characters: [character],
    reasons: sure ? [] : [glyphDoubt(character)],
    alternatives: character.alternatives,
  });
}

function glyphDoubt(character: Character): string {
  const others = character.alternatives.slice(0, 2).map(([char]) => char);
  if (others.length === 0) return 'no other character is likely, but it is less sure than you ask for';
  return `could also be ${others.join(' or ')}`;
}

function characterOf(char: string, chances: Float32Array, quad: Float32Array): Character {
  const order = [...chances.keys()].sort((a, b) => chances[b] - chances[a]).slice(0, 4);
  const likely = order.filter((i) => ALPHABET[i] !== char && chances[i] >= UNLIKELY).slice(0, 3);
  return {
    char,
    confidence: chances[ALPHABET.indexOf(char)],
    quad: quad.slice(),
    alternatives: likely.map((i) => [ALPHABET[i], chances[i]]),
  };
}
