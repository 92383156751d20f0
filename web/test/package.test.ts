/** The package as npm would publish it: what is in it, how large it is, that its types stand by themselves. */

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ReadingJson } from '../src/api';

const ROOT = new URL('../', import.meta.url).pathname;
const BYTES = 15e6; // unpacked, at most
const isBuilt = existsSync(join(ROOT, 'dist', 'vinchar.js'));
const isRequired = (process.env.VINCHAR_REQUIRE ?? '').includes('web');

// By its type it has every key of a reading, and no other.
const KEYS: Record<keyof ReadingJson, true> = {
  schema: true,
  image: true,
  kind: true,
  vin: true,
  status: true,
  confidence: true,
  source: true,
  quad: true,
  characters: true,
  check_digit: true,
  reasons: true,
  alternatives: true,
  quality: true,
  maker: true,
  region: true,
  model_year: true,
  barcodes: true,
  without_list: true,
  model: true,
  frame: true,
  frames: true,
  others: true,
};

test('the type of a reading has the keys of its schema', () => {
  const schema = JSON.parse(readFileSync(join(ROOT, '..', 'vinchar', 'reading.schema.json'), 'utf8'));
  expect(Object.keys(KEYS).sort()).toEqual(Object.keys(schema.properties).sort());
});

const CONSUMER = `
import { openVinchar, read, VincharError, type Options, type Picture, type ReadingJson } from 'vinchar';

const options: Options = { base: '/vinchar/', minConfidence: 0.9, onprogress: (loaded: number, total: number) => {} };

export async function vins(picture: Picture, signal: AbortSignal): Promise<(string | null)[]> {
  const reader = await openVinchar(options);
  try {
    const one: ReadingJson = await reader.read(picture, { kind: 'photo', signal });
    const first: [number, number] | undefined = one.characters[0]?.quad[0];
    return first ? [one.vin, (await read(picture)).vin] : [];
  } catch (error) {
    if (error instanceof VincharError) return [error.code];
    throw error;
  } finally {
    reader.close();
  }
}

// @ts-expect-error: 'ok' is a status, and no number
export const wrong: number = ({} as ReadingJson).status;
`;

describe.skipIf(!isBuilt && !isRequired)('the package (skipped where dist/ is not built: npm run build)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vinchar-package-'));
  const installed = join(folder, 'node_modules', 'vinchar');
  let packed: { files: { path: string }[]; unpackedSize: number };

  beforeAll(() => {
    const said = execFileSync('npm', ['pack', '--json', '--pack-destination', folder], { cwd: ROOT, encoding: 'utf8' });
    const [made] = Object.values<any>(JSON.parse(said));
    packed = made;
    mkdirSync(installed, { recursive: true });
    execFileSync('tar', ['-xzf', join(folder, made.filename), '-C', installed, '--strip-components', '1']);
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  test('has what reading takes, and nothing else', () => {
    const names = packed.files.map(({ path }) => path);
    const { sha256 } = JSON.parse(readFileSync(join(installed, 'dist', 'model', 'model.json'), 'utf8'));
    expect(names).toEqual(
      expect.arrayContaining([
        'README.md',
        'package.json',
        'dist/LICENSE',
        'dist/LICENSE-onnxruntime.txt',
        'dist/worker.js',
      ]),
    );
    expect(names.filter((name) => !/^(dist\/|README\.md$|package\.json$)/.test(name))).toEqual([]);
    expect(names.filter((name) => name.endsWith('.onnx')).length).toBeGreaterThan(4);
    for (const name of names.filter((name) => name.endsWith('.onnx'))) expect(sha256).toHaveProperty([name.slice(11)]);
    expect(packed.unpackedSize).toBeLessThan(BYTES);
  });

  test('has what its package.json names, and needs no other package', () => {
    const about = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
    for (const path of Object.values<string>(about.exports['.']))
      expect(existsSync(join(installed, path)), path).toBe(true);
    expect(about.dependencies).toBeUndefined();
    expect(about.private).toBeUndefined();
  });

  test.each([
    ['bundler', 'esnext'],
    ['nodenext', 'nodenext'],
  ])('has types that a strict program is held to: %s', (moduleResolution, module) => {
    const compilerOptions = {
      ...{ strict: true, noEmit: true, target: 'es2022', lib: ['es2022', 'dom', 'dom.iterable'], types: [] },
      ...{ module, moduleResolution },
    };
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['consumer.ts'] }));
    writeFileSync(join(folder, 'consumer.ts'), CONSUMER);
    const tsc = join(ROOT, 'node_modules', '.bin', 'tsc');
    expect(spawnSync(tsc, ['-p', folder], { encoding: 'utf8' }).stdout).toBe('');
  });
});
