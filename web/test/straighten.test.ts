import { expect, test } from 'vitest';
import { Rectifier } from '../src/rectify';
import { type Pass, Straightener } from '../src/straighten';
import { edgesOf, expectClose, golden, picture, shipped } from './golden';

test.each(golden('straighten'))('passes along lines: $name', async ({ name, frames, count, passes }) => {
  const straightener = new Straightener(new Rectifier(await shipped('rectifier')));
  const gray = picture(name);
  const found = await straightener.passes(gray, frames.map(edgesOf));
  expect(found.length).toBe(count);
  const third = await straightener.finer(
    gray,
    found.map((some) => some[some.length - 1]),
  );
  const halves: Pass[][] = [];
  for (const some of found) halves.push(await straightener.alongHalves(gray, some[some.length - 1]));
  const got = [...found, third, ...halves];
  expect(got.map((some) => some.length)).toEqual(passes.map((some: unknown[]) => some.length));
  got.forEach((some, i) => {
    some.forEach(({ edges, line }, k) => {
      const [wantedEdges, wantedLine] = passes[i][k];
      expectClose(edges.data, wantedEdges.data, 0.3); // photo pixels
      expectClose([line.start, line.end], [wantedLine.start, wantedLine.end], 2e-3);
      expectClose([line.light], [wantedLine.light], 1e-3);
    });
  });
});

test('no frames need no net', async () => {
  const straightener = new Straightener(new Rectifier({ run: () => Promise.reject(new Error('not asked')) }));
  expect(await straightener.passes(picture('frame-stamped'), [])).toEqual([]);
});
