/** Near-duplicates among 1,000, 10,000 and 100,000 feature vectors: time, memory, and recall against comparing all pairs in the same run. */
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { toUnitVectors, type VectorTable, visitNearVectors } from '../src/core/audit/near-vectors.ts';
import { createRandom } from '../src/core/random.ts';
import type { Bench, BenchFigure } from './bench.ts';

const length = 64;
/** cosine 0.95, as the audit takes it. */
const radius = Math.sqrt(2 - 2 * 0.95);
const sizes = [1000, 10_000, 100_000];
/** Vectors compared with all others where all pairs would take an hour. */
const probes = 1000;

/** Scenes of boats: a mean a boat, spread that falls from axis to axis as in real features, and a near twin for one in ten. */
function draw(count: number): VectorTable {
  const random = createRandom(count);
  const boats = Array.from({ length: 40 }, () =>
    Float64Array.from({ length }, (_, d) => random.gaussian() / Math.sqrt(1 + d)),
  );
  const values = new Float32Array(count * length);
  for (let i = 0; i < count; i++) {
    const twin = i > 0 && random.next() < 0.1 ? random.int(i) : -1;
    const boat = random.pick(boats);
    for (let d = 0; d < length; d++)
      values[i * length + d] =
        twin >= 0
          ? (values[twin * length + d] ?? 0) + 0.04 * random.gaussian()
          : (boat[d] ?? 0) + (0.8 * random.gaussian()) / Math.sqrt(1 + d / 4);
  }
  return toUnitVectors({ values, length, count });
}

/** Seconds of the processor, so that other work on the machine counts for neither side. */
function secondsSince(start: NodeJS.CpuUsage): number {
  return process.cpuUsage(start).user / 1e6;
}

/** With the same early stop as ours, so that only the number of pairs differs. */
function isNear({ values }: VectorTable, i: number, j: number): boolean {
  let sum = 0;
  for (let d = 0; d < length && sum <= radius * radius; )
    for (const end = d + 16; d < end; d++) {
      const gap = (values[i * length + d] as number) - (values[j * length + d] as number);
      sum += gap * gap;
    }
  return sum <= radius * radius;
}

function measure(count: number): {
  ourS: number;
  bruteS: number;
  recall: number;
  pairs: number;
  memoryMb: number;
} {
  const table = draw(count);
  const found = new Set<number>();
  const before = process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed;
  const start = process.cpuUsage();
  let pairs = 0;
  visitNearVectors(table, radius, {
    random: createRandom(1),
    visit: (i, j) => {
      pairs++;
      if (i < probes) found.add(i * count + j);
    },
  });
  const ourS = secondsSince(start);
  const memoryMb = (process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed - before) / 1e6;
  const asked = Math.min(count, probes);
  let [there, missed] = [0, 0];
  const bruteStart = process.cpuUsage();
  for (let i = 0; i < asked; i++)
    for (let j = i + 1; j < count; j++)
      if (isNear(table, i, j)) {
        there++;
        if (!found.has(i * count + j)) missed++;
      }
  const looked = asked * count - (asked * (asked + 1)) / 2;
  const all = (count * (count - 1)) / 2;
  // Comparing all takes as long for one pair as for another: the part that was compared tells the whole.
  const bruteS = secondsSince(bruteStart) * (all / looked);
  return { ourS, bruteS, recall: there === 0 ? 1 : 1 - missed / there, pairs, memoryMb };
}

/** What is asked of usearch, a kept library of nearest neighbours; it is no dependency, so the folder of an installed one is named. */
interface Usearch {
  readonly Index: new (
    options: Record<string, unknown>,
  ) => {
    add(keys: BigUint64Array, vectors: Float32Array, threads: number): void;
    search(vectors: Float32Array, k: number, threads: number): { readonly keys: BigUint64Array };
  };
}

const USEARCH = process.env.CATCHLIGHT_BENCH_USEARCH;
const THREADS = 2;
/** It tells the nearest few of each vector, not all within a radius; no vector here has as many near ones. */
const NEAREST = 16;

/** The same pairs by usearch, with its own settings: seconds of the processor, and how many pairs it finds. */
async function measureLibrary(folder: string, count: number): Promise<BenchFigure> {
  const entry = pathToFileURL(
    path.join(path.resolve(folder), 'javascript', 'dist', 'cjs', 'usearch.js'),
  ).href;
  const { Index } = (await import(entry)) as Usearch;
  const table = draw(count);
  const start = process.cpuUsage();
  const index = new Index({ metric: 'ip', dimensions: length, quantization: 'f32' });
  index.add(
    BigUint64Array.from({ length: count }, (_, i) => BigInt(i)),
    table.values,
    THREADS,
  );
  const { keys } = index.search(table.values, NEAREST, THREADS);
  const pairs = new Set<number>();
  keys.forEach((key, at) => {
    const [i, j] = [Math.floor(at / NEAREST), Number(key)];
    if (j < count && j !== i && isNear(table, i, j)) pairs.add(Math.min(i, j) * count + Math.max(i, j));
  });
  return {
    label: `usearch, ${count.toLocaleString('en')} vectors`,
    value: secondsSince(start),
    unit: 's',
    note: `${pairs.size} pairs`,
  };
}

export const auditNear: Bench = {
  name: 'audit',
  summary: `near-duplicates by features among ${sizes.map((n) => n.toLocaleString('en')).join(', ')} vectors of ${length} numbers, against comparing all pairs in the same run`,
  goal: { ratio: { recall: 0.99, 'times quicker at 100,000': 3 }, better: 'at-least' },
  run: async () => {
    const runs = sizes.map((count) => ({ count, ...measure(count) }));
    const figures = runs.flatMap(({ count, ourS, bruteS, recall, pairs, memoryMb }): BenchFigure[] => [
      {
        label: `${count.toLocaleString('en')} vectors`,
        value: ourS,
        unit: 's',
        note: `${pairs} pairs, ${Math.max(0, Math.round(memoryMb))} MB more; all pairs ${bruteS.toFixed(1)} s; recall ${recall.toFixed(4)}`,
      },
    ]);
    const last = runs.at(-1);
    if (USEARCH !== undefined) for (const count of sizes) figures.push(await measureLibrary(USEARCH, count));
    return {
      figures,
      peer: {
        label: 'all pairs of 100,000',
        value: last?.bruteS ?? 0,
        unit: 's',
        note: `from ${probes} vectors against all`,
      },
      ratio: {
        recall: Math.min(...runs.map(({ recall }) => recall)),
        'times quicker at 100,000': (last?.bruteS ?? 0) / (last?.ourS ?? 1),
      },
    };
  },
};
