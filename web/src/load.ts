/** The files that reading takes, fetched with progress. */

/** Told of the bytes that are here, and of all that are coming as far as it is known. */
export type Progress = (loaded: number, total: number) => void;

export const RUNTIME = 'ort-wasm-simd-threaded.wasm.gz';

/** Fetches from a folder, `base`, whose address ends with a slash. */
export class Loader {
  private loaded = 0;
  private total = 0;
  private sums: Record<string, string> = {}; // SHA-256 of the files of the model

  constructor(
    private readonly base: string,
    private readonly onprogress: Progress,
  ) {}

  /** Return a file of the model, as `openReader` asks for it: `model.json` first, which tells the others' versions. */
  async model(name: string): Promise<Uint8Array> {
    const version = name in this.sums ? `?${this.sums[name].slice(0, 16)}` : '';
    const content = await this.get(`model/${name}${version}`);
    if (name === 'model.json') this.sums = JSON.parse(new TextDecoder().decode(content)).sha256 ?? {};
    return content;
  }

  /** Return the program of ONNX Runtime; it lies there packed, as not every host packs what it sends. */
  async runtime(): Promise<ArrayBuffer> {
    const packed = await this.get(RUNTIME);
    return new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'))).arrayBuffer();
  }

  private async get(path: string): Promise<Uint8Array<ArrayBuffer>> {
    const answer = await fetch(new URL(path, this.base));
    if (!answer.ok || answer.body === null) throw new Error(`${path}: ${answer.status} ${answer.statusText}`);
    const expected = Number(answer.headers.get('Content-Length') ?? 0);
    this.total += expected;
    const parts: Uint8Array<ArrayBuffer>[] = [];
    const body = answer.body.getReader();
    let left = expected; // of a packed answer more comes than it says
    for (let part = await body.read(); !part.done; part = await body.read()) {
      parts.push(part.value);
      const counted = Math.min(part.value.length, left);
      left -= counted;
      this.loaded += counted;
      this.onprogress(this.loaded, this.total);
    }
    return new Uint8Array(await new Blob(parts).arrayBuffer());
  }
}
