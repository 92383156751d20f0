import { expect, test } from 'vitest';
import { plainGray } from '../src/opencv/pictures';
import { cover } from '../src/search';
import { apart, edgesOf, golden, grayOf } from './golden';

test.each(golden('cover'))('a line is painted over', ({ gray, edges, out }) => {
  const hidden = grayOf(gray);
  cover({ gray: plainGray(400, 40), edges: edgesOf(edges), inverted: false }, hidden);
  expect(apart(hidden.data, out.data).most).toBe(0);
});
