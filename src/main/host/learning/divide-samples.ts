/** Divides labelled images into training and validation, keeping groups whole unless told otherwise. Pure and seeded. */
import { listUnits } from '../../../core/audit/divide-units.ts';
import { computeFolds } from '../../../core/audit/split-plan.ts';
import type { TrainingPlan } from '../../../core/learning.ts';
import { createRandom, type Random } from '../../../core/random.ts';
import type { Split } from '../../../core/records.ts';

export interface DivisibleSample {
  readonly id: string;
  readonly group: string | null;
  /** Near-duplicates share one: they stay on one side, groups or not. */
  readonly chain?: string | null;
  /** As marked by a person or an import. */
  readonly split: Split | null;
  readonly classIds: readonly string[];
}

export interface Division {
  readonly splitBy: TrainingPlan['splitBy'];
  readonly train: ReadonlySet<string>;
  readonly valid: ReadonlySet<string>;
  /** Number of groups the images fall into. */
  readonly groups: number;
}

/** Part of the images that validates. */
const validFrac = 0.2;
/** With fewer labelled images each one is worth more in training than as a judge. */
const fewestToDivide = 8;
const tries = 64;

/**
 * `as-marked` takes the marks, and training for what has none; `grouped` puts whole groups (cameras, boats) on one side, choosing among
 * seeded random divisions the one nearest to 20 % that leaves no class without validation; `random` ignores groups.
 * `fold` makes one part of a cross-validation the judge instead. Chains of near-duplicates stay on one side in both.
 * Left out: as marked when any image is marked for training or validation, else grouped. Images marked `test` are never used.
 */
export function divideSamples(
  samples: readonly DivisibleSample[],
  seed: number,
  wanted?: TrainingPlan['splitBy'],
  fold?: { readonly index: number; readonly of: number },
): Division {
  const usable = samples.filter((sample) => sample.split !== 'test');
  const isMarked = usable.some((sample) => sample.split !== null);
  const splitBy = wanted ?? (isMarked ? 'as-marked' : 'grouped');
  const groups = new Set(usable.map((sample) => sample.group ?? sample.id)).size;
  const valid =
    fold === undefined || splitBy === 'as-marked'
      ? chooseValid(usable, splitBy, createRandom(seed))
      : takeFold(usable, splitBy, fold, seed);
  const train = new Set(usable.filter((sample) => !valid.has(sample.id)).map((sample) => sample.id));
  return { splitBy, train, valid, groups };
}

function chooseValid(
  samples: readonly DivisibleSample[],
  splitBy: TrainingPlan['splitBy'],
  random: Random,
): Set<string> {
  if (splitBy === 'as-marked')
    return new Set(samples.filter((sample) => sample.split === 'valid').map((sample) => sample.id));
  if (samples.length < fewestToDivide) return new Set();
  const units = listUnits(withChains(samples), splitBy === 'grouped').map((unit) =>
    unit.flatMap((index) => samples[index] ?? []),
  );
  // One camera only: it cannot be on both sides, so nothing could be judged.
  if (units.length < 2) return new Set();
  let best: { ids: Set<string>; cost: number } | undefined;
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const ids = draw(units, samples.length, random);
    const cost = costOf(ids, samples);
    if (best === undefined || cost < best.cost) best = { ids, cost };
  }
  return best?.ids ?? new Set();
}

const withChains = (samples: readonly DivisibleSample[]) =>
  samples.map((sample) => ({ ...sample, chain: sample.chain ?? null }));

/** One fold of a cross-validation over groups, or over images with `random`. */
function takeFold(
  samples: readonly DivisibleSample[],
  splitBy: TrainingPlan['splitBy'],
  { index, of }: { readonly index: number; readonly of: number },
  seed: number,
): Set<string> {
  const folds = computeFolds(withChains(samples), of, splitBy === 'grouped', seed);
  return new Set(samples.filter((_, i) => folds[i] === index).map(({ id }) => id));
}

function draw(units: readonly (readonly DivisibleSample[])[], total: number, random: Random): Set<string> {
  const ids = new Set<string>();
  const order = random.shuffle(units);
  for (const unit of order.slice(0, -1)) {
    if (ids.size > 0 && ids.size + unit.length / 2 > total * validFrac) continue;
    for (const sample of unit) ids.add(sample.id);
    if (ids.size >= total * validFrac) break;
  }
  return ids;
}

/** How far from 20 %, and how many classes would be missing on one of the sides. */
function costOf(ids: ReadonlySet<string>, samples: readonly DivisibleSample[]): number {
  const sides = { train: new Set<string>(), valid: new Set<string>() };
  for (const sample of samples) {
    for (const classId of sample.classIds) sides[ids.has(sample.id) ? 'valid' : 'train'].add(classId);
  }
  const all = new Set([...sides.train, ...sides.valid]).size;
  const frac = ids.size / samples.length;
  return (
    Math.abs(frac - validFrac) +
    (all - sides.train.size) * 2 +
    (all - sides.valid.size) * 0.3 +
    (frac > 0.5 ? 1 : 0)
  );
}
