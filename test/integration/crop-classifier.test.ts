/** A second look at boxes through a real engine process: fish that differ only in what the canvas is too coarse to show. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { computeIou } from '../../src/core/geometry.ts';
import type { EngineInput, ImagePrediction, TrainingSample } from '../../src/engine/messages.ts';
import { createEngineClient, type EngineClient } from '../../src/main/engine-client/engine-client.ts';
import { createForkSpawner } from '../../src/main/engine-client/fork.spawner.ts';
import { drawStripedFish } from '../helpers/striped-fish.ts';
import { writeTinyBackbone } from '../helpers/tiny-backbone.ts';

const entry = path.resolve(import.meta.dirname, '..', '..', 'src', 'engine', 'engine-process.ts');
const canvas = { widthPx: 64, heightPx: 64 };
const classes = [
  { id: 'plain', name: 'Plain' },
  { id: 'halved', name: 'Halved' },
];
let folder: string;
let engine: EngineClient;
let samples: TrainingSample[];

const dirOf = (name: string): string => path.join(folder, 'models', name);
const training = (name: string, part: Partial<EngineInput<'train'>> = {}): EngineInput<'train'> => ({
  recipe: 'crop-classifier',
  parameters: {
    detector: 'finder',
    cropWidth: 32,
    cropHeight: 32,
    margin: 0,
    units: 16,
    epochs: 30,
    learningRate: 0.01,
    dropout: 0.3,
    trust: 0.7,
    copies: 2,
  },
  seed: 3,
  minutes: null,
  classes,
  samples,
  featuresDir: path.join(folder, 'features'),
  canvas,
  modelDir: dirOf(name),
  resume: false,
  ...part,
});

async function ask(name: string): Promise<ImagePrediction[]> {
  const items: ImagePrediction[] = [];
  const gone = { id: 'gone', file: '/nowhere/gone.png', hash: 'gone', widthPx: 64, heightPx: 64 };
  const valid = samples.filter(({ split }) => split === 'valid').map(({ image }) => image);
  const output = await engine.call(
    'predict',
    {
      modelDir: dirOf(name),
      images: [...valid, gone],
      featuresDir: path.join(folder, 'features'),
      canvas,
      minScore: 0.05,
      maxDetections: 20,
    },
    { onItems: (some) => items.push(...some) },
  );
  expect(output).toMatchObject({ images: valid.length, failed: [{ imageId: 'gone' }] });
  return items;
}

/** Of the surest suggestion at each fish: how many there are, and how many have its class. */
function count(predictions: readonly ImagePrediction[]): { met: number; right: number } {
  let met = 0;
  let right = 0;
  for (const { image, boxes } of samples) {
    const said = predictions.find(({ imageId }) => imageId === image.id)?.detections ?? [];
    for (const box of boxes) {
      const [best] = said.filter((found) => computeIou(found, box) > 0.3);
      if (best === undefined) continue;
      met++;
      if (best.classIndex === box.classIndex) right++;
    }
  }
  return { met, right };
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'catchlight-second-look-'));
  const backbone = await writeTinyBackbone(path.join(folder, 'backbone'));
  const env = { ...process.env, CATCHLIGHT_BACKBONE: backbone, CATCHLIGHT_BACKEND: 'wasm' };
  engine = createEngineClient({ spawner: createForkSpawner({ entry, env }) });
  samples = await Promise.all(
    Array.from({ length: 24 }, (_, i) => drawStripedFish(folder, i, i < 16 ? 'train' : 'valid')),
  );
  const finder = { epochs: 100, width: 16, copies: 0, dropout: 0, learningRate: 0.01 };
  await engine.call('train', training('finder', { recipe: 'detector', parameters: finder }));
}, 120_000);

afterAll(async () => {
  await engine.close();
  await rm(folder, { recursive: true, force: true });
});

describe('a second look at boxes', () => {
  it('names fish that the detector cannot tell apart, and is judged as what it is: boxes on whole photographs', async () => {
    const made = await engine.call('train', training('names'));
    expect(made.failed).toEqual([]);
    expect(made.metrics).toMatchObject({ n: 8, split: 'valid', classAcc: null });
    const [before, after] = [count(await ask('finder')), count(await ask('names'))];
    expect(after.met).toBeGreaterThanOrEqual(12);
    expect(before.right / before.met).toBeLessThan(0.8);
    expect(after.right).toBe(after.met);
    expect(made.metrics.map50).toBeGreaterThan(0.7);
    for (const { detections, imageProbabilities } of await ask('names')) {
      expect(imageProbabilities).toBeNull();
      for (const { probabilities } of detections) expect(probabilities).toHaveLength(2);
    }
    expect((await readdir(dirOf('names'))).sort()).toEqual(['manifest.json', 'model.json', 'weights.bin']);
  }, 120_000);

  it('finds its crops in the store the next time, and gives the same model from the same seed', async () => {
    const told: string[] = [];
    const again = await engine.call('train', training('again'), {
      onProgress: ({ phase, total }) => void (total > 0 && told.push(phase)),
    });
    const first = await engine.call('train', training('names'));
    expect(again.weightsHash).toBe(first.weightsHash);
    expect(told).not.toContain('features');
  });

  it('goes on after a stop to the numbers of a run without one, and leaves no model when it is stopped', async () => {
    const whole = await engine.call('train', training('whole'));
    const stopper = new AbortController();
    const stopped = engine.call('train', training('stopped'), {
      signal: stopper.signal,
      onProgress: ({ phase, done, total }) => {
        if (phase === 'train' && done > total / 3) stopper.abort();
      },
    });
    await expect(stopped).rejects.toMatchObject({ code: 'engine/cancelled' });
    expect(await readdir(dirOf('stopped')).catch(() => [])).not.toContain('manifest.json');
    const resumed = await engine.call('train', training('stopped', { resume: true }));
    expect(resumed.weightsHash).toBe(whole.weightsHash);
    expect(resumed.metrics).toEqual(whole.metrics);
  });

  it('lays fish level as people marked them or as a head-tail model sees them, in the photograph or in each box', async () => {
    const turner = { epochs: 2, units: 16, copies: 0 };
    await engine.call('train', training('turner', { recipe: 'head-tail', parameters: turner }));
    for (const level of ['photograph', 'box'] as const) {
      const { parameters } = training(level);
      await engine.call(
        'train',
        training(level, { parameters: { ...parameters, epochs: 1, level, turner: 'turner' } }),
      );
      expect(count(await ask(level)).met).toBeGreaterThanOrEqual(12);
    }
    // Hand boxes were cut along their own lines, at 45 degrees.
    const stores = await readdir(path.join(folder, 'features'));
    const indices = await Promise.all(
      stores.map((store) => readFile(path.join(folder, 'features', store, 'index.tsv'), 'utf8')),
    );
    expect(indices.join().match(/_r45\t/g)?.length).toBeGreaterThanOrEqual(32);
  });

  it('looks at the boxes of an ensemble as at those of one model', async () => {
    const join = { recipe: 'ensemble-boxes', parameters: { members: 'finder,turner' } };
    await engine.call('train', training('both', join));
    const { parameters } = training('on-both');
    const made = await engine.call(
      'train',
      training('on-both', { parameters: { ...parameters, epochs: 1, detector: 'both' } }),
    );
    expect(made.metrics).toMatchObject({ n: 8, classAcc: null });
    expect(count(await ask('on-both')).met).toBeGreaterThan(0);
  });

  it('says which model is missing or does not fit, before anything is trained', async () => {
    await engine.call('train', training('pooled', { recipe: 'gap-head', parameters: { epochs: 1 } }));
    const { parameters } = training('refused');
    const cases: [Record<string, unknown>, string][] = [
      [{ detector: '' }, 'crops/no-detector'],
      [{ detector: '../finder' }, 'crops/detector-missing'],
      [{ detector: 'nowhere' }, 'crops/detector-missing'],
      [{ detector: 'pooled' }, 'crops/detector-unusable'],
      [{ detector: 'names' }, 'crops/detector-unusable'],
      [{ level: 'box', turner: 'nowhere' }, 'crops/turner-missing'],
      [{ level: 'box', turner: 'finder' }, 'crops/turner-unusable'],
      [{ margin: 7 }, 'recipe/parameters'],
      [{ cropWidth: 100 }, 'recipe/parameters'],
    ];
    for (const [wrong, code] of cases) {
      const refused = engine.call('train', training('refused', { parameters: { ...parameters, ...wrong } }));
      await expect(refused, JSON.stringify(wrong)).rejects.toMatchObject({ code });
    }
    expect(await readdir(path.join(folder, 'models'))).not.toContain('refused');
    const join = { recipe: 'ensemble-boxes', parameters: { members: 'finder,names' } };
    await expect(engine.call('train', training('joined', join))).rejects.toMatchObject({
      code: 'ensemble/member-unusable',
      details: { code: 'model/is-second-look' },
    });
    const { image } = samples[0] as TrainingSample;
    const featuresDir = path.join(folder, 'features');
    await expect(
      engine.call('explain', { modelDir: dirOf('names'), image, featuresDir, canvas, method: 'auto' }),
    ).rejects.toMatchObject({ code: 'model/is-second-look' });
    await rm(dirOf('finder'), { recursive: true });
    await expect(ask('names')).rejects.toMatchObject({ code: 'crops/detector-missing' });
  });
});
