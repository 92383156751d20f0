/** Pass after pass of the rectifier along lines, each on a frame that the one before made straighter. */

import { bend, FINE_GLYPH, FINE_LENGTH, fitHalves, LINE_WIDTH, type Line, type Rectifier } from './rectify';
import type { Edges, Gray } from './types';

/** A frame, and the line found in it. */
export type Pass = { edges: Edges; line: Line };

/** Follows lines from rough frames by a rectifier; all frames share the net's passes. */
export class Straightener {
  constructor(private readonly rectifier: Rectifier) {}

  /** Return, for every frame with a line in it, the first and the second rectifying pass. */
  async passes(gray: Gray, frames: Edges[]): Promise<Pass[][]> {
    const coarse = (await this.found(gray, frames)).filter((one) => one !== null);
    const finer = await this.again(gray, coarse);
    return coarse.map((one, i) => {
      const two = finer[i];
      return two === null ? [one] : [one, two];
    });
  }

  /** Return one pass more along each line that is found again. */
  async finer(gray: Gray, passes: Pass[]): Promise<Pass[]> {
    return (await this.again(gray, passes)).filter((one) => one !== null);
  }

  /** Return the lines that the halves of a line lead to. */
  async alongHalves(gray: Gray, { edges, line }: Pass): Promise<Pass[]> {
    return this.finer(
      gray,
      fitHalves(line).map((half) => ({ edges, line: half })),
    );
  }

  private async found(gray: Gray, frames: Edges[]): Promise<(Pass | null)[]> {
    const lines = frames.length ? await this.rectifier.lines(gray, frames) : [];
    return frames.map((edges, i) => {
      const line = lines[i];
      return line === null ? null : { edges, line };
    });
  }

  private async again(gray: Gray, passes: Pass[]): Promise<(Pass | null)[]> {
    const frames = passes.map(({ edges, line }) => {
      return bend(edges, line, FINE_LENGTH, FINE_GLYPH, Math.max(LINE_WIDTH / 4, edges.count - 1));
    });
    return this.found(gray, frames);
  }
}
