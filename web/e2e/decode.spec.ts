/** Picture files as a browser decodes them, beside what Python takes from them (`golden/decode.py`). */

import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, type Page, test } from '@playwright/test';
import { build } from 'vite';

interface Case {
  name: string;
  file: string; // these in base64
  gray?: string;
  width?: number;
  height?: number;
  code?: string;
}

const packed = readFileSync(new URL('../test/golden/decode.json.gz', import.meta.url));
const cases: Case[] = JSON.parse(gunzipSync(packed).toString(), (_, value) => (value?.dtype ? value.data : value));
let program: string;

test.beforeAll(async () => {
  const lib = {
    entry: new URL('../src/decode.ts', import.meta.url).pathname,
    formats: ['iife' as const],
    name: 'decoding',
  };
  const made = await build({ configFile: false, logLevel: 'error', build: { lib, write: false } });
  program = (made as unknown as { output: { code: string }[] }[])[0].output[0].code;
});

async function open(page: Page): Promise<void> {
  await page.route('http://localhost/', (route) =>
    route.fulfill({ contentType: 'text/html', body: '<title>-</title>' }),
  );
  await page.goto('http://localhost/');
  await page.addScriptTag({ content: program });
}

/** Decode a file in the page. */
async function decoded(page: Page, file: string): Promise<Omit<Case, 'name' | 'file'>> {
  return page.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
    try {
      const { data, width, height } = await (globalThis as any).decoding.decode(new Blob([bytes]));
      return { gray: btoa(String.fromCharCode(...data)), width, height };
    } catch (error) {
      return { code: (error as { code: string }).code };
    }
  }, file);
}

/** Return the largest difference of grey levels. */
function apart(got: string, wanted: string): number {
  const [one, other] = [got, wanted].map((base64) => Buffer.from(base64, 'base64'));
  expect(one.length).toBe(other.length);
  return Math.max(...one.map((level, i) => Math.abs(level - other[i])));
}

/** How far grey levels may be apart: colours are rounded in more than one way. */
const FAR: Record<string, number> = { 'half transparent': 1 };
const LOST = ['opacity never filled in']; // on a canvas colours are gone where nothing is opaque

for (const { name, file, ...wanted } of cases) {
  test(`${name}, as in Python`, async ({ page }) => {
    await open(page);
    const { gray, ...got } = await decoded(page, file);
    const { gray: expected, ...rest } = wanted;
    expect(got).toEqual(rest);
    if (expected !== undefined) expect(apart(gray as string, expected)).toBeLessThanOrEqual(FAR[name] ?? 0);
  });

  if (LOST.includes(name)) continue;
  test(`${name}, without an ImageDecoder`, async ({ page }) => {
    await open(page);
    await page.evaluate(() => delete (globalThis as any).ImageDecoder);
    const { gray, ...got } = await decoded(page, file);
    const { gray: expected, ...rest } = wanted;
    expect(got).toEqual(rest);
    if (expected !== undefined) expect(apart(gray as string, expected)).toBeLessThanOrEqual(2);
  });
}
