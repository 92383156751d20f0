import { expect, test } from 'vitest';
import { resized } from '../src/resizing';
import { apart, golden, grayOf } from './golden';

test.each(golden('resizing'))('to $out.shape', ({ gray, out }) => {
  const got = resized(grayOf(gray), out.shape[1], out.shape[0]);
  expect(apart(got.data, out.data).most).toBe(0);
});
