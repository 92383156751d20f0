/** A line of a picture that was read: where it stands, and which others stand there. */

import * as constants from './constants';
import { median } from './numeric';
import type { Posterior } from './posterior';
import { SIGNS } from './structure/model';
import { type LineReading, toPhoto } from './types';
import { LENGTH } from './vin';

const { MARGIN_ALONG, MARGIN_ACROSS, ALIKE, SAME_ACROSS, SAME_ALONG } = constants.decide;

/**
 * A line that was read.
 *
 * `posterior`: its strings with what is known of VINs; `likeness`: by how much the best one is likelier as a VIN than
 * as other text, in nats; `look`: the name of the look that found it.
 */
export class Line {
  /** The glyphs' boxes in the strip, (17, 4). */
  readonly boxes: Int32Array;
  /** The glyphs in the photo, (17, 4, 2), clockwise from the top left. */
  readonly quads: Float32Array;
  /** The glyphs' middles in the photo, (17, 2). */
  readonly centres: Float32Array;
  /** The distances between neighbouring glyphs in the strip, in parts of the middle one, (16,). */
  readonly steps: Float64Array;

  constructor(
    readonly reading: LineReading,
    readonly posterior: Posterior,
    readonly likeness: number,
    readonly look: string,
  ) {
    this.boxes = reading.boxes.subarray(posterior.path * LENGTH * 4, (posterior.path + 1) * LENGTH * 4);
    this.quads = toPhoto(reading.strip, this.boxes);
    this.centres = centresOf(this.quads);
    const middles = Float64Array.from({ length: LENGTH }, (_, i) => (this.boxes[4 * i] + this.boxes[4 * i + 2]) / 2);
    const steps = middles.subarray(1).map((middle, i) => middle - middles[i]);
    const usual = Math.max(median(steps), 1);
    this.steps = steps.map((step) => step / usual);
  }

  /** The likeliest string. */
  get vin(): string {
    return this.posterior.strings[0][0];
  }

  /** The corners, (4, 2), of the box round all glyphs along the text, clockwise from top left. */
  get corners(): Float32Array {
    let [x, y] = [0, 0];
    for (let n = 0; n < LENGTH; n++) {
      x += (this.quads[8 * n + 2] - this.quads[8 * n]) / LENGTH;
      y += (this.quads[8 * n + 3] - this.quads[8 * n + 1]) / LENGTH;
    }
    const length = Math.max(Math.hypot(x, y), 1e-6);
    const [cos, sin] = [x / length, y / length];
    let [x0, y0, x1, y1] = [Infinity, Infinity, -Infinity, -Infinity];
    for (let i = 0; i < this.quads.length; i += 2) {
      const along = this.quads[i] * cos + this.quads[i + 1] * sin;
      const across = this.quads[i + 1] * cos - this.quads[i] * sin;
      [x0, x1] = [Math.min(x0, along), Math.max(x1, along)];
      [y0, y1] = [Math.min(y0, across), Math.max(y1, across)];
    }
    const boxed = [
      [x0, y0],
      [x1, y0],
      [x1, y1],
      [x0, y1],
    ];
    return Float32Array.from(boxed.flatMap(([u, v]) => [u * cos - v * sin, u * sin + v * cos]));
  }

  /** How many columns the glyphs keep clear of the nearer end of their strip. */
  get room(): number {
    return Math.min(this.boxes[0], this.reading.strip.gray.width - this.boxes[4 * LENGTH - 2]);
  }

  /** The corners in the photo, (68, 2), of boxes round the glyphs with some margin. */
  outline(): Float32Array {
    const each = [...Array(LENGTH).keys()];
    const height = median(each.map((n) => this.boxes[4 * n + 3] - this.boxes[4 * n + 1]));
    const pitch = median(each.map((n) => this.boxes[4 * n + 2] - this.boxes[4 * n]));
    const [along, across] = [MARGIN_ALONG * pitch, MARGIN_ACROSS * height];
    const margin = [-along, -across, along, across];
    return toPhoto(
      this.reading.strip,
      Float64Array.from(this.boxes, (edge, i) => edge + margin[i % 4]),
    );
  }

  /** Return the line without the other ways to part it. */
  slim(): Line {
    const { path } = this.posterior;
    const own = <T extends Float32Array | Float64Array | Int32Array>(values: T, size: number): T =>
      values.subarray(path * size, (path + 1) * size) as T;
    const { logLikelihoods, scores, beyond, each } = this.reading;
    const reading = {
      ...this.reading,
      boxes: this.boxes,
      logLikelihoods: own(logLikelihoods, LENGTH * SIGNS),
      scores: own(scores, 1),
      beyond: own(beyond, 1),
      each: each.map((logs) => own(logs, LENGTH * SIGNS)),
    };
    return new Line(reading, { ...this.posterior, path: 0 }, this.likeness, this.look);
  }

  /** Tell whether two readings are of the same line, or of the same VIN where that stands in two places. */
  isViewOf(other: Line): boolean {
    const unlike = [...this.vin].filter((char, i) => char !== other.vin[i]).length;
    return unlike <= ALIKE || samePlace(this.quads, other.quads);
  }
}

/** Return the middles (N, 2) of quads (N, 4, 2). */
function centresOf(quads: Float32Array): Float32Array {
  const centres = new Float32Array(quads.length / 4);
  centres.forEach((_, i) => {
    const at = 8 * (i >> 1) + (i & 1);
    centres[i] = (quads[at] + quads[at + 2] + quads[at + 4] + quads[at + 6]) / 4;
  });
  return centres;
}

/** Tell whether two rows of glyphs in a photo, (N, 4, 2) each, lie on one another, either way round. */
export function samePlace(quads: Float32Array, others: Float32Array): boolean {
  const centres = centresOf(quads);
  const count = centres.length / 2;
  const [x, y] = [0, 1].map((axis) => centres[2 * (count - 1) + axis] - centres[axis]);
  const length = Math.max(Math.hypot(x, y), 1e-6);
  let height = 0;
  for (let n = 0; n < count; n++) {
    height += Math.hypot(quads[8 * n] - quads[8 * n + 6], quads[8 * n + 1] - quads[8 * n + 7]) / count;
  }
  const [dx, dy] = [0, 1].map((axis) => meanOf(centresOf(others), axis) - meanOf(centres, axis));
  const across = Math.abs(dx * y - dy * x) / length;
  return across < SAME_ACROSS * height && Math.abs(dx * x + dy * y) / length < SAME_ALONG * length;
}

function meanOf(points: Float32Array, axis: number): number {
  let sum = 0;
  for (let i = axis; i < points.length; i += 2) sum += points[i];
  return sum / (points.length / 2);
}
