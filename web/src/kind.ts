/** What a picture shows: one glyph, a strip cut to a line, or a whole photo. */

import { kind as constants } from './constants';
import { median } from './numeric';
import { connectedComponents } from './opencv/components';
import { above, otsuLevel } from './opencv/threshold';
import { stretchContrast } from './rectify';
import type { Gray, Kind } from './types';

const { GLYPH_SIDE, PART, PARTS } = constants;

/** Tell a picture of one glyph from a strip and from a photo: by what is in it, and by its shape. */
export function guessKind(gray: Gray): Kind {
  const { width, height } = gray;
  if (Math.max(height, width) <= GLYPH_SIDE && width < 1.4 * height && mayBeOneGlyph(gray)) return 'glyph';
  return width >= 2.5 * height ? 'strip' : 'photo';
}

/** Tell a strip from a photo, where a picture is known to show more than one glyph. */
export function guessLineKind(gray: Gray): Kind {
  return guessKind(gray) === 'strip' ? 'strip' : 'photo';
}

/** Tell whether nearly all ink of a small picture is a few pieces within a glyph's outline, on even ground. */
function mayBeOneGlyph(gray: Gray): boolean {
  const picture = lightGlyph(gray);
  const { components } = connectedComponents(above(picture, otsuLevel(picture)));
  if (!components.length) return false;
  const area = (some: typeof components): number => some.reduce((sum, one) => sum + one.area, 0);
  const ink = area(components);
  const pieces = components.filter((one) => one.area >= PART * ink);
  if (pieces.length < 1 || pieces.length > PARTS) return false;
  const right = Math.max(...pieces.map((one) => one.left + one.width));
  const bottom = Math.max(...pieces.map((one) => one.top + one.height));
  const width = right - Math.min(...pieces.map((one) => one.left));
  const height = bottom - Math.min(...pieces.map((one) => one.top));
  const compact = height >= 0.3 * gray.height && width <= 1.8 * height;
  const whole = area(pieces) >= 0.75 * ink;
  return compact && whole && ink < 0.6 * gray.data.length;
}

/** Return a picture of one glyph light on black: the border tells which is the ground. */
export function lightGlyph(gray: Gray): Gray {
  const border = borderOf(gray);
  const level = Math.trunc(median(border));
  const ground = Math.min(level, 255 - level);
  const data = gray.data.map((value) => Math.max((level < 128 ? value : 255 - value) - ground, 0));
  return stretchContrast({ ...gray, data });
}

/** Return the levels of the outermost rows and columns, those of the corners twice. */
function borderOf({ data, width, height }: Gray): number[] {
  const border = [...data.subarray(0, width), ...data.subarray(width * (height - 1))];
  for (let y = 0; y < height; y++) border.push(data[y * width], data[y * width + width - 1]);
  return border;
}
