/** A model on disk: written for any tfjs, read back only when it is whole and the one that was written. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LayersModel, type Tensor, tf } from '../../src/engine/backends/tf.ts';
import { getRecipe } from '../../src/engine/recipes/list.ts';
import { hashBytes, packArrays, unpackArrays } from '../../src/engine/train/array-file.ts';
import { loadModel } from '../../src/engine/train/load-model.ts';
import {
  findCheckpoint,
  readModel,
  removeCheckpoint,
  saveCheckpoint,
  saveModel,
} from '../../src/engine/train/model-files.ts';
import { readStandardWeights, toOwnWeights } from '../../src/engine/train/standard-model.ts';
import { readWeights } from '../../src/engine/train/weights.ts';
import { loadWithPlainTfjs } from '../helpers/plain-tfjs.ts';

const tap = { name: 's32', stride: 32, heightCells: 2, widthCells: 2, channels: 3 };
const canvas = { widthPx: 64, heightPx: 64 };
const card = {
  recipe: 'box-and-class',
  recipeVersion: 1,
  parameters: { units: 8 },
  seed: 1,
  classes: [{ id: 'a', name: 'Cod' }],
  backboneHash: 'b',
  taps: ['s32'],
  canvas,
  backend: 'cpu',
};
const backbone = { hash: 'b', taps: [{ name: 's32', stride: 32, channels: 3 }] };

let folder = '';
let model: LayersModel;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'catchlight-models-'));
  await tf.setBackend('cpu');
  const recipe = getRecipe('box-and-class').configure({ units: 8 }, { classes: 1, canvas, taps: [tap] });
  model = recipe.build({ seed: 1, step: 0 });
  tf.tidy(() => model.getLayer('scale-s32').setWeights([tf.tensor1d([2, 3, 5])]));
});
afterAll(async () => {
  model.dispose();
  await rm(folder, { recursive: true, force: true });
});

/** A saved model in a folder of its own. */
async function save(name: string): Promise<string> {
  const dir = path.join(folder, name);
  await saveModel(dir, card, model);
  return dir;
}

/** Changes one field of the manifest, hashes left as they are. */
async function editManifest(dir: string, change: Record<string, unknown>): Promise<void> {
  const file = path.join(dir, 'manifest.json');
  const manifest = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
  await writeFile(file, JSON.stringify({ ...manifest, ...change }));
}

describe('a model on disk', () => {
  test('is three files, whose weights come back under their own names to the bit', async () => {
    const dir = await save('whole');
    expect((await readdir(dir)).sort()).toEqual(['manifest.json', 'model.json', 'weights.bin']);
    const read = await readModel(dir);
    expect(read.card).toMatchObject({ format: 2, ...card });
    expect(read.weights).toEqual(readStandardWeights(model));
    expect(toOwnWeights(model, read.weights)).toEqual(readWeights(model));
    expect(read.card.weights.sha256).toBe(hashBytes(await readFile(path.join(dir, 'weights.bin'))));
  });

  test('opens in tfjs that knows no layer of ours, and says the same', async () => {
    const plain = await loadWithPlainTfjs(await save('plain'));
    const x = tf.randomNormal([3, 2, 2, 3], 0, 1, 'float32', 5);
    const outputs = (net: LayersModel): number[][] =>
      (net.predict(x) as Tensor[]).map((tensor) => Array.from(tensor.dataSync()));
    expect(outputs(plain)).toEqual(outputs(model));
    plain.dispose();
  });

  test('is refused with a sentence when a file is cut, changed, missing or no file of ours', async () => {
    const dir = await save('hostile');
    for (const name of ['manifest.json', 'model.json', 'weights.bin']) {
      const file = path.join(dir, name);
      const bytes = await readFile(file);
      for (const other of [bytes.subarray(0, bytes.length - 4), Buffer.alloc(0), Buffer.from('{}')]) {
        await writeFile(file, other);
        await expect(readModel(dir), name).rejects.toMatchObject({ code: 'model/damaged' });
      }
      await rm(file);
      await expect(readModel(dir), name).rejects.toMatchObject({
        code: expect.stringMatching(/^model\/(missing|damaged)$/),
      });
      await writeFile(file, bytes);
    }
    await expect(readModel(dir)).resolves.toBeDefined();
    await expect(readModel(path.join(folder, 'none'))).rejects.toMatchObject({ code: 'model/missing' });
  });

  test('does not follow a manifest that leads elsewhere, nor believe shapes that its weights do not fill', async () => {
    const dir = await save('elsewhere');
    const { card: whole } = await readModel(dir);
    await editManifest(dir, { weights: { ...whole.weights, file: '../../secret' } });
    await expect(readModel(dir)).rejects.toMatchObject({ code: 'model/damaged' });
    const text = (await readFile(path.join(dir, 'model.json'), 'utf8')).replace(
      /"shape":\s*\[\s*8\s*\]/,
      '"shape":[9000000000000000]',
    );
    await writeFile(path.join(dir, 'model.json'), text);
    await editManifest(dir, {
      weights: whole.weights,
      topology: { ...whole.topology, sha256: hashBytes(Buffer.from(text)) },
    });
    await expect(readModel(dir)).rejects.toMatchObject({ code: 'model/damaged' });
  });

  test('never crashes the reader, whatever its manifest holds', async () => {
    const dir = await save('random');
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.json(), fc.string()), async (text) => {
        await writeFile(path.join(dir, 'manifest.json'), text);
        await expect(readModel(dir)).rejects.toMatchObject({
          code: expect.stringMatching(/^model\/(newer|damaged)$/),
        });
      }),
      { numRuns: 60 },
    );
  });

  test('is refused when a later studio wrote it, when its recipe or backbone changed, or its net is another', async () => {
    const dir = await save('other');
    const load = (): Promise<unknown> => loadModel(dir, { backbone, canvas });
    await editManifest(dir, { recipeVersion: 99 });
    await expect(load()).rejects.toMatchObject({ code: 'model/other-version' });
    await editManifest(dir, { recipeVersion: 1, backboneHash: 'c' });
    await expect(load()).rejects.toMatchObject({ code: 'model/other-backbone' });
    const tensors = tf.memory().numTensors;
    await editManifest(dir, { backboneHash: 'b', parameters: { units: 16 } });
    await expect(load()).rejects.toMatchObject({ code: 'model/weights-differ' });
    expect(tf.memory().numTensors).toBe(tensors);
    await editManifest(dir, { format: 4 });
    await expect(load()).rejects.toMatchObject({ code: 'model/newer' });
    await editManifest(dir, { format: 3 });
    await expect(load()).rejects.toMatchObject({ code: 'model/is-ensemble' });
  });

  test('of version 0.1.0 is still read', async () => {
    const dir = path.join(folder, 'first');
    await save('first');
    await rm(path.join(dir, 'manifest.json'));
    const weights = readWeights(model);
    const bytes = packArrays({
      head: { shapes: weights.map((weight) => weight.shape) },
      arrays: new Map(weights.map((weight) => [weight.name, weight.data])),
    });
    const facts = { file: 'weights.bin', sha256: hashBytes(bytes), values: bytes.length / 4 };
    const old = { format: 1, placement: 'letterbox', ...card, weights: facts };
    await writeFile(path.join(dir, 'weights.bin'), bytes);
    await writeFile(path.join(dir, 'model.json'), JSON.stringify(old));
    expect((await readModel(dir)).weights).toEqual(weights);
    const loaded = await loadModel(dir, { backbone, canvas });
    loaded.dispose();
    await writeFile(path.join(dir, 'weights.bin'), bytes.subarray(8));
    await expect(readModel(dir)).rejects.toMatchObject({ code: 'model/damaged' });
  });
});

describe('an array file', () => {
  test('comes back as it was saved, from a view at any offset, and not at all when cut', () => {
    fc.assert(
      fc.property(fc.array(fc.float32Array({ noNaN: true }), { maxLength: 5 }), fc.nat(9), (list, offset) => {
        const arrays = new Map(list.map((data, i) => [`ä${i}`, data]));
        const bytes = packArrays({ head: { n: 1 }, arrays });
        const moved = new Uint8Array(bytes.length + offset);
        moved.set(bytes, offset);
        const back = unpackArrays(moved.subarray(offset), 'x');
        expect(back.head).toEqual({ n: 1 });
        expect([...back.arrays]).toEqual([...arrays]);
      }),
    );
    const whole = packArrays({ head: 1, arrays: new Map([['w', Float32Array.of(1)]]) });
    for (let cut = 0; cut < whole.length; cut += 5)
      expect(() => unpackArrays(whole.subarray(0, cut), 'x')).toThrow(/cut short/);
  });

  test('whose head was overwritten is damaged, not a fault of the program', () => {
    const whole = packArrays({ head: 1, arrays: new Map([['w', Float32Array.of(1)]]) });
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, value) => {
        const bytes = whole.slice();
        bytes[at] = value;
        try {
          unpackArrays(bytes, 'x');
        } catch (error) {
          expect(error).toMatchObject({ code: 'model/damaged' });
        }
      }),
    );
  });

  test('takes up a checkpoint of the same run only, and starts anew from a damaged one', async () => {
    const dir = path.join(folder, 'run');
    const head = { run: 'r', step: 3, elapsedMs: 5, epochsTold: 1, best: null };
    await saveCheckpoint(dir, { head, arrays: new Map([['weight/w', Float32Array.of(1)]]) });
    expect((await findCheckpoint(dir, 'r'))?.head.step).toBe(3);
    expect(await findCheckpoint(dir, 'other')).toBeUndefined();
    await writeFile(path.join(dir, 'checkpoint.bin'), 'CLARR001');
    expect(await findCheckpoint(dir, 'r')).toBeUndefined();
  });

  test('goes away with the run, and with it the drafts a kill left behind', async () => {
    const dir = path.join(folder, 'ended');
    const head = { run: 'r', step: 3, elapsedMs: 5, epochsTold: 1, best: null };
    await saveCheckpoint(dir, { head, arrays: new Map() });
    for (const name of ['checkpoint.bin.0a1b2c3d.tmp', 'weights.bin.ffffffff.tmp', 'training-set.json'])
      await writeFile(path.join(dir, name), 'half');
    await removeCheckpoint(dir);
    expect(await readdir(dir)).toEqual(['training-set.json']);
  });
});
