/** From strips to readings: step by step the same as in Python. */

import { beforeAll, expect, test } from 'vitest';
import { type Bundle, openBundle } from '../src/bundle';
import { type Decision, Judge } from '../src/decide';
import { recogniserOf } from '../src/experts';
import { compare, glyphReading, NONE_FOUND, noVin, vinReading } from '../src/explain';
import { fusedGlyph, vinsIn } from '../src/frames';
import { KnownVins } from '../src/known';
import type { Line } from '../src/line';
import { gaussianBlurGray } from '../src/opencv/filter';
import { type Posterior, readStrings } from '../src/posterior';
import { type Reading, toDict } from '../src/reading';
import { openNet, StripNetwork } from '../src/session';
import { type Knowledge, load as loadKnowledge } from '../src/structure/store';
import type { LineReading, Strip } from '../src/types';
import { LENGTH, type Makers } from '../src/vin';
import { expectClose, golden, grayOf, load, makersTable } from './golden';

const wanted = golden<any>('lines');
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
  bundle = await openBundle(load);
  makers = await makersTable();
  knowledge = await loadKnowledge(bundle.files.get('structure.npz') as Uint8Array, makers);
  strips = stripsOf();
  const recognition = bundle.recognisers.get(bundle.recogniser)!;
  const recogniser = await recogniserOf(recognition, async (name) => {
    networks.set(name, new StripNetwork(await openNet(bundle.files.get(`${name}.onnx`) as Uint8Array)));
    return networks.get(name)!;
  });
  found = await recogniser.read(strips);
  confidence = recognition.confidence;
  judge = new Judge({ structure: knowledge.structure, known: null }, knowledge, confidence);
}, 300_000);

/** Return the golden strips; of those that are others out of focus only that is stored. */
function stripsOf(): Strip[] {
  const some: Strip[] = [];
  for (const { of, sigma, gray, edges, inverted } of wanted.strips) {
    if (of === undefined) {
      const [, count] = edges.shape;
      const data = Float32Array.from(edges.data);
      for (let i = 0; i < data.length; i++) {
        // stored is by how much each differs from the one before
        data[i] = (i % (2 * count) < 2 ? 0 : data[i - 2] * wanted.edge_steps) + edges.data[i];
        data[i] /= wanted.edge_steps;
      }
      some.push({ gray: grayOf(gray), edges: { count, data }, inverted });
    } else some.push({ ...some[of], gray: gaussianBlurGray(some[of].gray, sigma) });
  }
  return some;
}

/** Return what stands on each golden strip that was read, and what is to be. */
function eachRead(): { name: string; own: any; reading: LineReading }[] {
  return [...found.entries()].flatMap(([i, reading]) => {
    return reading ? [{ name: `strip ${i}`, own: wanted.read[i], reading }] : [];
  });
}

test('the version is that of Python', () => {
  expect(bundle.version).toBe(wanted.version);
});

test.each(['classifier', 'ctc'])('%s: its answers are 1e-3 beside those of Python at most', async (name) => {
  const some = strips.filter((_, i) => i % wanted.every === 0);
  const { data, shape } = await networks.get(name)!.logits(some.map(({ gray }) => gray));
  const kept = data.filter((_, i) => (Math.floor(i / shape[2]) % shape[1]) % wanted.kept_columns === 0);
  expectClose(kept, wanted.answers[name].data, 1e-3);
});

test('the same strips are read', () => {
  expect(found.map((reading) => reading !== null)).toEqual(wanted.read.map((own: unknown) => own !== null));
});

test('lines part into the same glyphs', () => {
  for (const { name, own, reading } of eachRead()) {
    expectClose(reading.boxes, own.boxes.data, 0, name);
    expectClose(reading.scores, own.scores, 1e-3, name);
    expectClose(reading.beyond, own.beyond, 1e-3, name);
  }
});

test('log-likelihoods are 1e-3 beside those of Python at most', () => {
  for (const { name, own, reading } of eachRead()) {
    const path = own.posterior.path * TABLE;
    const logs = reading.logLikelihoods.subarray(path, path + TABLE).map((log) => Math.max(log, wanted.hardly));
    expectClose(
      logs.map((log) => log * wanted.parts),
      own.log_likelihoods.data,
      1e-3 * wanted.parts + 0.5,
      name,
    );
  }
});

function expectPosterior(name: string, posterior: Posterior, own: any): void {
  expect(
    posterior.strings.map(([text]) => text),
    name,
  ).toEqual(own.strings.map(([text]: [string]) => text));
  expectClose(
    posterior.strings.map(([, p]) => p),
    own.strings.map(([, p]: [string, number]) => p),
    1e-3,
    name,
  );
  expect(posterior.path, name).toBe(own.path);
  expectClose([posterior.logLikelihood, posterior.logPrior], [own.log_likelihood, own.log_prior], 1e-3, name);
  expect(posterior.unlisted, name).toBe(own.unlisted);
  const { marginals } = posterior;
  const best = Array.from({ length: LENGTH }, (_, i) => Math.max(...marginals.subarray(i * 33, (i + 1) * 33)));
  expectClose(best, own.best, 1e-3, name);
}

test('the posterior is the same: with what is known of VINs, with nothing, with a list', () => {
  for (const { name, own, reading } of eachRead()) {
    const weighed = judge.weigh(reading, 'all of it');
    expectPosterior(name, weighed.posterior, own.posterior);
    expectClose([weighed.likeness], [own.likeness], 1e-3, name);
    expectPosterior(`${name} alone`, readStrings(reading.logLikelihoods, reading.scores), own.rules);
    const texts = own.posterior.strings.slice(1, 3).map(([text]: [string]) => text);
    const near = [0, 1, 2, 3, 4].map((i) => `${own.posterior.strings[0][0].slice(0, 14)}00${i}`);
    const priors = { structure: knowledge.structure, known: new KnownVins([...texts, ...near]) };
    expectPosterior(`${name} listed`, readStrings(reading.logLikelihoods, reading.scores, priors), own.listed);
  }
});

test('glyphs stand at the same places of the photo', () => {
  for (const { name, own, reading } of eachRead()) {
    const { quads } = judge.weigh(reading, 'all of it');
    expectClose([...quads.subarray(0, 8), ...quads.subarray(-8)], own.quads.data, 1e-2, name);
  }
});

/** Return the decision over the lines of a golden picture, and those lines. */
function decided(picture: any): { decision: Decision; lines: Line[] } {
  const warmths = new Map<Float32Array, number>();
  const lines: Line[] = [];
  for (const { strip, look, warmth, more } of picture.lines) {
    const reading = found[strip];
    if (reading === null) continue;
    const beyond = more === null ? reading.beyond : reading.beyond.map(() => more);
    const line = judge.weigh({ ...reading, beyond }, look);
    warmths.set(line.centres, warmth);
    lines.push(line);
  }
  return { decision: judge.decide(lines, (centres) => warmths.get(centres)!), lines };
}

test('the decision is the same', () => {
  wanted.pictures.forEach((picture: any, i: number) => {
    const { decision, lines } = decided(picture);
    const own = wanted.decided[i];
    expect(
      decision.lines.map((line) => lines.indexOf(line)),
      picture.name,
    ).toEqual(own.order);
    for (const name of ['chances', 'likely', 'odds'] as const)
      expectClose(decision[name], own[name], 1e-3, picture.name);
    expectClose(decision.features.flat(), own.features.flat(), 1e-3, picture.name);
    expect(lines.length > 0 && decision.isSettled, picture.name).toBe(own.settled);
    const each = decision.each();
    expect(
      each.map(({ line }) => lines.indexOf(line)),
      picture.name,
    ).toEqual(own.each.map(([at]: [number]) => at));
    expectClose(
      each.map(({ chance }) => chance),
      own.each.map(([, p]: number[]) => p),
      1e-3,
      picture.name,
    );
    expect(
      [...decision.leaders(2).keys()].map((line) => lines.indexOf(line)),
      picture.name,
    ).toEqual(own.leaders);
  });
});

test('frames show the same VINs', () => {
  wanted.frames.forEach((numbers: number[], i: number) => {
    const frames = numbers.map((at) => [{ decision: decided(wanted.pictures[at]).decision, vins: [] }]);
    [null, wanted.least].forEach((least, k) => {
      const vins = vinsIn(frames, judge, least);
      const name = `frames ${i}, ${least}`;
      expect(
        vins.map((vin) => vin.frames),
        name,
      ).toEqual(wanted.fused[i][k].map((own: any) => own.frames));
      vins.forEach(({ line, decision, chance }, at) => {
        const own = wanted.fused[i][k][at];
        expectClose([chance, ...decision.odds], [own.chance, ...own.odds], 2e-3, name);
        if (own.line === null) expect(line).toBeNull();
        else expectPosterior(name, line!.posterior, own.line);
      });
    });
  });
});

/** Expect JSON to be the same but for the last digit of its numbers; years are left out, as they depend on the day. */
function expectJson(name: string, reading: Reading, own: any): void {
  const { model_year: _, ...said } = toDict(reading);
  expectAlike(name, said, own);
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
  wanted.pictures.forEach(({ name, kind, lines }: any, k: number) => {
    const { decision } = decided({ lines });
    const own = wanted.decided[k];
    own.readings.forEach((told: any, i: number) => {
      const line = decision.lines[i];
      const chance = decision.chances[i];
      const reading = line ? vinReading(line, decision, chance, kind, confidence, makers) : noVin(kind);
      expectJson(`${name} ${i}`, reading, told);
    });
    own.halved.forEach((reasons: string[], i: number) => {
      const reading = vinReading(decision.lines[i], decision, decision.chances[i] / 2, kind, confidence, makers);
      expect(reading.reasons, name).toEqual(reading.vin === null ? [NONE_FOUND] : reasons);
    });
  });
});

test('pictures of one character, and barcodes alone, give the same JSON', () => {
  wanted.glyphs.forEach(({ log_probs, reading }: any, i: number) =>
    expectJson(`glyph ${i}`, glyphReading(log_probs.data, 20, 30, confidence), reading),
  );
  expectClose(fusedGlyph(wanted.glyphs.map((one: any) => one.log_probs.data)), wanted.fused_glyph.data, 1e-5);
  const quad = Float32Array.of(0, 0, 9.25, 0.75, 9, 5, 0, 5);
  const codes = [
    ['1HGCM82633A004352', 'Code39'],
    ['1HGCM82633A004353', 'QRCode'],
  ];
  const barcodes = codes.map(([vin, symbology]) => ({ vin, symbology, quad }));
  compare([noVin('photo')], barcodes, confidence.threshold, makers).forEach((reading, i) => {
    expectJson(`barcode ${i}`, reading, wanted.barcodes[i]);
    expect(toDict(reading).quad).toEqual(wanted.barcodes[i].quad);
  });
});
