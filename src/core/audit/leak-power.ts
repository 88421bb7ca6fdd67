/** How weak a leak the test would still have found: "none found" means little without it. */
import { z } from 'zod';
import { learnClueTable } from '../metrics-baseline.ts';
import { studentQuantile } from '../proportion.ts';
import type { Random } from '../random.ts';
import { judgeOutOfFold } from './out-of-fold.ts';

export const leakPowerSchema = z.object({
  /** Share of the trials at each strength in which the planted leak was found. */
  found: z.array(z.object({ strength: z.number(), share: z.number() })),
  /** The weakest planted leak that was found in at least 80 % of the trials; null when none was. */
  strength: z.number().nullable(),
});
export type LeakPower = z.infer<typeof leakPowerSchema>;

const strengths = [0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.6, 0.8, 1];
const trials = 20;
const wanted = 0.8;

/**
 * Plants a clue that names the class of a photograph with probability `strength` and else a class drawn by frequency, learns from it, and
 * counts how often the gain lies above 0 by the same strictness as the test's.
 * `classes` of `truth` are 0..classes-1; `folds` as the test cut them.
 */
export function computeLeakPower(
  truth: Int32Array,
  o: {
    readonly folds: readonly number[];
    readonly parts: number;
    readonly classes: number;
    readonly units: readonly string[];
    readonly tests: number;
    readonly random: Random;
  },
): LeakPower {
  const found = strengths.map((strength) => {
    let hits = 0;
    for (let trial = 0; trial < trials; trial++) {
      const random = o.random.fork(`${strength} ${trial}`);
      const clues = Array.from(truth, (own) =>
        String(random.next() < strength ? own : (truth[random.int(truth.length)] ?? own)),
      );
      const judged = judgeOutOfFold(o, truth, (train, test, labels) => {
        const table = learnClueTable(
          train.map((i) => ({ clue: clues[i] ?? '', classIndex: labels[i] ?? 0 })),
          o.classes,
        );
        const out = new Float64Array(test.length * o.classes);
        for (const [r, i] of test.entries()) out.set(table.predict(clues[i] ?? ''), r * o.classes);
        return out;
      });
      if (isSurelyPositive(judged.gain, o.units, o.tests)) hits++;
    }
    return { strength, share: hits / trials };
  });
  const first = found.find(
    ({ share }, i) => share >= wanted && found.slice(i).every((later) => later.share >= wanted),
  );
  return { found, strength: first?.strength ?? null };
}

/**
 * Whether the mean lies above 0 by a t test one-sided at one in twenty for all `tests` together (Bonferroni). Values of one unit may be alike:
 * errors are clustered by unit (Liang, Zeger 1986), with one degree of freedom fewer than there are units. A dozen boats are few: a bootstrap over them
 * alone finds something in every fifth sample that holds nothing.
 */
export function isSurelyPositive(
  values: ArrayLike<number>,
  units: readonly string[],
  tests: number,
): boolean {
  const clusters = new Set(units).size;
  if (clusters < 2) return false;
  return scoreOf(values, units) > studentQuantile(1 - 0.05 / Math.max(1, tests), clusters - 1);
}

/** Mean over its clustered standard error; two units at least. */
function scoreOf(values: ArrayLike<number>, units: readonly string[]): number {
  const n = values.length;
  let mean = 0;
  for (let i = 0; i < n; i++) mean += (values[i] as number) / n;
  const sums = new Map<string, number>();
  for (let i = 0; i < n; i++) {
    const unit = units[i] ?? '';
    sums.set(unit, (sums.get(unit) ?? 0) + (values[i] as number) - mean);
  }
  let square = 0;
  for (const sum of sums.values()) square += sum * sum;
  const error = (Math.sqrt(square) / n) * Math.sqrt(sums.size / (sums.size - 1));
  return error > 0 ? mean / error : mean > 0 ? Number.POSITIVE_INFINITY : 0;
}
