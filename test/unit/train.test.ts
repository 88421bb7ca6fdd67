/** The parts of the training loop that are plain rules: schedule, sampler, copies. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { DEFAULT_RANGE } from '../../src/engine/features/variants.ts';
import { copyRangeShape, planCopyRange } from '../../src/engine/parts/augmentation.ts';
import { readParameters } from '../../src/engine/recipes/recipe.ts';
import { listCopies, listFresh } from '../../src/engine/train/copies.ts';
import { computeVisits, createSampler } from '../../src/engine/train/sampler.ts';
import { computeDoneFrac, computeRate, estimateSteps } from '../../src/engine/train/schedule.ts';

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

  test('draws those that projects have in their stores, and turned ones beside them', () => {
    const stored = [
      'aug-f-z1.327-x-0.113-y-0.019-g1.045_0.924_0.942',
      'aug-z1.046-x0.059-y0.035-g0.953_0.973_0.962',
      'aug-f-z0.904-x-0.085-y0.087-g0.889_0.919_0.837',
    ];
    const { range } = planCopyRange(readParameters('copies', z.object(copyRangeShape), {}));
    expect(range).toEqual(DEFAULT_RANGE);
    const plan = { flip: true, drawn: 3, ...(range && { range }) };
    expect(listCopies('abc', plan).map(({ id }) => id)).toEqual(['plain', 'flip', ...stored]);
    const turned = listCopies('abc', { ...plan, range: { ...DEFAULT_RANGE, rotationDeg: 8 } }).slice(2);
    turned.forEach(({ id, rotationDeg }, i) => {
      expect(id).toBe(`${stored[i]}-r${rotationDeg}`);
      expect(Math.abs(rotationDeg)).toBeLessThanOrEqual(8);
    });
    expect(new Set(turned.map(({ rotationDeg }) => rotationDeg)).size).toBe(3);
  });

  test('never draws a mirrored copy where mirroring is off, and no copy twice', () => {
    const still = { flip: false, zoomMin: 1, zoomMax: 1, shiftFrac: 0, gainSpread: 0, rotationDeg: 0 };
    expect(listCopies('abc', { flip: false, drawn: 4, range: still }).map(({ id }) => id)).toEqual([
      'plain',
      'aug-z1-x0-y0-g1_1_1',
    ]);
    const range = { ...DEFAULT_RANGE, flip: false };
    expect(listCopies('abc', { flip: false, drawn: 9, range }).every(({ flip }) => !flip)).toBe(true);
    expect(listFresh('abc', { flip: false, drawn: 0, fresh: 9, range }).some(({ flip }) => flip)).toBe(false);
  });

  test('draws alike copies of all photographs for recipes that see several at once', () => {
    const ids = (hash: string, alike: boolean) =>
      listCopies(hash, { flip: true, drawn: 2, alike }).map(({ id }) => id);
    const hashes = ['abc', 'hash-7', 'other', 'and more'];
    expect(new Set(hashes.map((hash) => ids(hash, true).join())).size).toBe(1);
    expect(new Set(hashes.map((hash) => ids(hash, false).join())).size).toBeGreaterThan(1);
  });
});
