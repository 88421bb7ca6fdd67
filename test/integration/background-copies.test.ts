/** Copies computed beside a training that already runs: the same model as if all had been there, and what becomes of those that cannot be made. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Backbone } from '../../src/engine/backbones/load-backbone.ts';
import { loadBackbone } from '../../src/engine/backbones/load-backbone.ts';
import { startWasmBackend } from '../../src/engine/backends/wasm.backend.ts';
import { BackgroundCopies } from '../../src/engine/features/background-copies.ts';
import { ensureFeatures } from '../../src/engine/features/ensure-features.ts';
import { type FeatureStore, openFeatureStore } from '../../src/engine/features/feature-store.ts';
import { closeSharedPool } from '../../src/engine/features/shared-pool.ts';
import { type FeatureVariant, FLIP, PLAIN } from '../../src/engine/features/variants.ts';
import type { TrainingSample } from '../../src/engine/messages.ts';
import { getRecipe } from '../../src/engine/recipes/list.ts';
import { listCopies } from '../../src/engine/train/copies.ts';
import { runTraining } from '../../src/engine/train/run-training.ts';
import { gatherFacts } from '../../src/engine/train/training-facts.ts';
import { listWanted } from '../../src/engine/train/training-sampler.ts';
import { drawHalves } from '../helpers/drawn-photographs.ts';
import { writeTinyBackbone } from '../helpers/tiny-backbone.ts';

const canvas = { widthPx: 64, heightPx: 64 };
const classes = [
  { id: 'red', name: 'Red' },
  { id: 'green', name: 'Green' },
];
const range = {
  flip: true,
  zoomMin: 0.8,
  zoomMax: 1.2,
  shiftFrac: 0.1,
  gainSpread: 0.1,
  rotationDeg: 10,
};
const plan = { flip: true, drawn: 3, range };
let folder = '';
let backbone: Backbone;
let samples: TrainingSample[];
let stores = 0;

beforeAll(async () => {
  await startWasmBackend();
  folder = await mkdtemp(path.join(tmpdir(), 'catchlight-background-'));
  backbone = await loadBackbone(await writeTinyBackbone(path.join(folder, 'backbone')));
  samples = await Promise.all(
    Array.from({ length: 8 }, async (_, i) => ({
      image: await drawHalves(folder, `${i}.png`, 64, 48 + 2 * i, i % 2 ? { r: 0, g: 200, b: 0 } : undefined),
      split: i < 6 ? ('train' as const) : ('valid' as const),
      boxes: [{ classIndex: i % 2, x: 0, y: 0, w: 32, h: 48 + 2 * i }],
    })),
  );
});

afterAll(async () => {
  await closeSharedPool();
  await rm(folder, { recursive: true, force: true });
});

/** A store that holds the plain copies. */
async function openPlainStore(): Promise<FeatureStore> {
  const store = await openFeatureStore({
    featuresDir: path.join(folder, `features-${stores++}`),
    backbone,
    canvas,
  });
  await ensureFeatures({ images: samples.map(({ image }) => image), store, backbone });
  return store;
}

const trainSamples = () => samples.filter(({ split }) => split === 'train');

async function trainOn(store: FeatureStore, name: string, copies?: BackgroundCopies, minutes = 0) {
  const recipe = getRecipe('gap-head');
  const parameters = { epochs: 12, batchImages: 4, patience: 0 };
  return await runTraining(
    {
      recipe,
      parameters,
      configured: recipe.configure(parameters, { classes: 2, canvas, taps: store.taps }),
      facts: gatherFacts({ samples, classes, seed: 5 }, true, null),
      seed: 5,
      minutes: minutes === 0 ? null : minutes,
      budgetMs: minutes === 0 ? null : minutes * 60_000,
      classes,
      canvas,
      modelDir: path.join(folder, name),
      resume: false,
      backend: 'wasm',
      backboneHash: backbone.hash,
      source: store,
      trainItems: trainSamples().map((sample) => ({ sample, variants: listCopies(sample.image.hash, plan) })),
      validSamples: samples.filter(({ split }) => split === 'valid'),
      failed: [],
      ...(copies && { copies }),
    },
    {},
  );
}

describe('copies computed while training runs', () => {
  it('give the model that training gives when all of them are there before it begins', async () => {
    const store = await openPlainStore();
    const copies = new BackgroundCopies({ store, backbone, waits: true });
    const beside = await trainOn(store, 'beside', copies);
    await copies.stop();
    expect(beside.failed).toEqual([]);
    expect(store.size).toBeGreaterThan(samples.length);
    await store.close();

    const whole = await openPlainStore();
    for (const { image } of trainSamples())
      await ensureFeatures({
        images: [image],
        variants: listCopies(image.hash, plan),
        store: whole,
        backbone,
      });
    const before = await trainOn(whole, 'before');
    await whole.close();
    expect(beside.weightsHash).toBe(before.weightsHash);
    expect(beside.metrics).toEqual(before.metrics);
  });

  it('are asked for in the order of the steps, each in it, and none that no step needs', () => {
    const trainItems = trainSamples().map((sample) => ({
      sample,
      variants: listCopies(sample.image.hash, plan),
    }));
    const run = { seed: 5, classes, trainItems };
    const schedule = { batchImages: 4, rareBoost: 0 };
    expect([...listWanted(run, schedule, 2)]).toHaveLength(8);
    expect([...listWanted(run, schedule, 3)].slice(0, 8)).toEqual([...listWanted(run, schedule, 2)]);
    const all = [...listWanted(run, schedule, null)].map(({ image, variant }) => `${image.id} ${variant.id}`);
    expect(new Set(all).size).toBe(6 * 5);
  });

  it('of a photograph that is gone are left out: it is learnt as it was, and named', async () => {
    const store = await openPlainStore();
    const [{ image }] = trainSamples() as [TrainingSample];
    const away = { ...image, file: path.join(folder, 'taken-away.png') };
    const copies = new BackgroundCopies({ store, backbone, waits: true });
    copies.start([
      { image: away, variant: FLIP },
      { image: samples[1]?.image ?? image, variant: FLIP },
    ]);
    expect(await copies.take(away, FLIP)).toBe(PLAIN);
    expect(await copies.take(samples[1]?.image ?? image, FLIP)).toBe(FLIP);
    expect(copies.failed).toMatchObject([{ imageId: image.id, error: { code: 'image/missing' } }]);
    await copies.stop();
    await store.close();
  });

  it('are not waited for when training has a time budget: the plain one stands in', async () => {
    const store = await openPlainStore();
    const copies = new BackgroundCopies({ store, backbone, waits: false });
    const [{ image }] = trainSamples() as [TrainingSample];
    expect(await copies.take(image, FLIP)).toBe(PLAIN);
    const trained = await trainOn(store, 'budget', copies, 0.01);
    expect(trained.epochs).toBeGreaterThan(0);
    expect(trained.failed).toEqual([]);
    await copies.stop();
    await store.close();
  });

  it('end with a cancel, and what was computed can be read after the store is opened again', async () => {
    const store = await openPlainStore();
    const stopper = new AbortController();
    const copies = new BackgroundCopies({ store, backbone, waits: true, signal: stopper.signal });
    const variants = (hash: string): readonly FeatureVariant[] => listCopies(hash, { ...plan, drawn: 20 });
    const order = trainSamples().flatMap(({ image }) =>
      variants(image.hash).map((variant) => ({ image, variant })),
    );
    copies.start(order);
    const first = order[1] as (typeof order)[number];
    expect(await copies.take(first.image, first.variant)).toBe(first.variant);
    stopper.abort();
    await copies.stop();
    const held = store.size;
    expect(held).toBeLessThan(samples.length + order.length - trainSamples().length);
    await store.close();
    const again = await openFeatureStore({
      featuresDir: path.join(folder, `features-${stores - 1}`),
      backbone,
      canvas,
    });
    expect(again.size).toBe(held);
    expect(again.has({ hash: first.image.hash, variant: first.variant.id })).toBe(true);
    await again.close();
  });
});
