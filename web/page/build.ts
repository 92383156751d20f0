/** A plugin of Vite: makes the site of the service's page, with `api.ts` in the place of its `api.js`. */

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'vite';
import { filesOf } from '../src/modelfiles.ts';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const STATIC = resolve(HERE, '../../vinchar/service/static');
const ICONS = ['icon-192.png', 'icon-512.png', 'icon-maskable.png', 'icon-apple.png'];
const NOT_OF_THE_SITE = /^types\/|^package\.json$|^sw\.js$|\.(?:md|map|d\.ts)$/; // the package's

/** Whatever the page shows or does comes from its own folder. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self' blob:",
  "connect-src 'self'",
  "img-src 'self' blob:",
  "style-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** What the service worker says with every file, so that it holds for the reader's worker, too. */
const HEADERS = {
  'Content-Security-Policy': `${POLICY}; frame-ancestors 'none'`,
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};

const HEAD = `  <meta http-equiv="Content-Security-Policy" content="${POLICY}">
  <meta name="referrer" content="no-referrer">
  <meta name="description" content="Reads vehicle identification numbers in photos, on this device.">
  <link rel="manifest" href="manifest.webmanifest">
  <link rel="apple-touch-icon" href="icon-apple.png">
`;

const MANIFEST = {
  id: './',
  name: 'vinchar',
  short_name: 'vinchar',
  description: 'Reads vehicle identification numbers (VINs) in photos, on this device.',
  start_url: './',
  scope: './',
  display: 'standalone',
  background_color: '#f5f7f9',
  theme_color: '#0b5cad',
  icons: [
    { src: 'icon.svg', sizes: 'any', type: 'image/svg+xml' },
    { src: 'icon-192.png', sizes: '192x192', type: 'image/png' },
    { src: 'icon-512.png', sizes: '512x512', type: 'image/png' },
    { src: 'icon-maskable.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
  ],
  share_target: {
    action: './share',
    method: 'POST',
    enctype: 'multipart/form-data',
    params: { files: [{ name: 'photos', accept: ['image/*'] }] },
  },
};

export function page(): Plugin {
  let folder = '';
  return {
    name: 'page',
    enforce: 'pre',
    configResolved({ root, build }) {
      folder = resolve(root, build.outDir);
    },
    resolveId(source, importer) {
      if (source === '../src/vinchar') return { id: './vinchar.js', external: true }; // beside it: it loads what lies there
      return source === './api.js' && importer?.startsWith(STATIC) ? join(HERE, 'api.ts') : null;
    },
    generateBundle(_, bundle) {
      const emit = (fileName: string, source: string | Uint8Array) =>
        this.emitFile({ type: 'asset', fileName, source });
      const address = (name: string) => {
        if (name === 'page.js') return name;
        const made = Object.values(bundle).find((one) => one.type === 'asset' && one.names.includes(name));
        if (!made) emit(name, readFileSync(join(STATIC, name)));
        return made?.fileName ?? name;
      };
      emit('index.html', htmlOf(readFileSync(join(STATIC, 'index.html'), 'utf8'), address));
      emit('manifest.webmanifest', JSON.stringify(MANIFEST));
      for (const name of ICONS) emit(name, readFileSync(join(HERE, name)));
    },
    closeBundle: { order: 'post', sequential: true, handler: () => buildWorker(folder) },
  };
}

/** Return the service's page without what only a service has; `address`: of a file of `static/`. */
export function htmlOf(html: string, address: (name: string) => string): string {
  const own = html.replace(/^.*<!-- .*? makes .*\n/m, '').replace(/ *<!-- server -->[\s\S]*?<!-- \/server -->\n/g, '');
  const found = own.replace(/"static\/([\w.]+)/g, (_, name) => `"${address(name)}`);
  return found
    .replace('<span id="kept">', '<span id="kept" data-text="read.local">')
    .replace(/(<meta charset.*\n)/, `$1${HEAD}`);
}

/** Build the service worker of a folder, with a list of all that is in it. */
async function buildWorker(folder: string): Promise<void> {
  const site = { files: sumsOf(folder), headers: HEADERS };
  await build({
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    define: { SITE: JSON.stringify(site) },
    build: {
      target: 'es2022',
      outDir: folder,
      emptyOutDir: false,
      lib: { entry: join(HERE, 'sw.ts'), formats: ['iife'], name: 'sw', fileName: () => 'sw.js' },
    },
  });
}

/** Return the SHA-256 of the site's files by path, but of the model, which the host may replace by its own. */
function sumsOf(folder: string): Record<string, string> {
  const names = filesOf(JSON.parse(readFileSync(join(folder, 'model/model.json'), 'utf8')));
  const model = ['model.json', ...names].map((name) => `model/${name}`);
  const all = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
  const paths = all.map(({ parentPath, name }) =>
    join(parentPath, name)
      .slice(folder.length + 1)
      .replaceAll('\\', '/'),
  );
  const files = paths.filter((path) => !model.includes(path) && !NOT_OF_THE_SITE.test(path)).sort();
  const sum = (path: string) =>
    createHash('sha256')
      .update(readFileSync(join(folder, path)))
      .digest('hex');
  return Object.fromEntries(files.map((path) => [path, sum(path)]));
}
