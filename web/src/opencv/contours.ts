/** The outlines of what hangs together in a mask, as OpenCV's `findContours` follows them (Suzuki and Abe 1985). */

import type { Gray } from '../types';

// Steps to the eight neighbours, the right one first, then counter-clockwise.
const STEP_X = [1, 1, 0, -1, -1, -1, 0, 1];
const STEP_Y = [0, -1, -1, -1, 0, 1, 1, 1];
const LEFT = 4;
const RIGHT = 0;
const GROUND = 0;
const NEW = 1;
const FOLLOWED = 2;
const RIGHT_EDGE = -1; // followed, and what lies to the right is ground

/** A mask with a margin of ground, and where its pixels' neighbours are. */
type Marks = { data: Int8Array; width: number; steps: number[] };

/**
 * Return the outer outline of every component of what is not 0, the lowest first, as OpenCV has
 * them: x, y pairs of the points where it turns. Outlines of holes are followed, too, but not returned.
 */
export function outerContours(mask: Gray): Int32Array[] {
  const marks = withMargin(mask);
  const { data, width } = marks;
  const contours: Int32Array[] = [];
  for (let y = 1; y <= mask.height; y++) {
    let before = GROUND;
    for (let place = y * width + 1; place < (y + 1) * width; place++) {
      const here = data[place];
      if (before === GROUND && here === NEW) {
        contours.push(follow(marks, place, LEFT));
      } else if (here === GROUND && before >= NEW) {
        follow(marks, place - 1, RIGHT);
      }
      before = data[place];
    }
  }
  return contours.reverse();
}

function withMargin(mask: Gray): Marks {
  const width = mask.width + 2;
  const data = new Int8Array(width * (mask.height + 2));
  for (let y = 0; y < mask.height; y++) {
    for (let x = 0; x < mask.width; x++) {
      if (mask.data[y * mask.width + x]) data[(y + 1) * width + x + 1] = NEW;
    }
  }
  return { data, width, steps: STEP_X.map((step, i) => step + STEP_Y[i] * width) };
}

/** Follow an outline from a pixel that has ground in the direction `ground`, mark it, and return where it turns. */
function follow(marks: Marks, start: number, ground: number): Int32Array {
  const { data, width, steps } = marks;
  const points: number[] = [];
  const add = (place: number): void => {
    points.push((place % width) - 1, Math.floor(place / width) - 1);
  };
  let direction = ground;
  do direction = (direction + 7) % 8;
  while (data[start + steps[direction]] === GROUND && direction !== ground);
  if (direction === ground) {
    data[start] = RIGHT_EDGE; // a pixel alone
    add(start);
    return Int32Array.from(points);
  }
  const last = start + steps[direction];
  let place = start;
  let before = (direction + 4) % 8;
  for (;;) {
    const from = direction;
    let turns = from + 1;
    while (data[place + steps[turns % 8]] === GROUND) turns++;
    direction = turns % 8;
    // All directions that were passed over are ground; the right one is among them if the count went over its end.
    if (direction >= 1 && direction <= from) data[place] = RIGHT_EDGE;
    else if (data[place] === NEW) data[place] = FOLLOWED;
    if (direction !== before) {
      add(place);
      before = direction;
    }
    const next = place + steps[direction];
    if (next === start && place === last) return Int32Array.from(points);
    place = next;
    direction = (direction + 4) % 8;
  }
}
