/** The readings of the VINs that were found: what their quality says stands beside them. */

import type { Confidence } from './bundle';
import * as constants from './constants';
import { noVin, vinReading } from './explain';
import type { Vin } from './frames';
import { advice, qualityOf, type Values } from './quality';
import type { Reading } from './reading';
import type { Gray, Kind } from './types';
import type { Makers } from './vin';

export const { SEVERAL } = constants.explainer;

/** Explains what was found, by a `confidence`, `hints`, thresholds of quality, and a table of `makers`. */
export class Explainer {
  constructor(
    private readonly confidence: Confidence,
    private readonly hints: Values,
    private readonly makers: Makers,
  ) {}

  /** Return the reading of a VIN in its best frame, and unless it is sure why not; `every`: all were asked for. */
  reading({ line, decision, chance }: Vin, gray: Gray, kind: Kind, every: boolean): Reading {
    if (line === null) return noVin(kind);
    const found = vinReading(line, decision, chance, kind, this.confidence, this.makers);
    if (found.vin === null) return found;
    const quality = qualityOf({ strip: line.reading.strip, boxes: line.boxes, quads: line.quads }, gray);
    if (found.status === 'ok') return { ...found, quality };
    const several = !every && decision.each().length > 1 ? [SEVERAL] : [];
    return { ...found, quality, reasons: [...found.reasons, ...advice(quality, this.hints), ...several] };
  }
}
