/** An exported model in other hands: the program of the how-to page, run in Python, says of a photograph what the studio says. */
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EngineInput, ImagePrediction } from '../../src/engine/messages.ts';
import { createEngineClient, type EngineClient } from '../../src/main/engine-client/engine-client.ts';
import { createForkSpawner } from '../../src/main/engine-client/fork.spawner.ts';
import { findPython, runPython } from '../helpers/python.ts';
import { writeTinyBackbone } from '../helpers/tiny-backbone.ts';

const repository = path.resolve(import.meta.dirname, '..', '..');
const entry = path.join(repository, 'src', 'engine', 'engine-process.ts');
const canvas = { widthPx: 128, heightPx: 96 };
const classes = [
  { id: 'red', name: 'red' },
  { id: 'blue', name: 'blue' },
];
let folder: string;
let engine: EngineClient;
let samples: EngineInput<'train'>['samples'];

/** A fish-coloured rectangle on grey, as a PNG of the canvas's own size, so that nobody has to resize it. */
async function drawSample(i: number): Promise<EngineInput<'train'>['samples'][number]> {
  const box = { x: 8 + 9 * i, y: 4 + 7 * i, w: 40, h: 32 };
  const classIndex = i % 2;
  const background = classIndex === 0 ? { r: 220, g: 20, b: 10 } : { r: 10, g: 40, b: 230 };
  const file = path.join(folder, `photo-${i}.png`);
  await sharp({
    create: { width: canvas.widthPx, height: canvas.heightPx, channels: 3, background: '#707a70' },
  })
    .composite([
      {
        input: { create: { width: box.w, height: box.h, channels: 3, background } },
        left: box.x,
        top: box.y,
      },
    ])
    .png()
    .toFile(file);
  const metadata = { vessel: `boat ${classIndex}`, depth: String(10 + i) };
  const image = { id: `photo-${i}`, file, hash: `hash-${i}`, ...canvas, metadata };
  return { image, split: 'train', boxes: [{ classIndex, ...box }] };
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'catchlight-model-export-'));
  const input = { mean: [0.4, 0.45, 0.5], std: [0.2, 0.25, 0.3], colour: 'BGR' };
  const env = {
    ...process.env,
    CATCHLIGHT_BACKBONE: await writeTinyBackbone(path.join(folder, 'backbone'), input),
    CATCHLIGHT_BACKEND: 'wasm',
  };
  engine = createEngineClient({ spawner: createForkSpawner({ entry, env }) });
  samples = await Promise.all(Array.from({ length: 6 }, (_, i) => drawSample(i)));
});

afterAll(async () => {
  await engine.close();
  await rm(folder, { recursive: true, force: true });
});

const where = (recipe: string) => ({ modelDir: path.join(folder, recipe), canvas });

async function train(recipe: string, parameters: Record<string, unknown>): Promise<void> {
  const rest = { seed: 3, minutes: null, classes, samples, resume: false };
  const featuresDir = path.join(folder, 'features');
  await engine.call('train', { recipe, parameters, featuresDir, ...rest, ...where(recipe) });
}

async function predict(recipe: string): Promise<ImagePrediction> {
  const items: ImagePrediction[] = [];
  const images = samples.slice(0, 1).map(({ image }) => image);
  const limits = { minScore: 0.05, maxDetections: 1000, featuresDir: path.join(folder, 'features') };
  await engine.call(
    'predict',
    { images, ...limits, ...where(recipe) },
    { onItems: (some) => items.push(...some) },
  );
  return items[0] as ImagePrediction;
}

const python = findPython(['onnxruntime', 'numpy', 'PIL']);

interface Answer {
  readonly detections: readonly { class: string; score: number; box: readonly number[] }[];
  readonly box?: readonly number[];
  readonly probabilities?: Readonly<Record<string, number>>;
}

async function runPage(file: string, ...more: string[]): Promise<Answer> {
  const page = await readFile(path.join(repository, 'docs', 'how-to', 'run-an-exported-model.md'), 'utf8');
  const program = /```python\n(.*?)```/s.exec(page)?.[1] ?? '';
  return runPython(python ?? '', program, [file, samples[0]?.image.file ?? '', ...more]) as Answer;
}

function expectClose(found: readonly number[], wanted: readonly number[], gap: number): void {
  expect(found).toHaveLength(wanted.length);
  for (const [i, value] of found.entries()) expect(Math.abs(value - (wanted[i] as number))).toBeLessThan(gap);
}

describe('a model written for other programs', () => {
  it.skipIf(python === undefined)(
    'finds in Python the boxes it finds here, to a ten-thousandth',
    async () => {
      await train('detector', { width: 16, epochs: 60, batchImages: 6, copies: 0 });
      const file = path.join(folder, 'detector.onnx');
      const written = await engine.call('exportModel', { ...where('detector'), file });
      expect(written.difference).toBeLessThan(1e-4);
      expect(written.outputs).toEqual(['raw_fine-out', 'raw_coarse-out', 'boxes', 'scores']);
      const here = (await predict('detector')).detections;
      const there = (await runPage(file)).detections;
      expect(here.length).toBeGreaterThan(0);
      expect(there.map((detection) => detection.class)).toEqual(here.map((d) => classes[d.classIndex]?.name));
      here.forEach(({ x, y, w, h, score }, i) => {
        expectClose([there[i]?.score ?? 0], [score], 1e-4);
        expectClose(there[i]?.box ?? [], [x, y, w, h], 0.0128);
      });
    },
  );

  it.skipIf(python === undefined)('gives in Python the probabilities and the box it gives here', async () => {
    await train('box-and-class', { units: 16, epochs: 40, batchImages: 6, copies: 0 });
    const file = path.join(folder, 'box.onnx');
    await engine.call('exportModel', { ...where('box-and-class'), file });
    const here = await predict('box-and-class');
    const there = await runPage(file);
    expectClose(Object.values(there.probabilities ?? {}), here.imageProbabilities ?? [], 1e-4);
    const [box] = here.detections;
    expectClose(there.box ?? [], [box?.x ?? 0, box?.y ?? 0, box?.w ?? 0, box?.h ?? 0], 0.0128);
  });

  it.skipIf(python === undefined)('takes a further input where the recipe has one', async () => {
    await train('metadata-head', { epochs: 4, batchImages: 6, copies: 0 });
    const file = path.join(folder, 'metadata.onnx');
    await engine.call('exportModel', { ...where('metadata-head'), file });
    const here = await predict('metadata-head');
    const there = await runPage(file);
    expectClose(Object.values(there.probabilities ?? {}), here.imageProbabilities ?? [], 1e-4);
  });

  it.skipIf(python === undefined)('takes imported columns too, coded as the file says', async () => {
    await train('metadata-head', { epochs: 4, batchImages: 6, copies: 0, columns: 'Vessel, depth' });
    const file = path.join(folder, 'columns.onnx');
    await engine.call('exportModel', { ...where('metadata-head'), file });
    const here = (await predict('metadata-head')).imageProbabilities ?? [];
    const told = await runPage(file, JSON.stringify(samples[0]?.image.metadata));
    expectClose(Object.values(told.probabilities ?? {}), here, 1e-4);
    const untold = await runPage(file);
    expect(Math.abs((Object.values(untold.probabilities ?? {})[0] ?? 0) - (here[0] ?? 0))).toBeGreaterThan(
      1e-3,
    );
  });

  it.skipIf(python === undefined)(
    'holds an ensemble of class models whole: the mean is the one given here',
    async () => {
      const few = { epochs: 4, batchImages: 6, copies: 0 };
      await train('gap-head', few);
      await train('dense-head', { ...few, units: 16 });
      await train('ensemble', { members: 'gap-head,dense-head' });
      const file = path.join(folder, 'ensemble.onnx');
      const written = await engine.call('exportModel', { ...where('ensemble'), file });
      expect(written.difference).toBeLessThan(1e-4);
      expect(written.outputs).toEqual(['raw_0_class', 'raw_1_class', 'probabilities']);
      const [here, one] = [await predict('ensemble'), await predict('gap-head')];
      const there = Object.values((await runPage(file)).probabilities ?? {});
      expectClose(there, here.imageProbabilities ?? [], 1e-4);
      expect(Math.abs((there[0] ?? 0) - (one.imageProbabilities?.[0] ?? 0))).toBeGreaterThan(1e-3);
    },
  );

  it('refuses an ensemble that no one file can hold, and says why', async () => {
    const few = { epochs: 1, batchImages: 6, copies: 0 };
    await train('metadata-head', few);
    await train('gap-head', few);
    await train('ensemble', { members: 'gap-head,metadata-head' });
    const file = path.join(folder, 'refused.onnx');
    await expect(engine.call('exportModel', { ...where('ensemble'), file })).rejects.toMatchObject({
      code: 'export-model/ensemble',
      message: expect.stringContaining('reads more than the photograph'),
    });
    await train('detector', { width: 8, ...few });
    await train('box-and-class', { units: 16, ...few });
    await train('ensemble-boxes', { members: 'detector,box-and-class' });
    await expect(engine.call('exportModel', { ...where('ensemble-boxes'), file })).rejects.toMatchObject({
      code: 'export-model/ensemble',
      message: expect.stringContaining('fuses boxes'),
    });
    expect(existsSync(file)).toBe(false);
  });

  it('is not written at all when there is no model, and leaves no half file', async () => {
    const file = path.join(folder, 'nothing', 'none.onnx');
    const call = engine.call('exportModel', { ...where('no-such-model'), file });
    await expect(call).rejects.toMatchObject({ code: 'model/missing' });
    expect(existsSync(path.dirname(file))).toBe(false);
    const names = await readdir(folder);
    expect(names.filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
});
