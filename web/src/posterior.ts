/**
 * The posterior over the strings of a line: what was seen, and what is known of VINs, in one place.
 *
 * What a VIN begins with (positions 1-8, 10, 11) depends on all that stands before, so its strings are followed by a
 * beam, over all segmentations at once. The rest is exact: the serial number's places do not depend on each other, and
 * the check digit is the weighted sum modulo 11, a dimension of 11 states. So nothing is ever repaired: strings that
 * obey the check digit weigh more, as much more as VINs that begin so obey it.
 */

import { beginnings } from './beginnings';
import * as constants from './constants';
import { addSerialMarginals, endings, ninthWorth, SUMS, serialWorth, sumsOf } from './endings';
import type { KnownVins } from './known';
import { argmax, logSumExp } from './numeric';
import { followed } from './strings';
import { BEGINNING, NINTH } from './structure/facts';
import { CHECK_INDEX, SIGNS, type Structure, UNIFORM } from './structure/model';
import { ALPHABET, LENGTH } from './vin';

export const { STRINGS, BEAM, POOR, RELEVANT, NAMED } = constants.posterior;
const TABLE = LENGTH * SIGNS;

/** What is known before reading: how VINs are built, and the owner's list of VINs, if there is one. */
export interface Priors {
  structure: Structure;
  known: KnownVins | null;
}

export const NO_PRIORS: Priors = { structure: UNIFORM, known: null };

/**
 * What a line's strings are worth.
 *
 * `strings`: the best ones with their probabilities, best first; `marginals` (17, 33); `path`: the best string's
 * segmentation; `logLikelihood`, `logPrior`: what that string is worth in this segmentation, and as a VIN, in nats.
 * `unlisted`: what would have been read without the owner's list, if that is another string.
 */
export interface Posterior {
  strings: [string, number][];
  marginals: Float32Array;
  path: number;
  logLikelihood: number;
  logPrior: number;
  unlisted: string | null;
}

/**
 * What was seen in S segmentations: `logs` [s] (17, 33), 0 for the best character; `likely`, the same not as
 * logarithms; `own` [s]: log-likelihood of the segmentation with the best characters.
 */
export interface Seen {
  logs: Float64Array[];
  likely: Float64Array[];
  own: number[];
}

/**
 * Return the posterior over the strings of S segmentations with log scores `own` (S,) of their own.
 *
 * `logLikelihoods` (S, 17, 33), normalised or not. Exact but for beginnings that fall out of the `beam` and what is
 * worth less by `relevant` nats.
 */
export function readStrings(
  logLikelihoods: Float32Array,
  own: Float64Array,
  priors: Priors = NO_PRIORS,
  beam: number = BEAM,
  relevant: number = RELEVANT,
): Posterior {
  const seen = seenIn(logLikelihoods, own);
  const width = Math.max(...seen.own) > POOR ? beam : Math.max(1, Math.floor(beam / 8));
  const kept = beginnings(seen, priors.structure, width, relevant);
  const ninth = [...Array(SIGNS).keys()].filter((c) => seen.logs.some((logs) => logs[NINTH * SIGNS + c] > -relevant));
  const rest = endings(
    priors.structure,
    kept.map(({ characters }) => characters),
    ninth,
  );
  const top = Math.max(...kept.map(({ logs, seen: each }) => Math.max(...logs) + Math.max(...each)));

  const marginals = new Float64Array(TABLE);
  const byPath = kept.map(() => new Float64Array(own.length));
  rest.serial.forEach((serials, k) => {
    serials.forEach((chances, group) => {
      seen.likely.forEach((likely, s) => {
        const serial = serialWorth(chances, likely);
        const sums = sumsOf(serial);
        const after = new Float64Array(SUMS);
        kept.forEach(({ residue, logs, seen: each }, b) => {
          if (rest.group[b] !== group) return;
          const weight = Math.exp(logs[k] + each[s] - top);
          const { valid, other } = ninthWorth(rest.obeys[k][b], rest.other[k][b], likely, ninth, residue);
          let worth = 0;
          let every = 0;
          for (let sum = 0; sum < SUMS; sum++) {
            const end = valid[sum] + other;
            worth += sums[sum] * end;
            every += sums[sum];
            after[sum] += weight * end;
            marginals[NINTH * SIGNS + CHECK_INDEX[(residue + sum) % SUMS]] += weight * sums[sum] * valid[sum];
          }
          byPath[b][s] += weight * worth;
          const loose = weight * every * (1 - rest.obeys[k][b]);
          ninth.forEach((c, i) => {
            const at = NINTH * SIGNS + c;
            marginals[at] += loose * rest.other[k][b][i] * likely[at];
          });
        });
        addSerialMarginals(marginals, serial, after);
      });
    });
  });
  const shares = byPath.map((each) => each.reduce((sum, one) => sum + one, 0));
  for (const place of BEGINNING) {
    kept.forEach(({ characters }, b) => (marginals[place * SIGNS + characters[place]] += shares[b]));
  }
  const total = top + Math.log(shares.reduce((sum, one) => sum + one, 0));

  const enough = Math.max(...shares) * Math.exp(-relevant);
  const good = [...shares.keys()].filter((b) => shares[b] > enough);
  const best = good.sort((a, b) => shares[b] - shares[a]).slice(0, NAMED);
  const paths = best.map((b) => argmax(byPath[b]));
  const strings = followed(kept, rest, best, paths, seen, ninth, relevant);
  const joint = strings.map(({ characters, prior }) => likelihoods(seen, characters).map((log) => log + prior));
  const logs = joint.map(logSumExp);
  normalise(marginals);
  const found: Found = {
    strings: strings.map(({ characters }) => characters),
    prior: strings.map(({ prior }) => prior),
    logs,
    joint,
    total: Math.max(total, logSumExp(logs)),
    marginals,
  };
  return priors.known === null ? named(found) : withList(found, seen, priors.known);
}

function seenIn(logLikelihoods: Float32Array, own: Float64Array): Seen {
  const logs: Float64Array[] = [];
  const scores = [...own].map((score, s) => {
    const table = Float64Array.from(logLikelihoods.subarray(s * TABLE, (s + 1) * TABLE));
    let sum = 0;
    for (let place = 0; place < LENGTH; place++) {
      const row = table.subarray(place * SIGNS, (place + 1) * SIGNS);
      const most = Math.max(...row);
      row.forEach((log, c) => (row[c] = log - most));
      sum += most;
    }
    logs.push(table);
    return score + sum;
  });
  return { logs, likely: logs.map((table) => table.map(Math.exp)), own: scores };
}

/** Return the log-likelihood of a string in each segmentation. */
function likelihoods(seen: Seen, characters: ArrayLike<number>): number[] {
  return seen.logs.map((logs, s) => {
    let sum = seen.own[s];
    for (let place = 0; place < LENGTH; place++) sum += logs[place * SIGNS + characters[place]];
    return sum;
  });
}

/** M strings, their log-priors, their joint log-probabilities [m] and [m][s], that of all strings. */
interface Found {
  strings: ArrayLike<number>[];
  prior: number[];
  logs: number[];
  joint: number[][];
  total: number;
  marginals: Float64Array;
}

function named(found: Found, unlisted: string | null = null): Posterior {
  const rank = [...found.logs.keys()].sort((a, b) => found.logs[b] - found.logs[a]).slice(0, STRINGS);
  const strings = rank.map((m): [string, number] => {
    const text = Array.from(found.strings[m], (c) => ALPHABET[c]).join('');
    return [text, Math.exp(found.logs[m] - found.total)];
  });
  const path = argmax(found.joint[rank[0]]);
  const prior = found.prior[rank[0]];
  return {
    strings: strings.filter(([, chance]) => chance > 0),
    marginals: Float32Array.from(found.marginals),
    path,
    logLikelihood: found.joint[rank[0]][path] - prior,
    logPrior: prior,
    unlisted: unlisted !== strings[0][0] ? unlisted : null,
  };
}

/** Return the posterior where a share of the prior goes to the strings of a list. */
function withList(found: Found, seen: Seen, known: KnownVins): Posterior {
  const plain = named(found);
  const own = new Map(found.strings.map((string, m) => [String(Array.from(string)), found.prior[m]]));
  const strung = [...found.strings, ...known.likely(seen)].map((one) => Array.from(one));
  const every = new Map(strung.map((one) => [String(one), one]));
  const keys = [...every.keys()].sort((a, b) => compare(every.get(a) as number[], every.get(b) as number[]));
  const strings = keys.map((key) => every.get(key) as number[]);
  const likelihood = strings.map((string) => likelihoods(seen, string));
  const byList = strings.map((string) => known.logProb(string));
  const unlisted = Math.log(1 - known.share);
  const prior = keys.map((key, m) => logSumExp([(own.get(key) ?? -Infinity) + unlisted, byList[m]]));
  const joint = likelihood.map((each, m) => each.map((log) => log + prior[m]));
  const worth = likelihood.map((each, m) => logSumExp(each) + byList[m]);
  const others = found.total + unlisted;
  const total = logSumExp([...worth, others]);
  const marginals = found.marginals.map((chance) => chance * Math.exp(others - total));
  strings.forEach((string, m) => {
    string.forEach((c, place) => (marginals[place * SIGNS + c] += Math.exp(worth[m] - total)));
  });
  return named({ strings, prior, logs: joint.map(logSumExp), joint, total, marginals }, plain.strings[0][0]);
}

function compare(one: number[], other: number[]): number {
  const place = one.findIndex((c, i) => c !== other[i]);
  return place < 0 ? 0 : one[place] - other[place];
}

function normalise(marginals: Float64Array): void {
  for (let place = 0; place < LENGTH; place++) {
    const row = marginals.subarray(place * SIGNS, (place + 1) * SIGNS);
    const sum = row.reduce((all, one) => all + one, 0);
    row.forEach((worth, c) => (row[c] = worth / sum));
  }
}
