/** Every recipe learns the same on every backend: same seed, same losses step by step, as far as float32 lets them. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasHalfProducts, type Precision } from '../../src/engine/backends/native-half.ts';
import { recipes } from '../../src/engine/recipes/list.ts';
import type { Recipe } from '../../src/engine/recipes/recipe.ts';
import { runTraining } from '../../src/engine/train/run-training.ts';
import { type AvailableBackend, listAvailableBackends } from '../helpers/backends.ts';
import { planSmallRun } from '../helpers/small-run.ts';

/**
 * Largest gap between two backends, relative to the loss. Sums run in another order, and Adam's first steps are little more than the sign
 * of each gradient; measured: 4e-5 at most. A wrong gradient shows as 2e-3 and more in the second step (it did: see pool-gradients.ts).
 */
const LOSS_TOLERANCE = 2e-4;
/** The same between full precision and bfloat16, which rounds each factor to 8 binary digits; measured: 3e-4 for the fully convolutional recipes. */
const HALF_TOLERANCE = 0.01;
/** Photographs are visited twice, eight of them, four a step. */
const STEPS = 4;
/** Plain JavaScript convolves slowly, and machines are shared. */
const TIME_LIMIT_MS = 120_000;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'catchlight-parity-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** The losses of each step, by name. */
async function learn(
  recipe: Recipe,
  backend: AvailableBackend,
  seed: number,
  precision: Precision = 'float32',
): Promise<Record<string, number>[]> {
  await backend.start();
  const modelDir = path.join(folder, `${recipe.id}-${backend.id}-${seed}-${precision}`);
  const steps: Record<string, number>[] = [];
  await runTraining(planSmallRun(recipe, { modelDir, backend: backend.id, seed, precision }), {
    onCurve: ({ values }) => {
      const losses = Object.entries(values).filter(([name]) => name.startsWith('loss/'));
      if (losses.length > 0) steps.push(Object.fromEntries(losses));
    },
  });
  return steps;
}

function largestGap(
  actual: readonly Record<string, number>[],
  expected: readonly Record<string, number>[],
): number {
  const gaps = expected.flatMap((losses, step) =>
    Object.entries(losses).map(
      ([name, value]) =>
        Math.abs((actual[step]?.[name] ?? Number.NaN) - value) / Math.max(1e-3, Math.abs(value)),
    ),
  );
  return gaps.some(Number.isNaN) ? Number.NaN : Math.max(...gaps);
}

const [reference, ...others] = listAvailableBackends() as [AvailableBackend, ...AvailableBackend[]];

describe.each(recipes.map((recipe) => [recipe.id, recipe] as const))('the recipe %s', (_, recipe) => {
  test(
    `walks down the same losses on ${[reference, ...others].map(({ id }) => id).join(', ')}`,
    async () => {
      const expected = await learn(recipe, reference, 7);
      expect(expected.length).toBe(STEPS);
      for (const backend of others) {
        const gap = largestGap(await learn(recipe, backend, 7), expected);
        expect(gap, backend.id).toBeLessThan(LOSS_TOLERANCE);
      }
      // Another seed is another walk: the gaps above are no rounding to the same number.
      const elsewhere = await learn(recipe, others.at(-1) ?? reference, 8);
      expect(largestGap(elsewhere, expected)).toBeGreaterThan(10 * LOSS_TOLERANCE);
    },
    TIME_LIMIT_MS,
  );

  const native = others.find(({ id }) => id === 'native');
  const rounds = 'precision' in recipe.parameters.shape && native !== undefined && hasHalfProducts();
  test.skipIf(!rounds)(
    'walks down nearly the same losses with factors rounded to bfloat16',
    async () => {
      const full = await learn(recipe, native as AvailableBackend, 7);
      const half = await learn(recipe, native as AvailableBackend, 7, 'bfloat16');
      expect(largestGap(half, full)).toBeLessThan(HALF_TOLERANCE);
    },
    TIME_LIMIT_MS,
  );
});
