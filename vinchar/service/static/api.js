/** Asks the service: with a key where one is needed, patiently where it is busy, and with an end to all waiting. */

import { byId } from "./dom.js";

const BASE = new URL("../", import.meta.url); // the pages may lie below a path of their own
const KEY = "vinchar-key";
const LONGEST_PAUSE = 30; // seconds; whoever is told to wait longer is asked instead

/** Why something could not be had: `code` as the service's problems have it, or `unreachable`, `slow`, `no-key`. */
export class Problem extends Error {
  constructor(code, detail = "", after = 0) {
    super(detail || code);
    Object.assign(this, { code, detail, after });
  }
}

let asking = null;

/** Ask for the key, once for all who wait for it. */
function askForKey(refused) {
  asking ??= new Promise((resolve, reject) => {
    const dialog = byId("key");
    const field = dialog.querySelector("input");
    field.value = "";
    byId("key-refused").hidden = !refused;
    dialog.returnValue = "";
    dialog.onclose = () => {
      asking = null;
      if (dialog.returnValue !== "given" || !field.value) return reject(new Problem("no-key"));
      sessionStorage.setItem(KEY, field.value.trim());
      resolve();
    };
    dialog.showModal();
  });
  return asking;
}

const pause = (seconds, signal) =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, seconds * 1000);
    signal?.addEventListener("abort", () => (clearTimeout(timer), reject(signal.reason)), { once: true });
  });

/**
 * Ask the service and return its answer. A refusal for want of a key asks for one, a busy service is asked again.
 * @param {string} path such as "v1/model"
 * @param {{method?: string, body?: BodyInit | object, signal?: AbortSignal, seconds?: number, patience?: number,
 *   keepalive?: boolean}} [how] `seconds`: for one try; `patience`: how long to go on asking a busy service, seconds
 * @throws {Problem} and `AbortError` where `signal` ended it
 */
export async function ask(path, { seconds = 20, patience = 60, body, signal, ...how } = {}) {
  const plain = body === undefined || body instanceof FormData;
  const started = performance.now();
  for (;;) {
    const key = sessionStorage.getItem(KEY);
    const headers = key ? { Authorization: `Bearer ${key}` } : {};
    if (!plain) headers["Content-Type"] = "application/json";
    const request = { ...how, headers, body: plain ? body : JSON.stringify(body) };
    const answer = await tryOnce(new URL(path, BASE), request, seconds, signal);
    if (answer.ok) return answer;
    const problem = await problemOf(answer);
    const waited = (performance.now() - started) / 1000;
    if (problem.code === "key-required") await askForKey(key !== null && key === sessionStorage.getItem(KEY));
    else if (answer.status === 429 && waited + problem.after < patience) await pause(problem.after, signal);
    else throw problem;
  }
}

async function tryOnce(address, how, seconds, signal) {
  const ending = new AbortController();
  const end = () => ending.abort();
  const timer = setTimeout(end, seconds * 1000);
  signal?.addEventListener("abort", end);
  try {
    return await fetch(address, { ...how, signal: ending.signal });
  } catch {
    signal?.throwIfAborted();
    throw new Problem(ending.signal.aborted ? "slow" : "unreachable");
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", end);
  }
}

async function problemOf(answer) {
  const said = await answer.json().catch(() => ({}));
  const after = Math.min(Number(answer.headers.get("Retry-After")) || 1, LONGEST_PAUSE);
  return new Problem(said.code ?? `http-${answer.status}`, said.detail, after);
}

export const model = async () => (await ask("v1/model")).json();

/**
 * Read one picture. Where that is unsure, it is read once more, for other VINs and barcodes in it; and may be kept.
 * @param {File} picture
 * @param {{barcodes?: boolean}} [how] and as of `ask`
 * @returns {Promise<{reading: object, task: string | null}>} `task`: its number at the desk, if it went there
 */
export async function read(picture, { barcodes = false, ...how } = {}) {
  const found = await send("v1/read?keep=false", [picture], how);
  return found.reading.status === "ok" ? found : send(`v1/read?all=true&barcodes=${barcodes}`, [picture], how);
}

/** Read what a camera sees at a moment; answers as `read`. Nobody keeps it. */
export const readFrame = (frame, how = {}) => send("v1/read?kind=photo&keep=false", [frame], how);

/** Read several frames of one VIN together; answers as `read`. */
export const readFrames = (pictures, how = {}) => send("v1/read/frames", pictures, how);

async function send(path, pictures, how) {
  const body = new FormData();
  for (const picture of pictures) body.append("image", picture, picture.name);
  const answer = await ask(path, { method: "POST", body, seconds: 120, ...how }).catch(async (problem) => {
    if (problem.code !== "unreachable") throw problem;
    const open = await Promise.all(pictures.map((one) => one.slice(0, 1).arrayBuffer())).catch(() => null);
    throw open ? problem : new Problem("unreadable-file"); // one that was moved or deleted meanwhile
  });
  return { reading: await answer.json(), task: answer.headers.get("Vinchar-Task") };
}
