/** From pictures to readings, all stages together: the same as in Python. */

import { beforeAll, expect, test } from 'vitest';
import { ModelError } from '../src/bundle';
import { gaussianBlurGray } from '../src/opencv/filter';
import { openReader, type Reader } from '../src/reader';
import { toDict } from '../src/reading';
import type { Gray } from '../src/types';
import { expectValid, golden, load, picture } from './golden';

type Frame = { of: string[]; turned?: boolean; sigma?: number; glare?: [number, number] };

const cases: { frames: Frame[]; every: boolean; reading: any }[] = golden('readings');
const [GROUND, GAP] = [128, 40]; // as `golden/readings.py` has them
let reader: Reader;

beforeAll(async () => {
  reader = await openReader(load);
}, 300_000);

function frameOf({ of, turned, sigma, glare }: Frame): Gray {
  const { width } = picture(of[0]);
  const gap = new Array<number>(GAP * width).fill(GROUND);
  const rows = of.flatMap((name, i) => [...(i > 0 ? gap : []), ...picture(name).data]);
  let gray = { data: Uint8Array.from(rows), width, height: rows.length / width };
  if (turned) gray.data.reverse();
  if (sigma) gray = { ...gray, data: Uint8Array.from(gaussianBlurGray(gray, sigma).data) };
  if (glare) for (let y = 0; y < gray.height; y++) gray.data.fill(255, y * width + glare[0], y * width + glare[1]);
  return gray;
}

/** Expect the same points but for the last digit. */
function expectNear(got: number[][] | null, wanted: number[][] | null): void {
  expect(got === null).toBe(wanted === null);
  const differences = (got ?? []).flat().map((at, i) => Math.abs(at - (wanted as number[][]).flat()[i]));
  expect(Math.max(0, ...differences)).toBeLessThan(0.11);
}

function expectReading(got: any, wanted: any): void {
  for (const name of [
    'kind',
    'vin',
    'status',
    'source',
    'check_digit',
    'maker',
    'region',
    'model',
    'frame',
    'frames',
  ]) {
    expect([name, got[name]]).toEqual([name, wanted[name]]);
  }
  expect(Math.abs(got.confidence - wanted.confidence)).toBeLessThanOrEqual(0.002);
  expectNear(got.quad, wanted.quad);
  expect(got.characters.length).toBe(wanted.characters.length);
  got.characters.forEach((one: any, i: number) => {
    expect(one.char).toBe(wanted.characters[i].char);
    expect(Math.abs(one.confidence - wanted.characters[i].confidence)).toBeLessThanOrEqual(0.002);
    expectNear(one.quad, wanted.characters[i].quad);
  });
  expect(Object.keys(got.quality)).toEqual(Object.keys(wanted.quality));
  expect(got.reasons).toEqual(wanted.reasons);
  expect(got.others.length).toBe(wanted.others.length);
  got.others.forEach((other: any, i: number) => expectReading(other, wanted.others[i]));
}

const named = cases.map((one) => [one.frames.map((frame) => JSON.stringify(frame)).join(', '), one] as const);

test.each(named)('%s reads as in Python', async (_, { frames, every, reading }) => {
  const grays = frames.map(frameOf);
  const read = grays.length > 1 ? reader.readFrames(grays, { every }) : reader.read(grays[0], { every });
  const got = toDict(await read);
  expectValid(got);
  expectReading(got, reading);
});

test('a plain picture shows no VIN', async () => {
  const gray = { data: new Uint8Array(200 * 300).fill(90), width: 300, height: 200 };
  const nothing = { kind: 'photo', vin: null, status: 'not_found', confidence: 0 };
  expect(await reader.read(gray)).toMatchObject(nothing);
  expect(await reader.read(gray, { every: true })).toMatchObject({ ...nothing, others: [] });
  const other = { ...gray, data: gray.data.map(() => 70) };
  expect(await reader.readFrames([gray, other])).toMatchObject({ ...nothing, frame: 0, frames: [0] });
});

test('a kind that there is not, a picture without pixels, and no picture are refused', async () => {
  const gray = { data: new Uint8Array(4), width: 2, height: 2 };
  await expect(reader.read(gray, { kind: 'label' as 'photo' })).rejects.toThrow('expected auto, glyph, strip or photo');
  await expect(reader.read({ ...gray, width: 3 })).rejects.toThrow('got 4 pixels of 3 x 2');
  await expect(reader.readFrames([])).rejects.toThrow('got none');
});

test('a model that is not there is a ModelError', async () => {
  const load = async (): Promise<Uint8Array> => Promise.reject(new Error('not found'));
  await expect(openReader(load)).rejects.toThrow(ModelError);
});
