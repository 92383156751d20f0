/** The Web Worker: loads the model, and reads one picture after the other. */

import { version } from '../package.json';
import type { About, ReadingJson } from './api';
import { ModelError } from './bundle';
import * as constants from './constants';
import { decode, PictureError } from './decode';
import { Loader } from './load';
import type { Answer, Asked, Opening, Request } from './messages';
import { openReader, type Reader } from './reader';
import { toDict } from './reading';
import { startRuntime } from './session';
import type { Gray } from './types';

let reader: Promise<Reader>;
let before: Promise<unknown> = Promise.resolve(); // what is under way
const waiting = new Set<number>();

self.onmessage = ({ data }: MessageEvent<Request>) => {
  const { id } = data;
  if ('drop' in data) return void waiting.delete(id);
  if ('open' in data) {
    reader = open(id, data.open);
    return void answer(id, async () => ({ id, about: about(await reader) }));
  }
  waiting.add(id);
  before = before.then(async () => {
    if (waiting.delete(id)) await answer(id, async () => ({ id, reading: await read(data.read) }));
    for (const one of data.read.pictures) close(one as { close?: () => void } | null);
  });
};

/** A picture that is not closed is kept for a while, and a camera soon has no frame left. */
function close(picture: { close?: () => void } | null): void {
  picture?.close?.();
}

async function answer(id: number, work: () => Promise<Answer>): Promise<void> {
  try {
    postMessage(await work());
  } catch (error) {
    const message = error instanceof Error ? error.message : `${error}`;
    postMessage({ id, code: codeOf(error), message } satisfies Answer);
  }
}

function codeOf(error: unknown): string {
  if (error instanceof PictureError) return error.code;
  if (error instanceof ModelError) return 'model-error';
  return error instanceof RangeError ? 'bad-request' : 'internal-error';
}

async function open(id: number, { base, threads, ...options }: Opening): Promise<Reader> {
  const loader = new Loader(base, (loaded, total) => postMessage({ id, loaded, total } satisfies Answer));
  startRuntime(loader.runtime(), threads);
  return openReader((name) => loader.model(name), options);
}

function about(opened: Reader): About {
  const faults = constants.quality.FAULTS;
  const hints = faults.map(({ name, worse, aim }) => ({ name, worse: Math.sign(worse), threshold: aim }));
  return { version, model: opened.version, hints };
}

async function read({ pictures, name, ...asked }: Asked): Promise<ReadingJson> {
  const frames: Gray[] = [];
  for (const picture of pictures) frames.push(await decode(picture));
  return { ...toDict(await (await reader).readFrames(frames, asked)), image: name };
}
