/** Masks drawn by the million: each place by itself, with the chance asked for, the same for the same seed. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fillByChance } from '../../src/core/random.ts';

const draw = (length: number, seed: number, probability: number): Float32Array => {
  const mask = new Float32Array(length);
  fillByChance(mask, seed, { probability, hit: 1, miss: 0 });
  return mask;
};

test('a mask holds two values alone, is the same for the same seed, and begins alike at any length', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 2 ** 32 - 1 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.integer({ min: 0, max: 300 }),
      (seed, probability, length) => {
        const mask = draw(length, seed, probability);
        expect(mask.every((value) => value === 0 || value === 1)).toBe(true);
        expect([...draw(length, seed, probability)]).toEqual([...mask]);
        expect([...draw(400, seed, probability).subarray(0, length)]).toEqual([...mask]);
      },
    ),
  );
});

test.each([0.001, 0.02, 0.15, 0.3, 0.5, 0.6, 0.9])(
  'of a million places a share of %s is hit, and its neighbours know nothing of it',
  (p) => {
    const length = 1_000_000;
    const mask = draw(length, 7, p);
    // Five standard deviations: one of two million seeds would fail, and this one is fixed.
    const spread = 5 * Math.sqrt((p * (1 - p)) / length);
    const shareOf = (isHit: (i: number) => boolean): number => {
      let hits = 0;
      for (let i = 0; i < length; i++) if (isHit(i)) hits++;
      return hits / length;
    };
    expect(Math.abs(shareOf((i) => mask[i] === 1) - p)).toBeLessThan(spread);
    for (const distance of [1, 2, 7, 64]) {
      const both = shareOf((i) => mask[i] === 1 && mask[(i + distance) % length] === 1);
      const pairSpread = 5 * Math.sqrt((p * p * (1 - p * p) + 2 * p ** 3 * (1 - p)) / length);
      expect(Math.abs(both - p * p)).toBeLessThan(pairSpread);
    }
  },
);

test('the ends are certain: no chance hits nothing, all chance hits everything', () => {
  expect(draw(1000, 3, 0).includes(1)).toBe(false);
  expect(draw(1000, 3, 1).includes(0)).toBe(false);
});
