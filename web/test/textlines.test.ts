import { expect, test } from 'vitest';
import { plainGray } from '../src/opencv/pictures';
import { findTextlines } from '../src/textlines';
import { expectClose, golden, picture } from './golden';

test.each(golden('textlines'))('lines of any text: $name', ({ name, quads, scores }) => {
  const lines = findTextlines(picture(name), 24);
  expect(lines.length).toBe(quads.length);
  expectClose(
    lines.map((line) => line.score),
    scores,
    1e-3,
  );
  lines.forEach((line, i) => expectClose(line.points, quads[i].data, 0.01));
});

test('nothing in an empty picture, nor in an even one', () => {
  expect(findTextlines(plainGray(0, 0))).toEqual([]);
  expect(findTextlines(plainGray(60, 40, 90))).toEqual([]);
});
