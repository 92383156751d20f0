import { expect, test } from 'vitest';
import { rectify } from '../src/constants';
import {
  bend,
  cutStrip,
  fitHalves,
  fitLine,
  frameOfPicture,
  frameOfQuad,
  frameOfRows,
  type Line,
  linePicture,
  moveEnds,
  Rectifier,
  sample,
  taller,
  turnRound,
} from '../src/rectify';
import { apart, edgesOf, expectClose, expectSame, golden, picture, shipped, type Table } from './golden';

const cases = golden('rectify');
const photos = cases.filter((one) => one.line && one.edges);

function lineOf(told: any): Line {
  const { start, end, light, centre, height, slant, said } = told;
  return { start, end, light, centre: centre.data, height: height.data, slant: slant.data, said: said?.data ?? null };
}

function expectLine(got: Line | null, told: any, most: number): void {
  const numbers = (line: Line | null) =>
    line ? [line.start, line.end, line.light, ...line.centre, ...line.height, ...line.slant] : [];
  expectClose(numbers(got), numbers(told === null ? null : lineOf(told)), most);
}

test.each(photos)('frames: $name', (wanted) => {
  const edges = edgesOf(wanted.edges);
  const line = lineOf(wanted.line);
  expect(frameOfQuad({ points: wanted.quad.data, score: 0 })).toEqual(edges);
  const finer = bend(edges, line, rectify.FINE_LENGTH, rectify.FINE_GLYPH, rectify.LINE_WIDTH / 4);
  expectClose(finer.data, wanted.finer.data, 1e-4);
  expect(turnRound(edgesOf(wanted.finer))).toEqual(edgesOf(wanted.turned));
  expectClose(taller(edges, 1.3).data, wanted.taller.data, 1e-4);
  const { start, end } = moveEnds(line, 0, 410);
  expectClose([start, end], wanted.moved, 1e-6);
});

test('the frame of a whole picture', () => {
  expect([...frameOfPicture({ width: 30, height: 20 }).data]).toEqual([0, 0, 30, 0, 0, 20, 30, 20]);
});

test.each(cases.filter((one) => one.name === 'rows'))('the frame of two rows', ({ rows, edges }) => {
  const frame = frameOfRows(rows.map((row: Table) => ({ points: row.data, score: 0 })));
  expect(frame.count).toBe(edges.shape[1]);
  expectClose(frame.data, edges.data, 1e-4);
});

test.each(photos)('pictures along frames: $name', (wanted) => {
  const gray = picture(wanted.name);
  const edges = edgesOf(wanted.edges);
  expectSame(sample(gray, edges, 16, 64), wanted.sampled);
  expectSame(sample(gray, taller(edges, 3), 20, 40), wanted.far);
  const { most, share } = apart(linePicture(gray, edges).data, wanted.picture.data);
  expect(most).toBeLessThanOrEqual(3); // a grey level stretched
  expect(share).toBeLessThan(0.002);
});

test.each(photos)('strips: $name', (wanted) => {
  const line = lineOf(wanted.line);
  const strip = cutStrip(picture(wanted.name), edgesOf(wanted.edges), line, line.light < 0.5);
  expectClose(strip.edges.data, wanted.stripEdges.data, 1e-4);
  const { most, share } = apart(strip.gray.data, wanted.strip.data);
  expect(most).toBeLessThanOrEqual(2);
  expect(share).toBeLessThan(0.01);
});

test.each([...cases.filter((one) => one.name === 'fit'), ...photos])('lines through answers', (wanted) => {
  const said = wanted.said ?? wanted.line.said;
  const line = fitLine(said.data);
  expectLine(line, wanted.line, 1e-6);
  const halves = line ? fitHalves(line) : [];
  expect(halves.length).toBe(wanted.halves.length);
  halves.forEach((half, i) => expectLine(half, wanted.halves[i], 1e-6));
});

test.each(photos)('the shipped net: $name', async (wanted) => {
  const rectifier = new Rectifier(await shipped('rectifier'));
  const [line] = await rectifier.lines(picture(wanted.name), [edgesOf(wanted.edges)]);
  expectClose(line?.said ?? [], wanted.line.said.data, 0.02);
  expectLine(line, wanted.line, 1e-3);
});
