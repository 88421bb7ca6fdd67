/** Training that moves the backbone's last blocks, through the engine process: head first, then both, on copies drawn afresh. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CurvePoint, JobProgress } from '../../src/core/jobs.ts';
import type { EngineInput, ImagePrediction } from '../../src/engine/messages.ts';
import { createEngineClient, type EngineClient } from '../../src/main/engine-client/engine-client.ts';
import { createForkSpawner } from '../../src/main/engine-client/fork.spawner.ts';
import { writeConvBackbone } from '../helpers/conv-backbone.ts';
import { drawHalves } from '../helpers/drawn-photographs.ts';
import { writeTinyBackbone } from '../helpers/tiny-backbone.ts';

const entry = path.resolve(import.meta.dirname, '..', '..', 'src', 'engine', 'engine-process.ts');
const canvas = { widthPx: 64, heightPx: 64 };
let folder: string;
let engine: EngineClient;
let samples: EngineInput<'train'>['samples'];

function startEngine(backbone: string): EngineClient {
  const env = { ...process.env, CATCHLIGHT_BACKBONE: backbone, CATCHLIGHT_BACKEND: 'wasm' };
  return createEngineClient({ spawner: createForkSpawner({ entry, env }) });
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'catchlight-fine-'));
  engine = startEngine(await writeConvBackbone(path.join(folder, 'backbone')));
  samples = await Promise.all(
    ['a.png', 'b.png', 'c.png', 'd.png'].map(async (name, i) => ({
      image: await drawHalves(folder, name, 64, 48 + 8 * i),
      split: i === 3 ? ('valid' as const) : ('train' as const),
      boxes: [{ classIndex: 0, x: 0, y: 0, w: 32, h: 48 + 8 * i }],
    })),
  );
});

afterAll(async () => {
  await engine.close();
  await rm(folder, { recursive: true, force: true });
});

const training = (modelDir: string): EngineInput<'train'> => ({
  recipe: 'detector-fine',
  parameters: { width: 8, batchImages: 2, freshCopies: 3, headShare: 0.3 },
  seed: 3,
  minutes: 0.15,
  classes: [{ id: 'red', name: 'red' }],
  samples,
  featuresDir: path.join(folder, 'features'),
  canvas,
  modelDir: path.join(folder, modelDir),
  resume: false,
});

describe('fine-tuning', () => {
  it('trains the head, then the last blocks with it, as one job with one curve and one model that suggests', async () => {
    const curve: CurvePoint[] = [];
    const progress: JobProgress[] = [];
    const trained = await engine.call('train', training('whole'), {
      onCurve: (point) => curve.push(point),
      onProgress: (told) => progress.push(told),
    });
    expect(trained).toMatchObject({ backend: 'wasm', failed: [] });
    const steps = curve.map((point) => point.step);
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
    const done = progress.filter((told) => told.phase === 'train').map((told) => told.done);
    expect(done).toEqual([...done].sort((a, b) => a - b));
    expect(done.at(-1)).toBe(1000);
    expect(await readdir(path.join(folder, 'whole'))).toEqual(['manifest.json', 'model.json', 'weights.bin']);

    const items: ImagePrediction[] = [];
    await engine.call(
      'predict',
      {
        modelDir: path.join(folder, 'whole'),
        images: samples.map(({ image }) => image),
        featuresDir: path.join(folder, 'features'),
        canvas,
        minScore: 0,
        maxDetections: 5,
      },
      { onItems: (some) => items.push(...some) },
    );
    expect(items.map((item) => item.imageId)).toEqual(['a.png', 'b.png', 'c.png', 'd.png']);
    expect(items.every((item) => item.detections.length > 0)).toBe(true);
  });

  it('goes on with the last blocks after a stop there, and does not train the head again', async () => {
    const controller = new AbortController();
    const head = path.join(folder, 'stopped', 'head');
    const stopLate = (told: JobProgress): void => {
      if (told.phase === 'train' && told.done > 400) controller.abort();
    };
    const first = engine.call('train', training('stopped'), {
      signal: controller.signal,
      onProgress: stopLate,
    });
    await expect(first).rejects.toMatchObject({ code: 'engine/cancelled' });
    expect(await readdir(head)).toEqual(['manifest.json', 'model.json', 'weights.bin']);
    const done: number[] = [];
    await engine.call(
      'train',
      { ...training('stopped'), resume: true },
      { onProgress: (told) => void (told.phase === 'train' && done.push(told.done)) },
    );
    expect(done[0]).toBeGreaterThanOrEqual(300);
    expect(await readdir(path.join(folder, 'stopped'))).toEqual([
      'manifest.json',
      'model.json',
      'weights.bin',
    ]);
  });

  it('is forecast before it starts: what moves, how fast here, how long it takes', async () => {
    const { recipe, parameters } = training('never');
    const facts = { trainImages: 200, boxesPerClass: [400], classes: 1, canvas, minutes: null };
    const ask = (part: Partial<EngineInput<'forecast'>> = {}) =>
      engine.call('forecast', { recipe, parameters, ...facts, measure: true, ...part });
    expect(await ask({ recipe: 'detector', parameters: {} })).toEqual({ fineTuning: null });
    expect(await ask({ recipe: 'ensemble', parameters: {} })).toEqual({ fineTuning: null });
    const unmeasured = { imagesPerS: null, minutes: null, obstacle: null };
    const { fineTuning: before } = await ask({ measure: false });
    expect(before).toMatchObject(unmeasured);
    const { fineTuning: cost } = await ask();
    expect(cost).toMatchObject({ obstacle: null, numbers: before?.numbers, visits: before?.visits });
    const { numbers, backboneNumbers, imagesPerS, visits, minutes } = cost ?? {};
    expect(backboneNumbers).toBeGreaterThan(0);
    expect(numbers).toBeGreaterThan(backboneNumbers ?? 0);
    expect(imagesPerS).toBeGreaterThan(0);
    // The recipe's own steps: twenty visits of each of 200 photographs, in batches of two.
    expect(visits).toBe(4000);
    expect(minutes).toBeCloseTo(4000 / (imagesPerS ?? 1) / 60, 6);
    // Known from now on, and with a time budget it is the visits that follow.
    const { fineTuning: budget } = await ask({ measure: false, minutes: 2 });
    expect(budget).toMatchObject({
      imagesPerS,
      minutes: 2,
      visits: Math.round((imagesPerS ?? 0) * 120 * 0.7),
    });
    const { fineTuning: wider } = await ask({ parameters: { ...parameters, width: 16 }, measure: false });
    expect(wider).toMatchObject({ ...unmeasured, backboneNumbers });
    expect(wider?.numbers).toBeGreaterThan(numbers ?? 0);
  });

  it('is refused at once for a backbone with nothing to train, and says what else to choose', async () => {
    const other = startEngine(await writeTinyBackbone(path.join(folder, 'tiny')));
    try {
      await expect(other.call('train', training('refused'))).rejects.toMatchObject({
        code: 'backbone/not-trainable',
        hint: expect.stringContaining('head alone'),
      });
      const { recipe, parameters } = training('refused');
      const facts = { trainImages: 3, boxesPerClass: [3], classes: 1, canvas, minutes: null, measure: true };
      expect(await other.call('forecast', { recipe, parameters, ...facts })).toMatchObject({
        fineTuning: { numbers: null, imagesPerS: null, obstacle: { code: 'backbone/not-trainable' } },
      });
    } finally {
      await other.close();
    }
  });
});
