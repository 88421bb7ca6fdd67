/** The loop and what hangs in it: schedules, curves, early end, best weights, checkpoints, and memory that does not grow with the data. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CurvePoint } from '../../src/core/jobs.ts';
import type { Metrics } from '../../src/core/records.ts';
import { type LayersModel, tf } from '../../src/engine/backends/tf.ts';
import type { FeatureKey, FeatureSource, TapShape } from '../../src/engine/features/feature-types.ts';
import { FLIP, PLAIN } from '../../src/engine/features/variants.ts';
import { getRecipe } from '../../src/engine/recipes/list.ts';
import type { TrainingSchedule } from '../../src/engine/recipes/training-schedule.ts';
import { BatchLoader } from '../../src/engine/train/batches.ts';
import {
  endWithoutGain,
  followSchedule,
  keepBest,
  saveNowAndThen,
  tellCurve,
  tellProgress,
} from '../../src/engine/train/callbacks.ts';
import { Learner, type LoopCallback, type LoopState } from '../../src/engine/train/learner.ts';
import { createSampler } from '../../src/engine/train/sampler.ts';
import { gatherFacts } from '../../src/engine/train/training-facts.ts';
import { makeCharts } from '../../src/renderer/features/train/curves.ts';
import { DrawnFeatures, drawSamples, testCanvas } from '../helpers/drawn-features.ts';
import { fillRandomStore } from '../helpers/random-store.ts';

const classes = [
  { id: 'a', name: 'Cod' },
  { id: 'b', name: 'Hake' },
];
const none = { classAcc: null, meanIou: null, map50: null, map: null };
const recipe = getRecipe('box-and-class');
const parameters = { units: 8, batchImages: 4, epochs: 6, averageDecay: 0 };

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'catchlight-callbacks-'));
  await tf.setBackend('cpu');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Wishes {
  readonly source?: FeatureSource;
  readonly images?: number;
  readonly schedule?: Partial<TrainingSchedule>;
  /** What the evaluations will say of the log loss, in turn. */
  readonly logLosses?: readonly number[];
  readonly callbacks?: (schedule: TrainingSchedule) => LoopCallback[];
}

/** A learner of the box-and-class recipe on drawn features, with evaluations that say what the test wants. */
function makeLearner(wishes: Wishes): { learner: Learner; model: LayersModel; end(): Promise<void> } {
  const samples = drawSamples(wishes.images ?? 8, 1);
  const source = wishes.source ?? new DrawnFeatures(samples);
  const configured = recipe.configure(parameters, { classes: 2, canvas: testCanvas, taps: source.taps });
  const facts = gatherFacts({ samples, classes, seed: 7 }, true, null);
  const schedule = { ...configured.planSchedule(facts), ...wishes.schedule };
  const random = { seed: 7, step: 0 };
  const model = configured.build(random);
  const images = samples.length;
  const visits = samples.map(() => 1);
  const sampler = createSampler({
    seed: 7,
    images,
    copies: samples.map(() => 2),
    visits,
    batchImages: schedule.batchImages,
  });
  const items = samples.map((sample) => ({ sample, variants: [PLAIN, FLIP] }));
  const loader = new BatchLoader({ source, recipe: configured, facts, items, sampler, canvas: testCanvas });
  const said = [...(wishes.logLosses ?? [])];
  const evaluate = (): Promise<Metrics> =>
    Promise.resolve({ n: 1, split: 'valid', ...none, logLoss: said.shift() ?? 9 } as Metrics);
  const learner = new Learner({
    model,
    recipe: configured,
    schedule,
    loader,
    random,
    length: { kind: 'steps', steps: schedule.steps },
    epochVisits: sampler.epochVisits,
    evaluate: wishes.logLosses === undefined ? null : evaluate,
    evaluations: 6,
    callbacks: wishes.callbacks?.(schedule) ?? [],
    nowMs: () => 0,
  });
  const end = async (): Promise<void> => {
    await loader.close();
    learner.dispose();
    model.dispose();
  };
  return { learner, model, end };
}

const weightsOf = (model: LayersModel): number[][] =>
  model.weights.map((w) => Array.from(w.read().dataSync()));

test('progress never goes back, though the part done of a time budget shrinks where judging took longer than thought', async () => {
  const told: number[] = [];
  const { afterStep } = tellProgress(({ done }) => told.push(done));
  for (const [elapsedMs, doneFrac] of [
    [1000, 0.5],
    [2000, 0.903],
    [3000, 0.898],
    [4000, 1],
  ] as const)
    await afterStep?.({ elapsedMs, doneFrac } as LoopState, {});
  expect(told).toEqual([500, 903, 903, 1000]);
});

describe('the schedule', () => {
  test.each(['one-cycle', 'stepped'] as const)(
    '%s sets the rate that the optimiser uses at each step',
    async (shape) => {
      const rates: number[] = [];
      const { learner, end } = makeLearner({
        schedule: { shape, peakRate: 0.01, steps: 10 },
        callbacks: (schedule) => [
          followSchedule(schedule),
          { beforeStep: (_, optimizer) => void rates.push(optimizer.learningRate) },
        ],
      });
      await learner.fit();
      await end();
      expect(rates).toHaveLength(10);
      if (shape === 'stepped') {
        // The lesson's: a first part at the peak, then a tenth, then a hundredth.
        const tenths = rates.map((rate) => Number((rate / 0.01).toFixed(6)));
        expect(tenths).toEqual([1, 1, 1, 0.1, 0.1, 0.1, 0.1, 0.01, 0.01, 0.01]);
      } else {
        const top = rates.indexOf(Math.max(...rates));
        expect(top).toBeGreaterThan(0);
        expect(rates[0]).toBeCloseTo(0.01 / 25, 6);
        expect(rates.at(-1)).toBeLessThan((rates[top] ?? 0) / 10);
      }
    },
  );
});

describe('the early end', () => {
  const hang =
    (seen: { weights: number[][]; step: number }[], model: () => LayersModel) =>
    (schedule: TrainingSchedule) => [
      keepBest(schedule),
      endWithoutGain(schedule),
      {
        afterEvaluation: (state: { step: number }) =>
          void seen.push({ weights: weightsOf(model()), step: state.step }),
      },
    ];

  test('comes after so many evaluations without gain, and gives back the weights of the best one', async () => {
    const seen: { weights: number[][]; step: number }[] = [];
    const made = makeLearner({
      schedule: { steps: 12, patience: 2 },
      logLosses: [0.9, 0.4, 0.6, 0.7, 0.1, 0.1],
      callbacks: hang(seen, () => made.model),
    });
    await made.learner.fit();
    expect(seen.map(({ step }) => step)).toEqual([2, 4, 6, 8]);
    expect(made.learner.state.best).toMatchObject({ value: 0.4, step: 4 });
    expect(weightsOf(made.model)).toEqual(seen[1]?.weights);
    expect(seen[1]?.weights).not.toEqual(seen[3]?.weights);
    await made.end();
  });

  test('comes at the same place with the same weights when the run was stopped and taken up between', async () => {
    const losses = [0.9, 0.4, 0.6, 0.7, 0.1, 0.1];
    const schedule = { steps: 12, patience: 2 };
    const whole = makeLearner({ schedule, logLosses: losses, callbacks: hang([], () => whole.model) });
    await whole.learner.fit();
    const stopped = makeLearner({ schedule, logLosses: losses, callbacks: hang([], () => stopped.model) });
    for (let step = 0; step < 7; step++) {
      await stopped.learner.takeStep();
      if (step % 2 === 1) await stopped.learner.evaluate();
    }
    const checkpoint = structuredClone(stopped.learner.save('run'));
    await stopped.end();
    const resumed = makeLearner({
      schedule,
      logLosses: losses.slice(3),
      callbacks: hang([], () => resumed.model),
    });
    resumed.learner.restore(checkpoint);
    await resumed.learner.fit();
    expect(resumed.learner.state.step).toBe(8);
    expect(resumed.learner.state.best).toEqual(whole.learner.state.best);
    expect(weightsOf(resumed.model)).toEqual(weightsOf(whole.model));
    await whole.end();
    await resumed.end();
  });
});

describe('the curves', () => {
  test('tell the class and the box loss apart, and the total as the two weighed together', async () => {
    const points: CurvePoint[] = [];
    const { learner, end } = makeLearner({
      schedule: { steps: 6 },
      callbacks: (schedule) => [tellCurve(schedule, (point) => points.push(point))],
    });
    await learner.fit();
    await end();
    expect(points.length).toBeGreaterThan(3);
    for (const { values } of points) {
      const [total = 0, own = 0, box = 0] = ['total', 'class', 'box'].map((name) => values[`loss/${name}`]);
      expect(total).toBeCloseTo(own + 0.001 * box, 3);
      expect(box).toBeGreaterThan(own);
    }
    const charts = makeCharts(points);
    const titles = charts.map(({ title }) => title.toLowerCase());
    expect(titles.filter((title) => title.includes('box'))).toHaveLength(1);
    expect(titles.filter((title) => title.includes('class'))).toHaveLength(1);
    expect(new Set(titles).size).toBe(titles.length);
  });
});

describe('checkpoints', () => {
  test('come soon for the first time, then now and then, and each costs one save', async () => {
    let nowMs = 0;
    const savedAtMs: number[] = [];
    const callback = saveNowAndThen(
      () => Promise.resolve(void savedAtMs.push(nowMs)),
      () => nowMs,
      1000,
    );
    const state = {} as Parameters<NonNullable<LoopCallback['beforeStep']>>[0];
    const optimizer = {} as Parameters<NonNullable<LoopCallback['beforeStep']>>[1];
    for (; nowMs <= 3400; nowMs += 50) await callback.beforeStep?.(state, optimizer);
    expect(savedAtMs).toEqual([200, 1200, 2200, 3200]);
  });
});

/** Counts what a loader asks for, and whose memory it is given in. */
class WatchedSource implements FeatureSource {
  readonly buffers = new Set<ArrayBufferLike>();
  mostAtOnce = 0;
  private now = 0;
  private readonly source: FeatureSource;

  constructor(source: FeatureSource) {
    this.source = source;
  }
  get canvas() {
    return this.source.canvas;
  }
  get taps(): readonly TapShape[] {
    return this.source.taps;
  }
  shape(tap: string): TapShape {
    return this.source.shape(tap);
  }
  has(key: FeatureKey): boolean {
    return this.source.has(key);
  }
  async read(keys: readonly FeatureKey[], tap: string, into?: Float32Array): Promise<Float32Array> {
    this.now += keys.length;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.now);
    const data = await this.source.read(keys, tap, into);
    this.now -= keys.length;
    this.buffers.add(data.buffer);
    return data;
  }
}

describe('memory', () => {
  test('is two batches and sixteen open shards, for eight photographs as for eighty', async () => {
    const bytesOf: number[] = [];
    for (const images of [8, 80]) {
      const keys = drawSamples(images, 1).flatMap(({ image: { hash } }) =>
        [PLAIN, FLIP].map(({ id: variant }) => ({ hash, variant })),
      );
      const backbone = { hash: `watched-${images}`, taps: new DrawnFeatures([]).taps };
      const store = await fillRandomStore(path.join(folder, String(images)), backbone, keys, images / 2);
      const watched = new WatchedSource(store);
      const open: number[] = [];
      const { learner, end } = makeLearner({
        images,
        source: watched,
        schedule: { steps: 24, batchImages: 4 },
        callbacks: () => [{ afterStep: () => void open.push(store.openShards) }],
      });
      await learner.fit();
      await end();
      // Sixteen kept, and those of the batch that is being read ahead.
      expect(Math.max(...open)).toBeLessThanOrEqual(16 + 4);
      expect(store.openShards).toBeLessThanOrEqual(16);
      expect(watched.mostAtOnce).toBeLessThanOrEqual(2 * 4);
      expect(watched.buffers.size).toBe(2);
      bytesOf.push([...watched.buffers].reduce((sum, buffer) => sum + buffer.byteLength, 0));
      await store.close();
      expect(store.openShards).toBe(0);
    }
    expect(bytesOf[1]).toBe(bytesOf[0]);
  });
});
