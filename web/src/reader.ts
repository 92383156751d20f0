/** The one place where the stages meet: from a picture to a reading. */

import type { AskedKind, ReaderOptions } from './api';
import { type Bundle, type Confidence, type Load, ModelError, openBundle, withThreshold } from './bundle';
import { Classifier } from './classify';
import { type Found, Judge } from './decide';
import { recogniserOf } from './experts';
import { glyphReading, READABLE } from './explain';
import { Explainer } from './explainer';
import { MAKERS } from './files';
import { fusedGlyph, vinsIn } from './frames';
import { guessKind, lightGlyph } from './kind';
import { listOf } from './known';
import { Locator } from './locate';
import { NO_PRIORS } from './posterior';
import type { Reading } from './reading';
import { Rectifier } from './rectify';
import { Search } from './search';
import { type Net, openNet, StripNetwork } from './session';
import { Straightener } from './straighten';
import { load as loadKnowledge } from './structure/store';
import type { Gray, Kind } from './types';
import { readMakers } from './vin';

const KINDS: readonly string[] = ['auto', 'glyph', 'strip', 'photo'];

/** What is asked of a picture: its kind, and all VINs in it, those but the best as `others`. */
export interface Asked {
  kind?: AskedKind;
  every?: boolean;
}

type Grays = Map<number, Gray>; // frames by their numbers

/** Reads pictures, with the stages of a model that `openReader` opened; `version`: of the model. */
export class Reader {
  private glyph: Promise<Classifier> | null = null; // the network for single characters, opened for the first one

  constructor(
    readonly version: string,
    readonly confidence: Confidence,
    private readonly search: Search,
    private readonly openGlyph: () => Promise<Classifier>,
    private readonly explainer: Explainer,
  ) {}

  /** Return what is read in an upright grey picture. Throws a `RangeError` for another kind, and for no pixels. */
  async read(gray: Gray, asked: Asked = {}): Promise<Reading> {
    return this.readFrames([gray], asked);
  }

  /**
   * Return what pictures of the same VIN, seen a moment apart, read as one.
   *
   * What is hard to see in one is clear in another. `frame` is the number of the one in whose pixels the corners are,
   * the best, `frames` are those of all that show the VIN. Throws a `RangeError`, too, for no picture.
   */
  async readFrames(frames: readonly Gray[], { kind = 'auto', every = false }: Asked = {}): Promise<Reading> {
    if (!KINDS.includes(kind)) throw new RangeError(`kind: got ${kind}, expected auto, glyph, strip or photo`);
    if (frames.length === 0) throw new RangeError('frames: got none, expected at least one picture');
    frames.forEach(expectPixels);
    // A camera that stands still shows nothing new.
    const grays = new Map([...frames.entries()].filter(([i, gray]) => i === 0 || !isSame(gray, frames[i - 1])));
    const shown = kind === 'auto' ? commonest([...grays.values()].map(guessKind)) : kind;
    const readings = shown === 'glyph' ? await this.glyphIn(grays) : await this.vinsIn(grays, shown, every);
    const [found, ...others] = readings.map(([reading, where]) => ({
      ...reading,
      frame: frames.length > 1 ? where[0] : null,
      frames: frames.length > 1 ? where.sort((one, other) => one - other) : [],
      model: this.version,
    }));
    return { ...found, others };
  }

  /** Return what is read of the VIN in frames and, if asked for, of all others, each with its frames, best first. */
  private async vinsIn(grays: Grays, kind: Kind, every: boolean): Promise<[Reading, number[]][]> {
    const looks: Found[][] = [];
    for (const gray of grays.values()) {
      const looked: Found[] = [];
      if (!every) looked.push({ decision: await this.search.read(gray, kind), vins: [] });
      else for await (const found of this.search.every(gray, kind, READABLE)) looked.push(found);
      looks.push(looked);
    }
    const numbers = [...grays.keys()];
    return vinsIn(looks, this.search.judge, every ? READABLE : null).map((vin) => {
      const where = vin.frames.map((i) => numbers[i]);
      return [this.explainer.reading(vin, grays.get(where[0])!, kind, every), where];
    });
  }

  private async glyphIn(grays: Grays): Promise<[Reading, number[]][]> {
    const pictures = [...grays.values()];
    const { width, height } = pictures[pictures.length - 1];
    this.glyph ??= this.openGlyph();
    const logProbs = fusedGlyph(await (await this.glyph).glyphs(pictures.map(lightGlyph)));
    return [[glyphReading(logProbs, width, height, this.confidence), [...grays.keys()]]];
  }
}

/**
 * Open a model folder for reading; `load` gives its files, and `MAKERS`, the table of makers.
 *
 * Throws a `ModelError` if the model is missing or broken, a `RangeError` for what the options cannot be.
 */
export async function openReader(load: Load, options: ReaderOptions = {}): Promise<Reader> {
  const { vinPriors = true, known = null, minConfidence = null, targetError = null, recogniser = null } = options;
  const bundle = await openBundle(load, recogniser);
  const recognition = bundle.recognisers.get(recogniser ?? bundle.recogniser)!;
  const confidence = withThreshold(recognition.confidence, minConfidence, targetError);
  const open = (name: string): Promise<Net> => openNet(fileOf(bundle, `${name}.onnx`));
  const network = async (name: string): Promise<StripNetwork> => new StripNetwork(await open(name));
  const makers = await readMakers(await load(MAKERS));
  // The first network takes the longest, as it waits for the runtime.
  const [locator, knowledge] = await Promise.all([open('locator'), knowledgeOf(bundle, makers)]);
  const priors = { structure: vinPriors ? knowledge.structure : NO_PRIORS.structure, known: listOf(known) };
  const search = new Search(
    new Locator(locator, bundle.margin ?? undefined),
    new Straightener(new Rectifier(await open('rectifier'))),
    await recogniserOf(recognition, network),
    new Judge(priors, knowledge, confidence),
  );
  const glyph = async () => new Classifier(await network('glyph'));
  const explainer = new Explainer(confidence, bundle.quality, makers);
  const version = recogniser === null || recogniser === bundle.recogniser ? '' : ` ${recogniser}`;
  return new Reader(bundle.version + version, confidence, search, glyph, explainer);
}

function fileOf(bundle: Bundle, name: string): Uint8Array {
  const content = bundle.files.get(name);
  if (content === undefined) throw new ModelError(`${name}: it is not in the model folder`);
  return content;
}

async function knowledgeOf(bundle: Bundle, makers: Parameters<typeof loadKnowledge>[1]) {
  try {
    return await loadKnowledge(fileOf(bundle, 'structure.npz'), makers);
  } catch (error) {
    throw new ModelError(`${error instanceof Error ? error.message : error}; train the model again`);
  }
}

function expectPixels({ data, width, height }: Gray): void {
  if (data.length === 0 || data.length !== width * height) {
    throw new RangeError(`picture: got ${data.length} pixels of ${width} x ${height}, expected all of them, some`);
  }
}

function isSame(one: Gray, other: Gray): boolean {
  return one.width === other.width && one.height === other.height && one.data.every((at, i) => at === other.data[i]);
}

/** Return the kind that most are of, the first of several. */
function commonest(kinds: Kind[]): Kind {
  const count = (kind: Kind): number => kinds.filter((one) => one === kind).length;
  return kinds.reduce((best, kind) => (count(kind) > count(best) ? kind : best));
}
