/** The feature pipeline: decode → infer → write, side by side, so that the net never waits for a photograph or a disk. */
import { AppError, type AppErrorData, toAppErrorData } from '../../core/errors.ts';
import type { JobProgress } from '../../core/jobs.ts';
import type { Backbone } from '../backbones/load-backbone.ts';
import type { EngineImage } from '../messages.ts';
import type { FeatureStore } from './feature-store.ts';
import type { FeatureKey } from './feature-types.ts';
import { FeatureWriter } from './feature-writer.ts';
import type { InferencePool } from './inference-pool.ts';
import type { FeatureRequest } from './pool-messages.ts';
import { withPool } from './shared-pool.ts';
import { type FeatureVariant, PLAIN } from './variants.ts';

/** Copies of one photograph that travel together: they share a decode, and bound the pixels held in memory. */
const COPIES_TOGETHER = 4;

/** Why one photograph has no features. */
export interface ImageFault {
  readonly imageId: string;
  readonly error: AppErrorData & { details: Record<string, unknown> };
}

export interface EnsureResult {
  /** Copies computed now and copies that were there already. */
  readonly computed: number;
  readonly reused: number;
  readonly failed: ImageFault[];
  /** Copies a second, decode, inference, writing and flushing all counted. 0 when nothing was computed. */
  readonly imagesPerS: number;
  /** Copies a second of the net alone, while it ran, over all workers. 0 when nothing was computed. */
  readonly inferenceImagesPerS: number;
}

export interface EnsureOptions {
  readonly images: readonly EngineImage[];
  /** Default: the plain copy alone. */
  readonly variants?: readonly FeatureVariant[];
  readonly store: FeatureStore;
  readonly backbone: Backbone;
  readonly signal?: AbortSignal;
  /** Counts copies; told after each photograph. */
  readonly onProgress?: (progress: JobProgress) => void;
}

/** Records that one request gives, with their keys in its order. */
export interface StoreTask {
  /** The photograph that a fault is told of. */
  readonly image: EngineImage;
  readonly keys: readonly FeatureKey[];
  readonly request: FeatureRequest;
}

/** What filling a store needs besides the tasks. */
export interface FillOptions extends Pick<EnsureOptions, 'store' | 'backbone' | 'signal' | 'onProgress'> {
  /** What is stored of a record of all taps; left out, all of it. */
  readonly keep?: (record: Uint8Array) => Uint8Array;
}

/**
 * Computes what the store lacks. A photograph that cannot be read is a fault in the result and stops nothing. Throws `job/cancelled`
 * after the signal and `disk/full` when the disk is; in both cases everything computed before is in the store.
 */
export async function ensureFeatures(options: EnsureOptions): Promise<EnsureResult> {
  const variants = options.variants ?? [PLAIN];
  const { tasks, copies } = missingTasks(options, variants);
  const wanted = tasks.reduce((sum, { keys }) => sum + keys.length, 0);
  return { ...(await fillStore(options, tasks)), reused: copies - wanted };
}

/** Computes all that is asked for. Faults, throws and keeps as {@link ensureFeatures}; `reused` is 0. */
export async function fillStore(options: FillOptions, tasks: readonly StoreTask[]): Promise<EnsureResult> {
  if (tasks.length === 0)
    return { computed: 0, reused: 0, failed: [], imagesPerS: 0, inferenceImagesPerS: 0 };
  return await withPool(options.backbone, (pool) => runPipeline(options, pool, tasks));
}

function missingTasks(
  options: EnsureOptions,
  variants: readonly FeatureVariant[],
): { tasks: StoreTask[]; copies: number } {
  const tasks: StoreTask[] = [];
  const seen = new Set<string>();
  for (const image of options.images) {
    if (seen.has(image.hash)) continue;
    seen.add(image.hash);
    const missing = variants.filter(
      (variant) => !options.store.has({ hash: image.hash, variant: variant.id }),
    );
    for (let i = 0; i < missing.length; i += COPIES_TOGETHER) {
      const together = missing.slice(i, i + COPIES_TOGETHER);
      tasks.push({
        image,
        keys: together.map((variant) => ({ hash: image.hash, variant: variant.id })),
        request: {
          kind: 'file',
          file: image.file,
          image: { widthPx: image.widthPx, heightPx: image.heightPx },
          canvas: options.store.canvas,
          variants: together,
        },
      });
    }
  }
  return { tasks, copies: seen.size * variants.length };
}

async function runPipeline(
  options: FillOptions,
  pool: InferencePool,
  tasks: readonly StoreTask[],
): Promise<EnsureResult> {
  const { store, signal } = options;
  const wanted = tasks.reduce((sum, { keys }) => sum + keys.length, 0);
  const writer = new FeatureWriter(store);
  const faults = new Map<string, ImageFault>();
  const startMs = performance.now();
  const state = { next: 0, computed: 0, done: 0, inferMs: 0, stop: undefined as unknown };
  const report = (): void => {
    const elapsedMs = performance.now() - startMs;
    const etaMs = state.done === 0 ? null : (elapsedMs / state.done) * (wanted - state.done);
    options.onProgress?.({ phase: 'features', done: state.done, total: wanted, unit: 'images', etaMs });
  };
  const lane = async (): Promise<void> => {
    for (;;) {
      const task = tasks[state.next];
      if (task === undefined || state.stop !== undefined || signal?.aborted === true) return;
      state.next++;
      try {
        const written = await computeTask(pool, writer, task, options.keep);
        state.computed += task.keys.length;
        state.inferMs += written.inferMs;
      } catch (error) {
        if (isItemFault(error)) faults.set(task.image.id, faultOf(task.image, error));
        else state.stop ??= error;
      }
      state.done += task.keys.length;
      report();
    }
  };
  report();
  try {
    await Promise.all(Array.from({ length: pool.capacity + 1 }, lane));
  } finally {
    // What was computed is kept even when the job fails; the job's own error is the one that is told.
    await writer.close().catch((error: unknown) => {
      state.stop ??= error;
    });
  }
  if (state.stop !== undefined) throw new AppError(toAppErrorData(state.stop));
  if (signal?.aborted === true) throw cancelled();
  const seconds = (performance.now() - startMs) / 1000;
  return {
    computed: state.computed,
    reused: 0,
    failed: [...faults.values()],
    imagesPerS: state.computed / seconds,
    inferenceImagesPerS: state.inferMs === 0 ? 0 : (state.computed * pool.workers * 1000) / state.inferMs,
  };
}

async function computeTask(
  pool: InferencePool,
  writer: FeatureWriter,
  { keys, request }: StoreTask,
  keep: FillOptions['keep'] = (record) => record,
): Promise<{ inferMs: number }> {
  const { records, inferMs } = await pool.run(request);
  for (const [i, record] of records.entries()) await writer.append(keys[i] as FeatureKey, keep(record));
  return { inferMs };
}

/** True for what is wrong with one photograph; anything else is wrong with the machine and stops the job. */
export function isItemFault(error: unknown): boolean {
  const { code } = toAppErrorData(error);
  return (
    code.startsWith('image/') ||
    (code === 'file/not-permitted' && error instanceof AppError && 'file' in error.details)
  );
}

/** The result of an image that could not be read, as data that crosses processes. */
export function faultOf(image: EngineImage, error: unknown): ImageFault {
  const data = toAppErrorData(error);
  return { imageId: image.id, error: { ...data, details: { ...data.details } } };
}

/** What a call throws after its signal. */
export function cancelled(): AppError {
  return new AppError({
    code: 'job/cancelled',
    message: 'The work was stopped. What it had finished is kept.',
    hint: 'Start it again to go on where it stopped.',
  });
}
