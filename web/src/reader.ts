/** The one place where the stages meet: from a picture to a reading. */

import { type Bundle, type Confidence, type Load, ModelError, openBundle, withThreshold } from './bundle';
import { Classifier } from './classify';
import { Judge } from './decide';
import { recogniserOf } from './experts';
import { glyphReading } from './explain';
import { Explainer } from './explainer';
import { MAKERS } from './files';
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

export type AskedKind = Kind | 'auto'; // auto: found out from the picture

const KINDS: readonly string[] = ['auto', 'glyph', 'strip', 'photo'];

/**
 * What a reader may be told.
 *
 * `vinPriors`: use what is known of how VINs are built, softly; `known`: your own list of VINs: these become likelier;
 * `minConfidence`: the probability of being right from which on a reading is ok, instead of the model's own;
 * `targetError`: choose it so that this share of what is ok is wrong; `recogniser`: which of the model's ways to read
 * strips to take, instead of its usual one.
 */
export interface Options {
  vinPriors?: boolean;
  known?: readonly string[] | null;
  minConfidence?: number | null;
  targetError?: number | null;
  recogniser?: string | null;
}

/** Reads pictures, with the stages of a model that `openReader` opened; `version`: of the model. */
export class Reader {
  constructor(
    readonly version: string,
    readonly confidence: Confidence,
    private readonly search: Search,
    private readonly glyph: Classifier,
    private readonly explainer: Explainer,
  ) {}

  /** Return what is read in an upright grey picture. Throws a `RangeError` for another kind, and for no pixels. */
  async read(gray: Gray, kind: AskedKind = 'auto'): Promise<Reading> {
    if (!KINDS.includes(kind)) throw new RangeError(`kind: got ${kind}, expected auto, glyph, strip or photo`);
    const { data, width, height } = gray;
    if (data.length === 0 || data.length !== width * height) {
      throw new RangeError(`picture: got ${data.length} pixels of ${width} x ${height}, expected all of them, some`);
    }
    const shown = kind === 'auto' ? guessKind(gray) : kind;
    return { ...(await this.reading(gray, shown)), model: this.version };
  }

  private async reading(gray: Gray, kind: Kind): Promise<Reading> {
    if (kind !== 'glyph') return this.explainer.reading(await this.search.read(gray, kind), gray, kind);
    const [logProbs] = await this.glyph.glyphs([lightGlyph(gray)]);
    return glyphReading(logProbs, gray.width, gray.height, this.confidence);
  }
}

/**
 * Open a model folder for reading; `load` gives its files, and `makers.tsv.gz`, the table of makers.
 *
 * Throws a `ModelError` if the model is missing or broken, a `RangeError` for what the options cannot be.
 */
export async function openReader(load: Load, options: Options = {}): Promise<Reader> {
  const { vinPriors = true, known = null, minConfidence = null, targetError = null, recogniser = null } = options;
  const bundle = await openBundle(load, recogniser);
  const recognition = bundle.recognisers.get(recogniser ?? bundle.recogniser)!;
  const confidence = withThreshold(recognition.confidence, minConfidence, targetError);
  const makers = await readMakers(await load(MAKERS));
  const knowledge = await knowledgeOf(bundle, makers);
  const open = (name: string): Promise<Net> => openNet(fileOf(bundle, `${name}.onnx`));
  const network = async (name: string): Promise<StripNetwork> => new StripNetwork(await open(name));
  const priors = { structure: vinPriors ? knowledge.structure : NO_PRIORS.structure, known: listOf(known) };
  const search = new Search(
    new Locator(await open('locator'), bundle.margin ?? undefined),
    new Straightener(new Rectifier(await open('rectifier'))),
    await recogniserOf(recognition, network),
    new Judge(priors, knowledge, confidence),
  );
  const glyph = new Classifier(await network('glyph'));
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
