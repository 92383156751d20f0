import { beforeAll, expect, test } from 'vitest';
import { locate } from '../src/constants';
import { Heat, Locator } from '../src/locate';
import type { Net, Tensor } from '../src/session';
import { expectClose, golden, grayOf, picture, shipped } from './golden';

const [fake, ...photos] = golden('locate');
let locator: Locator;

beforeAll(async () => {
  locator = new Locator(await shipped('locator'));
});

test('what the net is shown, and what is made of its answers', async () => {
  let shown: Tensor | undefined;
  const net: Net = {
    run: async (input) => {
      shown = input;
      return { data: fake.answers.data, shape: fake.answers.shape };
    },
  };
  const heat = await new Locator(net).look(grayOf(fake.gray));
  expect(shown?.shape).toEqual(fake.shown.shape);
  expectClose(shown?.data.map((value) => value * 255) ?? [], fake.shown.data, 1e-4);
  expect(heat.cells).toBe(fake.cells);
  expect([heat.maps.height, heat.maps.width, 2]).toEqual(fake.maps.shape);
  expectClose(heat.maps.data, fake.maps.data, 1e-6);
});

test('an empty picture is cold', async () => {
  const heat = await locator.look({ data: new Uint8Array(0), width: 0, height: 0 });
  expect(heat.lines()).toEqual([]);
  expect(heat.warmth(Float32Array.of(1, 2))).toBeCloseTo(Math.log(locate.COLD));
});

function expectLines(heat: Heat, { quads, scores, centres, warmth }: (typeof photos)[0], pixels: number): void {
  const lines = heat.lines(8);
  expect(lines.length).toBe(scores.length);
  expectClose(
    lines.flatMap((line) => [...line.points]),
    quads.data,
    pixels,
  );
  expectClose(
    lines.map((line) => line.score),
    scores,
    pixels,
  );
  expect(Math.abs(heat.warmth(centres.data) - warmth)).toBeLessThan(1e-3);
}

test.each(photos.filter((one) => one.maps))('lines of the same maps: $name', (wanted) => {
  const { maps, cells } = wanted;
  const heat = new Heat({ data: maps.data, width: maps.shape[1], height: maps.shape[0] }, cells);
  expectLines(heat, wanted, 1e-3);
});

test.each(photos)('lines of the shipped net: $name with $side pixels', async (wanted) => {
  const heat = await locator.look(picture(wanted.name), wanted.side);
  if (wanted.maps) expectClose(heat.maps.data, wanted.maps.data, 1e-3);
  expectLines(heat, wanted, 0.1);
});
