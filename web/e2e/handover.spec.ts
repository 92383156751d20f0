/** What comes to the page from elsewhere: what apps share with it, what a service that is away leaves to it, versions. */

import { createHash } from 'node:crypto';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { Host } from './host';
import { BLACK, test as base, DIST, DOOR, expect, expectAccessible, HONDA, kept, PHONE, STATIC, vinOf } from './parts';

const MODEL = {
  version: '0.1.0-0123abcd',
  hints: [],
  service: {
    version: '0.1.0',
    key_required: false,
    kept_days: null,
    max_bytes: 33_554_432,
    barcodes: false,
    offline: true,
  },
};

/** `service`: the service's own page, over a service that knows its model and does not read. */
const test = base.extend<{ service: Host }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright asks for a pattern
  service: async ({}, use) => {
    const index = { type: 'text/html; charset=utf-8', content: readFileSync(`${STATIC}/index.html`) };
    const model = { type: 'application/json', content: JSON.stringify(MODEL) };
    const review = { type: 'text/html', content: '<title>the desk</title>' };
    const answers = { '/': index, '/v1/model': model, '/review': review };
    const service = new Host({ '/offline/': DIST, '/static/': STATIC }, answers);
    await service.start();
    await use(service);
    await service.stop();
  },
});

test('a photo that another app shares is read, and is kept nowhere', async ({ page, app, host }) => {
  await page.goto(app);
  await kept(page);
  await page.goto(`${host.url}/other.html`);
  await page.setInputFiles('input', DOOR);
  host.asked.length = 0;
  await page.evaluate(() => document.forms[0].submit());
  expect(await vinOf(page)).toBe(HONDA);
  expect(page.url()).toBe(app);
  expect(host.asked.filter((one) => !one.startsWith('GET '))).toEqual([]);
  const stores = await page.evaluate(async () => {
    const names = await caches.keys();
    const requests = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
    return requests.flat().map(({ url }) => url);
  });
  expect(stores.filter((url) => url.includes('/inbox/'))).toEqual([]);
  await page.reload();
  await page.waitForSelector('#version:not(:empty)');
  await expect(page.locator('#start')).toBeVisible();
});

test('a new version is offered, and taken with a click', async ({ page }, info) => {
  const folder = info.outputPath('site');
  cpSync(DIST, folder, { recursive: true });
  const host = new Host({ '/': folder });
  await host.start();
  await page.goto(host.url);
  await kept(page);
  const worker = readFileSync(`${folder}/sw.js`, 'utf8');
  const sumOf = (content: string) => createHash('sha256').update(content).digest('hex');
  const old = readFileSync(`${folder}/style.css`, 'utf8');
  const style = `${old}\n:root { --tested: 1; }\n`;
  writeFileSync(`${folder}/style.css`, style);
  writeFileSync(`${folder}/sw.js`, worker.replace(sumOf(old), sumOf(style)));
  const tested = () => page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue('--tested'));
  await page.reload();
  await expect(page.locator('.news')).toContainText('There is a new version of this page.');
  expect(await tested()).toBe('');
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Reload' }).click();
  await expect.poll(() => tested().catch(() => '')).toBe('1');
  await page.waitForSelector('#version:not(:empty)');
  await expect(page.locator('.news')).toBeHidden();
  await host.stop();
});

test.describe('where the service is away', () => {
  test.use({ viewport: PHONE });

  test.beforeEach(async ({ page, service }) => {
    await page.goto(service.url);
    const active = async () => (await navigator.serviceWorker.getRegistrations()).map(({ active }) => active?.state);
    await expect.poll(() => page.evaluate(active)).toEqual(['activated', 'activated']);
  });

  test('its page hands a photo to the page that reads here', async ({ page, service }) => {
    await service.stop();
    await page.setInputFiles('#files', DOOR);
    await page.waitForSelector('text=The service cannot be reached.');
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Read on this device' }).click();
    expect(await vinOf(page)).toBe(HONDA);
    expect(page.url()).toBe(`${service.url}/offline/`);
  });

  test('its table hands over the photos that were not read', async ({ page, context, service }) => {
    await service.stop();
    await page.setInputFiles('#files', [DOOR, BLACK]);
    const tab = context.waitForEvent('page');
    await page.getByRole('button', { name: 'Read on this device' }).click();
    const here = await tab;
    await expect(here.locator('#table td.vin code')).toHaveText([HONDA, '1M8GDM9AXKP042788']);
    await expect(page.locator('#table tbody tr')).toHaveCount(2);
  });

  test('its address leads to the page that reads here, and nothing else does', async ({ page, context, service }) => {
    await page.goto(`${service.url}/review`);
    await expect(page).toHaveTitle('the desk');
    await service.stop();
    await page.goto(`${service.url}/?lang=de`);
    expect(page.url()).toBe(`${service.url}/offline/?lang=de`);
    await expect(page.locator('#kept')).toContainText('Fotos werden auf diesem Gerät gelesen');
    await page.goto(`${service.url}/offline`);
    expect(page.url()).toBe(`${service.url}/offline/`);
    const desk = await context.newPage();
    await expect(desk.goto(`${service.url}/review`)).rejects.toThrow('ERR_CONNECTION_REFUSED');
    await service.start();
    await page.goto(service.url);
    expect(page.url()).toBe(`${service.url}/`);
  });

  test('it leads there, too, where no answer comes', async ({ page, service }) => {
    test.slow();
    await service.stop();
    const silent = createServer(() => {});
    await new Promise<void>((done) => silent.listen(Number(new URL(service.url).port), done));
    await page.goto(service.url);
    expect(page.url()).toBe(`${service.url}/offline/`);
    silent.closeAllConnections();
    silent.close();
  });

  test('it is given up where the service has it no more', async ({ page, service }) => {
    const model = JSON.stringify({ ...MODEL, service: { ...MODEL.service, offline: false } });
    await page.route('**/v1/model', (route) => route.fulfill({ contentType: 'application/json', body: model }));
    await page.goto(service.url);
    const kept = async () => (await navigator.serviceWorker.getRegistrations()).length;
    await expect.poll(() => page.evaluate(kept)).toBe(0);
  });
});
