/**
 * Photo and quad to strip: a small learned net finds the line, coarse to fine, and the picture is straightened to it.
 *
 * Everything is sampled through a *ruled frame*: for each column of the wanted picture the photo points of its top
 * and of
 * its bottom edge. A quad is a frame with straight edges; what the net finds in a frame (the line's centre, height and
 * slant for every column) bends it into the next, finer one. So bowed lines need no case of their own, and every pixel
 * comes straight from the photo, whatever the number of passes.
 */

import { rectify as constants, types } from './constants';
import { fitLine, type Line } from './fitting';
import { clip, percentile, polyval, roundHalfEven, toByte } from './numeric';
import { blur } from './opencv/filter';
import { plainGray } from './opencv/pictures';
import { remapCubic } from './opencv/remap';
import { crop, resized } from './resizing';
import { answersTo, type Net } from './session';
import type { Edges, Gray, Quad, Strip } from './types';

export { fitHalves, fitLine, type Line } from './fitting';
export const { FINE_GLYPH, FINE_LENGTH, LINE_HEIGHT, LINE_WIDTH, STRIP_END, STRIP_START } = constants;
const { JOINED } = constants;
const { GLYPH_HEIGHT, STRIP_HEIGHT, STRIP_WIDTH } = types;

/** Points of an upper and of a lower edge, as `Edges`, in double precision. */
type Points = { count: number; data: Float64Array };

/** Return the frame, two points an edge, whose corners are the quad's. */
export function frameOfQuad(quad: Quad): Edges {
  const [x0, y0, x1, y1, x2, y2, x3, y3] = quad.points;
  return { count: 2, data: Float32Array.of(x0, y0, x1, y1, x3, y3, x2, y2) };
}

/**
 * Return the frame of rows set one after the other as if they were one line.
 *
 * A row takes as much of the width as its length and height ask for.
 */
export function frameOfRows(rows: Quad[]): Edges {
  const frames = rows.map(frameOfQuad);
  const shape = frames.map(({ data: [x0, y0, x1, y1, x3, y3] }) => {
    const [length, height] = [Math.hypot(x1 - x0, y1 - y0), Math.hypot(x3 - x0, y3 - y0)];
    return Math.fround(length / Math.max(height, 1e-6));
  });
  const total = Math.fround(shape.reduce((sum, one) => sum + one, 0));
  const parts = frames.map((frame, i) => {
    const columns = Math.max(2, roundHalfEven(Math.fround(Math.fround(JOINED * shape[i]) / total)));
    return frameAt(frame, middles(columns));
  });
  const count = parts.reduce((sum, part) => sum + part.count, 0);
  const side = (which: 0 | 1): number[] => parts.flatMap((part) => [...edge(part, which)]);
  return { count, data: Float32Array.from([...side(0), ...side(1)]) };
}

/** Return the frame of a whole picture. */
export function frameOfPicture({ width, height }: { width: number; height: number }): Edges {
  return { count: 2, data: Float32Array.of(0, 0, width, 0, 0, height, width, height) };
}

/** Return the frame seen upside down. */
export function turnRound(edges: Edges): Edges {
  const last = 2 * edges.count - 1;
  const data = edges.data.map((_, i) => edges.data[2 * (last - (i >> 1)) + (i & 1)]);
  return { count: edges.count, data };
}

/** Return the frame `height` times as high about its middle. */
export function taller(edges: Edges, height: number): Edges {
  const { count, data } = edges;
  const times = Math.fround(height);
  const out = data.map((value, i) => {
    const middle = Math.fround(Math.fround(data[i % (2 * count)] + data[(i % (2 * count)) + 2 * count]) / 2);
    return middle + Math.fround(Math.fround(value - middle) * times);
  });
  return { count, data: out };
}

/** Return top and bottom points at the parts `x` of the width; outside 0..1 straight on. */
export function frameAt(edges: Edges, x: Float64Array): Points {
  const last = edges.count - 1;
  const out = new Float64Array(4 * x.length);
  for (let i = 0; i < x.length; i++) {
    const low = clip(Math.floor(x[i] * last), 0, last - 1);
    const share = x[i] * last - low;
    for (const [from, to] of [
      [0, 0],
      [edges.count, x.length],
    ]) {
      const at = 2 * (from + low);
      for (const axis of [0, 1]) {
        out[2 * (to + i) + axis] = (1 - share) * edges.data[at + axis] + share * edges.data[at + 2 + axis];
      }
    }
  }
  return { count: x.length, data: out };
}

/** Return one edge's points, x, y pairs. */
function edge(points: Points, which: 0 | 1): Float64Array {
  return points.data.subarray(2 * points.count * which, 2 * points.count * (which + 1));
}

/** Return the middles of so many columns, in parts of the width. */
function middles(columns: number): Float64Array {
  return Float64Array.from({ length: columns }, (_, i) => (i + 0.5) / columns);
}

/**
 * Return the finer frame, `columns + 1` points an edge, round a line found in `edges`.
 *
 * The VIN takes `length` of the new width, a glyph `glyph` of the new height.
 */
export function bend(edges: Edges, line: Line, length: number, glyph: number, columns: number): Edges {
  const margin = (1 - length) / 2;
  const count = columns + 1;
  const x = Float64Array.from({ length: count }, (_, i) => {
    return line.start + ((i / columns - margin) / length) * (line.end - line.start);
  });
  const at = x.map((one) => clip(2 * one - 1, -1.3, 1.3));
  const reach = at.map((one) => Math.max(polyval(line.height, one), 0.02) / glyph / 2);
  const data = new Float32Array(4 * count);
  for (const [side, sign] of [
    [0, -1],
    [1, 1],
  ]) {
    // The slant is in parts of the width for one part of the height.
    const ends = frameAt(
      edges,
      x.map((one, i) => one - sign * polyval(line.slant, at[i]) * reach[i]),
    );
    const [top, bottom] = [edge(ends, 0), edge(ends, 1)];
    for (let i = 0; i < 2 * count; i++) {
      const y = polyval(line.centre, at[i >> 1]) + sign * reach[i >> 1];
      data[2 * count * side + i] = top[i] + (bottom[i] - top[i]) * y;
    }
  }
  return { count, data };
}

/** Return the line with its ends where the strip that was cut along it has the columns `first` and `last`. */
export function moveEnds(line: Line, first: number, last: number): Line {
  const column = (line.end - line.start) / (STRIP_END - STRIP_START);
  return {
    ...line,
    start: line.start + (first - STRIP_START) * column,
    end: line.end + (last - STRIP_END) * column,
  };
}

/** Return the frame's picture, `width` x `height`, each pixel gathered from its whole area in the photo. */
export function sample(gray: Gray, edges: Edges, height: number, width: number): Gray {
  const ends = frameAt(edges, middles(width));
  const top = edge(ends, 0);
  const down = edge(ends, 1).map((value, i) => value - top[i]);
  const rows = middles(height);
  const part = partAround(gray, top, down, rows);
  const shrink = Math.min(
    meanStep(top, down, rows[height >> 1]),
    Math.hypot(down[2 * (width >> 1)], down[2 * (width >> 1) + 1]) / height,
  );
  let picture = part.gray;
  const scale = [1, 1];
  if (shrink > 1.5 && Math.min(picture.width, picture.height) > 2 * shrink) {
    const columns = Math.max(1, roundHalfEven(picture.width / shrink));
    const lines = Math.max(1, roundHalfEven(picture.height / shrink));
    scale[0] = columns / picture.width;
    scale[1] = lines / picture.height;
    picture = resized(picture, columns, lines);
  }
  const places = [0, 1].map((axis) => {
    const out = new Float32Array(height * width);
    for (let i = 0; i < width; i++) {
      const start = Math.fround((top[2 * i + axis] - part.low[axis]) * scale[axis] - 0.5);
      const step = Math.fround(down[2 * i + axis] * scale[axis]);
      for (let k = 0; k < height; k++) out[k * width + i] = start + Math.fround(step * Math.fround(rows[k]));
    }
    return out;
  });
  return remapCubic(picture, places[0], places[1], width, height);
}

/** Return the part of a photo that has the pixels of columns from `top` `down`, and where it begins. */
function partAround(
  gray: Gray,
  top: Float64Array,
  down: Float64Array,
  rows: Float64Array,
): { gray: Gray; low: [number, number] } {
  const size = [gray.width, gray.height];
  const low = [Infinity, Infinity];
  const high = [-Infinity, -Infinity];
  for (let i = 0; i < top.length; i++) {
    const axis = i & 1;
    for (const row of [rows[0], rows[rows.length - 1]]) {
      const place = top[i] + down[i] * row;
      low[axis] = Math.min(low[axis], place);
      high[axis] = Math.max(high[axis], place);
    }
  }
  const [x0, y0] = low.map((place, axis) => clip(Math.floor(place) - 8, 0, size[axis] - 1));
  const [x1, y1] = high.map((place, axis) => {
    return Math.max(Math.min(Math.ceil(place) + 8, size[axis]), (axis ? y0 : x0) + 1);
  });
  return { gray: crop(gray, x0, y0, x1, y1), low: [x0, y0] };
}

/** Return how far it is from column to column, in the mean, at a part `row` of the height. */
function meanStep(top: Float64Array, down: Float64Array, row: number): number {
  let sum = 0;
  for (let i = 2; i < top.length; i += 2) {
    const x = top[i] - top[i - 2] + (down[i] - down[i - 2]) * row;
    const y = top[i + 1] - top[i - 1] + (down[i + 1] - down[i - 1]) * row;
    sum += Math.hypot(x, y);
  }
  return sum / (top.length / 2 - 1);
}

/**
 * Return the strip with its local mean and deviation evened out, glyphs light.
 *
 * The window is wider than three glyphs, so a reflection's edge inside the strip fades while strokes stay.
 */
export function levelContrast(gray: Gray, inverted = false): Gray {
  const f = Math.fround;
  const { width, height } = gray;
  const across = 2 * Math.trunc(0.8 * height) + 1;
  const down = 2 * height - 1;
  const levels = Float32Array.from(gray.data);
  const mean = blur({ data: levels, width, height }, across, down).data;
  const square = blur({ data: levels.map((level) => level * level), width, height }, across, down).data;
  const sign = inverted ? -44 : 44;
  const out = plainGray(width, height);
  for (let i = 0; i < out.data.length; i++) {
    const deviation = f(Math.sqrt(Math.max(f(square[i] - f(mean[i] * mean[i])), 0)));
    const scaled = f(f(f(f(levels[i] - mean[i]) / f(deviation + 2)) * sign) + 96);
    out.data[i] = clip(scaled, 0, 255); // whole grey levels: what is behind the point is dropped
  }
  return out;
}

/** The learned rectifier. */
export class Rectifier {
  constructor(private readonly net: Net) {}

  /** Find the line in every frame, null where there is none. */
  async lines(gray: Gray, frames: Edges[]): Promise<(Line | null)[]> {
    const pictures = frames.map((edges) => linePicture(gray, edges));
    const out = await answersTo(this.net, pictures);
    const each = out.data.length / frames.length;
    return frames.map((_, i) => fitLine(out.data.slice(i * each, (i + 1) * each)));
  }
}

/** Return what the net sees of a frame, 256 x 64: the picture with its contrast stretched. */
export function linePicture(gray: Gray, edges: Edges): Gray {
  return stretchContrast(sample(gray, edges, LINE_HEIGHT, LINE_WIDTH));
}

/** Return the picture with its 1st and 99th percentile at 0 and 255. */
export function stretchContrast(picture: Gray): Gray {
  const some: number[] = [];
  for (let y = 0; y < picture.height; y += 2) {
    for (let x = 0; x < picture.width; x += 2) some.push(picture.data[y * picture.width + x]);
  }
  const inOrder = Uint8Array.from(some).sort();
  const [low, high] = [percentile(inOrder, 1), percentile(inOrder, 99)];
  const scale = Math.fround(255 / Math.max(high - low, 16));
  const ground = roundHalfEven(low);
  const levels = Uint8Array.from({ length: 256 }, (_, level) =>
    toByte(Math.fround(Math.max(level - ground, 0) * scale)),
  );
  return { ...picture, data: picture.data.map((level) => levels[level]) };
}

/** Cut the strip along a line found in a frame: 17 glyphs over 340 of 400 columns, glyphs 26 of 40 rows. */
export function cutStrip(gray: Gray, edges: Edges, line: Line, inverted: boolean): Strip {
  const length = (STRIP_END - STRIP_START) / STRIP_WIDTH;
  const frame = bend(edges, line, length, GLYPH_HEIGHT / STRIP_HEIGHT, STRIP_WIDTH);
  const picture = sample(gray, frame, STRIP_HEIGHT, STRIP_WIDTH);
  return { gray: levelContrast(picture, inverted), edges: frame, inverted };
}
