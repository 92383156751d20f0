/** What NumPy does and JavaScript does not: rounding to even, percentiles, polynomials, small systems of equations. */

/** Return the nearest whole number, the even one of two, as NumPy, Python and OpenCV round. */
export function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const over = value - floor;
  if (over < 0.5) return floor;
  if (over > 0.5) return floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}

/** Return the nearest multiple of `grid`: the last bits of what a net or a processor says are no part of it. */
export function onGrid(value: number, grid: number): number {
  return roundHalfEven(value / grid) * grid;
}

/** Return the nearest grey level, 0 to 255. */
export function toByte(value: number): number {
  if (value <= 0) return 0;
  return value >= 255 ? 255 : roundHalfEven(value);
}

export function clip(value: number, low: number, high: number): number {
  return value < low ? low : Math.min(value, high);
}

/** Return the index of the greatest value, the first of equal ones. */
export function argmax(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i] > values[best]) best = i;
  return best;
}

/** Return the indices that sort the values, equal ones in the order they have. */
export function argsort(values: ArrayLike<number>): number[] {
  return Array.from({ length: values.length }, (_, i) => i).sort((a, b) => values[a] - values[b]);
}

/** Return the values in rising order; those given stay as they are. */
export function sorted(values: ArrayLike<number>): Float64Array {
  return Float64Array.from(values).sort();
}

/** Return the middle value, or the mean of both middle ones. */
export function median(values: ArrayLike<number>): number {
  const inOrder = sorted(values);
  const half = inOrder.length >> 1;
  return inOrder.length % 2 === 1 ? inOrder[half] : (inOrder[half - 1] + inOrder[half]) / 2;
}

/** Return the value that `percent` of values in rising order are below, between two of them in proportion. */
export function percentile(inOrder: ArrayLike<number>, percent: number): number {
  const place = (percent / 100) * (inOrder.length - 1);
  const low = Math.floor(place);
  const high = Math.min(low + 1, inOrder.length - 1);
  const share = place - low;
  // NumPy counts from the nearer end: so no more is lost in rounding than there.
  const step = inOrder[high] - inOrder[low];
  return share < 0.5 ? inOrder[low] + step * share : inOrder[high] - step * (1 - share);
}

/** Return a polynomial's value; `coefficients`: the highest power's first. */
export function polyval(coefficients: ArrayLike<number>, x: number): number {
  let value = 0;
  for (let i = 0; i < coefficients.length; i++) value = value * x + coefficients[i];
  return value;
}

/** Return x of A x = b, A (n, n) row after row, by elimination with row pivots. */
export function solve(matrix: ArrayLike<number>, right: ArrayLike<number>): Float64Array {
  const n = right.length;
  const a = Float64Array.from(matrix);
  const x = Float64Array.from(right);
  for (let column = 0; column < n; column++) {
    let pivot = column;
    for (let row = column + 1; row < n; row++) {
      if (Math.abs(a[row * n + column]) > Math.abs(a[pivot * n + column])) pivot = row;
    }
    for (let k = 0; k < n; k++) {
      [a[column * n + k], a[pivot * n + k]] = [a[pivot * n + k], a[column * n + k]];
    }
    [x[column], x[pivot]] = [x[pivot], x[column]];
    for (let row = column + 1; row < n; row++) {
      const factor = a[row * n + column] / a[column * n + column];
      for (let k = column; k < n; k++) a[row * n + k] -= factor * a[column * n + k];
      x[row] -= factor * x[column];
    }
  }
  for (let row = n - 1; row >= 0; row--) {
    for (let k = row + 1; k < n; k++) x[row] -= a[row * n + k] * x[k];
    x[row] /= a[row * n + row];
  }
  return x;
}

/** Return 1 / (1 + exp(-x)). */
export function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** Return the logarithm of the sum of exponentials. */
export function logSumExp(logs: ArrayLike<number>): number {
  let most = -Infinity;
  for (let i = 0; i < logs.length; i++) most = Math.max(most, logs[i]);
  if (most === -Infinity) return most;
  let sum = 0;
  for (let i = 0; i < logs.length; i++) sum += Math.exp(logs[i] - most);
  return Math.log(sum) + most;
}
