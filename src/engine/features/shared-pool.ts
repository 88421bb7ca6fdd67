/** One pool for the whole engine: started when features are first needed, given back after a while without work. */
import { toAppErrorData } from '../../core/errors.ts';
import type { Backbone } from '../backbones/load-backbone.ts';
import { createInferencePool, type InferencePool } from './inference-pool.ts';

/** How long idle workers stay: long enough for the next request of a person, short enough not to hold memory while training. */
const IDLE_MS = 20_000;

interface Shared {
  readonly backbone: Backbone;
  readonly pool: Promise<InferencePool>;
  users: number;
  timer: NodeJS.Timeout | undefined;
}

let shared: Shared | undefined;

/** Runs `work` with the pool of a backbone; starts it where needed. */
export async function withPool<T>(backbone: Backbone, work: (pool: InferencePool) => Promise<T>): Promise<T> {
  if (shared !== undefined && shared.backbone.hash !== backbone.hash) await closeSharedPool();
  shared ??= { backbone, pool: createInferencePool(backbone), users: 0, timer: undefined };
  const mine = shared;
  clearTimeout(mine.timer);
  mine.users++;
  try {
    return await work(await mine.pool);
  } catch (error) {
    // A pool that did not start or lost a worker is not used again; any other error leaves it sound.
    const sound =
      (await mine.pool.then(() => true).catch(() => false)) &&
      toAppErrorData(error).code !== 'engine/features-stopped';
    if (!sound && shared === mine) shared = undefined;
    throw error;
  } finally {
    mine.users--;
    if (mine.users === 0) release(mine);
  }
}

function release(mine: Shared): void {
  mine.timer = setTimeout(() => void close(mine), shared === mine ? IDLE_MS : 0);
  mine.timer.unref();
}

async function close(mine: Shared): Promise<void> {
  if (shared === mine) shared = undefined;
  clearTimeout(mine.timer);
  const pool = await mine.pool.catch(() => undefined);
  await pool?.close();
}

/** Ends the workers now. Work under way fails with `engine/features-stopped`. */
export async function closeSharedPool(): Promise<void> {
  if (shared !== undefined) await close(shared);
}
