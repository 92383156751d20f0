import { expect, test } from 'vitest';
import { plainGray } from '../src/opencv/pictures';
import { advice, measure, qualityOf, type Values } from '../src/quality';
import { sample } from '../src/rectify';
import { edgesOf, golden, picture } from './golden';

function expectValues(got: Values, wanted: Values): void {
  expect(Object.keys(got)).toEqual(Object.keys(wanted));
  for (const [name, value] of Object.entries(wanted)) expect(got[name], name).toBeCloseTo(value, 3);
}

test.each(golden('quality'))('what is measured along a line: $name', (wanted) => {
  const gray = picture(wanted.name);
  const edges = edgesOf(wanted.edges);
  const [boxes, quads] = [wanted.boxes.data, wanted.quads.data];
  expectValues(measure(sample(gray, edges, 40, 400), boxes, quads, gray), wanted.values);
  const strip = { gray: plainGray(400, 40), edges, inverted: false };
  expectValues(qualityOf({ strip, boxes, quads }, gray), wanted.values);
});

test.each(golden('quality'))('what is said about it: $name', (wanted) => {
  expect(advice(wanted.values, wanted.thresholds)).toEqual(wanted.advice);
  expect(advice(wanted.values, {})).toEqual(wanted.none);
});
