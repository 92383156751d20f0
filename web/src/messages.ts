/** What the library and its worker say to each other. */

import type { About, AskedKind, Picture, ReaderOptions, ReadingJson } from './api.ts';

/** What is opened: the model and the runtime in a folder, how many threads share a network, and with which options. */
export type Opening = ReaderOptions & { base: string; threads: number };

/** What is read: one picture, or several of one VIN; `every`: all VINs in it. */
export interface Asked {
  pictures: Picture[];
  kind: AskedKind;
  name: string | null;
  every: boolean;
}

/** To the worker: `open` comes first, once; what is to `drop` need not be read any more, if it waits. */
export type Request = { id: number; open: Opening } | { id: number; read: Asked } | { id: number; drop: true };

/** From the worker: bytes `loaded` of all, what was asked for, or why it cannot be had. */
export type Answer =
  | { id: number; loaded: number; total: number }
  | { id: number; about: About }
  | { id: number; reading: ReadingJson }
  | { id: number; code: string; message: string };
