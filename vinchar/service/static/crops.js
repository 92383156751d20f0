/** Cuts lines and characters out of a picture: straightened, by the corners that a reading gives. */

const SHARP = Math.min(devicePixelRatio || 1, 3);

/** Decode a picture, upright; null where this browser does not know its format. */
export async function decode(blob, options) {
  try {
    return await createImageBitmap(blob, options);
  } catch {
    return null;
  }
}

const plus = (a, b, share = 1) => [a[0] + b[0] * share, a[1] + b[1] * share];
const length = (vector) => Math.hypot(...vector);

/** The middle of four corners, clockwise from the top left, and its mean edges to the right and down. */
function frameOf([a, b, c, d]) {
  return {
    middle: [(a[0] + b[0] + c[0] + d[0]) / 4, (a[1] + b[1] + c[1] + d[1]) / 4],
    right: [(b[0] - a[0] + c[0] - d[0]) / 2, (b[1] - a[1] + c[1] - d[1]) / 2],
    down: [(d[0] - a[0] + c[0] - b[0]) / 2, (d[1] - a[1] + c[1] - b[1]) / 2],
  };
}

/**
 * Draw the parallelogram round `middle` with the edges `right` and `down` as an upright canvas.
 * @param {ImageBitmap} picture
 * @param {number} width of the canvas, pixels of the page
 * @param {number} height the same
 */
function cut(picture, middle, right, down, width, height) {
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * SHARP);
  canvas.height = Math.round(height * SHARP);
  const pen = canvas.getContext("2d");
  pen.imageSmoothingQuality = "high";
  const corner = plus(plus(middle, right, -0.5), down, -0.5);
  const area = right[0] * down[1] - right[1] * down[0];
  const [x, y] = [canvas.width / area, canvas.height / area];
  // The inverse of the map that takes the unit square to the parallelogram.
  pen.transform(down[1] * x, -right[1] * y, -down[0] * x, right[0] * y, 0, 0);
  pen.drawImage(picture, -corner[0], -corner[1]);
  return canvas;
}

/** The whole line, straightened, `height` high, with some of what is round it. */
export function strip(picture, quad, height = 64) {
  const { middle, right, down } = frameOf(quad);
  const margin = 0.3 * length(down);
  const wide = plus(right, right, (2 * margin) / length(right));
  const high = plus(down, down, 0.6);
  return cut(picture, middle, wide, high, (height * length(wide)) / length(high), height);
}

/** One character, in the middle of a canvas of the given size. */
export function glyph(picture, quad, width, height) {
  const { middle, right, down } = frameOf(quad);
  const high = plus(down, down, 0.15);
  const wide = plus([0, 0], right, (length(high) * width) / height / length(right));
  return cut(picture, middle, wide, high, width, height);
}
