/** Masks drawn by the million are those that the studio's generator draws one by one. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRandom, fillByChance } from '../../src/core/random.ts';

test('a mask filled at once is the one drawn number by number, for any seed and chance', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 2 ** 32 - 1 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (seed, probability) => {
        const random = createRandom(seed);
        const expected = Array.from({ length: 200 }, () => (random.next() < probability ? 3 : 7));
        const mask = new Float32Array(200);
        fillByChance(mask, seed, { probability, hit: 3, miss: 7 });
        expect([...mask]).toEqual(expected);
      },
    ),
  );
});
