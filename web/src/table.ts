/** Readings as rows of a table, as Python gives them. */

import type { ReadingJson } from './api.ts';
import * as constants from './constants';

const { CORNERS, ROW } = constants.reading;

/** A VIN as one flat row, the first of a picture with `rank` 1. */
export type Row = Record<string, string | number | null>;

/**
 * Return one flat row for every VIN, the first of a picture with `rank` 1: for a table, or a CSV file.
 *
 * Several years, and several barcodes, are parted by spaces, reasons by semicolons; `x1` to `y4` are the corners of the
 * line, `second` is the likeliest other reading.
 */
export function readingsToRows(readings: Iterable<ReadingJson>): Row[] {
  return [...readings].flatMap((reading) => [reading, ...reading.others].map((one, i) => rowOf(one, i + 1)));
}

function rowOf(reading: ReadingJson, rank: number): Row {
  const [second, chance] = reading.alternatives[0] ?? [null, null];
  const corners = reading.quad?.flat() ?? [];
  const values: Record<string, unknown> = {
    ...reading,
    rank,
    model_year: reading.model_year.join(' '),
    reasons: reading.reasons.join('; '),
    barcodes: reading.barcodes.map(({ vin }) => vin).join(' '),
    second,
    second_confidence: chance,
    ...Object.fromEntries(CORNERS.map((name, i) => [name, corners[i] ?? null])),
  };
  return Object.fromEntries(ROW.map((name) => [name, values[name]])) as Row;
}
