/** What the page asks of a service, done on this device: in the place of `static/api.js`, by the library. */

import { openVinchar, type ReadingJson, type Vinchar, VincharError } from '../src/vinchar';

const SOON = 1; // seconds, after which a reader that is being loaded may be asked again

/** Why something could not be had: `code` as the service's problems have it, or `not-loaded`, `reader-failed`. */
export class Problem extends Error {
  constructor(
    readonly code: string,
    readonly detail = '',
    readonly after = 0,
  ) {
    super(detail || code);
  }
}

export interface Found {
  reading: ReadingJson;
  task: null;
}

export interface Watcher {
  onprogress(loaded: number, total: number): void;
  onopen(): void;
  onfail(): void;
}

interface How {
  signal?: AbortSignal;
}

let opening: Promise<Vinchar> | null = null;
let isOpen = false;
let watcher: Watcher = { onprogress() {}, onopen() {}, onfail() {} };

/** Load the reader, and be told how many of so many bytes are here, and how it ends, however often it is tried. */
export function watch(told: Watcher): void {
  watcher = told;
  if (isOpen) watcher.onopen();
  else open().catch(() => {}); // it is told
}

/** The reader, loaded at the first call; where that failed, anew at the next. */
function open(): Promise<Vinchar> {
  let isOver = false; // some of it may still come when it failed
  opening ??= openVinchar({ onprogress: (...how) => isOver || watcher.onprogress(...how) }).then(
    (vinchar) => {
      isOpen = true;
      watcher.onopen();
      return vinchar;
    },
    (error) => {
      [opening, isOver] = [null, true];
      watcher.onfail();
      throw new Problem('not-loaded', error.message);
    },
  );
  return opening;
}

/** As GET /v1/model, of what there is without a service. */
export async function model() {
  const { hints, model: version, version: program } = (await open()).about;
  return { version, hints, service: { version: program, local: true } };
}

/** Read one picture; where that is unsure, once more for other VINs in it. */
export async function read(picture: File, { signal }: How = {}): Promise<Found> {
  const options = { name: picture.name, signal };
  const found = await ask((vinchar) => vinchar.read(picture, options), signal);
  return found.reading.status === 'ok'
    ? found
    : ask((vinchar) => vinchar.read(picture, { ...options, every: true }), signal);
}

/** Read what a camera sees at a moment. */
export async function readFrame(frame: File, { signal }: How = {}): Promise<Found> {
  if (!isOpen) {
    open().catch(() => {}); // whoever watches is told
    throw new Problem('queue-full', 'the reader is being loaded', SOON);
  }
  return ask((vinchar) => vinchar.read(frame, { kind: 'photo', name: frame.name, signal }), signal);
}

/** Read several frames of one VIN together; `image` is the name of the one in whose pixels the corners are. */
export async function readFrames(frames: File[], { signal }: How = {}): Promise<Found> {
  return ask(async (vinchar) => {
    const reading = await vinchar.readFrames(frames, { signal });
    return { ...reading, image: frames[reading.frame ?? 0].name };
  }, signal);
}

async function ask(work: (vinchar: Vinchar) => Promise<ReadingJson>, signal?: AbortSignal): Promise<Found> {
  const vinchar = await open();
  signal?.throwIfAborted();
  try {
    return { reading: await work(vinchar), task: null };
  } catch (error) {
    signal?.throwIfAborted();
    throw problemOf(error);
  }
}

function problemOf(error: unknown): Problem {
  if (!(error instanceof VincharError)) throw error;
  if (error.code === 'worker-died') [opening, isOpen] = [null, false];
  const isOfReader = ['worker-died', 'model-error'].includes(error.code);
  return new Problem(isOfReader ? 'reader-failed' : error.code, error.message);
}
