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

const AT_ONCE = 4;
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

/**
 * Return what a network says of pictures of one size, which it takes as (B, H, W, 1), 0 to 1: all answers, (B, ...).
 *
 * It sees a few at a time: more do not go faster, and its memory stays as large as it ever was.
 */
export async function answersTo(net: Net, pictures: readonly Gray[]): Promise<Tensor> {
  const { width, height } = pictures[0];
  const size = width * height;
  const answers: Tensor[] = [];
  for (let start = 0; start < pictures.length; start += AT_ONCE) {
    const some = pictures.slice(start, start + AT_ONCE);
    const data = new Float32Array(some.length * size);
    some.forEach((picture, b) => {
      for (let i = 0; i < size; i++) data[b * size + i] = picture.data[i] / 255;
    });
    answers.push(await net.run({ data, shape: [some.length, height, width, 1] }));
  }
  if (answers.length === 1) return answers[0];
  const each = answers[0].data.length / AT_ONCE;
  const all = new Float32Array(pictures.length * each);
  answers.forEach(({ data }, i) => all.set(data, i * AT_ONCE * each));
  return { data: all, shape: [pictures.length, ...answers[0].shape.slice(1)] };
}

/** A network that answers for strips. */
export interface Network {
  /** Return what it says of B strips of one size, (B, ...). */
  logits(strips: readonly Gray[]): Promise<Tensor>;
}

/** A network in ONNX that answers for strips. */
export class StripNetwork implements Network {
  constructor(private readonly net: Net) {}

  async logits(strips: readonly Gray[]): Promise<Tensor> {
    return answersTo(this.net, strips);
  }
}
