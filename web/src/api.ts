/** What who uses the library has to do with; nothing is imported, so that its types stand by themselves. */

export type Kind = 'glyph' | 'strip' | 'photo';
export type AskedKind = Kind | 'auto'; // auto: found out from the picture
export type Status = 'ok' | 'uncertain' | 'not_found' | 'error';
export type ReadFrom = 'text' | 'barcode' | 'both';
export type CheckDigit = 'valid' | 'invalid' | 'not_required';

/** A picture file, or what a browser made of one. */
export type Picture = Blob | ImageBitmap | ImageData | VideoFrame;

/**
 * What a reader may be told.
 *
 * `vinPriors`: use what is known of how VINs are built, softly; `known`: your own list of VINs: these become likelier;
 * `minConfidence`: the probability of being right from which on a reading is ok, instead of the model's own;
 * `targetError`: choose it so that this share of what is ok is wrong; `recogniser`: which of the model's ways to read
 * strips to take, instead of its usual one.
 */
export interface ReaderOptions {
  vinPriors?: boolean;
  known?: readonly string[] | null;
  minConfidence?: number | null;
  targetError?: number | null;
  recogniser?: string | null;
}

/** What a reader says of itself: the versions of vinchar and of the model, and from where on quality is at fault. */
export interface About {
  version: string;
  model: string;
  hints: { name: string; worse: number; threshold: number }[];
}

/** Four corners (x, y) in pixels of the upright picture, clockwise from the text's top left. */
export type Corners = [number, number][];

/** Other texts with their probabilities, the likeliest first. */
export type Alternatives = [string, number][];

/** What was read in one picture, as `vinchar/reading.schema.json` describes it and `docs/output.md` explains. */
export interface ReadingJson {
  schema: 1;
  image: string | null;
  kind: Kind;
  vin: string | null;
  status: Status;
  confidence: number;
  source: ReadFrom | null;
  quad: Corners | null;
  characters: { char: string; confidence: number; quad: Corners; alternatives: Alternatives }[];
  check_digit: CheckDigit | null;
  reasons: string[];
  alternatives: Alternatives;
  quality: Record<string, number>;
  maker: string | null;
  region: string | null;
  model_year: number[];
  barcodes: { vin: string; symbology: string; quad: Corners }[];
  without_list: string | null;
  model: string | null;
  frame: number | null;
  frames: number[];
  others: ReadingJson[];
}
