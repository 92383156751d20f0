/** The lattice expert: every column is classified, and the best paths of 17 glyphs through the answers are found. */

import { assemble, type Path } from './assemble';
import { type Answers, answersOf, glyphs, STRIDE } from './classify';
import { roundHalfEven } from './numeric';
import {
  bestSum,
  type Expert,
  FEWEST,
  glyphsBeyond,
  type Judgement,
  MOST,
  type Opinion,
  type Partings,
  worthwhile,
} from './recognise';
import type { Network } from './session';
import { SIGNS } from './structure/model';
import type { Gray } from './types';
import { LENGTH } from './vin';

const TABLE = LENGTH * SIGNS;

/** Classifies every second column of strips by a network, and finds the best paths of 17. */
export class Lattice implements Expert {
  constructor(private readonly classifier: Network) {}

  async look(strips: readonly Gray[]): Promise<LatticeOpinion[]> {
    return answersOf(await this.classifier.logits(strips)).map((answers) => new LatticeOpinion(answers));
  }
}

/** The `answers` for a strip, and about how many glyphs each column stands for. */
export class LatticeOpinion implements Opinion {
  private readonly glyphs: Float32Array;

  constructor(private readonly answers: Answers) {
    this.glyphs = glyphs(answers);
  }

  /** Return the best path of each pitch, null for a strip that shows too few or too many glyphs. */
  partings(): Partings | null {
    const count = this.glyphs.reduce((sum, one) => sum + one, 0);
    const paths = count >= FEWEST && count <= MOST ? assemble(this.answers) : [];
    return paths.length > 0 ? worthwhile(this.along(paths)) : null;
  }

  /** Return what stands at the `centres` (S, 17) of others: what is seen in the nearest columns. */
  judge(centres: Float32Array): Judgement {
    const last = this.answers.count - 1;
    const columns = Int32Array.from(centres, (centre) => {
      const at = roundHalfEven(Math.fround(Math.fround(centre / STRIDE) - 0.5));
      return Math.min(Math.max(at, 0), last);
    });
    const scores = new Float64Array(centres.length / LENGTH);
    columns.forEach((column, i) => (scores[Math.floor(i / LENGTH)] += this.answers.logGlyph[column]));
    return { logLikelihoods: this.logProbsAt(columns), scores };
  }

  private along(paths: Path[]): Partings {
    const columns = paths.flatMap((path) => [...path.columns]);
    const logLikelihoods = this.logProbsAt(columns);
    const centres = Float32Array.from(columns, (column) => (column + 0.5) * STRIDE);
    const places = Float32Array.from(this.glyphs, (_, n) => (n + 0.5) * STRIDE);
    return {
      centres,
      logLikelihoods,
      // A path's score counts its best characters; without them it is that of the parting itself.
      scores: Float64Array.from(paths, ({ score }, s) => score - bestSum(logLikelihoods, s)),
      beyond: Float32Array.from(paths, (_, s) => {
        return glyphsBeyond(this.glyphs, places, centres.subarray(s * LENGTH, (s + 1) * LENGTH));
      }),
    };
  }

  /** Return the log-probabilities (S, 17, 33) at columns (S, 17). */
  private logProbsAt(columns: ArrayLike<number>): Float32Array {
    const logs = new Float32Array((columns.length / LENGTH) * TABLE);
    for (let i = 0; i < columns.length; i++) {
      logs.set(this.answers.logProbs.subarray(columns[i] * SIGNS, (columns[i] + 1) * SIGNS), i * SIGNS);
    }
    return logs;
  }
}
