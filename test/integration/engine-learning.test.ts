import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CurvePoint } from '../../src/core/jobs.ts';
import type { EngineInput, ImagePrediction } from '../../src/engine/messages.ts';
import { createEngineClient, type EngineClient } from '../../src/main/engine-client/engine-client.ts';
import { createForkSpawner } from '../../src/main/engine-client/fork.spawner.ts';
import { drawHalves } from '../helpers/drawn-photographs.ts';
import { writeTinyBackbone } from '../helpers/tiny-backbone.ts';

const entry = path.resolve(import.meta.dirname, '..', '..', 'src', 'engine', 'engine-process.ts');
const canvas = { widthPx: 64, heightPx: 64 };
const classes = [{ id: 'red', name: 'red' }];
let folder: string;
let engine: EngineClient;
let samples: EngineInput<'train'>['samples'];

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'catchlight-learning-'));
  const backbone = await writeTinyBackbone(path.join(folder, 'backbone'));
  const env = { ...process.env, CATCHLIGHT_BACKBONE: backbone, CATCHLIGHT_BACKEND: 'cpu' };
  engine = createEngineClient({ spawner: createForkSpawner({ entry, env }) });
  const names = ['a.png', 'b.png', 'c.png', 'd.png'];
  samples = await Promise.all(
    names.map(async (name, i) => ({
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

const training = (): EngineInput<'train'> => ({
  recipe: 'box-and-class',
  parameters: {},
  seed: 3,
  minutes: 0.05,
  classes,
  samples,
  featuresDir: path.join(folder, 'features'),
  canvas,
  modelDir: path.join(folder, 'model'),
  resume: false,
});

const prediction = (): EngineInput<'predict'> => ({
  modelDir: path.join(folder, 'model'),
  images: [
    ...samples.map(({ image }) => image),
    { id: 'gone', file: path.join(folder, 'gone.png'), hash: 'gone', widthPx: 64, heightPx: 64 },
  ],
  featuresDir: path.join(folder, 'features'),
  canvas,
  minScore: 0,
  maxDetections: 5,
});

describe('learning through the engine process', () => {
  it('trains on a few photographs, tells its losses on the way, and suggests on photographs in their order', async () => {
    const curve: CurvePoint[] = [];
    const trained = await engine.call('train', training(), { onCurve: (point) => curve.push(point) });
    expect(trained).toMatchObject({ backend: 'cpu', failed: [] });
    expect(trained.weightsHash).toMatch(/^[0-9a-f]{64}$/);
    expect(Object.keys(curve[0]?.values ?? {})).toContain('loss/total');
    const items: ImagePrediction[] = [];
    const predicted = await engine.call('predict', prediction(), { onItems: (some) => items.push(...some) });
    expect(predicted).toMatchObject({
      images: 4,
      failed: [{ imageId: 'gone', error: { code: 'image/missing' } }],
    });
    expect(items.map((item) => item.imageId)).toEqual(['a.png', 'b.png', 'c.png', 'd.png']);
    for (const { detections } of items) {
      for (const { x, y, w, h, score } of detections) {
        expect(Math.min(x, y)).toBeGreaterThanOrEqual(-1e-6);
        expect(x + w).toBeLessThanOrEqual(64 + 1e-6);
        expect(Math.min(w, h)).toBeGreaterThan(0);
        expect(score).toBeGreaterThanOrEqual(0);
        expect(score).toBeLessThanOrEqual(1);
      }
    }
  });

  it('reads close-ups of each photograph where that was asked for, when it is judged and when it suggests', async () => {
    const modelDir = path.join(folder, 'close');
    const ask = async (closeUps: string): Promise<ImagePrediction[]> => {
      const parameters = { width: 4, epochs: 2, closeUps };
      const input = { ...training(), recipe: 'detector', parameters, minutes: null, modelDir };
      const { metrics } = await engine.call('train', input);
      expect(metrics.n).toBe(1);
      const items: ImagePrediction[] = [];
      const wide = { ...prediction(), modelDir, maxDetections: 100 };
      await engine.call('predict', wide, { onItems: (some) => items.push(...some) });
      return items;
    };
    const [whole, close] = [await ask('never'), await ask('always')];
    expect(close.map(({ imageId }) => imageId)).toEqual(whole.map(({ imageId }) => imageId));
    expect(close).not.toEqual(whole);
  });

  it('judges the photographs of a clip in its order, with frames nobody asked for between them', async () => {
    const modelDir = path.join(folder, 'clip');
    const clip = { ...training(), recipe: 'clip-sequence', parameters: { frames: 3 }, modelDir };
    const around = await drawHalves(folder, 'b2.png', 64, 48);
    const trained = await engine.call('train', { ...clip, neighbours: [around] });
    expect(trained).toMatchObject({ backend: 'cpu', failed: [] });
    const ask = async (images: EngineInput<'predict'>['images'], neighbours: typeof images) => {
      const items: ImagePrediction[] = [];
      const input = { ...prediction(), modelDir, images, neighbours };
      const { failed } = await engine.call('predict', input, { onItems: (some) => items.push(...some) });
      return { items, failed: failed.map(({ imageId }) => imageId) };
    };
    const { images } = prediction();
    const whole = await ask(images.toReversed(), [around]);
    expect(whole.items.map(({ imageId }) => imageId)).toEqual(['a.png', 'b.png', 'c.png', 'd.png']);
    expect(whole.failed).toEqual(['gone']);
    // One photograph asked for alone is judged with the same frames, and without them otherwise.
    const asked = images.filter(({ id }) => id === 'c.png');
    const alone = await ask(asked, [...images, around]);
    expect(alone.items).toEqual([whole.items[2]]);
    expect((await ask(asked, [])).items).not.toEqual([whole.items[2]]);
    const [image] = asked;
    if (image === undefined) throw new Error('A photograph was drawn.');
    await expect(
      engine.call('explain', { image, modelDir, featuresDir: clip.featuresDir, canvas, method: 'auto' }),
    ).resolves.toMatchObject({ method: 'occlusion' });
  });

  it('tells where a model looks that had to tell red from blue: at the red half', async () => {
    const blue = await Promise.all(
      ['e.png', 'f.png', 'g.png'].map((name) => drawHalves(folder, name, 64, 64, { r: 0, g: 0, b: 100 })),
    );
    const empty = blue.map((image) => ({ image, split: 'train' as const, boxes: [] }));
    // 48 of its 64 rows of pixels are photograph.
    const image = samples[0]?.image ?? blue[0];
    if (image === undefined) throw new Error('A photograph was drawn.');
    const where = { image, featuresDir: path.join(folder, 'features'), canvas };
    const modelDir = path.join(folder, 'red-or-blue');
    const told: number[] = [];
    await engine.call('train', {
      ...training(),
      recipe: 'gap-head',
      // By steps: how much it learns must not hang on what else the machine does.
      parameters: { epochs: 200 },
      minutes: null,
      modelDir,
      samples: [...samples, ...empty],
    });
    for (const method of ['auto', 'occlusion'] as const) {
      const explained = await engine.call(
        'explain',
        { ...where, modelDir, method },
        { onProgress: ({ done }) => told.push(done) },
      );
      expect(explained.method).toBe(method === 'auto' ? 'gradient' : 'occlusion');
      expect(explained.maps).toHaveLength(classes.length + 1);
      const { rows, columns } = explained.grid;
      const [red = new Float32Array()] = explained.maps;
      expect(red).toHaveLength(rows * columns);
      expect(Math.min(...red)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...red)).toBeLessThanOrEqual(1);
      const sumOf = (isLeft: boolean) =>
        red.reduce((sum, value, cell) => sum + (cell % columns < columns / 2 === isLeft ? value : 0), 0);
      expect(sumOf(true), method).toBeGreaterThan(1.5 * sumOf(false));
    }
    expect(told.length).toBeGreaterThan(0);
    const cam = engine.call('explain', { ...where, modelDir, method: 'cam' });
    await expect(cam).rejects.toMatchObject({ code: 'explain/does-not-fit' });
    const gone = { ...image, file: path.join(folder, 'gone.png'), hash: 'gone' };
    const blind = engine.call('explain', { ...where, modelDir, image: gone, method: 'auto' });
    await expect(blind).rejects.toMatchObject({ code: 'image/missing' });
  });

  it('stops training within two seconds of a cancel', async () => {
    const controller = new AbortController();
    let cancelledAtMs = 0;
    const onCurve = (): void => {
      if (cancelledAtMs === 0) cancelledAtMs = performance.now();
      controller.abort();
    };
    const input = { ...training(), minutes: 5, modelDir: path.join(folder, 'stopped') };
    const error = await engine.call('train', input, { signal: controller.signal, onCurve }).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ code: 'engine/cancelled' });
    expect(performance.now() - cancelledAtMs).toBeLessThan(2000);
  });

  it('says that a model is not there instead of suggesting nothing', async () => {
    const call = engine.call('predict', { ...prediction(), modelDir: path.join(folder, 'no-model') });
    await expect(call).rejects.toMatchObject({ code: 'model/missing' });
  });
});
