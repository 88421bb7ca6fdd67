/** The feature pipeline (decode → infer → write) against the bare net: how much of the net's speed reaches the disk. */
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { AppError } from '../src/core/errors.ts';
import { type Backbone, loadBackbone } from '../src/engine/backbones/load-backbone.ts';
import { onnxRuntime } from '../src/engine/backbones/session.ts';
import { ensureFeatures } from '../src/engine/features/ensure-features.ts';
import { openFeatureStore } from '../src/engine/features/feature-store.ts';
import { closeSharedPool, withPool } from '../src/engine/features/shared-pool.ts';
import type { EngineImage } from '../src/engine/messages.ts';
import type { Bench, BenchFigure, BenchResult } from './bench.ts';

const canvas = { widthPx: 512, heightPx: 512 };
/** Photographs a round, and rounds: the two sides take turns, so that other work on the machine hits both alike. */
const PER_ROUND = 64;
const ROUNDS = 5;
const BARE_RUNS = 40;

/** Folder of photographs: `CATCHLIGHT_BENCH_IMAGES`, else the aquarium photographs beside the repository. */
async function photographs(): Promise<EngineImage[]> {
  const folder =
    process.env.CATCHLIGHT_BENCH_IMAGES ??
    path.resolve(import.meta.dirname, '..', '..', 'shared', 'data', 'aquarium', 'train', 'images');
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new AppError({
      code: 'bench/no-photographs',
      message: `There are no photographs in ${folder}, so nothing was measured.`,
      hint: 'Set CATCHLIGHT_BENCH_IMAGES to a folder of photographs, for instance one made by `catchlight demo --out DIR`.',
      cause,
    });
  });
  const files = names.filter((name) => /\.(jpe?g|png)$/i.test(name)).slice(0, PER_ROUND * ROUNDS);
  return await Promise.all(
    files.map(async (name) => {
      const file = path.join(folder, name);
      const { autoOrient } = await sharp(file).metadata();
      const hash = createHash('sha256')
        .update(await readFile(file))
        .digest('hex');
      return { id: name, file, hash, widthPx: autoOrient.width, heightPx: autoOrient.height };
    }),
  );
}

/** `session.run` of the same net on one preloaded tensor, as a program that does nothing else would call it: images a second. */
async function createBare(backbone: Backbone, threads?: number): Promise<() => Promise<number>> {
  const ort = onnxRuntime();
  const session = await ort.InferenceSession.create(backbone.bytes, {
    logSeverityLevel: 3,
    ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
  });
  const values = new Float32Array(3 * canvas.heightPx * canvas.widthPx).map((_, i) => (i % 251) / 251);
  const feed = {
    [backbone.manifest.input.name]: new ort.Tensor('float32', values, [
      1,
      3,
      canvas.heightPx,
      canvas.widthPx,
    ]),
  };
  for (let i = 0; i < 5; i++) await session.run(feed);
  return async () => {
    const startMs = performance.now();
    for (let i = 0; i < BARE_RUNS; i++) await session.run(feed);
    return (BARE_RUNS * 1000) / (performance.now() - startMs);
  };
}

/** Processor time of this process while `work` runs, all threads: unlike wall time, hardly touched by what else the machine does. */
async function cpuMsOf<T>(work: () => Promise<T>): Promise<{ value: T; cpuMs: number }> {
  const before = process.cpuUsage();
  const value = await work();
  const { user, system } = process.cpuUsage(before);
  return { value, cpuMs: (user + system) / 1000 };
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
const spread = (values: readonly number[]): string =>
  `${Math.min(...values).toFixed(1)}–${Math.max(...values).toFixed(1)}`;

async function measure(featuresDir: string): Promise<BenchResult> {
  const backbone = await loadBackbone();
  const images = await photographs();
  const store = await openFeatureStore({ featuresDir, backbone, canvas });
  const bare = await createBare(backbone);
  const pipeline: number[] = [];
  const inference: number[] = [];
  const alone: number[] = [];
  const pipelineCpuMs: number[] = [];
  const aloneCpuMs: number[] = [];
  const runAlone = async (): Promise<void> => {
    const { value, cpuMs } = await cpuMsOf(bare);
    alone.push(value);
    aloneCpuMs.push(cpuMs / BARE_RUNS);
  };
  // Starts the workers: the pipeline is measured running, as the bare net is.
  await withPool(backbone, (pool) => Promise.resolve(pool.workers));
  for (let from = 0; from < images.length; from += PER_ROUND) {
    await runAlone();
    const { value: result, cpuMs } = await cpuMsOf(() =>
      ensureFeatures({ images: images.slice(from, from + PER_ROUND), store, backbone }),
    );
    pipelineCpuMs.push(cpuMs / Math.max(1, result.computed));
    pipeline.push(result.imagesPerS);
    inference.push(result.inferenceImagesPerS);
  }
  await runAlone();
  await store.close();
  const figures: BenchFigure[] = [
    {
      label: 'pipeline, all counted',
      value: median(pipeline),
      unit: 'img/s',
      note: `${images.length} photographs, ${spread(pipeline)}`,
    },
    { label: 'net inside the pipeline', value: median(inference), unit: 'img/s', note: spread(inference) },
    { label: 'processor time, pipeline', value: median(pipelineCpuMs), unit: 'ms/img', note: 'all threads' },
    { label: 'processor time, bare net', value: median(aloneCpuMs), unit: 'ms/img', note: 'all threads' },
    { label: 'record on disk', value: store.recordBytes / 1e6, unit: 'MB/img' },
  ];
  const peer = {
    label: 'bare session.run',
    value: median(alone),
    unit: 'img/s',
    note: `batch 1, ONNX Runtime's own settings, ${spread(alone)}`,
  };
  return { figures, peer, ratio: median(pipeline) / median(alone) };
}

export const featuresPipeline: Bench = {
  name: 'features-pipeline',
  summary: `features of photographs on a ${canvas.widthPx} × ${canvas.heightPx} canvas, decoded, computed and stored`,
  goal: { ratio: 0.9, better: 'at-least' },
  run: async () => {
    const featuresDir = await mkdtemp(path.join(tmpdir(), 'catchlight-bench-'));
    try {
      return await measure(featuresDir);
    } finally {
      await closeSharedPool();
      await rm(featuresDir, { recursive: true, force: true });
    }
  },
};
