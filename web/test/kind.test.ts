import { expect, test } from 'vitest';
import { guessKind, guessLineKind, lightGlyph } from '../src/kind';
import { expectClose, golden, grayOf } from './golden';

test.each(golden('kind'))('a $kind of $gray.shape', ({ gray, kind, light }) => {
  expect(guessKind(grayOf(gray))).toBe(kind);
  expect(guessLineKind(grayOf(gray))).toBe(kind === 'strip' ? 'strip' : 'photo');
  expectClose(lightGlyph(grayOf(gray)).data, light.data, 0);
});
