/** A project chooses another backbone: models keep the one they learnt on while it is on this machine, and name it when it is not. */
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EngineInput, ImagePrediction } from '../../src/engine/messages.ts';
import { createEngineClient, type EngineClient } from '../../src/main/engine-client/engine-client.ts';
import { createForkSpawner } from '../../src/main/engine-client/fork.spawner.ts';
import { writeConvBackbone } from '../helpers/conv-backbone.ts';
import { drawHalves } from '../helpers/drawn-photographs.ts';
import { writeTinyBackbone } from '../helpers/tiny-backbone.ts';

const entry = path.resolve(import.meta.dirname, '..', '..', 'src', 'engine', 'engine-process.ts');
const canvas = { widthPx: 64, heightPx: 64 };
const classes = [
  { id: 'red', name: 'Red' },
  { id: 'green', name: 'Green' },
];
let folder = '';
let engine: EngineClient;
let samples: EngineInput<'train'>['samples'];

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'catchlight-own-'));
  const cache = path.join(folder, 'cache');
  await writeConvBackbone(path.join(cache, 'backbones', 'conv'));
  await writeTinyBackbone(path.join(cache, 'backbones', 'tiny'));
  const env = {
    ...process.env,
    CATCHLIGHT_CACHE: cache,
    CATCHLIGHT_BACKBONE: '',
    CATCHLIGHT_BACKEND: 'wasm',
  };
  engine = createEngineClient({ spawner: createForkSpawner({ entry, env }) });
  samples = await Promise.all(
    Array.from({ length: 6 }, async (_, i) => ({
      image: await drawHalves(folder, `${i}.png`, 64, 48 + 2 * i, i % 2 ? { r: 0, g: 200, b: 0 } : undefined),
      split: i < 4 ? ('train' as const) : ('valid' as const),
      boxes: [{ classIndex: i % 2, x: 0, y: 0, w: 32, h: 48 + 2 * i }],
    })),
  );
});

afterAll(async () => {
  await engine.close();
  await rm(folder, { recursive: true, force: true });
});

const training = (recipe: string, more: Partial<EngineInput<'train'>> = {}): EngineInput<'train'> => ({
  recipe,
  parameters: {},
  seed: 3,
  minutes: null,
  classes,
  samples,
  featuresDir: path.join(folder, 'features'),
  canvas,
  backbone: 'conv',
  modelDir: path.join(folder, recipe),
  resume: false,
  ...more,
});

async function predict(recipe: string, backbone: string | null): Promise<ImagePrediction[]> {
  const items: ImagePrediction[] = [];
  await engine.call(
    'predict',
    {
      modelDir: path.join(folder, recipe),
      images: samples.map(({ image }) => image),
      featuresDir: path.join(folder, 'features'),
      canvas,
      backbone,
      minScore: 0,
      maxDetections: 3,
    },
    { onItems: (some) => items.push(...some) },
  );
  return items;
}

describe('models of a project that chose another backbone', () => {
  it('suggest, look and are exported with the features they learnt on, moved last blocks or not', async () => {
    await engine.call('train', training('gap-head', { parameters: { epochs: 10 } }));
    const parameters = { width: 8, batchImages: 2, freshCopies: 2 };
    await engine.call('train', training('detector-fine', { parameters, minutes: 0.08 }));
    for (const recipe of ['gap-head', 'detector-fine']) {
      const before = await predict(recipe, 'conv');
      expect(before).toHaveLength(samples.length);
      // Another of this user's, the embedded one, and one that is not on this machine.
      for (const backbone of ['tiny', null, 'gone'])
        expect(await predict(recipe, backbone), `${recipe} beside ${backbone}`).toEqual(before);
    }
    const [{ image }] = samples as [(typeof samples)[number]];
    const seen = await engine.call('explain', {
      modelDir: path.join(folder, 'gap-head'),
      image,
      featuresDir: path.join(folder, 'features'),
      canvas,
      backbone: 'tiny',
      method: 'occlusion',
    });
    expect(seen.maps).toHaveLength(3);
    const file = path.join(folder, 'exported.onnx');
    const modelDir = path.join(folder, 'gap-head');
    await engine.call('exportModel', { modelDir, canvas, backbone: 'tiny', file });
    expect((await stat(file)).size).toBeGreaterThan(1000);
  });

  it('go into one ensemble with models of the new one', async () => {
    const modelDir = path.join(folder, 'gap-tiny');
    await engine.call(
      'train',
      training('gap-head', { parameters: { epochs: 5 }, backbone: 'tiny', modelDir }),
    );
    const joined = training('ensemble', { parameters: { members: 'gap-head,gap-tiny' }, backbone: 'tiny' });
    await engine.call('train', joined);
    const [both, one, other] = await Promise.all([
      predict('ensemble', 'tiny'),
      predict('gap-head', 'tiny'),
      predict('gap-tiny', 'tiny'),
    ]);
    both.forEach(({ imageProbabilities }, i) => {
      imageProbabilities?.forEach((share, c) => {
        const mean = ((one[i]?.imageProbabilities?.[c] ?? 0) + (other[i]?.imageProbabilities?.[c] ?? 0)) / 2;
        expect(share).toBeCloseTo(mean, 5);
      });
    });
  });

  it('name the backbone they miss when it was removed, and suggest again once it is back', async () => {
    const before = await predict('gap-head', 'tiny');
    await engine.call('removeBackbone', { id: 'conv' });
    for (const recipe of ['gap-head', 'detector-fine'])
      await expect(predict(recipe, 'tiny')).rejects.toMatchObject({
        code: 'model/other-backbone',
        message: expect.stringContaining('conv 1.0.0'),
        hint: expect.stringContaining('backbone add'),
      });
    await writeConvBackbone(path.join(folder, 'cache', 'backbones', 'conv'));
    expect(await predict('gap-head', 'tiny')).toEqual(before);
  });
});
