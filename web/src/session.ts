/** Opening a network for inference, one way for all stages. */

import * as ort from 'onnxruntime-web';
import { ModelError } from './bundle';
import type { Gray } from './types';

/** Numbers of a shape, the last axis running fastest. */
export type Tensor = { data: Float32Array; shape: readonly number[] };

/** What answers for pictures: a network of one input and one output, or in tests a function. */
export interface Net {
  run(input: Tensor): Promise<Tensor>;
}

let runtime: Promise<void> | null = null;
ort.env.wasm.numThreads = 1; // unless it is told otherwise

/**
 * Use this program of ONNX Runtime, `ort-wasm-simd-threaded.wasm`, with so many threads; more than one take a page that is
 * isolated from other origins. Without it, it loads its own.
 */
export function startRuntime(program: Promise<Uint8Array>, threads: number): void {
  runtime = program.then((binary) => {
    ort.env.wasm.wasmBinary = binary;
    ort.env.wasm.numThreads = threads;
  });
  runtime.catch(() => {}); // whoever opens a network hears it
}

/** Open an ONNX model. Throws a `ModelError` if ONNX Runtime cannot load the model. */
export async function openNet(content: Uint8Array): Promise<Net> {
  await runtime;
  const session = await sessionOf(content);
  const [input] = session.inputNames;
  const [output] = session.outputNames;
  return {
    async run({ data, shape }: Tensor): Promise<Tensor> {
      const answer = (await session.run({ [input]: new ort.Tensor('float32', data, shape) }))[output];
      return { data: answer.data as Float32Array, shape: answer.dims };
    },
  };
}

async function sessionOf(content: Uint8Array): Promise<ort.InferenceSession> {
  try {
    return await ort.InferenceSession.create(content, { executionProviders: ['wasm'], logSeverityLevel: 3 });
  } catch (error) {
    throw new ModelError(`ONNX Runtime cannot load it (${error}); train the model again`);
  }
}

/** Return pictures of one size as networks take them, (B, H, W, 1), 0 to 1. */
export function batchOf(pictures: readonly Gray[]): Tensor {
  const { width, height } = pictures[0];
  const size = width * height;
  const batch = new Float32Array(pictures.length * size);
  pictures.forEach(({ data }, b) => {
    for (let i = 0; i < size; i++) batch[b * size + i] = data[i] / 255;
  });
  return { data: batch, shape: [pictures.length, height, width, 1] };
}

/** A network that answers for strips. */
export interface Network {
  /** Return what it says of B strips of one size, (B, ...). */
  logits(strips: readonly Gray[]): Promise<Tensor>;
}

/** A network in ONNX that answers for strips. */
export class StripNetwork implements Network {
  constructor(private readonly net: Net) {}

  static async open(content: Uint8Array): Promise<StripNetwork> {
    return new StripNetwork(await openNet(content));
  }

  async logits(strips: readonly Gray[]): Promise<Tensor> {
    return this.net.run(batchOf(strips));
  }
}
