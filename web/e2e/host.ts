/** A host of files that can go away, and remembers what it was asked for. */

import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';

const TYPES: Record<string, string> = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.webmanifest': 'application/manifest+json',
};

export interface Answer {
  status?: number;
  type?: string;
  content: string | Uint8Array;
}

export class Host {
  /** Method and path of everything that was asked for. */
  readonly asked: string[] = [];
  private server: Server | null = null;
  private port = 0;

  /** `folders`: what lies where, by the beginning of the path, the longest first; `answers`: what is said elsewhere. */
  constructor(
    private readonly folders: Record<string, string>,
    private readonly answers: Record<string, Answer> = {},
  ) {}

  get url(): string {
    return `http://localhost:${this.port}`;
  }

  /** Begin, or begin again where it was. */
  async start(): Promise<void> {
    this.server = createServer(async (request, answer) => {
      const { pathname } = new URL(request.url!, this.url);
      this.asked.push(`${request.method} ${pathname}`);
      request.resume();
      const { status = 200, type, content } = await this.answerTo(pathname);
      answer.writeHead(status, { 'Content-Type': type ?? 'application/octet-stream', 'Service-Worker-Allowed': '/' });
      answer.end(content);
    });
    await new Promise<void>((done) => this.server!.listen(this.port, done));
    this.port = (this.server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    if (!this.server) return;
    const stopped = new Promise((done) => this.server!.close(done));
    this.server.closeAllConnections();
    this.server = null;
    await stopped;
  }

  private async answerTo(path: string): Promise<Answer> {
    if (path in this.answers) return this.answers[path];
    const at = Object.keys(this.folders).find((start) => path.startsWith(start));
    const name = at && (path.slice(at.length) || 'index.html');
    const content = name && (await readFile(join(this.folders[at], name)).catch(() => null));
    return content ? { type: TYPES[extname(name)], content } : { status: 404, content: 'not found' };
  }
}
