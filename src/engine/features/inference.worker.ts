/**
 * A worker thread that holds one ONNX Runtime session. ONNX Runtime's run blocks its thread, so the engine's main thread stays free to
 * hear `cancel`; while this thread computes, sharp decodes the next photographs in its own threads.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { toAppErrorData } from '../../core/errors.ts';
import type { Canvas } from '../../core/learning.ts';
import { createPixelSession, type PixelSession } from '../backbones/session.ts';
import { cutCrops } from '../crops/cut-crops.ts';
import { decodeToCanvas } from './decode.ts';
import type { FeatureRequest, FromWorker, ToWorker, WorkerSetup } from './pool-messages.ts';

/** Tells the main thread; record buffers change hands instead of being copied. */
function tell(message: FromWorker): void {
  const transfer =
    message.type === 'done' ? message.records.map((record) => record.buffer as ArrayBuffer) : [];
  parentPort?.postMessage(message, transfer);
}

function framesOf(request: FeatureRequest): Promise<readonly Uint8Array[]> {
  if (request.kind === 'pixels') return Promise.resolve(request.frames);
  if (request.kind === 'crops') return cutCrops(request.file, request.image, request.canvas, request.views);
  return decodeToCanvas(request.file, request.image, request.canvas, request.variants);
}

/** The net computes one image at a time; the others wait here, decoded. */
let turn: Promise<unknown> = Promise.resolve();

/** Runs the net when its turn comes. One image a run: larger batches gain nothing on a CPU and keep decoded pictures waiting. */
function infer(
  session: PixelSession,
  frame: Uint8Array,
  canvas: Canvas,
): Promise<{ record: Uint8Array; inferMs: number }> {
  const mine = turn.then(async () => {
    const startMs = performance.now();
    const [record] = await session.run(frame, 1, canvas);
    return { record: record as Uint8Array, inferMs: performance.now() - startMs };
  });
  turn = mine.catch(() => undefined);
  return mine;
}

async function compute(session: PixelSession, { jobId, request }: ToWorker): Promise<void> {
  try {
    const frames = await framesOf(request);
    const results = await Promise.all(frames.map((frame) => infer(session, frame, request.canvas)));
    const inferMs = results.reduce((sum, result) => sum + result.inferMs, 0);
    tell({ type: 'done', jobId, records: results.map((result) => result.record), inferMs });
  } catch (error) {
    tell({ type: 'failed', jobId, error: toAppErrorData(error) });
  }
}

async function main(setup: WorkerSetup): Promise<void> {
  try {
    const session = await createPixelSession({
      modelBytes: new Uint8Array(setup.modelBytes),
      manifest: setup.manifest,
      threads: setup.threads,
    });
    parentPort?.on('message', (message: ToWorker) => void compute(session, message));
    tell({ type: 'ready' });
  } catch (error) {
    tell({ type: 'fatal', error: toAppErrorData(error) });
  }
}

await main(workerData as WorkerSetup);
