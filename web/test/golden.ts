/** What the tests read: golden values that `golden/` wrote, pictures, and files of the model. */

import { readFileSync } from 'node:fs';
import { gunzipSync, inflateSync } from 'node:zlib';
import { Ajv2020 } from 'ajv/dist/2020';
import { expect } from 'vitest';
import { MAKERS } from '../src/files';
import type { Plane } from '../src/opencv/pictures';
import { type Net, openNet } from '../src/session';
import type { Edges, Gray } from '../src/types';
import { type Makers, readMakers } from '../src/vin';

type Numbers = Uint8Array | Int16Array | Int32Array | Float32Array | Float64Array;
export type Table = { shape: number[]; data: Numbers };

const ROOT = new URL('../../', import.meta.url);

const TYPES: Record<string, (buffer: ArrayBuffer) => Numbers> = {
  uint8: (buffer) => new Uint8Array(buffer),
  bool: (buffer) => new Uint8Array(buffer),
  int16: (buffer) => new Int16Array(buffer),
  int32: (buffer) => new Int32Array(buffer),
  float32: (buffer) => new Float32Array(buffer),
  float64: (buffer) => new Float64Array(buffer),
};

export function bytesOf(path: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(path, ROOT)));
}

/** Return a file as `openReader` asks for it: of the model folder, or the table of makers. */
export async function load(name: string): Promise<Uint8Array> {
  return bytesOf(name === MAKERS ? 'vinchar/makers.tsv.gz' : `model/${name}`);
}

export function makersTable(): Promise<Makers> {
  return readMakers(bytesOf('vinchar/makers.tsv.gz'));
}

/** Open one of the shipped networks. */
export function shipped(name: string): Promise<Net> {
  return openNet(bytesOf(`model/${name}.onnx`));
}

/** Return the golden values of a stage; an array is its `shape` and its `data`. */
export function golden<T = any[]>(stage: string): T {
  const text = gunzipSync(bytesOf(`web/test/golden/${stage}.json.gz`)).toString();
  return JSON.parse(text, (_, value) => {
    if (typeof value?.png === 'string') return readPng(Buffer.from(value.png, 'base64'));
    if (typeof value?.dtype !== 'string') return value;
    const bytes = Uint8Array.from(Buffer.from(value.data, 'base64'));
    return { shape: value.shape, data: TYPES[value.dtype](bytes.buffer) };
  });
}

/** Return the picture in a PNG of grey levels, 8 bits each, not interlaced: all that OpenCV writes. */
function readPng(png: Buffer): Table {
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  expect([...png.subarray(24, 29)]).toEqual([8, 0, 0, 0, 0]);
  const packed: Buffer[] = [];
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at)) {
    if (png.toString('latin1', at + 4, at + 8) !== 'IDAT') continue;
    packed.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  }
  const filtered = inflateSync(Buffer.concat(packed));
  const data = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const filter = filtered[y * (width + 1)];
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      const left = x > 0 ? data[i - 1] : 0;
      const above = y > 0 ? data[i - width] : 0;
      const corner = x > 0 && y > 0 ? data[i - width - 1] : 0;
      data[i] = filtered[i + y + 1] + [0, left, above, (left + above) >> 1, paeth(left, above, corner)][filter];
    }
  }
  return { shape: [height, width], data };
}

/** Return which of a pixel's neighbours is nearest to the left one and the one above, less the one in the corner. */
function paeth(left: number, above: number, corner: number): number {
  const [byLeft, byAbove, byCorner] = [left, above, corner].map((one) => Math.abs(left + above - corner - one));
  if (byLeft <= byAbove && byLeft <= byCorner) return left;
  return byAbove <= byCorner ? above : corner;
}

const pictures = golden<Record<string, Table>>('pictures');

/** Return a picture that the stages are tried on. */
export function picture(name: string): Gray {
  return grayOf(pictures[name]);
}

export function grayOf(table: Table): Gray {
  return { data: table.data as Uint8Array, width: table.shape[1], height: table.shape[0] };
}

export function planeOf(table: Table): Plane {
  return { data: table.data as Float32Array, width: table.shape[1], height: table.shape[0] };
}

export function edgesOf(table: Table): Edges {
  return { count: table.shape[1], data: table.data as Float32Array };
}

export const schema = JSON.parse(new TextDecoder().decode(bytesOf('vinchar/reading.schema.json')));
const isReading = new Ajv2020({ allowUnionTypes: true }).compile(schema);

/** Expect a reading as JSON to be as the schema says. */
export function expectValid(reading: unknown): void {
  expect(isReading(reading), JSON.stringify(isReading.errors)).toBe(true);
}

/** Return the greatest difference between two rows of numbers of the same length, and the share that differ. */
export function apart(got: ArrayLike<number>, wanted: ArrayLike<number>): { most: number; share: number } {
  expect(got.length).toBe(wanted.length);
  let most = 0;
  let count = 0;
  for (let i = 0; i < got.length; i++) {
    const difference = Math.abs(got[i] - wanted[i]);
    if (!(difference <= most)) most = difference;
    if (difference) count++;
  }
  return { most, share: got.length ? count / got.length : 0 };
}

/** Expect that numbers differ by `most` at most. */
export function expectClose(got: ArrayLike<number>, wanted: ArrayLike<number>, most: number, name?: string): void {
  expect(apart(got, wanted).most, name).toBeLessThanOrEqual(most);
}

/** Expect the same grey levels but for a few that lie half-way between two. */
export function expectSame(got: Gray, wanted: Table, few = 0.002): void {
  expect([got.height, got.width]).toEqual(wanted.shape);
  const { most, share } = apart(got.data, wanted.data);
  expect(most).toBeLessThanOrEqual(1);
  expect(share).toBeLessThan(few);
}
