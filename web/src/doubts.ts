/**
 * Why a reading is not sure, in words that say what to look at.
 *
 * A reading is sure if its line is the VIN and all of its characters are right. Whichever of the two is in doubt is
 * named: characters with what else they could be, other text that could be the VIN, or what most speaks against the
 * line.
 */

import type { Confidence } from './bundle';
import * as constants from './constants';
import type { Decision } from './decide';
import type { Line } from './line';
import { argmax } from './numeric';
import { SIGNS } from './structure/model';
import { indices } from './structure/store';
import { ALPHABET, checkDigitStatus, LENGTH } from './vin';

export const { RIVAL, CLEAR, SOME, MANY, FAINT } = constants.doubts;
/** What may speak against a line, in the order of `decide.vinFeatures`, whose best value stands beside it. */
export const AGAINST: readonly (readonly [number, string])[] = constants.doubts.AGAINST;

/** Return why `line`, one of the decision's, is right with probability `chance` only; at least one sentence. */
export function doubts(decision: Decision, line: Line, chance: number, confidence: Confidence): string[] {
  const place = decision.lines.indexOf(line);
  const right = decision.chances[place] / Math.max(decision.likely[place], 1e-9);
  const { views, others } = rivals(decision, line);
  const alone = chance / Math.max(right, 1e-9);
  const byItself = alone > decision.likely[place] + 1e-6; // it was asked by itself whether it is a VIN
  const elsewhere = byItself ? [] : others;
  const there = views.reduce((sum, one) => sum + decision.likely[decision.lines.indexOf(one)], alone);
  const unlikely = elsewhere.length > 0 || there < decision.ok;
  const reasons: string[] = [];
  if (views.length > 0 || right < decision.ok || !unlikely) reasons.push(...characters(line, views));
  if (elsewhere.length > 0) {
    reasons.push(`${elsewhere[0].vin} in the same picture could be the VIN as well: check which one it is`);
  } else if (there < decision.ok) {
    reasons.push(against(line, decision.features[place], confidence));
  }
  if (checkDigitStatus(line.vin) === 'invalid') reasons.push('the check digit does not fit: check every character');
  return reasons;
}

/** Return what else may be read, the best of each string: in the same place, and in others. */
function rivals(decision: Decision, line: Line): { views: Line[]; others: Line[] } {
  const found = new Map<string, Line>();
  decision.lines.forEach((other, i) => {
    const isNew = other.vin !== line.vin && !found.has(other.vin);
    if (isNew && decision.likely[i] >= RIVAL) found.set(other.vin, other);
  });
  const every = [...found.values()];
  const views = every.filter((other) => other.isViewOf(line));
  return { views, others: every.filter((other) => !views.includes(other)) };
}

/** Return which characters are in doubt: by themselves, or because another view of the line reads them otherwise. */
function characters(line: Line, views: Line[]): string[] {
  const chances = Array.from({ length: LENGTH }, (_, i) => line.posterior.marginals.slice(i * SIGNS, (i + 1) * SIGNS));
  const own = indices(line.vin);
  const confidence = own.map((c, i) => chances[i][c]);
  own.forEach((c, i) => (chances[i][c] = -1));
  let others = chances.map((each) => ALPHABET[argmax(each)]);
  let weak = confidence.map((one) => one < CLEAR);
  for (const view of views) {
    const differs = [...view.vin].map((char, i) => char !== line.vin[i]);
    if (differs.filter(Boolean).length > SOME) {
      return [`cut in another way it reads ${view.vin}: check where it begins and ends`];
    }
    others = others.map((char, i) => (differs[i] ? view.vin[i] : char));
    weak = weak.map((one, i) => one || differs[i]);
  }
  if (!weak.some(Boolean)) weak[argmax(confidence.map((one) => -one))] = true;
  if (weak.filter(Boolean).length > MANY) return ['most of its characters are hard to read'];
  const named = [...weak.keys()].filter((i) => weak[i]).slice(0, SOME);
  return named.map((i) => `character ${i + 1} could be ${line.vin[i]} or ${others[i]}`);
}

/** Return what of the line's features costs most against their best values. */
function against(line: Line, features: readonly number[], confidence: Confidence): string {
  const worst = argmax(AGAINST.map(([best], i) => confidence.vin[i] * (best - features[i])));
  const unseen = -line.posterior.logLikelihood > -line.likeness + 10 * AGAINST[0][0];
  return worst === 0 && unseen ? FAINT : AGAINST[worst][1];
}
