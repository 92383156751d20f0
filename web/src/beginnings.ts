/** What the strings of a line may begin with: followed from place to place by a beam (see `posterior`). */

import { foldOn, LAST, nothingYet, raises, SUMS } from './endings';
import { logSumExp } from './numeric';
import type { Seen } from './posterior';
import { BEGINNING, NINTH } from './structure/facts';
import { ADDS, CHECK_INDEX, SIGNS, type Structure } from './structure/model';
import { positionTable } from './structure/rules';
import { LENGTH } from './vin';

const RULES = positionTable().map(Math.exp);

/**
 * The beginning of strings.
 *
 * `characters` (17,), filled where they are known; `residue`: their weighted sum modulo 11; `seen` (S,): log-likelihood
 * in each segmentation; `logs` (K,): log-prior by each part, its share included.
 */
export interface Beginning {
  characters: Uint8Array;
  residue: number;
  seen: Float64Array;
  logs: Float64Array;
}

/** Follow what strings begin with from place to place; keep those that, with what may follow, are worth most. */
export function beginnings(seen: Seen, structure: Structure, beam: number, relevant: number): Beginning[] {
  const ahead = lookAhead(seen.likely);
  let kept: Beginning[] = [
    {
      characters: new Uint8Array(LENGTH),
      residue: 0,
      seen: Float64Array.from(seen.own),
      logs: Float64Array.from(structure.parts, ({ share }) => Math.log(share)),
    },
  ];
  BEGINNING.forEach((place, step) => {
    const isSeen = (c: number) => seen.logs.some((logs) => logs[place * SIGNS + c] > -relevant);
    const symbols = [...Array(SIGNS).keys()].filter(isSeen);
    const next: { from: Beginning; symbol: number; one: Omit<Beginning, 'characters'>; worth: number }[] = [];
    for (const from of kept) {
      const priors = structure.parts.map(({ part }) => part.symbols(place, from.characters, symbols));
      symbols.forEach((symbol, i) => {
        const residue = (from.residue + ADDS[place * SIGNS + symbol]) % SUMS;
        const now = from.seen.map((log, s) => log + seen.logs[s][place * SIGNS + symbol]);
        const logs = from.logs.map((log, k) => log + priors[k][i]);
        const worth = logSumExp(now.map((log, s) => log + ahead[step][s][residue])) + logSumExp(logs);
        next.push({ from, symbol, one: { residue, seen: now, logs }, worth });
      });
    }
    kept = bestOf(next, beam, relevant).map(({ from, symbol, one }) => {
      const characters = from.characters.slice();
      characters[place] = symbol;
      return { characters, ...one };
    });
  });
  return kept;
}

/** Return those worth most, `most` of them at most, that are not worth less than the best by `relevant` nats. */
export function bestOf<T extends { worth: number }>(some: T[], most: number, relevant: number): T[] {
  const least = some.reduce((best, { worth }) => Math.max(best, worth), -Infinity) - relevant;
  const good = some.filter(({ worth }) => worth > least);
  if (good.length <= most) return good;
  const chosen = new Set([...good].sort((a, b) => b.worth - a.worth).slice(0, most));
  return good.filter((one) => chosen.has(one));
}

/**
 * Return, after each place of the beginning, about what may follow is worth in each segmentation for each sum so far,
 * log, [place][s] (11,).
 *
 * By the plain rules, with half of the VINs obeying the check digit: it only says which beginnings to keep.
 */
function lookAhead(likely: Float64Array[]): Float64Array[][] {
  const bySegmentation = likely.map((table) => {
    const weights = table.map((chance, i) => chance * RULES[i]);
    const at = (place: number) => weights.subarray(place * SIGNS, (place + 1) * SIGNS);
    const loose = 0.5 * at(NINTH).reduce((sum, one) => sum + one, 0);
    const valid = CHECK_INDEX.map((c) => 0.5 * table[NINTH * SIGNS + c]);
    const found: Float64Array[] = [];
    let sums = nothingYet();
    for (const place of [...BEGINNING.slice(1), ...LAST].reverse()) {
      sums = foldOn(raises(place, at(place)), sums);
      if (LAST.includes(place) && place !== LAST[0]) continue;
      const every = loose * sums.reduce((sum, one) => sum + one, 0);
      found.push(
        Float64Array.from({ length: SUMS }, (_, r) => {
          const obeying = sums.reduce((worth, one, a) => worth + valid[(r + a) % SUMS] * one, 0);
          return Math.log(obeying + every);
        }),
      );
    }
    return found.reverse();
  });
  return BEGINNING.map((_, step) => bySegmentation.map((found) => found[step]));
}
