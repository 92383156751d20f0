/** From strips to readings: step by step the same as in Python (`golden_b.py`). */

import { beforeAll, expect, test } from 'vitest';
import { type Bundle, openBundle } from '../src/bundle';
import { type Decision, Judge } from '../src/decide';
import { recogniserOf } from '../src/experts';
import { compare, glyphReading, NONE_FOUND, noVin, vinReading } from '../src/explain';
import { KnownVins } from '../src/known';
import type { Line } from '../src/line';
import { type Posterior, readStrings } from '../src/posterior';
import { type Reading, readingOf, rounded, toDict } from '../src/reading';
import type { Experts } from '../src/recognise';
import { StripNetwork } from '../src/session';
import { type Knowledge, load } from '../src/structure/store';
import type { Kind, LineReading, Strip } from '../src/types';
import { LENGTH, type Makers } from '../src/vin';
import { farthest, golden, goldenArrays, loadModel, makersTable } from './files';

const readings = golden('b_readings');
const TABLE = LENGTH * 33;
const networks = new Map<string, StripNetwork>();
let bundle: Bundle;
let makers: Makers;
let knowledge: Knowledge;
let strips: Strip[];
let found: (LineReading | null)[];
let judge: Judge;
let confidence: Judge['confidence'];

beforeAll(async () => {
  bundle = await openBundle(loadModel);
  makers = await makersTable();
  knowledge = await load(bundle.files.get('structure.npz') as Uint8Array, makers);
  strips = await stripsOf();
  const recognition = bundle.recognisers.get(bundle.recogniser)!;
  const recogniser: Experts = await recogniserOf(recognition, async (name) => {
    networks.set(name, await StripNetwork.open(bundle.files.get(`${name}.onnx`) as Uint8Array));
    return networks.get(name)!;
  });
  found = await recogniser.read(strips);
  confidence = recognition.confidence;
  judge = new Judge({ structure: knowledge.structure, known: null }, knowledge, confidence);
}, 300_000);

async function stripsOf(): Promise<Strip[]> {
  const arrays = await goldenArrays('b_strips');
  const [gray, edges] = [arrays.get('gray')!, arrays.get('edges')!];
  const [count, height, width] = gray.shape;
  const [pixels, points] = [height * width, 2 * (width + 1) * 2];
  const inverted = arrays.get('inverted')!.data;
  return [...Array(count).keys()].map((i) => ({
    gray: { data: (gray.data as Uint8Array).subarray(i * pixels, (i + 1) * pixels), width, height },
    edges: {
      count: width + 1,
      data: Float32Array.from(edges.data.subarray(i * points, (i + 1) * points), (at) => at / readings.edge_steps),
    },
    inverted: inverted[i] === 1,
  }));
}

/** Return what stands on the strip of a line; what is seen beyond its ends may be said otherwise. */
function readingOfLine(line: any): LineReading | null {
  const reading = found[line.strip];
  return reading && line.more ? { ...reading, beyond: reading.beyond.map(() => line.more) } : reading;
}

/** Return every line of the golden pictures that was read, with its reading. */
function* everyLine(): Generator<{ name: string; line: any; reading: LineReading }> {
  for (const picture of readings.pictures) {
    for (const line of picture.lines) {
      const reading = found[line.strip];
      if (line.boxes !== undefined && reading !== null) yield { name: `${picture.name} ${line.strip}`, line, reading };
    }
  }
}

test('the version is that of Python', () => {
  expect(bundle.version).toBe(readings.version);
});

test.each(['classifier', 'ctc'])('%s: its answers are 1e-3 beside those of Python at most', async (name) => {
  const expected = (await goldenArrays('b_strips')).get(name)!;
  const some = strips.filter((_, i) => i % readings.every === 0);
  const { data, shape } = await networks.get(name)!.logits(some.map(({ gray }) => gray));
  const kept = data.filter((_, i) => (Math.floor(i / shape[2]) % shape[1]) % readings.kept_columns === 0);
  expect(farthest(kept, expected.data)).toBeLessThan(1e-3);
});

test('the same strips are read', () => {
  expect(found.map((reading) => reading !== null)).toEqual(readings.read);
});

test('lines part into the same glyphs', () => {
  for (const { name, line, reading } of everyLine()) {
    expect([...reading.boxes], name).toEqual(line.boxes.flat(2));
    expect(farthest(reading.scores, line.scores), name).toBeLessThan(1e-3);
    expect(farthest(reading.beyond, line.beyond), name).toBeLessThan(1e-3);
  }
});

test('log-likelihoods are 1e-3 beside those of Python at most', async () => {
  const expected = (await goldenArrays('b_likelihoods')).get('log_likelihoods')!.data as Float32Array;
  let at = 0;
  for (const { name, line, reading } of everyLine()) {
    const path = line.posterior.path * TABLE;
    const own = expected.subarray(at, at + TABLE);
    at += TABLE;
    expect(farthest(reading.logLikelihoods.subarray(path, path + TABLE), own), name).toBeLessThan(1e-3);
  }
  expect(at).toBe(expected.length);
});

function expectPosterior(name: string, posterior: Posterior, expected: any): void {
  expect(posterior.strings.map(([text]) => text), name).toEqual(expected.strings.map(([text]: [string]) => text));
  const chances = expected.strings.map(([, p]: [string, number]) => p);
  expect(farthest(posterior.strings.map(([, p]) => p), chances), name).toBeLessThan(1e-3);
  expect(posterior.path, name).toBe(expected.path);
  expect(Math.abs(posterior.logLikelihood - expected.log_likelihood), name).toBeLessThan(1e-3);
  expect(Math.abs(posterior.logPrior - expected.log_prior), name).toBeLessThan(1e-3);
  expect(posterior.unlisted, name).toBe(expected.unlisted);
  const { marginals } = posterior;
  const best = Array.from({ length: LENGTH }, (_, i) => Math.max(...marginals.subarray(i * 33, (i + 1) * 33)));
  expect(farthest(best, expected.best), name).toBeLessThan(1e-3);
}

test('the posterior is the same: with what is known of VINs, with nothing, with a list', () => {
  for (const { name, line, reading } of everyLine()) {
    const weighed = judge.weigh(reading, line.look);
    expectPosterior(name, weighed.posterior, line.posterior);
    expect(Math.abs(weighed.likeness - line.likeness), name).toBeLessThan(1e-3);
    expectPosterior(`${name} alone`, readStrings(reading.logLikelihoods, reading.scores), line.rules);
    const texts = line.posterior.strings.slice(1, 3).map(([text]: [string]) => text);
    const near = [0, 1, 2, 3, 4].map((i) => `${line.posterior.strings[0][0].slice(0, 14)}00${i}`);
    const priors = { structure: knowledge.structure, known: new KnownVins([...texts, ...near]) };
    expectPosterior(`${name} listed`, readStrings(reading.logLikelihoods, reading.scores, priors), line.listed);
  }
});

/** Return the decision over a golden picture's lines, and those lines. */
function decided(picture: any): { decision: Decision; lines: Line[] } {
  const warmths = new Map<Float32Array, number>();
  const lines: Line[] = [];
  for (const line of picture.lines) {
    const reading = readingOfLine(line);
    if (reading === null) continue;
    const weighed = judge.weigh(reading, line.look);
    warmths.set(weighed.centres, line.warmth);
    lines.push(weighed);
  }
  return { decision: judge.decide(lines, (centres) => warmths.get(centres)!), lines };
}

test('glyphs stand at the same places of the photo', () => {
  for (const { name, line, reading } of everyLine()) {
    const { quads } = judge.weigh(reading, line.look);
    const ends = [...quads.subarray(0, 8), ...quads.subarray(-8)];
    expect(farthest(ends, line.quads.flat(2)), name).toBeLessThan(1e-2);
  }
});

test('the decision is the same', () => {
  for (const picture of readings.pictures) {
    const { decision, lines } = decided(picture);
    const expected = picture.decision;
    expect(decision.lines.map((line) => lines.indexOf(line)), picture.name).toEqual(expected.order);
    for (const name of ['chances', 'likely', 'odds'] as const) {
      expect(farthest(decision[name], expected[name]), `${picture.name} ${name}`).toBeLessThan(1e-3);
    }
    expect(farthest(decision.features.flat(), expected.features.flat()), picture.name).toBeLessThan(1e-3);
    expect(lines.length > 0 && decision.isSettled, picture.name).toBe(expected.settled);
    const each = decision.each().map(({ line }) => lines.indexOf(line));
    expect(each, picture.name).toEqual(expected.each.map(([i]: [number]) => i));
    expect([...decision.leaders(2).keys()].map((line) => lines.indexOf(line)), picture.name).toEqual(expected.leaders);
  }
});

/** Expect JSON to be the same but for the last digit of its numbers; years are left out, as they depend on the day. */
function expectJson(name: string, reading: Reading, expected: any): void {
  const { model_year: _, ...said } = toDict(reading);
  expectAlike(name, said, expected);
}

function expectAlike(name: string, one: any, other: any): void {
  if (typeof other === 'number') {
    expect(Math.abs(one - other), `${name}: ${one}, ${other}`).toBeLessThan(other > 1 ? 0.11 : 1e-3);
  } else if (Array.isArray(other)) {
    expect(one.length, name).toBe(other.length);
    other.forEach((value, i) => expectAlike(`${name}.${i}`, one[i], value));
  } else if (typeof other === 'object' && other !== null) {
    expect(Object.keys(one), name).toEqual(Object.keys(other));
    for (const key of Object.keys(other)) expectAlike(`${name}.${key}`, one[key], other[key]);
  } else expect(one, name).toEqual(other);
}

test('readings are the same JSON, with the same doubts', () => {
  for (const picture of readings.pictures) {
    const { decision } = decided(picture);
    const kind = picture.kind as Kind;
    picture.decision.readings.forEach((expected: any, i: number) => {
      const line = decision.lines[i];
      const chance = decision.chances[i];
      const reading = line ? vinReading(line, decision, chance, kind, confidence, makers) : noVin(kind);
      expectJson(`${picture.name} ${i}`, reading, expected);
    });
    picture.decision.halved.forEach((reasons: string[], i: number) => {
      const reading = vinReading(decision.lines[i], decision, decision.chances[i] / 2, kind, confidence, makers);
      expect(reading.reasons, picture.name).toEqual(reading.vin === null ? [NONE_FOUND] : reasons);
    });
  }
});

test('pictures of one character, and barcodes alone, give the same JSON', () => {
  readings.glyphs.forEach(({ log_probs, reading }: any, i: number) =>
    expectJson(`glyph ${i}`, glyphReading(Float32Array.from(log_probs), 20, 30, confidence), reading),
  );
  const quad = Float32Array.of(0, 0, 9.25, 0.75, 9, 5, 0, 5);
  const codes = [['1HGCM82633A004352', 'Code39'], ['1HGCM82633A004353', 'QRCode']];
  const barcodes = codes.map(([vin, symbology]) => ({ vin, symbology, quad }));
  compare([noVin('photo')], barcodes, confidence.threshold, makers).forEach((reading, i) => {
    expectJson(`barcode ${i}`, reading, readings.barcodes[i]);
    expect(toDict(reading).quad).toEqual(readings.barcodes[i].quad);
  });
});

test('numbers that are half way between two are rounded to the even one', () => {
  expect([12.25, 12.75, 0.15, 2.5, -0.25, -0.75, -0.04].map((value) => rounded(value, 1)))
    .toEqual([12.2, 12.8, 0.1, 2.5, -0.2, -0.8, 0]);
  expect([0.03125, 0.09375, 0.5].map((value) => rounded(value, 4))).toEqual([0.0312, 0.0938, 0.5]);
  expect(toDict(readingOf('photo')).frames).toEqual([]);
});
