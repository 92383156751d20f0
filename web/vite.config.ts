/** Builds `dist/`: the library, the site, and all they load, in one folder. */

import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';
import * as constants from './src/constants.ts';
import { MAKERS, RUNTIME } from './src/files.ts';

const { EXPERTS, NETWORKS, STRUCTURE } = constants.bundle;
const MODEL = new URL('../model/', import.meta.url);

/** Return the files of the shipped model that its usual way to read takes. */
function modelFiles(): string[] {
  const { recognisers, recogniser } = JSON.parse(readFileSync(new URL('model.json', MODEL), 'utf8'));
  const experts = Object.keys(recognisers[recogniser].experts) as (keyof typeof EXPERTS)[];
  const networks = new Set([...NETWORKS, ...experts.map((name) => EXPERTS[name])]);
  return ['model.json', STRUCTURE, ...[...networks].map((name) => `${name}.onnx`)];
}

/** The model, the table of makers, the runtime's program, packed, and the licences. */
function data(): Plugin {
  const runtime = new URL(import.meta.resolve('onnxruntime-web/ort-wasm-simd-threaded.wasm'));
  return {
    name: 'data',
    generateBundle(_, bundle) {
      for (const name of Object.keys(bundle)) if (name.endsWith('.wasm')) delete bundle[name]; // it is taken packed
      const emit = (fileName: string, source: Uint8Array) => this.emitFile({ type: 'asset', fileName, source });
      for (const name of modelFiles()) emit(`model/${name}`, readFileSync(new URL(name, MODEL)));
      emit(`model/${MAKERS}`, readFileSync(new URL(`../vinchar/${MAKERS}`, import.meta.url)));
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
  plugins: [data()],
  build: {
    target: 'es2022',
    modulePreload: false,
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: { vinchar: 'src/vinchar.ts', worker: 'src/worker.ts' },
      preserveEntrySignatures: 'strict',
      output: { entryFileNames: '[name].js', chunkFileNames: 'assets/[name]-[hash].js' },
    },
  },
});
