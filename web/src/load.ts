/** The files that reading takes, fetched with progress. */

import { ModelError } from './bundle';
import { MAKERS, RUNTIME } from './files';
import { gunzipped } from './npz';

/** Told of the bytes that are here, and of all that are coming as far as it is known. */
export type Progress = (loaded: number, total: number) => void;

/** Fetches from a folder, `base`, whose address ends with a slash. */
export class Loader {
  private loaded = 0;
  private total = 0;
  private sums: Record<string, string> = {}; // SHA-256 of the files of the model

  constructor(
    private readonly base: string,
    private readonly onprogress: Progress,
  ) {}

  /** Return a file as `openReader` asks for it: `model.json` first, which tells the versions of the others. */
  async model(name: string): Promise<Uint8Array> {
    const version = name in this.sums ? `?${this.sums[name].slice(0, 16)}` : '';
    const content = await this.get(name === MAKERS ? name : `model/${name}${version}`);
    if (name === 'model.json') this.sums = JSON.parse(new TextDecoder().decode(content)).sha256 ?? {};
    return content;
  }

  /** Return the program of ONNX Runtime. */
  async runtime(): Promise<Uint8Array> {
    return gunzipped(await this.get(RUNTIME));
  }

  private async get(path: string): Promise<Uint8Array<ArrayBuffer>> {
    const answer = await fetch(new URL(path, this.base)).catch((error) => {
      throw new ModelError(`${path}: ${error.message}`);
    });
    if (!answer.ok || answer.body === null) throw new ModelError(`${path}: ${answer.status} ${answer.statusText}`);
    let left = Number(answer.headers.get('Content-Length') ?? 0);
    this.total += left;
    const parts: Uint8Array<ArrayBuffer>[] = [];
    const body = answer.body.getReader();
    for (let part = await body.read(); !part.done; part = await body.read()) {
      parts.push(part.value);
      const { length } = part.value;
      this.loaded += length;
      this.total += Math.max(length - left, 0); // more than was said, as of what is packed on its way
      left = Math.max(left - length, 0);
      this.onprogress(this.loaded, this.total);
    }
    return new Uint8Array(await new Blob(parts).arrayBuffer());
  }
}
