/** From pictures to readings, all stages together: the same as in Python (`golden_c.py`). */

import { beforeAll, expect, test } from 'vitest';
import { ModelError } from '../src/bundle';
import { openReader, type Reader } from '../src/reader';
import { toDict } from '../src/reading';
import type { Gray } from '../src/types';
import { golden, goldenArrays, loadReader } from './files';

const readings: Record<string, any> = golden('c_readings');
const pictures = new Map<string, Gray>();
/**
 * How far corners may be apart. What stands on its head is sought in several frames that are as good: by the last bits
 * of the nets' answers another one of them is taken.
 */
const FAR: Record<string, number> = { 'photos/frame-stamped.jpg': 2 };
let reader: Reader;

beforeAll(async () => {
  for (const [name, { data, shape }] of await goldenArrays('c_pictures')) {
    pictures.set(name.replace('_', '/'), { data: data as Uint8Array, width: shape[1], height: shape[0] });
  }
  reader = await openReader(loadReader);
}, 300_000);

/** Expect the same points but for `most` pixels. */
function expectNear(got: number[][] | null, wanted: number[][] | null, most: number): void {
  expect(got === null).toBe(wanted === null);
  const differences = (got ?? []).flat().map((at, i) => Math.abs(at - (wanted as number[][]).flat()[i]));
  expect(Math.max(0, ...differences)).toBeLessThanOrEqual(most);
}

test.each(Object.keys(readings))('%s reads as in Python', async (name) => {
  const wanted = readings[name];
  const far = FAR[name] ?? 1;
  const got: any = toDict(await reader.read(pictures.get(name)!));
  for (const same of ['kind', 'vin', 'status', 'source', 'check_digit', 'maker', 'region', 'model_year', 'model']) {
    expect([same, got[same]]).toEqual([same, wanted[same]]);
  }
  expect(Math.abs(got.confidence - wanted.confidence)).toBeLessThanOrEqual(0.02);
  expectNear(got.quad, wanted.quad, far);
  expect(got.characters.length).toBe(wanted.characters.length);
  got.characters.forEach((one: any, i: number) => {
    expect(one.char).toBe(wanted.characters[i].char);
    expect(Math.abs(one.confidence - wanted.characters[i].confidence)).toBeLessThanOrEqual(0.02);
    expectNear(one.quad, wanted.characters[i].quad, far);
  });
  expect(Object.keys(got.quality)).toEqual(Object.keys(wanted.quality));
});

test('a plain picture shows no VIN', async () => {
  const gray = { data: new Uint8Array(200 * 300).fill(90), width: 300, height: 200 };
  expect(await reader.read(gray)).toMatchObject({ kind: 'photo', vin: null, status: 'not_found', confidence: 0 });
});

test('a kind that there is not, and a picture without pixels, are refused', async () => {
  const gray = { data: new Uint8Array(4), width: 2, height: 2 };
  await expect(reader.read(gray, { kind: 'label' as 'photo' })).rejects.toThrow('expected auto, glyph, strip or photo');
  await expect(reader.read({ ...gray, width: 3 })).rejects.toThrow('got 4 pixels of 3 x 2');
});

test('a model that is not there is a ModelError', async () => {
  const load = async (): Promise<Uint8Array> => Promise.reject(new Error('not found'));
  await expect(openReader(load)).rejects.toThrow(ModelError);
});
