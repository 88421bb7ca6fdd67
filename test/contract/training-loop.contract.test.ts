/** What the training loop promises of every recipe: nothing leaks on any backend, and a resumed run is the uninterrupted one, streamed from disk. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CurvePoint } from '../../src/core/jobs.ts';
import { tf } from '../../src/engine/backends/tf.ts';
import type { FeatureSource } from '../../src/engine/features/feature-types.ts';
import { type FeatureVariant, FLIP, PLAIN } from '../../src/engine/features/variants.ts';
import { recipes } from '../../src/engine/recipes/list.ts';
import type { Recipe } from '../../src/engine/recipes/recipe.ts';
import { listCopies } from '../../src/engine/train/copies.ts';
import { type RunInput, runTraining } from '../../src/engine/train/run-training.ts';
import { gatherFacts } from '../../src/engine/train/training-facts.ts';
import { type AvailableBackend, listAvailableBackends } from '../helpers/backends.ts';
import { DrawnFeatures, drawSamples, standOnDrawn, testCanvas } from '../helpers/drawn-features.ts';
import { fillRandomStore } from '../helpers/random-store.ts';

const classes = [
  { id: 'a', name: 'Cod' },
  { id: 'b', name: 'Hake' },
];
const small: Readonly<Record<string, unknown>> = {
  width: 8,
  units: 16,
  batchImages: 4,
  dropout: 0.2,
  copies: 2,
  patience: 0,
};
const train = drawSamples(8, 1);
const valid = drawSamples(4, 2, 'valid');

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'catchlight-loop-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

function planRun(
  recipe: Recipe,
  wishes: {
    readonly name: string;
    readonly epochs: number;
    readonly source?: FeatureSource;
    readonly variants?: (hash: string) => readonly FeatureVariant[];
    readonly resume?: boolean;
    readonly checkpointEveryMs?: number;
  },
): RunInput {
  const known = Object.keys(recipe.parameters.shape);
  const wanted = Object.entries({ ...small, epochs: wishes.epochs });
  const parameters = Object.fromEntries(wanted.filter(([name]) => known.includes(name)));
  const { task, features } = standOnDrawn(recipe, parameters);
  const samples = [...train, ...valid];
  return {
    recipe,
    parameters,
    configured: recipe.configure(parameters, task),
    facts: gatherFacts({ samples, classes, seed: 7 }, true, null),
    seed: 7,
    minutes: null,
    budgetMs: null,
    classes,
    canvas: testCanvas,
    modelDir: path.join(folder, `${recipe.id}-${wishes.name}`),
    resume: wishes.resume ?? false,
    backend: 'any',
    backboneHash: features.hash,
    source: wishes.source ?? new DrawnFeatures(samples, features.taps),
    trainItems: train.map((sample) => ({
      sample,
      variants: wishes.variants?.(sample.image.hash) ?? [PLAIN, FLIP],
    })),
    validSamples: valid,
    failed: [],
    checkpointEveryMs: wishes.checkpointEveryMs ?? 60_000,
  };
}

// Plain JavaScript runs the same code as WebAssembly, slower; the parity suite holds it to the others.
const backends = listAvailableBackends().filter(({ id }) => id !== 'cpu');

describe.each(backends.map((backend) => [backend.id, backend] as const))(
  'on %s',
  (_, backend: AvailableBackend) => {
    beforeAll(() => backend.start());

    test.each(recipes.map((recipe) => [recipe.id, recipe] as const))(
      'training %s holds as many tensors after its sixth epoch as after its first',
      async (_id, recipe) => {
        const before = tf.memory().numTensors;
        const counts: number[] = [];
        const bytes: number[] = [];
        const onCurve = ({ values }: CurvePoint): void => {
          // After a step; evaluations hold the weights twice for a while.
          if (values['loss/total'] === undefined) return;
          counts.push(tf.memory().numTensors);
          bytes.push(tf.memory().numBytes);
        };
        await runTraining(planRun(recipe, { name: `flat-${backend.id}`, epochs: 6 }), { onCurve });
        expect(counts.length).toBeGreaterThanOrEqual(6);
        expect(new Set(counts.slice(1)).size).toBe(1);
        expect(new Set(bytes.slice(1)).size).toBe(1);
        expect(tf.memory().numTensors).toBe(before);
      },
      60_000,
    );
  },
);

describe.each(recipes.map((recipe) => [recipe.id, recipe] as const))(
  'the recipe %s, streamed from a store',
  (_, recipe) => {
    beforeAll(async () => {
      await backends[0]?.start();
    });

    test('ends with the same weights and the same figures after a stop as without one, drawn copies included', async () => {
      const { features } = standOnDrawn(recipe, {});
      const variants = (hash: string) => listCopies(hash, { flip: true, drawn: 2 });
      const keys = [...train, ...valid].flatMap(({ image: { hash } }) =>
        variants(hash).map((variant) => ({ hash, variant: variant.id })),
      );
      const store = await fillRandomStore(path.join(folder, recipe.id), features, keys, 3);
      const plan = (name: string, more: object = {}): RunInput =>
        planRun(recipe, { name, epochs: 4, source: store, variants, ...more });
      const wholeCurve: CurvePoint[] = [];
      const whole = await runTraining(plan('whole'), { onCurve: (point) => wholeCurve.push(point) });
      expect(store.size).toBe(keys.length);

      const stopper = new AbortController();
      const stopped = runTraining(plan('stopped', { checkpointEveryMs: 0 }), {
        signal: stopper.signal,
        onCurve: ({ step }) => {
          if (step >= 3) stopper.abort();
        },
      });
      await expect(stopped).rejects.toMatchObject({ code: 'job/cancelled' });
      const restCurve: CurvePoint[] = [];
      const resumed = await runTraining(plan('stopped', { resume: true }), {
        onCurve: (point) => restCurve.push(point),
      });
      await store.close();
      expect(resumed.weightsHash).toBe(whole.weightsHash);
      expect(resumed.metrics).toEqual(whole.metrics);
      expect(resumed.epochs).toBe(whole.epochs);
      // It went on and did not begin anew, with the losses the uninterrupted run had from there.
      expect(restCurve[0]?.step).toBeGreaterThan(1);
      const losses = (points: readonly CurvePoint[]) =>
        points.flatMap(({ step, values }) => (values['loss/total'] === undefined ? [] : [[step, values]]));
      expect(losses(wholeCurve)).toEqual(expect.arrayContaining(losses(restCurve)));
    }, 60_000);
  },
);
