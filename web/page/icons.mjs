/** Draws the icons of the installed page from `static/icon.svg`: node page/icons.mjs */

import { readFileSync } from 'node:fs';
import { chromium } from '@playwright/test';

const SVG = readFileSync(new URL('../../vinchar/service/static/icon.svg', import.meta.url), 'utf8');
const GROUND = /rect[^>]*fill="(#\w+)"/.exec(SVG)[1];

/** Name, side in pixels, and the part of the side that the drawing has, round which systems cut their own shape. */
const ICONS = [
  ['icon-192.png', 192, 1],
  ['icon-512.png', 512, 1],
  ['icon-maskable.png', 512, 0.75],
  ['icon-apple.png', 180, 0.9],
];

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
const page = await browser.newPage();
for (const [name, side, part] of ICONS) {
  await page.setViewportSize({ width: side, height: side });
  const ground = part < 1 ? `background: ${GROUND};` : '';
  const size = `width: ${part * side}px; height: ${part * side}px; margin: ${((1 - part) / 2) * side}px;`;
  await page.setContent(`<style>body { margin: 0; ${ground} } svg { display: block; ${size} }</style>${SVG}`);
  await page.screenshot({ path: new URL(name, import.meta.url).pathname, omitBackground: true });
}
await browser.close();
