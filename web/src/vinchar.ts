/**
 * The library: reads vehicle identification numbers in pictures, in a worker of the browser; nothing leaves the device.
 *
 *     import { read } from './vinchar.js';
 *     const { vin, status, confidence } = await read(file);
 */

import type { About, AskedKind, Picture, ReaderOptions, ReadingJson } from './api.ts';
import type { Answer, Asked, Opening, Request } from './messages.ts';

export type * from './api.ts';
export { type Row, readingsToRows } from './table.ts';

const MOST_THREADS = 4; // the networks are small: more wait for each other

/**
 * What a reader may be told, all as in Python; and `base`, the address of the folder with `worker.js`, `model/` and the
 * runtime, by default that of this module; `onprogress`: told of the bytes that are loaded, and of all as far as known.
 */
export interface Options extends ReaderOptions {
  base?: string | URL;
  onprogress?: (loaded: number, total: number) => void;
}

/** How a picture is read: what `kind` it shows, its `name`, for `Reading.image`, and whether `every` VIN is looked for. */
export interface ReadOptions {
  kind?: AskedKind;
  name?: string | null;
  every?: boolean;
  signal?: AbortSignal;
}

/** Why there is no reading: `message` for people, `code` for programs, as of the service; `model-error`, too. */
export class VincharError extends Error {
  override readonly name = 'VincharError';

  constructor(
    message: string,
    readonly code: string,
  ) {
    super(message);
  }
}

type Waiting = { resolve: (answer: any) => void; reject: (error: unknown) => void };

/** Reads pictures, one after the other, in a worker of its own. */
export class Vinchar {
  /** What reads: it is known when `openVinchar` is through. */
  about!: About;
  private readonly waiting = new Map<number, Waiting>();
  private asked = 0;
  private over: VincharError | null = null; // why nothing can be asked any more

  /** Use `openVinchar`. */
  constructor(
    private readonly worker: Worker,
    onprogress: Options['onprogress'],
  ) {
    worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      if ('loaded' in data) return onprogress?.(data.loaded, data.total);
      const { resolve, reject } = this.waiting.get(data.id) ?? {};
      if ('code' in data) reject?.(new VincharError(data.message, data.code));
      else resolve?.(data);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      this.end(new VincharError(event.message || 'worker.js cannot be loaded', 'worker-died'));
    };
  }

  /** Load the model and the runtime from a folder. */
  async open(opening: Opening): Promise<this> {
    const answer = await this.ask({ open: opening });
    this.about = answer.about;
    return this;
  }

  /**
   * Return what is read in a picture, as `vinchar/reading.schema.json` says. Throws a `VincharError` for one that
   * cannot be used, and what `signal` is aborted with.
   */
  async read(picture: Picture, options: ReadOptions = {}): Promise<ReadingJson> {
    return this.readFrames([picture], options);
  }

  /** Read pictures of the same VIN, seen a moment apart, as one. All else as `read`. */
  async readFrames(pictures: readonly Picture[], options: ReadOptions = {}): Promise<ReadingJson> {
    const { kind = 'auto', name = null, every = false, signal } = options;
    const answer = await this.ask({ read: { pictures: [...pictures], kind, name, every } }, signal);
    return answer.reading;
  }

  /** Give back all memory; what waits for a reading is refused. */
  close(): void {
    this.end(new VincharError('it was closed', 'closed'));
  }

  private ask(what: { open: Opening } | { read: Asked }, signal?: AbortSignal): Promise<any> {
    const id = this.asked++;
    const drop = () => {
      this.worker.postMessage({ id, drop: true } satisfies Request);
      this.waiting.get(id)?.reject(signal!.reason);
    };
    const answer = new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      if (this.over) throw this.over;
      try {
        this.worker.postMessage({ id, ...what } satisfies Request);
      } catch (error) {
        throw new VincharError(`a picture cannot be handed over: ${error}`, 'not-a-picture');
      }
      this.waiting.set(id, { resolve, reject });
      signal?.addEventListener('abort', drop);
    });
    return answer.finally(() => {
      this.waiting.delete(id);
      signal?.removeEventListener('abort', drop);
    });
  }

  private end(error: VincharError): void {
    this.over ??= error;
    this.worker.terminate();
    for (const { reject } of this.waiting.values()) reject(error);
  }
}

/**
 * Start a worker and load the model. Throws a `VincharError` if the model is missing or broken.
 *
 * The worker begins in the page itself: so the page's content policy holds for it, too. Where the page is isolated from
 * other origins, several threads share the work of each network.
 */
export async function openVinchar({ base, onprogress, ...options }: Options = {}): Promise<Vinchar> {
  const folder = new URL('.', new URL(base ?? import.meta.url, location.href)).href;
  const threads = crossOriginIsolated ? Math.min(navigator.hardwareConcurrency, MOST_THREADS) : 1;
  const program = `import ${JSON.stringify(`${folder}worker.js`)};`;
  const start = URL.createObjectURL(new Blob([program], { type: 'text/javascript' }));
  const vinchar = new Vinchar(new Worker(start, { type: 'module' }), onprogress);
  try {
    return await vinchar.open({ ...options, base: folder, threads });
  } catch (error) {
    vinchar.close();
    throw error;
  } finally {
    URL.revokeObjectURL(start);
  }
}

let shared: Promise<Vinchar> | null = null;

/** Read a picture with a reader that is opened at the first call and kept; as `Vinchar.read`. */
export async function read(picture: Picture, options: ReadOptions = {}): Promise<ReadingJson> {
  shared ??= openVinchar();
  const mine = shared;
  try {
    return await (await mine).read(picture, options);
  } catch (error) {
    const isOver = error instanceof VincharError && ['model-error', 'worker-died'].includes(error.code);
    if (isOver && shared === mine) shared = null; // the next call tries anew
    throw error;
  }
}
