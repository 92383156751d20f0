/** The page's files as the service worker keeps them: by what is in them, whole or not at all. */

import * as constants from '../src/constants';
import { filesOf } from '../src/modelfiles';

const MODEL = 'model/model.json';
const { FORMAT } = constants.bundle;
const PATIENCE = 3000; // ms for the host to say which model it has, where one is kept

/** The folder of the page, which ends with a slash; its files by path with their SHA-256; headers of every answer. */
export interface Site {
  base: string;
  files: Readonly<Record<string, string>>;
  headers: Readonly<Record<string, string>>;
}

/**
 * Keeps a site in a cache of the browser.
 *
 * The host may give its own model, whose files `model.json` names by their SHA-256: it is asked for that whenever the
 * page starts. A file whose content is another than it must be is not kept, nor is a model of a format that this
 * program does not read; a newer version of the page keeps that beside.
 */
export class Shelf {
  constructor(
    private readonly site: Site,
    private readonly stores: CacheStorage,
  ) {}

  /** Fetch all that is not here yet. Throws if anything cannot be had; what came is kept for the next try. */
  async fill(): Promise<void> {
    const store = await this.open();
    await Promise.all(Object.entries(this.site.files).map(([path, sum]) => this.add(store, path, sum)));
    await this.takeModel(store, await fetched(this.addressOf(MODEL), { cache: 'no-cache' }));
  }

  /** Give up what belongs to an older version. */
  async tidy(): Promise<void> {
    const store = await this.open();
    const model = Object.entries(await this.sums(store)).map(([name, sum]) => this.key(`model/${name}`, sum));
    const files = Object.entries(this.site.files).map(([path, sum]) => this.key(path, sum));
    const current = new Set([...files, ...model, this.modelKey]);
    for (const { url } of await store.keys()) if (!current.has(url)) await store.delete(url);
  }

  /** Return the file at an address, from here if it is here; null for what is none of the site's. */
  async answer(address: string): Promise<Response | null> {
    const { origin, pathname } = new URL(address);
    if (!`${origin}${pathname}`.startsWith(this.site.base)) return null;
    const path = `${origin}${pathname}`.slice(this.site.base.length) || 'index.html';
    const store = await this.open();
    if (path === MODEL) return this.description(store);
    if (Object.hasOwn(this.site.files, path)) return this.add(store, path, this.site.files[path]);
    const sums = await this.sums(store);
    const name = path.replace(/^model\//, '');
    return name !== path && Object.hasOwn(sums, name) ? this.addModel(store, name, sums[name]) : null;
  }

  /** The host's `model.json`, with all it names taken in; where that cannot be had soon, the one that is kept. */
  private async description(store: Cache): Promise<Response> {
    const kept = await store.match(this.modelKey);
    try {
      const signal = kept && AbortSignal.timeout(PATIENCE);
      await this.takeModel(store, await fetched(this.addressOf(MODEL), { cache: 'no-cache', signal }));
    } catch (error) {
      if (!kept) throw error;
      return kept;
    }
    return (await store.match(this.modelKey))!;
  }

  private async takeModel(store: Cache, answer: Response): Promise<void> {
    const text = await answer.text();
    const sums = sumsOf(text);
    await Promise.all(Object.entries(sums).map(([name, sum]) => this.addModel(store, name, sum)));
    await store.put(this.modelKey, this.made(new Blob([text], { type: 'application/json' })));
  }

  /** Return what the model that is kept reads with: names in its folder, and their SHA-256. */
  private async sums(store: Cache): Promise<Record<string, string>> {
    const kept = await store.match(this.modelKey);
    return kept ? sumsOf(await kept.text()) : {};
  }

  /** Return a file, from here if it is here; `address`: where the host has it. */
  private async add(store: Cache, path: string, sum: string, address = this.addressOf(path)): Promise<Response> {
    const key = this.key(path, sum);
    const known = await store.match(key);
    if (known) return known;
    const integrity = `sha256-${btoa(String.fromCharCode(...sum.match(/../g)!.map((byte) => parseInt(byte, 16))))}`;
    const answer = await fetched(address, { integrity }).catch(() => fetched(address, { integrity, cache: 'reload' }));
    const made = this.made(await answer.blob());
    await store.put(key, made.clone());
    return made;
  }

  private async addModel(store: Cache, name: string, sum: string): Promise<Response> {
    const path = `model/${name}`;
    return this.add(store, path, sum, this.key(path, sum)); // as the reader asks for it, which may have it already
  }

  /** An answer of our own: nothing of how the host sent it is kept, such as a redirection. */
  private made(content: Blob): Response {
    return new Response(content, { headers: { ...this.site.headers, 'Content-Length': `${content.size}` } });
  }

  private open(): Promise<Cache> {
    return this.stores.open(`vinchar ${this.site.base}`);
  }

  /** The page itself is asked for by its folder: not every host has it by its name, too. */
  private addressOf(path: string): string {
    return `${this.site.base}${path === 'index.html' ? '' : path}`;
  }

  private get modelKey(): string {
    return this.key(MODEL, `format-${FORMAT}`);
  }

  private key(path: string, sum: string): string {
    return `${this.addressOf(path)}?${sum.slice(0, 16)}`;
  }
}

/** Throws for a model of another format. */
function sumsOf(description: string): Record<string, string> {
  const said = JSON.parse(description);
  if (said.format !== FORMAT) throw new Error(`${MODEL}: model format ${said.format}, expected ${FORMAT}`);
  return Object.fromEntries(filesOf(said).map((name) => [name, String(said.sha256[name])]));
}

/** Throws for an answer that is no success. */
async function fetched(address: string, how: RequestInit): Promise<Response> {
  const answer = await fetch(address, { credentials: 'same-origin', ...how });
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer;
}
