/** The page that reads on this device, from its first visit to a day without a network. */

import { readFile } from 'node:fs/promises';
import { BLACK, DOOR, expect, expectAccessible, HONDA, kept, PHONE, payload, test, vinOf } from './parts';

test('a photo is read, and nothing is asked for but files of the page', async ({ page, app, host, wrong }) => {
  await page.goto(app);
  await page.setInputFiles('#files', DOOR);
  expect(await vinOf(page)).toBe(HONDA);
  await expect(page.locator('#result h1')).toHaveText('Clearly read');
  await expect(page.locator('#version')).toHaveText(/^vinchar \S+, model \S+$/);
  await expect(page.locator('#kept')).toHaveText('Photos are read on this device and never leave it.');
  await kept(page);
  expect(host.asked.filter((one) => !one.startsWith('GET /app/'))).toEqual([]);
  expect(wrong).toEqual([]);
});

test('what reads is held to the policy of the page, with no service worker before it', async ({ browser, app }) => {
  const context = await browser.newContext({ serviceWorkers: 'block' });
  const page = await context.newPage();
  const told = `addEventListener('securitypolicyviolation', ({ effectiveDirective: message }) =>
    postMessage({ id: 0, code: 'held', message }));
    fetch('https://elsewhere.example/').catch(() => {});`;
  await page.route('**/worker.js', (route) => route.fulfill({ contentType: 'text/javascript', body: told }));
  await page.goto(app);
  const why = await page.evaluate(async (address) => {
    const { openVinchar } = await import(address);
    return openVinchar().catch(({ code, message }: { code: string; message: string }) => [code, message]);
  }, `${app}vinchar.js`);
  expect(why).toEqual(['held', 'connect-src']);
  await context.close();
});

test('several photos make a table and a CSV file', async ({ page, app, wrong }) => {
  await page.goto(app);
  const letter = { name: 'letter.txt', mimeType: 'text/plain', buffer: Buffer.from('no picture') };
  const empty = { name: 'empty.jpg', mimeType: 'image/jpeg', buffer: Buffer.alloc(0) };
  await page.setInputFiles('#files', [
    await payload(DOOR, '=1+1.jpg'),
    await payload(BLACK, 'black.jpg'),
    letter,
    empty,
  ]);
  await expect(page.locator('#table progress')).toBeHidden({ timeout: 90_000 });
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download CSV' }).click();
  const lines = (await readFile((await (await download).path())!, 'utf8')).split('\r\n');
  expect(lines[0]).toMatch(/^\ufeffimage,vin,status,confidence,/);
  expect(lines[1]).toMatch(`"'=1+1.jpg",${HONDA},ok,0.9`);
  expect(lines[2]).toMatch('black.jpg,1M8GDM9AXKP042788,ok,');
  expect(lines.slice(3)).toEqual(['letter.txt,,error,,,,,,not-a-picture', 'empty.jpg,,error,,,,,,empty', '']);
  await page.getByRole('button', { name: 'Details of black.jpg' }).click();
  expect(await vinOf(page)).toBe('1M8GDM9AXKP042788');
  expect(wrong).toEqual([]);
});

test('after the first visit no network is needed', async ({ page, app, host, context, wrong }) => {
  await page.goto(app);
  await expect(page.locator('#toast')).toHaveText('From now on this page works without a network.', {
    timeout: 60_000,
  });
  await host.stop();
  await context.setOffline(true);
  await page.goto(`${app}?lang=de`);
  await page.setInputFiles('#files', DOOR);
  expect(await vinOf(page)).toBe(HONDA);
  await expect(page.locator('#result h1')).toHaveText('Sicher gelesen');
  expect(wrong.splice(0).filter((said) => !said.includes('ERR_INTERNET_DISCONNECTED'))).toEqual([]);
});

test('the worker lets nothing through but what is the page', async ({ page, app, host }) => {
  await page.goto(app);
  await kept(page);
  await page.reload();
  await page.waitForSelector('#version:not(:empty)');
  host.asked.length = 0;
  const refused = await page.evaluate(async () => {
    const tries: [string, RequestInit?][] = [
      ['share', { method: 'POST', body: 'x' }],
      ['index.html', { method: 'POST', body: 'x' }],
      ['index.html', { method: 'HEAD' }],
      ['unknown?1HGCM82633A004352'],
      ['../other.html'],
      ['http://127.0.0.1:9/'],
    ];
    return Promise.all(
      tries.map(([path, how]) =>
        fetch(path, how).then(
          ({ status }) => status,
          () => 'refused',
        ),
      ),
    );
  });
  expect(refused).toEqual(Array(6).fill('refused'));
  const style = await page.evaluate(async () =>
    (await fetch('style.css?1HGCM82633A004352')).headers.get('Content-Security-Policy'),
  );
  expect(style).toContain("default-src 'none'");
  expect(host.asked).toEqual([]);
});

test('where the reader cannot be loaded, that is said', async ({ page, app }) => {
  await page.route('**/model/ctc.onnx*', (route) => route.abort());
  await page.goto(app);
  await expect(page.locator('.news')).toContainText('The reader could not be loaded.');
  await expect(page.locator('#kept')).toContainText('The reader could not be loaded.');
  await page.setInputFiles('#files', DOOR);
  await expect(page.locator('#busy')).toContainText('The reader could not be loaded.');
  await expectAccessible(page);
  await page.unroute('**/model/ctc.onnx*');
  await page.locator('#busy').getByRole('button', { name: 'Try again' }).click();
  expect(await vinOf(page)).toBe(HONDA);
  await expect(page.locator('.news')).toBeHidden();
  await page.goBack();
  await expect(page.locator('#kept')).toHaveText('Photos are read on this device and never leave it.');
});

for (const [language, colorScheme, said] of [
  ['de-DE', 'dark', 'Fotos werden auf diesem Gerät gelesen'],
  ['ru-RU', 'light', 'Фото распознаются на этом устройстве'],
] as const) {
  test.describe(language, () => {
    test.use({ locale: language, colorScheme, viewport: PHONE, hasTouch: true, isMobile: true });

    test('every state is accessible and fits a phone', async ({ page, app, wrong }) => {
      await page.goto(app);
      await expect(page.locator('#kept')).toContainText(said);
      await page.waitForSelector('#version:not(:empty)');
      await expectAccessible(page);
      await page.setInputFiles('#files', DOOR);
      await vinOf(page);
      await expectAccessible(page);
      await page.setInputFiles('#files', [DOOR, BLACK]);
      await expect(page.locator('#table progress')).toBeHidden({ timeout: 90_000 });
      await expectAccessible(page);
      expect(wrong).toEqual([]);
    });
  });
}
