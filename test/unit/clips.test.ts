/** Clips: which photographs follow each other, what a window holds, and that a model hears the frames before. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { startWasmBackend } from '../../src/engine/backends/wasm.backend.ts';
import type { EngineImage, TrainingSample } from '../../src/engine/messages.ts';
import { cutClips, listWindow, listWindows } from '../../src/engine/parts/clips.ts';
import { getRecipe } from '../../src/engine/recipes/list.ts';
import { FrameWindows, findFrames } from '../../src/engine/train/frame-windows.ts';
import { runTraining } from '../../src/engine/train/run-training.ts';
import { DrawnFeatures, makeSample } from '../helpers/drawn-features.ts';
import { planSmallRun } from '../helpers/small-run.ts';

const frame = (file: string, more: Partial<EngineImage> = {}): EngineImage => ({
  id: file,
  file: path.join('/photos', file),
  hash: `hash of ${file}`,
  widthPx: 128,
  heightPx: 128,
  ...more,
});
const namesOf = (images: readonly EngineImage[], clips: readonly (readonly number[])[]): string[][] =>
  clips.map((clip) => clip.map((i) => images[i]?.id ?? '?'));
const byName = { clipBy: 'folder', orderBy: 'name' } as const;

describe('clips', () => {
  test('are folders, their frames in the order people count in', () => {
    const images = ['a/10.jpg', 'b/1.jpg', 'a/9.jpg', 'a/1.jpg'].map((file) => frame(file));
    expect(namesOf(images, cutClips(images, byName))).toEqual([
      ['a/1.jpg', 'a/9.jpg', 'a/10.jpg'],
      ['b/1.jpg'],
    ]);
  });

  test('are groups where asked for; what has no group stays with its folder', () => {
    const images = [
      frame('a/1.jpg', { group: 'boat' }),
      frame('b/2.jpg', { group: 'boat' }),
      frame('a/3.jpg', { group: null }),
      frame('a/4.jpg'),
    ];
    expect(namesOf(images, cutClips(images, { ...byName, clipBy: 'group' }))).toEqual([
      ['a/1.jpg', 'b/2.jpg'],
      ['a/3.jpg', 'a/4.jpg'],
    ]);
  });

  test('go by the time they were taken, and by name as soon as one frame has none', () => {
    const byTime = { ...byName, orderBy: 'time' } as const;
    const timed = [frame('1.jpg', { capturedAtMs: 20 }), frame('2.jpg', { capturedAtMs: 10 })];
    expect(namesOf(timed, cutClips(timed, byTime))).toEqual([['2.jpg', '1.jpg']]);
    const untimed = [...timed, frame('0.jpg', { capturedAtMs: null })];
    expect(namesOf(untimed, cutClips(untimed, byTime))).toEqual([['0.jpg', '1.jpg', '2.jpg']]);
  });

  test('hold every photograph once, whatever the names; and order does not hang on how they were listed', () => {
    const names = fc.uniqueArray(fc.string({ maxLength: 12 }), {
      maxLength: 20,
      selector: (file) => frame(`${file}.jpg`).file,
    });
    fc.assert(
      fc.property(names, fc.constantFrom('name' as const, 'time' as const), (files, orderBy) => {
        const images = files.map((file, i) =>
          frame(`${file}.jpg`, { id: `${i}`, capturedAtMs: i % 3 === 0 ? null : i }),
        );
        const clips = cutClips(images, { clipBy: 'folder', orderBy });
        expect(clips.flat().sort((a, b) => a - b)).toEqual(images.map((_, i) => i));
        const turned = images.toReversed();
        const again = cutClips(turned, { clipBy: 'folder', orderBy });
        expect(namesOf(turned, again).sort()).toEqual(namesOf(images, clips).sort());
      }),
    );
  });
});

describe('a window', () => {
  test('ends with the photograph that is judged, and repeats the first frame before the first', () => {
    expect(listWindow([7, 5, 9, 2], 3, 3)).toEqual([5, 9, 2]);
    expect(listWindow([7, 5, 9, 2], 1, 4)).toEqual([7, 7, 7, 5]);
    expect(listWindows([[1, 0], [2]], 3, 2)).toEqual([
      [1, 0],
      [1, 1],
      [2, 2],
    ]);
  });

  const view = {
    count: 3,
    pooling: 'average' as const,
    cutClips: (images: readonly EngineImage[]) => cutClips(images, byName),
    pool: (map: Float32Array, { channels }: { channels: number }) => map.slice(0, channels),
  };

  test('takes in frames nobody labelled, but not those it does not reach', () => {
    const labelled = [frame('a/5.jpg'), frame('b/1.jpg')];
    const others = ['a/1.jpg', 'a/3.jpg', 'a/4.jpg', 'a/6.jpg', 'c/1.jpg'].map((file) => frame(file));
    expect(findFrames(view, labelled, [...others, ...labelled]).map(({ id }) => id)).toEqual([
      'a/3.jpg',
      'a/4.jpg',
    ]);
  });

  test('shows the features of each frame in its order, and the photograph itself where one is missing', async () => {
    const samples = [0, 1, 2].map((i) => makeSample(`clip-${i}`, [], 'train'));
    const images = samples.map(({ image }) => image);
    const source = new DrawnFeatures(samples);
    const windows = new FrameWindows(source, view, [images[2] as EngineImage], images);
    const [own, alone] = [windows, source].map((one) => one.shape('s32'));
    expect(own).toMatchObject({ heightCells: 3, widthCells: 1, channels: alone?.channels });
    const last = [{ hash: 'hash-clip-2', variant: 'plain' }];
    const rows = await windows.read(last, 's32');
    const single = async (hash: string): Promise<number[]> =>
      Array.from(await source.read([{ hash, variant: 'plain' }], 's32')).slice(0, 8);
    const [first, second, third] = await Promise.all(images.map(({ hash }) => single(hash)));
    expect(Array.from(rows)).toEqual([...(first ?? []), ...(second ?? []), ...(third ?? [])]);

    source.has = ({ hash }: { hash: string } = { hash: '' }) => hash !== 'hash-clip-1';
    const holed = new FrameWindows(source, view, images, []);
    const patched = Array.from(await holed.read(last, 's32'));
    expect(patched).toEqual([...(first ?? []), ...(third ?? []), ...(third ?? [])]);
  });
});

describe.each(['simple', 'gru', 'lstm'] as const)('a clip-sequence model with %s cells', (cell) => {
  beforeAll(async () => {
    await startWasmBackend();
  });

  test('tells what only the frame before showed, a frame that nobody labelled', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'catchlight-clips-'));
    // A fish is plain to see in the even frames; the odd ones, which are labelled, show it hidden: the features of an empty deck.
    const samples: TrainingSample[] = [];
    const neighbours: EngineImage[] = [];
    const shown: TrainingSample[] = [];
    for (let clip = 0; clip < 24; clip++) {
      const box = { x: 30, y: 30, w: 60, h: 60, classIndex: clip % 2 };
      const at = (name: string, boxes: TrainingSample['boxes']): TrainingSample => {
        const sample = makeSample(`${clip}-${name}`, boxes, clip < 16 ? 'train' : 'valid');
        return { ...sample, image: { ...sample.image, file: path.join('/clips', `${clip}`, `${name}.jpg`) } };
      };
      const before = at('1', [box]);
      shown.push(before, at('2', []));
      neighbours.push(before.image);
      samples.push(at('2', [box]));
    }
    const recipe = getRecipe('clip-sequence');
    const plan = planSmallRun(recipe, { modelDir: folder, backend: 'wasm', seed: 3 });
    const settings = {
      cell,
      frames: 2,
      units: 16,
      epochs: 30,
      batchImages: 16,
      learningRate: 0.01,
      dropout: 0,
    };
    const task = { classes: 2, canvas: plan.canvas, taps: plan.source.taps };
    const train = samples.filter(({ split }) => split === 'train');
    const learn = (frames: number, around: readonly EngineImage[]) => {
      const parameters = { ...settings, frames };
      return runTraining(
        {
          ...plan,
          parameters,
          configured: recipe.configure(parameters, task),
          source: new DrawnFeatures(shown),
          neighbours: [...around],
          trainItems: train.map((sample) => ({ sample, variants: plan.trainItems[0]?.variants ?? [] })),
          validSamples: samples.filter(({ split }) => split === 'valid'),
        },
        {},
      );
    };
    try {
      expect((await learn(2, neighbours)).metrics.classAcc).toBe(1);
      expect((await learn(1, neighbours)).metrics.classAcc).toBeLessThan(0.9);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
