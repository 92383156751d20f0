/** Files that lie beside the library and are not named by a model. */

export const RUNTIME = 'ort-wasm-simd-threaded.wasm.gz'; // packed, as not every server packs what it sends
export const MAKERS = 'makers.tsv.gz'; // in the folder of the model
