/** What the library and its worker say to each other. */

import type { Picture } from './decode';
import type { AskedKind, Options } from './reader';

/** What is opened: the model and the runtime in a folder, and with which options. */
export type Opening = Options & { base: string };

/** What is read: one picture, or several of one VIN; `every`: all VINs in it. */
export interface Asked {
  pictures: Picture[];
  kind: AskedKind;
  name: string | null;
  every: boolean;
}

/** What a reader says of itself: the versions of vinchar and of the model, and from where on quality is at fault. */
export interface About {
  version: string;
  model: string;
  hints: { name: string; worse: number; threshold: number }[];
}

/** To the worker: `open` comes first, once; what is to `drop` need not be read any more, if it waits. */
export type Request = { id: number; open: Opening } | { id: number; read: Asked } | { id: number; drop: true };

/** From the worker: bytes `loaded` of all, what was asked for, or why it cannot be had. */
export type Answer =
  | { id: number; loaded: number; total: number }
  | { id: number; about: About }
  | { id: number; reading: Record<string, unknown> }
  | { id: number; code: string; message: string };
