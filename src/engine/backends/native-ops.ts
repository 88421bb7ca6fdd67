/**
 * Our own two TensorFlow ops (`resources/native-ops`), which `engine install` compiles beside the binding. They serve wide dense layers on the
 * processor; without them TensorFlow's own ops do the same work, more slowly.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { opsFileName } from '../install/engine-cache.ts';
import { loadModule } from './tf.ts';

let isTrusted = false;
let multipliesHalf = false;

/** True where `CatchlightDenseAdam` may be used. */
export function hasNativeOps(): boolean {
  return isTrusted;
}

/** True where `CatchlightDenseHalf` may be used too: the processor multiplies in bfloat16. */
export function hasHalfProduct(): boolean {
  return isTrusted && multipliesHalf;
}

/**
 * Loads the ops that lie beside a binding and tests them with `probe`, which throws where a result is wrong: then, or where there are none,
 * they stay unused. Gives in words why they are not in use; undefined where they are. Call with the native backend started.
 */
export function startNativeOps(bindingPath: string, probe: () => void): string | undefined {
  const file = path.join(path.dirname(bindingPath), opsFileName);
  if (isTrusted) return undefined;
  if (!existsSync(file)) return 'without our own ops for wide layers; installing it again adds them';
  try {
    const { hasHalfProducts } = loadModule(file) as { hasHalfProducts: boolean };
    multipliesHalf = hasHalfProducts;
    isTrusted = true;
    probe();
    return undefined;
  } catch (error) {
    isTrusted = false;
    const said = error instanceof Error ? error.message : String(error);
    return `without our own ops for wide layers, which failed (${said})`;
  }
}

/** Runs `body` as if the ops were not there: for tests and benchmarks. */
export async function withoutNativeOps<T>(body: () => Promise<T>): Promise<T> {
  const before = isTrusted;
  isTrusted = false;
  try {
    return await body();
  } finally {
    isTrusted = before;
  }
}
