/** What `segment` needs of OpenCV, on strips: the same numbers as its functions of these names give. */

/** Return the index of a pixel beyond the ends of a row of `count`, mirrored without its end (`BORDER_REFLECT_101`). */
function mirrored(i: number, count: number): number {
  if (count === 1) return 0;
  const period = 2 * (count - 1);
  const at = ((i % period) + period) % period;
  return at < count ? at : period - at;
}

/** Return a picture in grey levels smoothed by 1 2 1 along and across: `cv2.GaussianBlur(gray, (3, 3), 0)`. */
export function smoothed(data: Uint8Array, width: number, height: number): Uint8Array {
  const sums = new Uint16Array(data.length); // along the rows
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [left, right] = [mirrored(x - 1, width), mirrored(x + 1, width)];
      sums[y * width + x] = data[y * width + left] + 2 * data[y * width + x] + data[y * width + right];
    }
  }
  const smooth = new Uint8Array(data.length);
  for (let y = 0; y < height; y++) {
    const [above, below] = [mirrored(y - 1, height) * width, mirrored(y + 1, height) * width];
    for (let x = 0; x < width; x++) {
      smooth[y * width + x] = (sums[above + x] + 2 * sums[y * width + x] + sums[below + x] + 8) >> 4;
    }
  }
  return smooth;
}

/** Return for each of a row of values the least, or the largest, of those up to `reach` away, within the row. */
function extreme<T extends Uint8Array | Float32Array>(values: T, reach: number, largest: boolean): T {
  return values.map((_, i) => {
    let best = values[i];
    for (let j = Math.max(i - reach, 0); j <= Math.min(i + reach, values.length - 1); j++) {
      if (largest ? values[j] > best : values[j] < best) best = values[j];
    }
    return best;
  }) as T;
}

/** Return the largest of the values up to `reach` away from each: `cv2.dilate` of one row. */
export function dilated(row: Float32Array, reach: number): Float32Array {
  return extreme(row, reach, true);
}

/** Return what is brighter than all that is `2 * reach + 1` pixels wide and high: `cv2.MORPH_TOPHAT` by a square. */
export function topHat(data: Uint8Array, width: number, height: number, reach: number): Uint8Array {
  const eroded = extremeInSquare(data, width, height, reach, false);
  const opened = extremeInSquare(eroded, width, height, reach, true);
  return data.map((level, i) => Math.max(level - opened[i], 0));
}

function extremeInSquare(data: Uint8Array, width: number, height: number, reach: number, largest: boolean): Uint8Array {
  const along = new Uint8Array(data.length);
  for (let y = 0; y < height; y++) {
    along.set(extreme(data.subarray(y * width, (y + 1) * width), reach, largest), y * width);
  }
  const found = new Uint8Array(data.length);
  const column = new Uint8Array(height);
  for (let x = 0; x < width; x++) {
    for (let y = 0; y < height; y++) column[y] = along[y * width + x];
    extreme(column, reach, largest).forEach((level, y) => (found[y * width + x] = level));
  }
  return found;
}

/** Return the mean of the values up to `reach` away from each, mirrored at the ends: `cv2.blur` of one row. */
export function blurred(row: Float32Array, reach: number): Float32Array {
  const size = 2 * reach + 1;
  return row.map((_, i) => {
    let sum = 0;
    for (let j = i - reach; j <= i + reach; j++) sum += row[mirrored(j, row.length)];
    return sum * (1 / size);
  });
}

/** Return a row smoothed by a bell curve, mirrored at the ends: `cv2.GaussianBlur(row, (0, 0), sigma)` of floats. */
export function gaussian(row: Float32Array, sigma: number): Float32Array {
  const reach = (Math.round(sigma * 4 * 2 + 1) | 1) >> 1;
  const bell = Array.from({ length: 2 * reach + 1 }, (_, i) => Math.exp(-((i - reach) ** 2) / (2 * sigma * sigma)));
  const total = bell.reduce((sum, one) => sum + one, 0);
  const kernel = Float32Array.from(bell, (one) => one / total);
  return row.map((_, i) => {
    let sum = 0;
    for (let j = 0; j < kernel.length; j++) sum += kernel[j] * row[mirrored(i + j - reach, row.length)];
    return sum;
  });
}

/**
 * Return the grey level that best parts dark from light ones: `cv2.THRESH_OTSU`.
 *
 * Otsu, "A threshold selection method from gray-level histograms" (1979), doi 10.1109/TSMC.1979.4310076.
 */
export function otsu(levels: Uint8Array): number {
  const counts = new Float64Array(256);
  for (const level of levels) counts[level]++;
  const mean = counts.reduce((sum, count, level) => sum + count * level, 0) / levels.length;
  const least = 2 ** -23; // a share below it is none
  let [below, share, best, most] = [0, 0, 0, 0];
  for (let level = 0; level < 256; level++) {
    const chance = counts[level] * (1 / levels.length);
    below *= share;
    share += chance;
    const rest = 1 - share;
    if (Math.min(share, rest) < least || Math.max(share, rest) > 1 - least) continue;
    below = (below + level * chance) / share;
    const above = (mean - share * below) / rest;
    const apart = share * rest * (below - above) ** 2;
    if (apart > most) [most, best] = [apart, level];
  }
  return best;
}

/** What hangs together in a mask: its box, how many pixels it has, and the column of its middle. */
export interface Component {
  left: number;
  top: number;
  right: number; // the column behind its last one
  bottom: number; // the row below its last one
  area: number;
  middle: number;
}

/**
 * Return the components of a mask, pixels that touch along a side or at a corner: `cv2.connectedComponentsWithStats`.
 */
export function connectedComponents(mask: Uint8Array, width: number, height: number): Component[] {
  const seen = new Uint8Array(mask.length);
  const found: Component[] = [];
  for (let start = 0; start < mask.length; start++) {
    if (mask[start] === 0 || seen[start] === 1) continue;
    const one = { left: width, top: height, right: 0, bottom: 0, area: 0, middle: 0 };
    const open = [start];
    seen[start] = 1;
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      const [x, y] = [at % width, Math.floor(at / width)];
      one.left = Math.min(one.left, x);
      one.top = Math.min(one.top, y);
      one.right = Math.max(one.right, x + 1);
      one.bottom = Math.max(one.bottom, y + 1);
      one.area++;
      one.middle += x;
      for (let v = Math.max(y - 1, 0); v <= Math.min(y + 1, height - 1); v++) {
        for (let u = Math.max(x - 1, 0); u <= Math.min(x + 1, width - 1); u++) {
          const next = v * width + u;
          if (mask[next] === 1 && seen[next] === 0) {
            seen[next] = 1;
            open.push(next);
          }
        }
      }
    }
    one.middle /= one.area;
    found.push(one);
  }
  return found;
}
