/** Where the shared test photographs and labels are, when this checkout has them beside it. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'vitest';

/** `CATCHLIGHT_SHARED`, or `shared/data` beside the repository; undefined when neither is there. */
export function sharedDataDir(): string | undefined {
  const beside = path.resolve(import.meta.dirname, '..', '..', '..', 'shared', 'data');
  const dir = process.env.CATCHLIGHT_SHARED ?? beside;
  return existsSync(dir) ? dir : undefined;
}

/** A block of tests on shared data. Without the data one skipped test says so. */
export function describeWithShared(title: string, fn: (dir: string) => void): void {
  const dir = sharedDataDir();
  if (dir !== undefined) describe(title, () => fn(dir));
  else describe(title, () => it.skip('needs ../shared/data, or CATCHLIGHT_SHARED pointing at it'));
}
