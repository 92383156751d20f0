import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { handOver, takeOver } from '../../vinchar/service/static/handover.js';

const BASE = 'https://host.example/offline/';
const START = Date.UTC(2026, 0, 1);

let held: Map<string, Response>;
let now: number;

/** As much of a browser's store as it takes. */
beforeEach(() => {
  [held, now] = [new Map(), START];
  vi.spyOn(Date, 'now').mockImplementation(() => now++);
  const store = {
    keys: async () => [...held.keys()].map((url) => ({ url })),
    match: async ({ url }: { url: string }) => held.get(url)?.clone(),
    put: async (url: string, answer: Response) => void held.set(url, answer),
    delete: async ({ url }: { url: string }) => held.delete(url),
  };
  vi.stubGlobal('caches', { open: async () => store });
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const photo = (name: string) => new File([name], name, { type: 'image/jpeg' });
const names = async () => (await takeOver(BASE)).map(({ name }) => name);

test('files are taken as they were laid down, once', async () => {
  await handOver([photo('a 1.jpg'), photo('ж.jpg')], BASE);
  expect(held.size).toBe(1); // so never half of them
  const [first, second, ...others] = await takeOver(BASE);
  expect([first.name, first.type, await first.text()]).toEqual(['a 1.jpg', 'image/jpeg', 'a 1.jpg']);
  expect([second.name, others]).toEqual(['ж.jpg', []]);
  expect(await names()).toEqual([]);
});

test('what is laid down last is taken, and nothing is not laid down', async () => {
  await handOver([photo('a')], BASE);
  await handOver([photo('b')], BASE);
  await handOver([], BASE);
  expect(await names()).toEqual(['b']);
  expect(held.size).toBe(0);
});

test('what lay there for long is dropped', async () => {
  await handOver([photo('a')], BASE);
  held.set(`${BASE}inbox/0`, new Response('of an older version'));
  now += 10 * 60_000;
  expect(await names()).toEqual([]);
  expect(held.size).toBe(0);
});
