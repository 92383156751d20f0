/** Files that lie beside the library and are not named by a model. */

// Packed by gzip, as not every host packs what it sends; not called so, as some hosts would let the browser unpack them.
export const RUNTIME = 'onnxruntime.wasm.packed';
export const MAKERS = 'makers.tsv.packed';
