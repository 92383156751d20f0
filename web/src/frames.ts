/**
 * Frames of one VIN, seen a moment apart, read as one.
 *
 * What a recogniser saw of a line is a likelihood, so that of the same line in several frames can be multiplied: where
 * a mirrored light hides a character in one, another shows it. But frames share surface, face and lens, and what
 * misleads the recogniser in one does so in all. So the product is nearly a mean, in which a frame counts by how surely
 * it reads. What is known of VINs is weighed once, with the product.
 */

import * as constants from './constants';
import type { Decision, Found, Judge } from './decide';
import { Line, samePlace } from './line';
import { argmax, logSumExp } from './numeric';
import { SIGNS } from './structure/model';
import { LENGTH } from './vin';

const { FIT, LEAST, MOST, NEGLIGIBLE, SAME, SEEN, SHARE, UNSEEN } = constants.frames;
const TABLE = LENGTH * SIGNS;

/**
 * A line read in a frame, one view of a `place` in it: as of its decision, what speaks for it (7,), the odds that it is
 * the VIN, the probability that it is and is right, and whether that is accepted.
 */
interface Sight {
  frame: number;
  place: number;
  line: Line;
  features: number[];
  odds: number;
  chance: number;
  ok: boolean;
}

/**
 * A line, the decision it is one of, the probability that it is right, and the numbers of the frames that show it, the
 * first of which shows it best, and is that in which it stands.
 */
export interface Vin {
  line: Line | null;
  decision: Decision;
  chance: number;
  frames: number[];
}

/**
 * Return the VIN that frames show, the line of which is null if there is none, and all others if asked for.
 *
 * `frames`: what was found in each, by looks at different parts of it. `least`: others are asked for, those that are
 * right with this probability.
 */
export function vinsIn(frames: Found[][], judge: Judge, least: number | null): Vin[] {
  if (frames.length === 1) {
    const vins = frames[0].flatMap(({ decision, vins }) => vins.map((vin) => ({ ...vin, decision, frames: [0] })));
    const [{ decision }] = frames[0];
    return vins.length ? vins : [{ line: decision.best, decision, chance: decision.chance, frames: [0] }];
  }
  const { decision, shown } = fuse(
    frames.map((some) => some.map((one) => one.decision)),
    judge,
  );
  if (decision.best === null) return [{ line: null, decision, chance: 0, frames: [0] }];
  const others = least === null ? [] : decision.each().filter(({ chance }) => chance >= least);
  const found = others.length ? others : [{ line: decision.best, chance: decision.chance }];
  return found.map(({ line, chance }) => ({ line, decision, chance, frames: shown.get(line)! }));
}

/**
 * Return the decision over the lines that frames of one VIN show, and the numbers of the frames that show each line,
 * the best first. `frames`: what was decided of each, by looks at different parts of it.
 */
function fuse(frames: Decision[][], judge: Judge): { decision: Decision; shown: Map<Line, number[]> } {
  const groups = group(frames.flatMap((decisions, i) => sightsOf(i, decisions)));
  const lines = groups.map((some) => fused(some, judge));
  const features = groups.map((some) => some[0].features);
  const odds = groups.map((some) => together(some) - SEEN * Math.log(frames.length));
  const shown = new Map(lines.map((line, i) => [line, groups[i].map((sight) => sight.frame)]));
  return { decision: judge.compare(lines, features, odds), shown };
}

/** Return what several frames say of one character, (34,), from the log-probabilities of each. */
export function fusedGlyph(logProbs: Float32Array[]): Float32Array {
  if (logProbs.length === 1) return logProbs[0];
  const growth = logProbs.length ** SHARE / logProbs.length;
  return Float32Array.from(normalised(logProbs[0].map((_, i) => growth * sumOf(logProbs.map((logs) => logs[i])))));
}

/** Return the likeliest lines of a frame; views of one line are of the same place. */
function sightsOf(frame: number, decisions: Decision[]): Sight[] {
  const leaders: Line[] = [];
  return decisions.flatMap(({ lines, features, odds, chances, ok }) =>
    lines.slice(0, MOST).map((line, i) => {
      const known = leaders.findIndex((leader) => samePlace(leader.quads, line.quads));
      const place = known < 0 ? leaders.push(line) - 1 : known;
      return { frame, place, line, features: features[i], odds: odds[i], chance: chances[i], ok: chances[i] >= ok };
    }),
  );
}

/**
 * Return the sights of each VIN, what is likeliest a VIN first; of each, the surest first, one a frame at most.
 *
 * A group is what agrees with one of its sights. Other views of the places it takes are dropped: they are misread.
 */
function group(sights: Sight[]): Sight[][] {
  const agreed = agreement(sights);
  const names = namesOf(sights, agreed);
  agreed.forEach((row, i) => {
    const apart = (j: number): boolean => names[i] !== names[j] && names[i] !== null && names[j] !== null;
    row.forEach((_, j) => {
      if (apart(j)) row[j] = -Infinity;
    });
  });
  const groups: Sight[][] = [];
  let left = [...sights.keys()];
  while (left.length) {
    const each = left.map((i) => agreeing(sights, agreed[i], left));
    const best = each[argmax(each.map(together))];
    if (groups.length && together(best) < NEGLIGIBLE) break;
    groups.push(best.sort((one, other) => other.chance - one.chance));
    left = left.filter((i) => !best.some(({ frame, place }) => frame === sights[i].frame && place === sights[i].place));
  }
  return groups;
}

/**
 * Return, for every two, by how many nats it is likelier that both show the same characters than any, [S] (S,).
 *
 * Each agrees with itself: hardly seen, a line hardly would.
 */
function agreement(sights: Sight[]): Float64Array[] {
  const chances = sights.map(({ line }) => {
    const seen = line.reading.logLikelihoods.subarray(line.posterior.path * TABLE, (line.posterior.path + 1) * TABLE);
    const places = Array.from({ length: LENGTH }, (_, i) => normalised(seen.subarray(i * SIGNS, (i + 1) * SIGNS)));
    return places.map((logs) => logs.map((log) => Math.exp(Math.max(log, UNSEEN))));
  });
  const same = (one: Float64Array[], other: Float64Array[]): number =>
    sumOf(one.map((own, i) => Math.log(SIGNS * own.reduce((sum, chance, c) => sum + chance * other[i][c], 0))));
  return chances.map((one, i) => Float64Array.from(chances, (other, j) => (i === j ? Infinity : same(one, other))));
}

/**
 * Return which VIN each sight shows, if that is known: of those that are accepted the one it agrees with most.
 *
 * So cars of a fleet, the numbers of which differ in a character or two, are told apart.
 */
function namesOf(sights: Sight[], agreed: Float64Array[]): (string | null)[] {
  const accepted = [...sights.keys()].filter((i) => sights[i].ok);
  return agreed.map((row) => {
    const nearest = accepted[argmax(accepted.map((i) => row[i]))];
    return nearest !== undefined && row[nearest] > SAME ? sights[nearest].line.vin : null;
  });
}

/** Return what is left in each frame that agrees with a line, by so many nats: the best of it. */
function agreeing(sights: Sight[], agreed: Float64Array, left: number[]): Sight[] {
  const worth = (i: number): number => sights[i].odds + FIT * agreed[i];
  const bestLast = left.filter((i) => agreed[i] > SAME).sort((i, j) => worth(i) - worth(j));
  return [...new Map(bestLast.map((i) => [sights[i].frame, sights[i]])).values()];
}

/** Return the odds that a line is the VIN by all its sights. */
function together(sights: Sight[]): number {
  return logSumExp(sights.map((sight) => sight.odds));
}

/** Return the line of the first sight, read as all show it. */
function fused(sights: Sight[], judge: Judge): Line {
  if (sights.length === 1) return sights[0].line;
  const first = sights[0].line.slim();
  const readings = sights.map(({ line }) => line.slim().reading);
  const chances = sights.map(({ chance }) => Math.max(chance, LEAST));
  const shares = chances.map((chance) => chance / sumOf(chances));
  const growth = (1 / sumOf(shares.map((share) => share ** 2))) ** SHARE; // of the number of frames of equal weight
  const mean = (some: Float32Array[]): Float32Array =>
    some[0].map((_, i) => sumOf(some.map((logs, frame) => growth * shares[frame] * logs[i])));
  const line = judge.weigh(
    {
      ...first.reading,
      logLikelihoods: mean(readings.map((reading) => reading.logLikelihoods)),
      each: first.reading.each.map((_, expert) => mean(readings.map((reading) => reading.each[expert]))),
    },
    first.look,
  );
  // How well a line parts into glyphs is as the best frame shows it: the product is of another size.
  const posterior = { ...line.posterior, logLikelihood: first.posterior.logLikelihood };
  return new Line(line.reading, posterior, line.likeness, line.look);
}

function normalised(logs: Float32Array): Float64Array {
  const all = logSumExp(logs);
  return Float64Array.from(logs, (log) => log - all);
}

function sumOf(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
