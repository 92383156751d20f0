import { beforeAll, expect, test } from 'vitest';
import type { NpyArray } from '../src/npz';
import {
  blurred, connectedComponents, dilated, gaussian, otsu, smoothed, topHat,
} from '../src/strip_primitives';
import { farthest, goldenArrays } from './files';

let arrays: Map<string, NpyArray>;
beforeAll(async () => {
  arrays = await goldenArrays('b_primitives');
});

function grayOf(name: string): [Uint8Array, number, number] {
  const { data, shape } = arrays.get(name) as NpyArray;
  return [data as Uint8Array, shape[1], shape[0]];
}

function expected(name: string): Float32Array {
  return (arrays.get(name) as NpyArray).data as Float32Array;
}

test('smoothed: no grey level beside OpenCV', () => {
  expect(farthest(smoothed(...grayOf('noise')), expected('smoothed'))).toBe(0);
});

test('topHat: no grey level beside OpenCV', () => {
  expect(farthest(topHat(...grayOf('noise'), 7), expected('top_hat'))).toBe(0);
  expect(farthest(topHat(...grayOf('patches'), 7), expected('top_hat_patches'))).toBe(0);
});

test('dilated: as OpenCV', () => {
  expect(farthest(dilated(expected('row'), 20), expected('dilated'))).toBe(0);
});

test('blurred and gaussian: 1e-6 beside OpenCV at most', () => {
  expect(farthest(blurred(expected('row'), 20), expected('blurred'))).toBeLessThan(1e-6);
  expect(farthest(gaussian(expected('row'), 1), expected('gaussian'))).toBeLessThan(1e-6);
});

test('otsu: as OpenCV', () => {
  const [noise, patches] = ['noise', 'patches'].map((name) => arrays.get(name)?.data as Uint8Array);
  const dark = noise.map((level) => Math.floor(level / 7));
  expect([noise, patches, dark].map(otsu)).toEqual([...expected('otsu')]);
});

test('connectedComponents: the same as of OpenCV, in another order', () => {
  const found = connectedComponents(...grayOf('mask')).map((one) =>
    [one.left, one.top, one.right - one.left, one.bottom - one.top, one.area, one.middle].join(' '),
  );
  const stats = [...expected('stats')];
  const same = [...expected('middles')].map((middle, i) => [...stats.slice(5 * i, 5 * i + 5), middle].join(' '));
  expect(found.sort()).toEqual(same.sort());
});
