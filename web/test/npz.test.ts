import { expect, test } from 'vitest';
import { readNpy, readNpz } from '../src/npz';
import { bytesOf } from './golden';

const arraysOf = (name: string) => readNpz(bytesOf(`web/test/golden/${name}.npz`));

test.each(['packed', 'stored'])('%s: all kinds of numbers', async (name) => {
  const arrays = await arraysOf(name);
  for (const kind of ['u1', 'i1', 'u2', 'i2', 'u4', 'i4', 'i8', 'f4', 'f8']) {
    expect(arrays.get(kind)?.shape).toEqual([2, 3]);
    expect([...(arrays.get(kind)?.data ?? [])]).toEqual([0, 1, 2, 3, 4, 5]);
  }
});

test('an array whose first index runs fastest is turned', async () => {
  const turned = (await arraysOf('packed')).get('turned');
  expect(turned?.shape).toEqual([2, 3, 4]);
  expect([...(turned?.data ?? [])]).toEqual([...Array(24).keys()]);
});

test('a single number has no shape', async () => {
  const one = (await arraysOf('packed')).get('one');
  expect(one?.shape).toEqual([]);
  expect([...(one?.data ?? [])]).toEqual([0.5]);
});

test('other files are told apart', async () => {
  await expect(readNpz(new Uint8Array(100))).rejects.toThrow('something else than a zip file');
  expect(() => readNpy(new Uint8Array(100))).toThrow('something else than an array');
});
