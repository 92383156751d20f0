/** The search of a picture for its VIN: look after look, each read in one batch, until the decision is sure. */

import * as constants from './constants';
import { Decision, EDGE, type Found, type Judge } from './decide';
import type { Line } from './line';
import type { Locator } from './locate';
import { LOOKS, type Look, Picture } from './looks';
import { median, roundHalfEven } from './numeric';
import { fillPolygon } from './opencv/fill';
import type { Experts } from './recognise';
import { cutStrip, moveEnds, STRIP_END, STRIP_START, sample } from './rectify';
import type { Pass, Straightener } from './straighten';
import { type Edges, type Gray, type Kind, STRIP_WIDTH, type Strip } from './types';

const { AGAIN, DOUBT, MOST_VINS, WIDER, WORTH } = constants.search;

type Lines = Map<Line, Pass[]>; // what was read, and the rectifier's passes that led there

/** Searches pictures with a `locator`, a `straightener`, a `recogniser` and a `judge`, `looks` in turn. */
export class Search {
  constructor(
    private readonly locator: Locator,
    private readonly straightener: Straightener,
    private readonly recogniser: Experts,
    readonly judge: Judge,
    private readonly looks: readonly Look[] = LOOKS,
  ) {}

  /** Return the decision over the lines of a picture. */
  async read(gray: Gray, kind: Kind): Promise<Decision> {
    let decision = new Decision();
    for await ([, decision] of this.rounds(gray, kind)) {
      if (decision.isSettled) break;
    }
    return decision;
  }

  /**
   * Yield the decision over a picture, and its VINs that are right with probability `least` or more.
   *
   * Those are covered, and what is left is looked at again, until there is no other: that is the last one yielded.
   */
  async *every(gray: Gray, kind: Kind, least: number): AsyncGenerator<Found> {
    const seen = new Set<string>();
    const hidden = { ...gray, data: gray.data.slice() };
    let decision = await this.read(gray, kind);
    while (true) {
      const vins = decision.each().filter(({ line, chance }) => chance >= least && !seen.has(line.vin));
      yield { decision, vins };
      for (const { line } of vins) {
        seen.add(line.vin);
        cover(line.reading.strip, hidden);
      }
      if (vins.length === 0 || seen.size >= MOST_VINS) return;
      decision = await this.read(hidden, 'photo');
    }
  }

  /** Yield the decision after every look at a picture. */
  async *rounds(gray: Gray, kind: Kind): AsyncGenerator<[Look, Decision]> {
    const picture = new Picture(gray, kind, this.locator);
    const lines: Lines = new Map();
    let decision = new Decision();
    for (const look of this.looks) {
      decision = await this.look(picture, look.name, await look.frames(picture, decision), lines);
      yield [look, decision];
    }
  }

  /** Read the lines in some frames, and the best of them in other ways too unless one is sure. */
  private async look(picture: Picture, name: string, frames: Edges[], lines: Lines): Promise<Decision> {
    const { gray } = picture;
    const warmth = (centres: Float32Array): number => picture.warmth(centres);
    picture.unread.push(...(await this.readLines(gray, await this.straightener.passes(gray, frames), name, lines)));
    let decision = this.judge.decide(lines.keys(), warmth);
    const tried = new Set<Line>();
    while (!(decision.isOk && decision.lines[0].room >= EDGE)) {
      const leaders = [...decision.leaders(decision.isSettled ? 1 : AGAIN)];
      const doubtful = leaders.filter(([line]) => line.look === name && !tried.has(line));
      if (doubtful.length === 0 || tried.size > AGAIN) break;
      const others: Pass[][] = [];
      for (const [line, odds] of doubtful) {
        tried.add(line);
        others.push(...(await this.otherViews(gray, line, lines.get(line) as Pass[], odds >= WORTH)));
      }
      await this.readLines(gray, others, name, lines);
      decision = this.judge.decide(lines.keys(), warmth);
    }
    return decision;
  }

  /** Read the strips along the last of each line's passes, in one batch; return those on which nothing stands. */
  private async readLines(gray: Gray, found: Pass[][], look: string, lines: Lines): Promise<Edges[]> {
    const cut = found.flatMap((passes) => stripsOf(gray, passes).map((strip) => ({ strip, passes })));
    const readings = await this.recogniser.read(cut.map(({ strip }) => strip));
    const unread: Edges[] = [];
    cut.forEach(({ strip, passes }, i) => {
      const reading = readings[i];
      if (reading === null) unread.push(strip.edges);
      else lines.set(this.judge.weigh(reading, look), passes);
    });
    return unread;
  }

  /** Return other ways to cut a line: wider where it may go on and, if it is `worth` it, by other passes. */
  private async otherViews(gray: Gray, line: Line, passes: Pass[], worth: boolean): Promise<Pass[][]> {
    const last = passes[passes.length - 1];
    const views: Pass[][] = [];
    const [start, end] = endsOf(line);
    if (start !== STRIP_START || end !== STRIP_END) {
      views.push([{ edges: last.edges, line: moveEnds(last.line, start, end) }]);
    }
    if (!worth) return views;
    if (passes.length > 1) views.push(passes.slice(0, 1));
    for (const one of await this.straightener.finer(gray, [last])) views.push([one]);
    for (const one of passes) {
      for (const half of await this.straightener.alongHalves(gray, one)) views.push([half]);
    }
    return views;
  }
}

/** Return the strip along the last of a line's passes, and that of the other polarity if that is in doubt. */
function stripsOf(gray: Gray, passes: Pass[]): Strip[] {
  const { edges, line } = passes[passes.length - 1];
  const isLight = line.light >= 0.5;
  const either = line.light > DOUBT && line.light < 1 - DOUBT ? [isLight, !isLight] : [isLight];
  return either.map((light) => cutStrip(gray, edges, line, !light));
}

/** Return between which columns of its strip a line had better been cut: farther out where glyphs may go on. */
function endsOf({ boxes }: Line): [number, number] {
  const [first, last] = [boxes[0], boxes[boxes.length - 2]];
  const [atStart, atEnd] = [first < EDGE, last > STRIP_WIDTH - EDGE];
  if (!atStart && !atEnd) return [STRIP_START, STRIP_END];
  return [atStart ? STRIP_START - WIDER : first, atEnd ? STRIP_END + WIDER : last];
}

/** Paint a strip of a picture over with what is typical there. */
export function cover({ edges, gray: { width, height } }: Strip, gray: Gray): void {
  const level = Math.trunc(median(sample(gray, edges, height, width).data));
  const outline = Int32Array.from(edges.data, roundHalfEven);
  for (let i = 0; i < edges.count; i++) {
    // the lower edge backwards
    const from = 2 * (2 * edges.count - 1 - i);
    for (const axis of [0, 1]) outline[2 * (edges.count + i) + axis] = roundHalfEven(edges.data[from + axis]);
  }
  fillPolygon(gray, outline, level);
}
