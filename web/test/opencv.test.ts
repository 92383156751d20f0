/** OpenCV's arithmetic, on noise. */

import { expect, test } from 'vitest';
import { textlines } from '../src/constants';
import { connectedComponents } from '../src/opencv/components';
import { outerContours } from '../src/opencv/contours';
import { fillPolygon } from '../src/opencv/fill';
import { binomialBlur, blur, gaussianBlur, gaussianBlurGray, gradient, sobel } from '../src/opencv/filter';
import { dilateRow, topHat } from '../src/opencv/morphology';
import { plainGray } from '../src/opencv/pictures';
import { remapCubic, remapLinear } from '../src/opencv/remap';
import { resizeArea, resizeCubic, resizeLinear } from '../src/opencv/resize';
import { above, adaptiveThresholds, otsuLevel } from '../src/opencv/threshold';
import { expectClose, expectSame, golden, grayOf, planeOf } from './golden';

const cases = golden('opencv');

function of(name: string) {
  const some = cases.filter((one) => one.name === name).map((one) => ({ ...one, label: one.out.shape ?? '' }));
  expect(some.length).toBeGreaterThan(0);
  return some;
}

test.each(of('resizeLinear'))('bilinear resizing to $label', ({ gray, out }) => {
  expectClose(resizeLinear(grayOf(gray), out.shape[1], out.shape[0]).data, out.data, 0);
});

test.each(of('resizeCubic'))('bicubic resizing to $label', ({ gray, out }) => {
  expectSame(resizeCubic(grayOf(gray), out.shape[1], out.shape[0]), out, 0.005); // thirds often lie half-way
});

test.each(of('resizeArea'))('area resizing to $label', ({ gray, out }) => {
  expectClose(resizeArea(grayOf(gray), out.shape[1], out.shape[0]).data, out.data, 0);
});

test('bicubic remapping', () => {
  for (const { gray, x, y, out } of of('remapCubic')) {
    expectSame(remapCubic(grayOf(gray), x.data, y.data, out.shape[1], out.shape[0]), out);
  }
});

test('bilinear remapping', () => {
  for (const { plane, x, y, out } of of('remapLinear')) {
    expectClose(remapLinear(planeOf(plane), x.data, y.data), out.data, 2e-7);
  }
});

test.each(of('blur'))('means over $size', ({ plane, size, out }) => {
  expectClose(blur(planeOf(plane), size[0], size[1]).data, out.data, 2e-5);
});

test.each(of('gaussianBlurGray'))('smoothing of grey levels by $sigma', ({ gray, sigma, out }) => {
  expectClose(gaussianBlurGray(grayOf(gray), sigma).data, out.data, 0);
});

test.each(of('gaussianBlur'))('smoothing by $sigma', ({ plane, sigma, out }) => {
  expectClose(gaussianBlur(planeOf(plane), sigma).data, out.data, 1e-4);
});

test('slopes', () => {
  for (const { plane, out } of of('sobelX')) expectClose(sobel(planeOf(plane), 'x').data, out.data, 0);
  for (const { plane, out } of of('sobelY')) expectClose(sobel(planeOf(plane), 'y').data, out.data, 0);
});

test('smoothing by 1 2 1', () => {
  for (const { gray, out } of of('binomialBlur')) expectClose(binomialBlur(grayOf(gray)).data, out.data, 0);
});

test('what is lighter than its surroundings', () => {
  for (const { gray, out } of of('topHat')) expectClose(topHat(grayOf(gray), 7).data, out.data, 0);
});

test('the greatest in a row', () => {
  for (const { plane, out } of of('dilateRow')) expectClose(dilateRow(plane.data, 20), out.data, 0);
});

test('gradient', () => {
  for (const { gray, out } of of('gradient')) expectClose(gradient(grayOf(gray)).data, out.data, 0);
});

test.each(of('otsu'))('the level between dark and light, $level', ({ gray, level, out }) => {
  expect(otsuLevel(grayOf(gray))).toBe(level);
  expectClose(above(grayOf(gray), level).data, out.data, 0);
});

test.each(of('adaptiveThreshold'))('threshold against the mean over $side, dark $dark', ({ gray, side, dark, out }) => {
  expectClose(adaptiveThresholds(grayOf(gray), side, textlines.OFFSET)[Number(dark)].data, out.data, 0);
});

test('polygons, some of which reach beyond the picture', () => {
  for (const { points, out } of of('fillPolygon')) {
    const gray = plainGray(out.shape[1], out.shape[0]);
    fillPolygon(gray, points.data, 1);
    expectClose(gray.data, out.data, 0);
  }
});

test.each(of('components'))('components in $label', ({ gray, stats, middles, out }) => {
  const { labels, components } = connectedComponents(grayOf(gray));
  expectClose(
    components.flatMap((c) => [c.left, c.top, c.width, c.height, c.area]),
    stats.data,
    0,
  );
  expectClose(
    components.flatMap((c) => [c.x, c.y]),
    middles.data,
    1e-12,
  );
  expectClose(labels, out.data, 0);
});

test.each(of('contours'))('outlines', ({ gray, out }) => {
  const contours = outerContours(grayOf(gray));
  expect(contours.length).toBe(out.length);
  contours.forEach((contour, i) => expectClose(contour, out[i].data, 0));
});
