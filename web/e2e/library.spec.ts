/** The built library as a page uses it: `vinchar.js`, its worker, the model. */

import { readFileSync } from 'node:fs';
import { expect, type Page, test } from '@playwright/test';

const STRIP = 'strips/barlow-condensed-600-print-dark.png';

/** Open a page that has the library as `vinchar`, and a function `file` for pictures in base64. */
async function open(page: Page): Promise<void> {
  await page.goto('vinchar.js'); // a page of that origin, with no policy of its own
  await page.evaluate(async () => {
    const here = globalThis as any;
    here.vinchar = await import(`${location.href}`);
    here.file = (base64: string) => new Blob([Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))]);
  });
}

function image(name: string): string {
  return readFileSync(new URL(`../../images/${name}`, import.meta.url)).toString('base64');
}

test('read: a picture at once, with the shipped model', async ({ page }) => {
  await open(page);
  const reading = await page.evaluate(async (base64) => {
    const { vinchar, file } = globalThis as any;
    return vinchar.read(file(base64), { name: 'strip.png' });
  }, image(STRIP));
  expect(reading).toMatchObject({ schema: 1, image: 'strip.png', kind: 'strip', status: 'ok' });
  expect(reading.vin).toHaveLength(17);
  expect(reading.characters).toHaveLength(17);
});

test('a reader of one’s own: progress, what it is, what it was told, and its end', async ({ page }) => {
  await open(page);
  const said = await page.evaluate(async (base64) => {
    const { vinchar, file } = globalThis as any;
    const told: number[][] = [];
    const onprogress = (loaded: number, total: number) => told.push([loaded, total]);
    const reader = await vinchar.openVinchar({ minConfidence: 1, base: new URL('.', location.href), onprogress });
    const pixels = new ImageData(64, 64); // nothing in it
    const readings = await Promise.all([reader.read(file(base64)), reader.read(pixels, { kind: 'photo' })]);
    const waits = reader.read(pixels).catch((error: any) => [error.name, error.code]);
    reader.close();
    return { told, about: reader.about, statuses: readings.map(({ status }) => status), waits: await waits };
  }, image(STRIP));
  expect(said.statuses).toEqual(['uncertain', 'not_found']);
  expect(said.waits).toEqual(['VincharError', 'closed']);
  expect(said.about.model).toMatch(/^\d+\.\d+\.\d+-[0-9a-f]{8}$/);
  expect(said.about.hints.map(({ name }: { name: string }) => name)).toContain('glyph_height');
  const [loaded, total] = said.told.at(-1) as number[];
  expect(loaded).toBe(total);
  expect(total).toBeGreaterThan(5e6);
  expect(said.told.every(([some, all]: number[]) => some <= all)).toBe(true);
});

test('what cannot be read is refused with a code, and nothing else is lost', async ({ page }) => {
  await open(page);
  const said = await page.evaluate(async (base64) => {
    const { vinchar, file } = globalThis as any;
    const reader = await vinchar.openVinchar();
    const code = (asked: Promise<unknown>) =>
      asked.then(
        () => null,
        ({ name, code }) => (name === 'VincharError' ? code : name),
      );
    const ending = new AbortController();
    const asked = [
      code(reader.read(file(btoa('no picture')))),
      code(reader.read(new Blob([]))),
      code(reader.read(file(base64), { kind: 'label' })),
      code(reader.read(file(base64), { signal: ending.signal })),
      code(reader.read(file(base64), { signal: AbortSignal.abort() })),
      code(reader.read(file(base64))),
    ];
    ending.abort();
    return Promise.all(asked);
  }, image(STRIP));
  expect(said).toEqual(['not-a-picture', 'empty', 'bad-request', 'AbortError', 'AbortError', null]);
});

test('a reader that is closed, or whose worker dies, reads no more, and says so', async ({ page }) => {
  await open(page);
  const said = await page.evaluate(async (base64) => {
    const { vinchar, file } = globalThis as any;
    const code = (asked: Promise<unknown>) =>
      asked.then(
        () => 'read',
        (error: any) => error.code,
      );
    const workers: Worker[] = [];
    globalThis.Worker = class extends Worker {
      constructor(...of: ConstructorParameters<typeof Worker>) {
        super(...of);
        workers.push(this);
      }
    };
    const reader = await vinchar.openVinchar();
    reader.close();
    const closed = await code(reader.read(file(base64)));
    const first = await code(vinchar.read(file(base64)));
    workers[1].dispatchEvent(new ErrorEvent('error', { message: 'out of memory', cancelable: true }));
    const died = await code(vinchar.read(file(base64)));
    return [closed, first, died, await code(vinchar.read(file(base64)))];
  }, image(STRIP));
  expect(said).toEqual(['closed', 'read', 'worker-died', 'read']);
});

test('what is handed over is closed, and what is no picture is refused', async ({ page }) => {
  const warned: string[] = [];
  page.on('console', (said) => warned.push(said.text()));
  await open(page);
  const said = await page.evaluate(async () => {
    const { vinchar } = globalThis as any;
    const code = (asked: Promise<any>) =>
      asked.then(
        ({ status }) => status,
        (error: any) => error.code,
      );
    const canvas = new OffscreenCanvas(64, 64);
    canvas.getContext('2d')!.fillRect(0, 0, 64, 64);
    const bitmap = canvas.transferToImageBitmap();
    const frame = new VideoFrame(canvas, { timestamp: 0 });
    const kind = 'photo';
    const found = [await code(vinchar.read(frame, { kind })), await code(vinchar.read(bitmap, { kind }))];
    bitmap.close();
    frame.close();
    for (const wrong of [bitmap, null, 'picture.jpg', 3]) found.push(await code(vinchar.read(wrong)));
    return found;
  });
  expect(said).toEqual(['not_found', 'not_found', ...Array(4).fill('not-a-picture')]);
  expect(warned).toEqual([]);
});

test('threads share the networks of an isolated page', async ({ page }) => {
  await open(page);
  expect(await page.evaluate(() => crossOriginIsolated && navigator.hardwareConcurrency)).toBeGreaterThan(1);
  await page.evaluate(() => (globalThis as any).vinchar.openVinchar());
  const [one, ...threads] = page.workers().map((worker) => new URL(worker.url()));
  expect(one.protocol).toBe('blob:');
  expect(threads.length).toBeGreaterThan(0);
  expect(threads.every(({ pathname }) => pathname.startsWith('/assets/onnxruntime-'))).toBe(true);
});

test('a model that is broken, and a folder with nothing in it, are refused', async ({ page }) => {
  await open(page);
  await page.route(/classifier\.onnx/, (route) => route.fulfill({ body: 'broken' }));
  const code = (base: string | null) =>
    page.evaluate(async (base) => {
      const { openVinchar } = (globalThis as any).vinchar;
      const error = await openVinchar(base === null ? {} : { base }).catch((error: unknown) => error);
      return [error.code, error.message];
    }, base);
  const [broken, why] = await code(null);
  expect(broken).toBe('model-error');
  expect(why).toContain('classifier.onnx: not the file that model.json was written for');
  const [none] = await code('http://localhost:4173/nowhere/');
  expect(none).toBe('worker-died');
});
