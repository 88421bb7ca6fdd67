/**
 * Imported first by the programs that hold a whole project: keeps V8's young generation at 8 to 16 MiB. By itself it grows to 128 MiB while a
 * million boxes go through, and all of it stays with the process: two thirds of what an import needs, for garbage. Smaller, it fits the
 * processor's cache, and the same work takes less time rather than more.
 */
import { PerformanceObserver } from 'node:perf_hooks';
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

const enoughBytes = 8 * 1024 * 1024;

/** A running heap can only be told by how much to grow next, so it is told after each collection. */
function steer(): void {
  const young = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
  const factor = (young?.space_size ?? 0) < enoughBytes ? 2 : 1;
  setFlagsFromString(`--semi-space-growth-factor=${factor}`);
}

// Loading the program's modules alone would grow it to 32 MiB, before the first look.
setFlagsFromString('--semi-space-growth-factor=1');
// Threads get theirs when they start, at that size.
setFlagsFromString('--min-semi-space-size=4');
setFlagsFromString('--max-semi-space-size=8');
const collections = new PerformanceObserver(steer);
collections.observe({ entryTypes: ['gc'] });
