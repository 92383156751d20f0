/** Builds `dist/`: the library, the site, and all they load, in one folder. */

import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';
import { page } from './page/build.ts';
import { MAKERS, RUNTIME } from './src/files.ts';
import { filesOf } from './src/modelfiles.ts';

const MODEL = new URL('../model/', import.meta.url);

/** The model, the table of makers, the runtime's program, packed, and the licences. */
function data(): Plugin {
  const runtime = new URL(import.meta.resolve('onnxruntime-web/ort-wasm-simd-threaded.wasm'));
  return {
    name: 'data',
    generateBundle(_, bundle) {
      for (const name of Object.keys(bundle)) if (name.endsWith('.wasm')) delete bundle[name]; // it is taken packed
      const emit = (fileName: string, source: Uint8Array) => this.emitFile({ type: 'asset', fileName, source });
      const description = readFileSync(new URL('model.json', MODEL), 'utf8');
      for (const name of ['model.json', ...filesOf(JSON.parse(description))])
        emit(`model/${name}`, readFileSync(new URL(name, MODEL)));
      emit(MAKERS, readFileSync(new URL('../vinchar/makers.tsv.gz', import.meta.url)));
      emit('LICENSE', readFileSync(new URL('../LICENSE', import.meta.url)));
      emit('LICENSE-onnxruntime.txt', readFileSync(new URL('LICENSE-onnxruntime.txt', import.meta.url)));
      emit(RUNTIME, gzipSync(readFileSync(runtime), { level: 9 }));
    },
  };
}

export default defineConfig({
  base: './',
  publicDir: false,
  resolve: { alias: [{ find: /^onnxruntime-web$/, replacement: 'onnxruntime-web/wasm' }] },
  plugins: [data(), page()],
  preview: {
    headers: { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' }, // threads
  },
  build: {
    target: 'es2022',
    modulePreload: false,
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: { vinchar: 'src/vinchar.ts', worker: 'src/worker.ts', page: 'page/main.ts' },
      preserveEntrySignatures: 'strict',
      output: {
        entryFileNames: '[name].js',
        chunkFileNames: 'assets/[name]-[hash].js',
        codeSplitting: { groups: [{ name: 'onnxruntime', test: /onnxruntime-web/ }] }, // its threads load it alone
      },
    },
  },
});
