/** Ensembles through a real engine process: models of every kind joined, judged, asked like any other model, and missed when they are gone. */
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EngineInput, ImagePrediction } from '../../src/engine/messages.ts';
import { createEngineClient, type EngineClient } from '../../src/main/engine-client/engine-client.ts';
import { createForkSpawner } from '../../src/main/engine-client/fork.spawner.ts';
import { writeConvBackbone } from '../helpers/conv-backbone.ts';
import { drawHalves } from '../helpers/drawn-photographs.ts';

const entry = path.resolve(import.meta.dirname, '..', '..', 'src', 'engine', 'engine-process.ts');
const canvas = { widthPx: 64, heightPx: 64 };
const classes = [
  { id: 'red', name: 'Red' },
  { id: 'blue', name: 'Blue' },
];
let folder: string;
let engine: EngineClient;
let samples: EngineInput<'train'>['samples'];

const dirOf = (name: string): string => path.join(folder, 'models', name);
const training = (name: string, part: Partial<EngineInput<'train'>>): EngineInput<'train'> => ({
  recipe: 'gap-head',
  parameters: { epochs: 2 },
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
const join = (name: string, members: string, recipe = 'ensemble', part: Partial<EngineInput<'train'>> = {}) =>
  engine.call('train', training(name, { recipe, parameters: { members }, ...part }));

const gone = { id: 'gone', file: '/nowhere/gone.png', hash: 'gone', widthPx: 64, heightPx: 64 };
async function ask(name: string): Promise<ImagePrediction[]> {
  const items: ImagePrediction[] = [];
  const output = await engine.call(
    'predict',
    {
      modelDir: dirOf(name),
      images: [...samples.map(({ image }) => image), gone],
      featuresDir: path.join(folder, 'features'),
      canvas,
      minScore: 0,
      maxDetections: 5,
    },
    { onItems: (some) => items.push(...some) },
  );
  expect(output).toMatchObject({ images: 5, failed: [{ imageId: 'gone' }] });
  return items.toSorted((a, b) => a.imageId.localeCompare(b.imageId));
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'catchlight-ensemble-'));
  const backbone = await writeConvBackbone(path.join(folder, 'backbone'));
  const env = { ...process.env, CATCHLIGHT_BACKBONE: backbone, CATCHLIGHT_BACKEND: 'wasm' };
  engine = createEngineClient({ spawner: createForkSpawner({ entry, env }) });
  samples = await Promise.all(
    ['a', 'b', 'c', 'd', 'e'].map(async (name, i) => ({
      image: await drawHalves(folder, `${name}.png`, 64, 48 + 4 * i),
      split: i >= 3 ? ('valid' as const) : ('train' as const),
      boxes: [{ classIndex: i % 2, x: 0, y: 0, w: 32, h: 48 + 4 * i }],
    })),
  );
  await engine.call('train', training('pooled', {}));
  await engine.call('train', training('boxed', { recipe: 'box-and-class' }));
  await engine.call(
    'train',
    training('clip', { recipe: 'clip-sequence', parameters: { epochs: 2, frames: 2 } }),
  );
  await engine.call('train', training('found', { recipe: 'detector', parameters: { epochs: 2, width: 8 } }));
  // The same two classes the other way round, as when a person re-ordered them.
  const turned = samples.map((sample) => ({
    ...sample,
    boxes: sample.boxes.map((box) => ({ ...box, classIndex: 1 - box.classIndex })),
  }));
  await engine.call('train', training('turned', { classes: classes.toReversed(), samples: turned }));
  const fine = { epochs: 1, width: 8, batchImages: 2, freshCopies: 1, headShare: 0.3 };
  await engine.call('train', training('fine', { recipe: 'detector-fine', parameters: fine, minutes: 0.05 }));
}, 120_000);

afterAll(async () => {
  await engine.close();
  await rm(folder, { recursive: true, force: true });
});

describe('an ensemble of classes', () => {
  it('says the average of its models, each class by its id, models of clips among them', async () => {
    const made = await join('three', 'pooled,turned,clip');
    expect(made).toMatchObject({
      recipeVersion: 1,
      epochs: 0,
      failed: [],
      metrics: { n: 2, split: 'valid' },
    });
    expect(made.metrics.classAcc).not.toBeNull();
    expect(made.metrics.map50).toBeNull();
    expect(await readdir(dirOf('three'))).toEqual(['manifest.json']);
    const [joined, pooled, turned, clip] = await Promise.all(['three', 'pooled', 'turned', 'clip'].map(ask));
    joined?.forEach(({ imageId, detections, imageProbabilities }, i) => {
      expect(detections).toEqual([]);
      const [a = [], b = [], c = []] = [pooled, turned, clip].map(
        (list) => list?.[i]?.imageProbabilities ?? [],
      );
      const mean = [0, 1, 2].map((k) => ((a[k] ?? 0) + ([b[1], b[0], b[2]][k] ?? 0) + (c[k] ?? 0)) / 3);
      expect(imageId).toBe(pooled?.[i]?.imageId);
      imageProbabilities?.forEach((share, k) => void expect(share).toBeCloseTo(mean[k] as number, 6));
    });
  });

  it('made twice is the same, and of other models another', async () => {
    const [one, two, other] = [
      await join('one', 'pooled,boxed'),
      await join('two', 'pooled,boxed'),
      await join('other', 'boxed,turned'),
    ];
    expect(two.weightsHash).toBe(one.weightsHash);
    expect(other.weightsHash).not.toBe(one.weightsHash);
  });
});

describe('an ensemble of detectors', () => {
  it('fuses boxes of models on the whole backbone with those of one that moved its last blocks', async () => {
    const made = await join('boxes', 'found,fine,boxed', 'ensemble-boxes');
    expect(made.metrics.map50).not.toBeNull();
    for (const { detections, imageProbabilities } of await ask('boxes')) {
      expect(imageProbabilities).toBeNull();
      expect(detections.length).toBeLessThanOrEqual(5);
      expect(detections.length).toBeGreaterThan(0);
      for (const { x, y, w, h, score } of detections) {
        expect(Math.min(x, y)).toBeGreaterThanOrEqual(-1e-6);
        expect(x + w).toBeLessThanOrEqual(64 + 1e-6);
        expect(h).toBeGreaterThan(0);
        expect(score).toBeGreaterThanOrEqual(0);
      }
    }
  });
});

describe('a model that cannot be a member', () => {
  it('is named with the reason, and nothing is written', async () => {
    const onlyRed = [{ id: 'red', name: 'Red' }];
    const reds = samples.map((sample) => ({
      ...sample,
      boxes: sample.boxes.map((b) => ({ ...b, classIndex: 0 })),
    }));
    await engine.call('train', training('one-class', { classes: onlyRed, samples: reds }));
    await join('whole', 'pooled,boxed');
    const cases: [string, string, string, RegExp][] = [
      ['pooled,found', 'ensemble', 'ensemble/member-unusable', /found.*does not say the class/],
      ['found,pooled', 'ensemble-boxes', 'ensemble/member-unusable', /pooled.*suggests no boxes/],
      ['pooled,one-class', 'ensemble', 'ensemble/member-unusable', /one-class.*other classes \(Red\)/],
      ['pooled,whole', 'ensemble', 'ensemble/member-unusable', /whole.*ensemble/],
      ['pooled,nowhere', 'ensemble', 'ensemble/member-missing', /nowhere/],
      ['pooled', 'ensemble', 'ensemble/members', /one is named/],
    ];
    for (const [members, recipe, code, message] of cases) {
      const refused = join('refused', members, recipe);
      await expect(refused, members).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    }
    for (const members of ['', 'pooled', 'pooled,../boxed'])
      await expect(
        engine.call('checkParameters', { recipe: 'ensemble', parameters: { members } }),
      ).rejects.toMatchObject({ code: 'ensemble/members' });
    const wider = join('refused', 'pooled,boxed', 'ensemble', { canvas: { widthPx: 96, heightPx: 64 } });
    await expect(wider).rejects.toMatchObject({
      code: 'ensemble/member-unusable',
      message: expect.stringMatching(/pooled.*96 × 64/),
      details: { code: 'model/other-canvas' },
    });
    expect(await readdir(path.dirname(dirOf('refused')))).not.toContain('refused');
  });

  it('is missed by name when it was deleted or is no longer the same, by predictions as by anything else', async () => {
    await cp(dirOf('pooled'), dirOf('lent'), { recursive: true });
    await join('borrows', 'lent,boxed');
    await cp(dirOf('boxed'), dirOf('lent'), { recursive: true, force: true });
    await expect(ask('borrows')).rejects.toMatchObject({
      code: 'ensemble/member-changed',
      details: { member: 'lent' },
    });
    await rm(dirOf('lent'), { recursive: true });
    await expect(ask('borrows')).rejects.toMatchObject({
      code: 'ensemble/member-missing',
      message: expect.stringMatching(/gap-head.*lent/),
    });
  });

  it('is not asked where an ensemble looks: its members are', async () => {
    await join('netless', 'pooled,boxed');
    const [sample] = samples;
    if (sample === undefined) throw new Error('A photograph was drawn.');
    const modelDir = dirOf('netless');
    const where = { image: sample.image, modelDir, featuresDir: path.join(folder, 'features'), canvas };
    await expect(engine.call('explain', { ...where, method: 'auto' })).rejects.toMatchObject({
      code: 'model/is-ensemble',
    });
  });

  it('is not looked for outside the folder of models, whatever a manifest says', async () => {
    await join('bent', 'pooled,boxed');
    const manifest = path.join(dirOf('bent'), 'manifest.json');
    const text = await readFile(manifest, 'utf8');
    for (const wrong of [
      text.replaceAll('"pooled"', '"../pooled"'),
      text.replace('"members": [', '"members": [7,'),
    ]) {
      await writeFile(manifest, wrong);
      await expect(ask('bent')).rejects.toMatchObject({ code: 'model/damaged' });
    }
  });
});
