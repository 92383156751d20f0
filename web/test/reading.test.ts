/** Readings as JSON, as the schema has them, and as rows. */

import { expect, test } from 'vitest';
import { type Reading, readingOf, rounded, toDict, toJson } from '../src/reading';
import { readingsToRows } from '../src/table';
import { expectValid, golden, schema } from './golden';

const quad = Float32Array.of(0, 0, 9.25, 0.75, 9, 5, 0, 5);
const vin = '1HGCM82633A004352';
const full: Reading = {
  ...readingOf('photo', { image: 'a.jpg', vin, status: 'ok', confidence: 0.98765, source: 'both', quad }),
  characters: [...vin].map((char) => ({ char, confidence: 1, quad, alternatives: [['B', 0.001]] })),
  checkDigit: 'valid',
  reasons: ['none'],
  alternatives: [[vin.replace('1', '2'), 0.01]],
  quality: { cut_off: 0, glyph_height: 20.12345, washed_out: 0, blur: 0.2, contrast: 90, covered: 0 },
  maker: 'Honda',
  region: 'North America',
  modelYear: [1973, 2003],
  barcodes: [{ vin, symbology: 'Code39', quad }],
  others: [readingOf('photo', { vin, status: 'uncertain', confidence: 0.5, frame: 1, frames: [0, 1] })],
  withoutList: vin,
  model: '1',
  frame: 0,
  frames: [0, 1],
};

test('what is read is JSON as the schema says', () => {
  for (const reading of [full, readingOf('glyph'), readingOf('strip', { status: 'error', reasons: ['broken'] })]) {
    expectValid(toDict(reading));
    expect(JSON.parse(toJson(reading))).toEqual(toDict(reading));
  }
  expect(() => expectValid({ ...toDict(full), status: 'fine' })).toThrow('allowed values');
});

test('all that the schema names is there, and nothing else', () => {
  const { properties } = schema;
  const said = toDict(full);
  expect(Object.keys(said)).toEqual(Object.keys(properties));
  expect(Object.keys(said)).toEqual(schema.required);
  expect(Object.keys(said.characters[0])).toEqual(properties.characters.items.required);
  expect(Object.keys(said.barcodes[0])).toEqual(properties.barcodes.items.required);
  expect(Object.keys(said.quality)).toEqual(Object.keys(properties.quality.properties));
});

test('readings are the same rows as in Python', () => {
  const { readings, rows } = golden<any>('table');
  readings.forEach(expectValid);
  const got = readingsToRows(readings);
  expect(got).toEqual(rows);
  expect(Object.keys(got[0])).toEqual(Object.keys(rows[0]));
});

test('numbers that are half way between two are rounded to the even one', () => {
  expect([12.25, 12.75, 0.15, 2.5, -0.25, -0.75, -0.04].map((value) => rounded(value, 1))).toEqual([
    12.2, 12.8, 0.1, 2.5, -0.2, -0.8, 0,
  ]);
  expect([0.03125, 0.09375, 0.5].map((value) => rounded(value, 4))).toEqual([0.0312, 0.0938, 0.5]);
  expect(toDict(readingOf('photo')).frames).toEqual([]);
});
