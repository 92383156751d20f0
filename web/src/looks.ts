/**
 * Where a VIN may stand: one table of looks at a picture, each a kind of frames, in the order in which they are tried.
 */

import * as constants from './constants';
import { type Decision, TWO_ROWS, UPSIDE_DOWN } from './decide';
import { CLOSER, type Heat, type Locator, SIDE } from './locate';
import { frameOfPicture, frameOfQuad, frameOfRows, taller, turnRound } from './rectify';
import { halves, isHigh, pairRows } from './rows';
import { findTextlines } from './textlines';
import type { Edges, Gray, Kind, Quad } from './types';

const { FARTHER, FAR_LINES, FAR_PAIRS, LOCATED, RIVAL, ROOM } = constants.looks;
const { ROW_PAIRS, ROW_TEXTLINES, SPLIT, TEXTLINES, TURNED, WIDE } = constants.looks;

/** A picture `gray`, and what was found in it so far, each kind once and only when it is asked for. */
export class Picture {
  readonly unread: Edges[] = []; // the strips on which no line was seen
  private readonly heats: Heat[] = [];
  private readonly found = new Map<number, Quad[]>();
  private lines: Quad[] | null = null;

  constructor(
    readonly gray: Gray,
    readonly kind: Kind,
    private readonly locator: Locator,
  ) {}

  /** Return the locator's lines, likeliest first; it sees the photo with `side` pixels at its longest. */
  async located(side: number = SIDE): Promise<Quad[]> {
    const known = this.found.get(side);
    if (known !== undefined) return known;
    const heat = await this.locator.look(this.gray, side);
    const lines = heat.lines(LOCATED);
    this.heats.push(heat);
    this.found.set(side, lines);
    return lines;
  }

  /** Lines of any text, those that look most like a VIN first. */
  get texts(): Quad[] {
    this.lines ??= findTextlines(this.gray, ROW_TEXTLINES);
    return this.lines;
  }

  /** Return how sure the locator is of glyphs at `centres`, as `Heat.warmth`, in the look that is surest. */
  warmth(centres: Float32Array): number {
    return this.heats.length ? Math.max(...this.heats.map((heat) => heat.warmth(centres))) : 0;
  }
}

async function whole(picture: Picture): Promise<Edges[]> {
  return picture.kind === 'strip' ? [frameOfPicture(picture.gray)] : [];
}

async function likeliest(picture: Picture): Promise<Edges[]> {
  const lines = await picture.located();
  return eitherWay(lines.filter((quad) => quad.score >= lines[0].score - RIVAL));
}

async function lessLikely(picture: Picture): Promise<Edges[]> {
  const lines = await picture.located();
  const frames = eitherWay(lines.filter((quad) => quad.score < lines[0].score - RIVAL));
  const { width, height } = picture.gray;
  return picture.kind === 'photo' && width > WIDE * height ? [...frames, frameOfPicture(picture.gray)] : frames;
}

async function farther(picture: Picture): Promise<Edges[]> {
  return eitherWay((await picture.located(FARTHER)).slice(0, FAR_LINES));
}

async function texts(picture: Picture): Promise<Edges[]> {
  return eitherWay(picture.texts.slice(0, TEXTLINES));
}

async function upsideDown(picture: Picture, decision: Decision): Promise<Edges[]> {
  const strips = [...decision.leaders(TURNED).keys()].map((line) => line.reading.strip.edges);
  return [...strips, ...picture.unread].slice(0, TURNED).map((edges) => taller(turnRound(edges), ROOM));
}

async function twoRows(picture: Picture): Promise<Edges[]> {
  const near = await picture.located();
  const far = await picture.located(FARTHER);
  const high = [...near.slice(0, SPLIT), ...far.slice(0, SPLIT)].filter(isHigh).map(halves);
  const every = picture.texts;
  const [even, odd] = [0, 1].map((first) => every.filter((_, i) => i % 2 === first));
  const lines = inTurn(near, even, odd);
  return [...high, ...pairRows(far, FAR_PAIRS), ...pairRows(lines, ROW_PAIRS)].map(frameOfRows);
}

async function closer(picture: Picture): Promise<Edges[]> {
  const { width, height } = picture.gray;
  if (Math.max(width, height) <= CLOSER) return []; // it would be enlarged, and show nothing new
  return eitherWay(await picture.located(CLOSER));
}

/**
 * One kind of frames, likely ones first, that may hold the VIN of a picture.
 *
 * `frames` gets the picture and what was decided so far.
 */
export interface Look {
  name: string;
  frames: (picture: Picture, decision: Decision) => Promise<Edges[]>;
}

export const LOOKS: readonly Look[] = [
  { name: 'all of it', frames: whole },
  { name: 'likeliest lines', frames: likeliest },
  { name: 'other located lines', frames: lessLikely },
  { name: 'from farther', frames: farther },
  { name: 'other text', frames: texts },
  { name: UPSIDE_DOWN, frames: upsideDown },
  { name: TWO_ROWS, frames: twoRows },
  { name: 'from closer', frames: closer },
];

/** Return the frame of each line, and of a steep one, which may run up or down, that of the other way round. */
function eitherWay(quads: Quad[]): Edges[] {
  return quads.map(frameOfQuad).flatMap((edges) => (isSteep(edges) ? [edges, turnRound(edges)] : [edges]));
}

function isSteep({ count, data }: Edges): boolean {
  const [x, y] = [0, 1].map((axis) => {
    return Math.abs([0, 2 * count].reduce((sum, edge) => sum + data[edge + 2 + axis] - data[edge + axis], 0));
  });
  return y > x;
}

/** Return the first of each row, then the second of each, and so on. */
function inTurn(...rows: Quad[][]): Quad[] {
  const longest = Math.max(...rows.map((row) => row.length));
  return Array.from({ length: longest }, (_, i) => rows.flatMap((row) => row.slice(i, i + 1))).flat();
}
