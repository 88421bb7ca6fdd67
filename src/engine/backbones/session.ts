/** ONNX Runtime sessions for backbones: the one place in the studio that starts one. */
import { createRequire } from 'node:module';
import type * as Ort from 'onnxruntime-node';
import { AppError } from '../../core/errors.ts';
import type { Canvas } from '../../core/learning.ts';
import type { BackboneManifest } from './backbone-manifest.ts';
import { halfOutput, PIXELS, toPixelGraph } from './pixel-graph.ts';

const require = createRequire(import.meta.url);
let loaded: typeof Ort | undefined;

/** ONNX Runtime, loaded on first use. Throws `engine/no-onnx-runtime` where its native part does not fit this machine. */
export function onnxRuntime(): typeof Ort {
  try {
    loaded ??= require('onnxruntime-node') as typeof Ort;
    return loaded;
  } catch (error) {
    throw new AppError({
      code: 'engine/no-onnx-runtime',
      message:
        'ONNX Runtime does not start on this machine, so no features can be computed. Labels are not affected.',
      hint: 'Run `catchlight doctor` and install the studio again for this system.',
      details: { cause: error instanceof Error ? error.message : String(error) },
      cause: error,
    });
  }
}

/** Execution providers this build of ONNX Runtime carries, the one in use (cpu) first. */
export function listProviders(): string[] {
  const names = onnxRuntime()
    .listSupportedBackends()
    .map((backend) => backend.name);
  return ['cpu', ...names.filter((name) => name !== 'cpu')];
}

/** A running backbone: 8-bit pixels in, half-float NHWC maps out. */
export interface PixelSession {
  /**
   * `pixels`: RGB, `[count, heightPx, widthPx, 3]`. Gives one record an image: all taps in manifest order, one after another.
   * Blocks its thread while it computes.
   */
  run(pixels: Uint8Array, count: number, canvas: Canvas): Promise<Uint8Array[]>;
  close(): Promise<void>;
}

/** Starts a session over the edited graph. `threads`: how many cores one run may use. */
export async function createPixelSession(options: {
  modelBytes: Uint8Array;
  manifest: BackboneManifest;
  threads: number;
}): Promise<PixelSession> {
  const ort = onnxRuntime();
  const { manifest } = options;
  const session = await createSession(ort, toPixelGraph(options.modelBytes, manifest), options.threads);
  const outputs = manifest.taps.map((tap) => halfOutput(tap.name));
  return {
    async run(pixels, count, canvas) {
      const dims = [count, canvas.heightPx, canvas.widthPx, 3];
      const result = await session.run({ [PIXELS]: new ort.Tensor('uint8', pixels, dims) }, outputs);
      const maps = outputs.map((name) =>
        bytesOf((result[name] as Ort.Tensor).data as unknown as ArrayBufferView),
      );
      return Array.from({ length: count }, (_, i) => joinTaps(maps, i, count));
    },
    close: () => session.release(),
  };
}

async function createSession(
  ort: typeof Ort,
  model: Uint8Array,
  threads: number,
): Promise<Ort.InferenceSession> {
  try {
    return await ort.InferenceSession.create(model, {
      executionProviders: ['cpu'],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      graphOptimizationLevel: 'all',
      logSeverityLevel: 3,
    });
  } catch (error) {
    throw new AppError({
      code: 'backbone/unusable',
      message:
        'ONNX Runtime cannot run this backbone, so no features can be computed. Labels are not affected.',
      hint: 'Choose another backbone, or install the studio again.',
      details: { cause: error instanceof Error ? error.message : String(error) },
      cause: error,
    });
  }
}

function bytesOf(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

/** The part of image `i` of each map, one after another, in memory of its own. */
function joinTaps(maps: readonly Uint8Array[], i: number, count: number): Uint8Array {
  const record = new Uint8Array(maps.reduce((sum, map) => sum + map.byteLength, 0) / count);
  let at = 0;
  for (const map of maps) {
    const length = map.byteLength / count;
    record.set(map.subarray(i * length, (i + 1) * length), at);
    at += length;
  }
  return record;
}
