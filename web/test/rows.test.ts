import { expect, test } from 'vitest';
import { halves, isHigh, pairRows } from '../src/rows';
import type { Quad } from '../src/types';
import { golden, type Table } from './golden';

test.each(golden('rows'))('pairs of rows', (wanted) => {
  const quads: Quad[] = wanted.quads.map((points: Table) => ({ points: points.data, score: 1 }));
  expect(quads.map(isHigh)).toEqual(wanted.high);
  expect(halves(quads[0]).map((half) => half.points)).toEqual(wanted.halves.map((half: Table) => half.data));
  const pairs = pairRows(quads, 8).map((pair) => pair.map((one) => quads.indexOf(one)));
  expect(pairs).toEqual(wanted.pairs);
});
