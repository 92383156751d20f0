/** The camera of the page that reads on this device. */

import { readFile } from 'node:fs/promises';
import { chromium } from '@playwright/test';
import { writeClip } from './clip';
import { DOOR, expect, expectAccessible, HONDA, PHONE, test, vinOf } from './parts';

test('a VIN that comes into the frame is read', async ({ page, app, host }, info) => {
  await page.goto(app);
  const clip = info.outputPath('near.y4m');
  await writeClip(clip, page, await readFile(DOOR));
  const { executablePath, args = [] } = info.project.use.launchOptions!;
  const camera = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];
  const browser = await chromium.launch({
    executablePath,
    args: [...args, ...camera, `--use-file-for-fake-video-capture=${clip}`],
  });
  const context = await browser.newContext({
    viewport: PHONE,
    hasTouch: true,
    isMobile: true,
    permissions: ['camera'],
  });
  const phone = await context.newPage();
  host.asked.length = 0;
  await phone.goto(app);
  await phone.click('#open-camera');
  await phone.waitForSelector('#camera[open]');
  expect(await vinOf(phone)).toBe(HONDA);
  await expect(phone.locator('#camera')).toBeHidden();
  expect(await phone.evaluate(() => document.querySelector('video')!.srcObject)).toBeNull();
  await expectAccessible(phone);
  expect(host.asked.filter((one) => !one.startsWith('GET /app/'))).toEqual([]);
  await browser.close();
});
