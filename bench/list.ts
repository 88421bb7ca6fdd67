/** The benchmarks by name: a new one is its file and its line here. Loaded when asked for, so that one missing part spoils no other. */
import type { Bench } from './bench.ts';

export const benches: Readonly<Record<string, () => Promise<Bench>>> = {
  'features-pipeline': async () => (await import('./features-pipeline.bench.ts')).featuresPipeline,
};
