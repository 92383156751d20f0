/** Reads NumPy's archives (.npz): zip files, stored or deflated, of arrays as `numpy.lib.format` writes them. */

export type Numbers =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array;

/** An array in rows (C order): its last index runs fastest. */
export interface NpyArray {
  data: Numbers;
  shape: number[];
}

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const STORED = 0;
const DEFLATED = 8;

/** Return the arrays of an archive by name. Throws an `Error` for what is no such archive. */
export async function readNpz(bytes: Uint8Array): Promise<Map<string, NpyArray>> {
  const arrays = new Map<string, NpyArray>();
  for (const entry of directory(bytes)) {
    const packed = contentOf(bytes, entry);
    const plain = entry.method === DEFLATED ? await decompressed(packed, 'deflate-raw') : packed;
    arrays.set(entry.name.replace(/\.npy$/, ''), readNpy(plain));
  }
  return arrays;
}

/** Return what a stream compressed as `format` holds. */
export async function decompressed(bytes: Uint8Array, format: CompressionFormat): Promise<Uint8Array> {
  const stream = new Blob([bytes as BlobPart]).stream().pipeThrough(new DecompressionStream(format));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Return what a gzip file holds; one that the server has unpacked on its way stays as it is. */
export async function gunzipped(bytes: Uint8Array): Promise<Uint8Array> {
  return bytes[0] === 0x1f && bytes[1] === 0x8b ? decompressed(bytes, 'gzip') : bytes;
}

interface Entry {
  name: string;
  method: number;
  size: number; // as packed
  start: number; // of the header before the content
}

/** Return the entries of a zip file, from the directory at its end. */
function directory(bytes: Uint8Array): Entry[] {
  const view = viewOf(bytes);
  let end = bytes.length - 22; // the shortest that the end of the directory can be
  while (end >= 0 && view.getUint32(end, true) !== END_OF_DIRECTORY) end--;
  if (end < 0) throw new Error('npz: got something else than a zip file');
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  const entries: Entry[] = [];
  for (let i = 0; i < count; i++) {
    if (view.getUint32(at, true) !== DIRECTORY_ENTRY) throw new Error('npz: got a broken directory of the zip file');
    const [named, extra, comment] = [28, 30, 32].map((offset) => view.getUint16(at + offset, true)) as number[];
    entries.push({
      name: new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + named)),
      method: view.getUint16(at + 10, true),
      size: view.getUint32(at + 20, true),
      start: view.getUint32(at + 42, true),
    });
    at += 46 + named + extra + comment;
  }
  return entries;
}

function contentOf(bytes: Uint8Array, entry: Entry): Uint8Array {
  if (entry.method !== STORED && entry.method !== DEFLATED) {
    throw new Error(`npz: ${entry.name} is packed by method ${entry.method}, expected stored or deflated`);
  }
  const view = viewOf(bytes);
  const start = entry.start + 30 + view.getUint16(entry.start + 26, true) + view.getUint16(entry.start + 28, true);
  return bytes.subarray(start, start + entry.size);
}

const TYPES: Record<string, (buffer: ArrayBuffer) => Numbers> = {
  '|u1': (buffer) => new Uint8Array(buffer),
  '|b1': (buffer) => new Uint8Array(buffer),
  '|i1': (buffer) => new Int8Array(buffer),
  '<u2': (buffer) => new Uint16Array(buffer),
  '<i2': (buffer) => new Int16Array(buffer),
  '<u4': (buffer) => new Uint32Array(buffer),
  '<i4': (buffer) => new Int32Array(buffer),
  '<f4': (buffer) => new Float32Array(buffer),
  '<f8': (buffer) => new Float64Array(buffer),
  '<i8': (buffer) => Float64Array.from(new BigInt64Array(buffer), Number),
};

/** Return one array. Throws an `Error` for a file of something else, or of numbers that are not known here. */
export function readNpy(bytes: Uint8Array): NpyArray {
  if (bytes[0] !== 0x93 || new TextDecoder().decode(bytes.subarray(1, 6)) !== 'NUMPY') {
    throw new Error('npy: got something else than an array of NumPy');
  }
  const view = viewOf(bytes);
  const long = bytes[6] > 1; // from version 2 on the header's length has four bytes
  const start = long ? 12 : 10;
  const stop = start + (long ? view.getUint32(8, true) : view.getUint16(8, true));
  const header = new TextDecoder().decode(bytes.subarray(start, stop));
  const said = /'descr': '([^']+)', 'fortran_order': (True|False), 'shape': \(([^)]*)\)/.exec(header);
  if (said === null) throw new Error(`npy: got the header ${header.trim()}, expected that of plain numbers`);
  const make = TYPES[said[1]];
  if (make === undefined) throw new Error(`npy: got numbers of type ${said[1]}, expected ${Object.keys(TYPES)}`);
  const shape = said[3]
    .split(',')
    .filter((part) => part.trim() !== '')
    .map(Number);
  const data = make(bytes.slice(stop).buffer as ArrayBuffer);
  const size = shape.reduce((product, one) => product * one, 1);
  if (data.length !== size) throw new Error(`npy: got ${data.length} numbers, expected ${size}`);
  return { data: said[2] === 'True' ? inRows(data, shape) : data, shape };
}

/** Return numbers whose first index ran fastest with the last one doing so. */
function inRows(data: Numbers, shape: number[]): Numbers {
  const rows = data.slice();
  const steps = shape.map((_, axis) => shape.slice(0, axis).reduce((product, one) => product * one, 1));
  const index = new Array<number>(shape.length).fill(0);
  for (let at = 0; at < rows.length; at++) {
    rows[at] = data[index.reduce((sum, one, axis) => sum + one * steps[axis], 0)];
    for (let axis = shape.length - 1; axis >= 0 && ++index[axis] === shape[axis]; axis--) index[axis] = 0;
  }
  return rows;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
