/** What hangs together in a mask, in the order in which OpenCV's `connectedComponentsWithStats` numbers it. */

import type { Gray } from '../types';

/** One component: its box, `width` and `height` in pixels, how many pixels it has, and their mean x and y. */
export type Component = {
  left: number;
  top: number;
  width: number;
  height: number;
  area: number;
  x: number;
  y: number;
};

/** `labels` int32 (H * W,): 0 for ground, `i + 1` for the pixels of `components[i]`. */
export type Components = { labels: Int32Array; components: Component[] };

/** Find the components of what is not 0; pixels that touch at a corner hang together. */
export function connectedComponents(mask: Gray): Components {
  const { data, width, height } = mask;
  const labels = new Int32Array(width * height);
  const components: Component[] = [];
  const stack: number[] = [];
  const visit = (start: number): void => {
    if (!data[start] || labels[start]) return;
    labels[start] = components.length + 1;
    stack.push(start);
    components.push(fill(mask, labels, stack));
  };
  // OpenCV goes through blocks of 2 x 2 pixels, row after row of blocks; all pixels of a block touch.
  for (let y = 0; y < height; y += 2) {
    for (let x = 0; x < width; x += 2) {
      for (let dy = 0; dy < 2 && y + dy < height; dy++) {
        for (let dx = 0; dx < 2 && x + dx < width; dx++) visit((y + dy) * width + x + dx);
      }
    }
  }
  return { labels, components };
}

/** Label all that hangs together with the pixel on the stack. */
function fill(mask: Gray, labels: Int32Array, stack: number[]): Component {
  const { data, width, height } = mask;
  const label = labels[stack[0]];
  let [left, right, top, bottom] = [width, 0, height, 0];
  let [area, sumX, sumY] = [0, 0, 0];
  while (stack.length) {
    const place = stack.pop() as number;
    const x = place % width;
    const y = (place - x) / width;
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
    area++;
    sumX += x;
    sumY += y;
    for (let row = Math.max(y - 1, 0); row <= Math.min(y + 1, height - 1); row++) {
      for (let column = Math.max(x - 1, 0); column <= Math.min(x + 1, width - 1); column++) {
        const next = row * width + column;
        if (data[next] && !labels[next]) {
          labels[next] = label;
          stack.push(next);
        }
      }
    }
  }
  return { left, top, width: right - left + 1, height: bottom - top + 1, area, x: sumX / area, y: sumY / area };
}
