/** The parts of the training loop that are plain rules: schedule, sampler, copies. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { listCopies } from '../../src/engine/train/copies.ts';
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
});
