/** One pool a backbone for the whole engine: started when its features are first needed, given back after a while without work. */
import { toAppErrorData } from '../../core/errors.ts';
import type { Backbone } from '../backbones/load-backbone.ts';
import { createInferencePool, type InferencePool } from './inference-pool.ts';

/** How long idle workers stay: long enough for the next request of a person, short enough not to hold memory while training. */
const IDLE_MS = 20_000;

interface Shared {
  readonly hash: string;
  readonly pool: Promise<InferencePool>;
  users: number;
  timer: NodeJS.Timeout | undefined;
}

/** By the backbone's hash. More than one only while a model of another backbone suggests beside a training. */
const pools = new Map<string, Shared>();

/** Runs `work` with the pool of a backbone; starts it where needed. */
export async function withPool<T>(backbone: Backbone, work: (pool: InferencePool) => Promise<T>): Promise<T> {
  const mine = pools.get(backbone.hash) ?? start(backbone);
  clearTimeout(mine.timer);
  mine.users++;
  try {
    return await work(await mine.pool);
  } catch (error) {
    // A pool that did not start or lost a worker is not used again; any other error leaves it sound.
    const sound =
      (await mine.pool.then(() => true).catch(() => false)) &&
      toAppErrorData(error).code !== 'engine/features-stopped';
    if (!sound && pools.get(mine.hash) === mine) pools.delete(mine.hash);
    throw error;
  } finally {
    mine.users--;
    if (mine.users === 0) release(mine);
  }
}

function start(backbone: Backbone): Shared {
  // Idle workers of another backbone only hold memory now.
  for (const other of pools.values()) if (other.users === 0) void close(other);
  const mine: Shared = {
    hash: backbone.hash,
    pool: createInferencePool(backbone),
    users: 0,
    timer: undefined,
  };
  pools.set(backbone.hash, mine);
  return mine;
}

function release(mine: Shared): void {
  mine.timer = setTimeout(() => void close(mine), pools.get(mine.hash) === mine ? IDLE_MS : 0);
  mine.timer.unref();
}

async function close(mine: Shared): Promise<void> {
  if (pools.get(mine.hash) === mine) pools.delete(mine.hash);
  clearTimeout(mine.timer);
  const pool = await mine.pool.catch(() => undefined);
  await pool?.close();
}

/** Ends the workers now. Work under way fails with `engine/features-stopped`. */
export async function closeSharedPool(): Promise<void> {
  await Promise.all([...pools.values()].map(close));
}
