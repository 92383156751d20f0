/** What the tests share: a page of a host of its own, that sees no error, and asks for nothing but files of it. */

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import AxeBuilder from '@axe-core/playwright';
import { test as base, expect, type Page } from '@playwright/test';
import { Host } from './host';

export const DIST = fileURLToPath(new URL('../dist', import.meta.url));
export const STATIC = fileURLToPath(new URL('../../vinchar/service/static', import.meta.url));
export const DOOR = fileURLToPath(new URL('../../images/photos/door-label-white.jpg', import.meta.url));
export const HONDA = '1HGCM82633A004352'; // what is in it
export const BLACK = fileURLToPath(new URL('../../images/photos/door-label-black.jpg', import.meta.url));
export const PHONE = { width: 360, height: 740 };

export { expect };

/** `host`: has the page below /app/; `app`: its address; `wrong`: what the browser complained of, nothing at the end. */
export const test = base.extend<{ host: Host; app: string; wrong: string[] }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright asks for a pattern
  host: async ({}, use) => {
    const form =
      '<form action="/app/share" method="post" enctype="multipart/form-data"><input type="file" name="photos" multiple>';
    const host = new Host({ '/app/': DIST }, { '/other.html': { type: 'text/html', content: form } });
    await host.start();
    await use(host);
    await host.stop();
  },
  app: async ({ host }, use) => use(`${host.url}/app/`),
  wrong: async ({ page }, use) => {
    const wrong: string[] = [];
    page.on('pageerror', (error) => wrong.push(String(error)));
    page.on('console', (said) => ['error', 'warning'].includes(said.type()) && wrong.push(said.text()));
    await use(wrong);
    expect(wrong).toEqual([]);
  },
});

/** The VIN that is shown, once it is. */
export async function vinOf(page: Page): Promise<string> {
  await page.waitForSelector('#result .vin', { timeout: 60_000 });
  return (await page.locator('#result .main .char').allInnerTexts()).join('');
}

/** Wait until all of the page is kept in the browser. */
export async function kept(page: Page): Promise<void> {
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null, null, { timeout: 60_000 });
}

export async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const bad = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  expect(bad.map(({ id, nodes }) => [id, nodes[0].html])).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(
    page.viewportSize()!.width,
  );
}

/** A file as a page takes it. */
export async function payload(path: string, name: string) {
  return { name, mimeType: 'image/jpeg', buffer: await readFile(path) };
}
