/** The parts of the training loop that are plain rules: schedule, sampler, files. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packArrays, unpackArrays } from '../../src/engine/train/array-file.ts';
import { listCopies } from '../../src/engine/train/copies.ts';
import { findCheckpoint, readModel, saveCheckpoint, saveModel } from '../../src/engine/train/model-files.ts';
import { computeVisits, createSampler } from '../../src/engine/train/sampler.ts';
import { computeDoneFrac, computeRate, estimateSteps } from '../../src/engine/train/schedule.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'catchlight-train-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe('the learning rate', () => {
  test('goes up once and down once, and ends near nothing', () => {
    const rates = Array.from({ length: 101 }, (_, i) => computeRate('one-cycle', 1, i / 100));
    const top = rates.indexOf(Math.max(...rates));
    expect(rates[top]).toBeCloseTo(1, 6);
    expect(rates.slice(0, top).every((rate, i) => rate < (rates[i + 1] as number))).toBe(true);
    expect(rates.slice(top, -1).every((rate, i) => rate > (rates[top + i + 1] as number))).toBe(true);
    expect(rates.at(-1)).toBeLessThan(0.002);
  });

  test('falls in the steps of the lesson', () => {
    expect([0, 0.5, 0.9].map((t) => computeRate('stepped', 1e-3, t))).toEqual([1e-3, 1e-4, 1e-5]);
  });

  test('follows the clock when a run has a budget, whatever the speed', () => {
    const length = { kind: 'time', budgetMs: 1000 } as const;
    expect(computeDoneFrac(length, 3, 250)).toBe(0.25);
    expect(estimateSteps(length, 30, 250)).toBe(120);
    expect(computeDoneFrac(length, 3, 5000)).toBe(1);
    expect(computeDoneFrac({ kind: 'steps', steps: 10 }, 5, 99)).toBe(0.5);
  });
});

describe('the sampler', () => {
  test('shows every image as often as planned in each epoch, in an order that follows from seed and step', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 1, max: 9 }),
        fc.integer(),
        (images, batch, seed) => {
          const visits = Array.from({ length: images }, (_, i) => 1 + (i % 3));
          const options = { seed, images, copies: visits.map(() => 2), visits, batchImages: batch };
          const sampler = createSampler(options);
          const total = visits.reduce((a, b) => a + b, 0);
          const seen = new Array<number>(images).fill(0);
          const steps = Math.ceil((total * 2) / batch);
          const drawn = Array.from({ length: steps }, (_, step) => sampler.batch(step));
          for (const { image } of drawn.flat().slice(0, total)) seen[image] = (seen[image] ?? 0) + 1;
          expect(seen).toEqual(visits);
          expect(createSampler(options).batch(steps - 1)).toEqual(drawn.at(-1));
        },
      ),
      { numRuns: 40 },
    );
  });

  test('shows images of rare classes more often, but never one more than four times', () => {
    const labels = [...Array.from({ length: 99 }, () => [0]), [0, 1]];
    const visits = computeVisits(labels, 2, 1);
    expect(visits[0]).toBe(1);
    expect(visits[99]).toBe(4);
    expect(computeVisits(labels, 2, 0)[99]).toBe(1);
    expect(computeVisits([[]], 2, 1)).toEqual([1]);
  });

  test('draws the same copies of a photograph every time', () => {
    const copies = listCopies('abc', { flip: true, drawn: 3 });
    expect(copies.map((copy) => copy.id)).toEqual(
      listCopies('abc', { flip: true, drawn: 3 }).map((copy) => copy.id),
    );
    expect(copies.slice(0, 2).map((copy) => copy.id)).toEqual(['plain', 'flip']);
    expect(new Set(copies.map((copy) => copy.id)).size).toBe(5);
  });
});

const card = {
  recipe: 'detector',
  recipeVersion: 1,
  parameters: { width: 8 },
  seed: 1,
  classes: [{ id: 'a', name: 'Cod' }],
  backboneHash: 'b',
  taps: ['s8'],
  canvas: { widthPx: 64, heightPx: 64 },
  backend: 'wasm',
};

describe('a model on disk', () => {
  test('comes back as it was saved, from a view at any offset', () => {
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
  });

  test('is refused when its bytes are cut or changed', async () => {
    const dir = path.join(folder, 'model');
    const weights = [{ name: 'w', shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) }];
    const hash = await saveModel(dir, card, weights);
    const read = await readModel(dir);
    expect(read.card.weights.sha256).toBe(hash);
    expect(read.weights).toEqual(weights);
    const file = path.join(dir, 'weights.bin');
    const bytes = await readFile(file);
    await writeFile(file, bytes.subarray(0, bytes.length - 4));
    await expect(readModel(dir)).rejects.toMatchObject({ code: 'model/damaged' });
    await expect(readModel(path.join(folder, 'none'))).rejects.toMatchObject({ code: 'model/missing' });
    const whole = packArrays({ head: 1, arrays: new Map([['w', Float32Array.of(1)]]) });
    for (let cut = 0; cut < whole.length; cut += 5)
      expect(() => unpackArrays(whole.subarray(0, cut), 'x')).toThrow(/cut short/);
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
});
