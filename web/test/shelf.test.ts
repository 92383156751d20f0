import { createHash } from 'node:crypto';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Shelf } from '../page/shelf';
import * as constants from '../src/constants';

const BASE = 'https://host.example/app/';
const FILES = { 'index.html': '<p>', 'page.js': 'read()', 'makers.tsv.packed': 'makers' };
const MODEL = {
  'structure.npz': 'structure',
  'locator.onnx': '1',
  'rectifier.onnx': '2',
  'classifier.onnx': '3',
  'glyph.onnx': '4',
};
const { FORMAT } = constants.bundle;
const SUM = (content: string) => createHash('sha256').update(content).digest('hex');
const sums = (files: Record<string, string>) =>
  Object.fromEntries(Object.entries(files).map(([name, one]) => [name, SUM(one)]));

/** As a browser's, of one name. */
class Store {
  readonly held = new Map<string, Response>();
  keys = async () => [...this.held.keys()].map((url) => ({ url }));
  match = async (url: string) => this.held.get(url)?.clone();
  put = async (url: string, answer: Response) => void this.held.set(url, answer);
  delete = async (url: string) => this.held.delete(url);
}

const described = (files: Record<string, string>, format: number = FORMAT) =>
  JSON.stringify({
    format,
    recogniser: 'lattice',
    recognisers: { lattice: { experts: { lattice: 1 } } },
    sha256: sums(files),
  });

let host: Record<string, string>;
let store: Store;
let asked: string[];

/** A shelf of the same store for a version of the site. */
function shelf(files: Record<string, string> = FILES): Shelf {
  const open = async () => store as unknown as Cache;
  return new Shelf({ base: BASE, files: sums(files), headers: { 'X-Ours': '1' } }, { open } as unknown as CacheStorage);
}

function hosted(files: Record<string, string>, model: Record<string, string>): Record<string, string> {
  const nets = Object.entries(model).map(([name, content]) => [`model/${name}`, content]);
  return { ...files, ...Object.fromEntries(nets), 'model/model.json': described(model) };
}

const textOf = async (path: string, of = shelf()) => (await of.answer(BASE + path))?.text();

beforeEach(() => {
  [host, store, asked] = [hosted(FILES, MODEL), new Store(), []];
  vi.stubGlobal('fetch', async (address: string, { integrity }: RequestInit) => {
    const path = new URL(address).pathname.replace('/app/', '') || 'index.html';
    asked.push(address.slice(BASE.length));
    if (!(path in host)) return new Response('', { status: 404 });
    const sum = createHash('sha256').update(host[path]).digest('base64');
    if (integrity && integrity !== `sha256-${sum}`) throw new TypeError('another content');
    return new Response(host[path], { headers: { 'Content-Type': 'text/x', 'Content-Encoding': 'gzip' } });
  });
});

afterEach(() => vi.unstubAllGlobals());

test('all files are given without the host', async () => {
  await shelf().fill();
  asked.length = 0;
  const { 'model/model.json': _, ...others } = host;
  host = {};
  for (const [path, content] of Object.entries(others)) expect(await textOf(path)).toBe(content);
  expect(await textOf('?lang=de')).toBe('<p>');
  expect(asked).toEqual([]);
});

test('an answer says our headers, its length, and nothing of how it was sent', async () => {
  await shelf().fill();
  const { headers } = (await shelf().answer(`${BASE}page.js`))!;
  expect(Object.fromEntries(headers)).toEqual({ 'content-type': 'text/x', 'content-length': '6', 'x-ours': '1' });
});

test('what is none of the files is not given', async () => {
  await shelf().fill();
  for (const path of [
    'other.js',
    'locator.onnx',
    'model/detector.onnx',
    'constructor',
    'model/toString',
    '../v1/read',
  ]) {
    expect(await shelf().answer(new URL(path, BASE).href), path).toBeNull();
  }
  expect(await shelf().answer('https://other.example/app/page.js')).toBeNull();
});

test('half of the files are not all of them, and are not fetched twice', async () => {
  delete host['page.js'];
  await expect(shelf().fill()).rejects.toThrow('page.js: 404');
  await expect.poll(() => store.held.size).toBe(2);
  [host['page.js'], asked] = ['read()', []];
  await shelf().fill();
  expect(asked.filter((path) => !path.startsWith('model/'))).toEqual(['page.js']);
});

test('a file that is not what it must be is asked for once more, and not kept', async () => {
  host['page.js'] = 'steal()';
  await expect(shelf().fill()).rejects.toThrow('another content');
  expect(asked.filter((path) => path === 'page.js')).toHaveLength(2);
});

test('a new version fetches what changed, and gives up what is old', async () => {
  await shelf().fill();
  const newer = { 'index.html': '<p>', 'page.js': 'read2()', 'makers.tsv.packed': 'makers' };
  [host, asked] = [hosted(newer, MODEL), []];
  await shelf(newer).fill();
  expect(asked).toEqual(['page.js', 'model/model.json']);
  expect(await textOf('page.js')).toBe('read()'); // until it is taken
  await shelf(newer).tidy();
  expect(await textOf('page.js', shelf(newer))).toBe('read2()');
  expect(store.held.size).toBe(3 + 5 + 1);
});

test('the host may change its model', async () => {
  await shelf().fill();
  const other = { ...MODEL, 'locator.onnx': 'better' };
  [host, asked] = [hosted(FILES, other), []];
  expect(await textOf('model/model.json')).toBe(described(other));
  expect(asked).toEqual(['model/model.json', `model/locator.onnx?${SUM('better').slice(0, 16)}`]);
  host = {};
  expect(await textOf('model/locator.onnx?whatever')).toBe('better');
});

test('a model that cannot be had whole leaves the one that is kept', async () => {
  await shelf().fill();
  host = hosted(FILES, { ...MODEL, 'locator.onnx': 'better' });
  host['model/locator.onnx'] = 'other';
  expect(await textOf('model/model.json')).toBe(described(MODEL));
  expect(await textOf('model/locator.onnx')).toBe('1');
  host['model/model.json'] = '<!doctype html>';
  expect(await textOf('model/model.json')).toBe(described(MODEL));
});

test('a model of a format that is not read leaves the one that is kept', async () => {
  await shelf().fill();
  const other = { ...MODEL, 'locator.onnx': 'better' };
  host = { ...hosted(FILES, other), 'model/model.json': described(other, FORMAT + 1) };
  expect(await textOf('model/model.json')).toBe(described(MODEL));
  expect(await textOf('model/locator.onnx')).toBe('1');
  await expect(shelf().fill()).rejects.toThrow(`model format ${FORMAT + 1}, expected ${FORMAT}`);
});

test('what a version of another format keeps is left to it, until it is given up', async () => {
  await shelf().fill();
  expect(store.held.has(`${BASE}model/model.json?format-${FORMAT}`)).toBe(true);
  const newer = `${BASE}model/model.json?format-${FORMAT + 1}`;
  await store.put(newer, new Response(described(MODEL, FORMAT + 1)));
  host = {};
  expect(await textOf('model/model.json')).toBe(described(MODEL));
  await shelf().tidy();
  expect(store.held.has(newer)).toBe(false);
});

test('a host that does not say which model it has is not waited for', async () => {
  await shelf().fill();
  vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
    expect(ms).toBe(3000);
    return AbortSignal.abort();
  });
  vi.stubGlobal('fetch', async (_: string, { signal }: RequestInit) => {
    signal!.throwIfAborted();
    return new Promise(() => {}); // for ever
  });
  expect(await textOf('model/model.json')).toBe(described(MODEL));
});
