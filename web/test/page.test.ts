import { readFileSync } from 'node:fs';
import { beforeEach, expect, test, vi } from 'vitest';

vi.mock('../src/vinchar', async (original) => ({ ...(await original<object>()), openVinchar: vi.fn() }));

const STATIC = new URL('../../vinchar/service/static/', import.meta.url);
const FILE = new File(['x'], 'a.jpg');
const about = { version: '1.2', model: 'm', hints: [{ name: 'blur', worse: 1, threshold: 0.5 }] };

/** The page's api, fresh, over a reader that says this. */
async function api(says: (options: Record<string, unknown>) => unknown) {
  vi.resetModules();
  const library = await import('../src/vinchar');
  const open = vi.mocked(library.openVinchar);
  const read = vi.fn(async (_: unknown, options: Record<string, unknown>) => says(options));
  open.mockReset().mockResolvedValue({ about, read, readFrames: read } as never);
  return { ...(await import('../page/api')), open, asked: read, VincharError: library.VincharError };
}

test('it says what reads as a service does', async () => {
  const { model } = await api(() => ({}));
  expect(await model()).toEqual({ version: 'm', hints: about.hints, service: { version: '1.2', local: true } });
});

test('a picture is read once if that is sure, else once more for other VINs', async () => {
  const sure = await api(() => ({ status: 'ok' }));
  expect(await sure.read(FILE)).toEqual({ reading: { status: 'ok' }, task: null });
  expect(sure.asked.mock.calls).toEqual([[FILE, { name: 'a.jpg', signal: undefined }]]);
  const unsure = await api(({ every }) => ({ status: 'uncertain', every }));
  expect((await unsure.read(FILE)).reading).toEqual({ status: 'uncertain', every: true });
});

test('of several frames that is named in whose pixels the corners are', async () => {
  const { readFrames } = await api(() => ({ status: 'ok', frame: 1 }));
  const frames = ['a', 'b', 'c'].map((name) => new File(['x'], name));
  expect((await readFrames(frames)).reading.image).toBe('b');
});

test('the codes are those of the service', async () => {
  const code = async (code: string) => {
    const made = await api(() => {
      throw new made.VincharError('why', code);
    });
    return made.read(FILE).catch((problem) => [problem instanceof made.Problem, problem.code, problem.detail]);
  };
  expect(await code('not-a-picture')).toEqual([true, 'not-a-picture', 'why']);
  expect(await code('worker-died')).toEqual([true, 'reader-failed', 'why']);
  const texts = JSON.parse(readFileSync(new URL('texts.json', STATIC), 'utf8'));
  for (const name of ['not-loaded', 'reader-failed']) expect(`error.${name}` in texts).toBe(true);
});

test('a reader that died is opened anew', async () => {
  let dead = true;
  const made = await api(() => {
    if (dead) throw new made.VincharError('gone', 'worker-died');
    return { status: 'ok' };
  });
  await expect(made.read(FILE)).rejects.toThrow('gone');
  dead = false;
  await made.read(FILE);
  expect(made.open).toHaveBeenCalledTimes(2);
});

test('a frame is not waited for while the reader is loaded', async () => {
  const { readFrame } = await api(() => ({ status: 'uncertain' }));
  await expect(readFrame(FILE)).rejects.toMatchObject({ code: 'queue-full', after: 1 });
  await expect.poll(() => readFrame(FILE).catch(() => null)).toMatchObject({ task: null });
});

test('what cannot be loaded is tried again when asked for, and whoever watches is told', async () => {
  const made = await api(() => ({ status: 'ok' }));
  const { open, read, watch } = made;
  open.mockRejectedValueOnce(new made.VincharError('404', 'model-error'));
  const told: string[] = [];
  watch({ onprogress: () => told.push('some'), onopen: () => told.push('open'), onfail: () => told.push('fail') });
  await expect(read(FILE)).rejects.toMatchObject({ code: 'not-loaded', detail: '404' });
  made.open.mock.calls[0][0]!.onprogress!(1, 2); // late
  await read(FILE);
  expect(told).toEqual(['fail', 'open']);
});

test('what is cancelled ends as the signal says', async () => {
  const ending = new AbortController();
  const { read } = await api(() => {
    ending.abort(new Error('enough'));
    throw ending.signal.reason;
  });
  await expect(read(FILE, { signal: ending.signal })).rejects.toThrow('enough');
});

beforeEach(() => vi.stubGlobal('location', { href: 'https://host.example/' }));

test("the built page is the service's without what only a service has", async () => {
  const { htmlOf } = await import('../page/build');
  const html = htmlOf(readFileSync(new URL('index.html', STATIC), 'utf8'), (name) => `assets/${name}`);
  expect(html).not.toMatch(/<!--|href="(?:docs|review)"|id="key"|"static\//);
  expect(html).toContain('<script type="module" src="./assets/page.js">');
  expect(html).toContain('<meta http-equiv="Content-Security-Policy" content="default-src \'none\';');
  expect(html).toContain('<span id="kept" data-text="read.local">');
});
