/** The best strings that begin in some ways, followed to their end (see `posterior`). */

import { type Beginning, bestOf } from './beginnings';
import * as constants from './constants';
import { type Endings, LAST, messages, ninthWorth, SUMS, serialWorth, take } from './endings';
import { logSumExp } from './numeric';
import type { Seen } from './posterior';
import { NINTH } from './structure/facts';
import { ADDS, CHECK_INDEX, SIGNS } from './structure/model';

const { FOLLOWED } = constants.posterior;

interface Way {
  which: number; // the beginning
  characters: Uint8Array;
  residue: number;
  logs: number[]; // what it is worth by each part
  worth: number; // with all that may follow
}

/**
 * Return the best strings that begin so, each once, and their log-priors.
 *
 * Each of the `best` beginnings is followed in the segmentation that `paths` says.
 */
export function followed(
  all: Beginning[],
  endings: Endings,
  best: number[],
  paths: number[],
  seen: Seen,
  ninth: number[],
  relevant: number,
): { characters: Uint8Array; prior: number }[] {
  const kept = best.map((b) => all[b]);
  const rest = take(endings, best);
  const serials = rest.serial.map((each) =>
    kept.map((_, b) => serialWorth(each[rest.group[b]], seen.likely[paths[b]])),
  );
  const ahead = serials.map((each, k) =>
    each.map((serial, b) => {
      const likely = seen.likely[paths[b]];
      const { valid, other } = ninthWorth(rest.obeys[k][b], rest.other[k][b], likely, ninth, kept[b].residue);
      return messages(
        serial,
        valid.map((one) => one + other),
      ).map((one) => one.map(Math.log));
    }),
  );
  let ways: Way[] = kept.map(({ characters, logs, seen: each }, which) => ({
    which,
    characters,
    residue: 0,
    logs: Array.from(logs, (log) => log + each[paths[which]]),
    worth: 0,
  }));
  LAST.forEach((place, j) => {
    const next = ways.flatMap((way) =>
      [...Array(SIGNS).keys()].map((c) => {
        const residue = (way.residue + ADDS[place * SIGNS + c]) % SUMS;
        const logs = way.logs.map((log, k) => log + Math.log(serials[k][way.which][j * SIGNS + c]));
        const worth = logSumExp(logs.map((log, k) => log + ahead[k][way.which][j + 1][residue]));
        return { way, c, residue, logs, worth };
      }),
    );
    ways = bestOf(next, FOLLOWED, relevant).map(({ way, c, residue, logs, worth }) => {
      const characters = way.characters.slice();
      characters[place] = c;
      return { which: way.which, characters, residue, logs, worth };
    });
  });
  const ends = ways.flatMap((way) => {
    const check = CHECK_INDEX[(kept[way.which].residue + way.residue) % SUMS];
    return ninth.map((c, i) => {
      const prior = logSumExp(
        way.logs.map((log, k) => {
          const obeys = rest.obeys[k][way.which];
          return log + Math.log((c === check ? obeys : 0) + (1 - obeys) * rest.other[k][way.which][i]);
        }),
      );
      return { way, c, prior, worth: prior + seen.logs[paths[way.which]][NINTH * SIGNS + c] };
    });
  });
  return bestOf(ends, FOLLOWED, relevant).map(({ way, c, prior }) => {
    const path = paths[way.which];
    const characters = way.characters.slice();
    characters[NINTH] = c;
    const serial = LAST.reduce((sum, place) => sum + seen.logs[path][place * SIGNS + characters[place]], 0);
    return { characters, prior: prior - kept[way.which].seen[path] - serial };
  });
}
