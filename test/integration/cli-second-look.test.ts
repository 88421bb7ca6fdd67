/** A second look on the command line: asked for too early, trained on a detector, suggesting, and written to a file. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../helpers/run-cli.ts';
import { drawStripedFish } from '../helpers/striped-fish.ts';
import { writeTinyBackbone } from '../helpers/tiny-backbone.ts';

let folder = '';
let project = '';
let env: NodeJS.ProcessEnv = {};

const studio = (...args: readonly string[]) =>
  runCli(path.join(folder, 'home'), [...args, '--json'], { env, timeoutMs: 90_000 });

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'catchlight-cli-look-'));
  project = path.join(folder, 'fish.catchlight');
  const backbone = await writeTinyBackbone(path.join(folder, 'backbone'));
  env = { CATCHLIGHT_BACKBONE: backbone, CATCHLIGHT_BACKEND: 'wasm' };
  const photographs = path.join(folder, 'photographs');
  await mkdir(photographs);
  const samples = await Promise.all(
    Array.from({ length: 8 }, (_, i) => drawStripedFish(photographs, i, 'train')),
  );
  const labels = {
    images: samples.map(({ image }, id) => ({ id, file_name: image.id, width: 640, height: 640 })),
    categories: ['Plain', 'Halved'].map((name, id) => ({ id, name })),
    annotations: samples
      .flatMap(({ boxes }, image_id) => boxes.map((box) => ({ image_id, box })))
      .map(({ image_id, box: { classIndex, x, y, w, h } }, id) => ({
        ...{ id, image_id, category_id: classIndex, bbox: [x, y, w, h] },
        ...{ area: w * h, iscrowd: 0 },
      })),
  };
  const file = path.join(folder, 'labels.json');
  await writeFile(file, JSON.stringify(labels));
  const made = await studio('create', project, '--images', photographs, '--labels', file);
  expect(made.code).toBe(0);
}, 120_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a second look on the command line', () => {
  it('asks for a detector first; then trains on its boxes, suggests in its place, and is written as one file', async () => {
    const early = await studio('train', project, '--recipe', 'crop-classifier');
    expect(early.code).not.toBe(0);
    expect(early.json()).toMatchObject({ error: { code: 'crops/no-detector' } });

    const quick = ['--set', 'epochs=2', 'copies=0'];
    const found = await studio('train', project, '--recipe', 'detector', ...quick, 'width=8');
    expect(found.code).toBe(0);
    const small = ['cropWidth=32', 'cropHeight=32', 'units=8'];
    const looked = await studio('train', project, '--recipe', 'crop-classifier', ...quick, ...small);
    expect(looked.json()).toMatchObject({ recipe: 'crop-classifier', metrics: { classAcc: null } });

    const out = path.join(folder, 'said.json');
    expect((await studio('predict', project, '--out', out)).json()).not.toHaveProperty('error');
    const said = JSON.stringify(JSON.parse(await readFile(out, 'utf8')));
    expect(said).toContain(String(looked.json().modelId));

    const onnx = path.join(folder, 'look.onnx');
    const written = await studio('export-model', project, '--out', onnx);
    expect(written.code).toBe(0);
    expect((await readFile(onnx)).includes('"crop":{"margin":0.2,"level":false}')).toBe(true);
  }, 240_000);
});
