/** Near-duplicates: the hash, the two searches against comparing all pairs, and the chains they make. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultChainSettings, findNearPairs, linkChains } from '../../src/core/audit/find-chains.ts';
import { toUnitVectors, type VectorTable, visitNearVectors } from '../../src/core/audit/near-vectors.ts';
import {
  computePerceptualHash,
  countDifferentBits,
  formatHash,
  type PerceptualHash,
  parseHash,
  visitNearHashes,
} from '../../src/core/audit/perceptual-hash.ts';
import { createRandom, type Random } from '../../src/core/random.ts';

/** A smooth random picture: a few waves, 32 × 32. */
function drawWaves(random: Random): number[] {
  const waves = Array.from({ length: 6 }, () => [
    random.range(0.05, 0.5),
    random.range(-0.5, 0.5),
    random.range(0, 6),
    random.range(10, 40),
  ]);
  return Array.from({ length: 1024 }, (_, i) => {
    const [x, y] = [i % 32, Math.floor(i / 32)];
    return waves.reduce(
      (sum, [u = 0, v = 0, phase = 0, size = 0]) => sum + size * Math.sin(u * x + v * y + phase),
      128,
    );
  });
}

function drawHash(random: Random): PerceptualHash {
  return { high: random.int(2 ** 32), low: random.int(2 ** 32) };
}

describe('the perceptual hash', () => {
  it('stays nearly the same when a picture gets brighter, flatter and noisy, and differs from other pictures', () => {
    const random = createRandom(1);
    const pictures = Array.from({ length: 30 }, () => drawWaves(random));
    const hashes = pictures.map(computePerceptualHash);
    pictures.forEach((picture, i) => {
      const copy = picture.map((value) => value * 0.8 + 20 + 0.2 * random.gaussian());
      expect(
        countDifferentBits(hashes[i] as PerceptualHash, computePerceptualHash(copy)),
      ).toBeLessThanOrEqual(6);
    });
    const apart = hashes.flatMap((a, i) => hashes.slice(i + 1).map((b) => countDifferentBits(a, b)));
    expect(apart.filter((bits) => bits <= 6).length / apart.length).toBeLessThan(0.01);
  });

  it('of a picture of one colour is 0, and any hash is read back from its text', () => {
    expect(formatHash(computePerceptualHash(new Array(1024).fill(77)))).toBe('0'.repeat(16));
    fc.assert(
      fc.property(fc.nat(2 ** 32 - 1), fc.nat(2 ** 32 - 1), (high, low) => {
        expect(parseHash(formatHash({ high, low }))).toEqual({ high, low });
      }),
    );
    expect(() => parseHash('not a hash')).toThrow(RangeError);
    expect(() => computePerceptualHash([1, 2, 3])).toThrow(RangeError);
  });
});

describe('the search for near hashes', () => {
  it('finds exactly the pairs that comparing all finds', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 0, max: 7 }), (seed, bits) => {
        const random = createRandom(seed);
        const hashes = Array.from({ length: 40 }, () => drawHash(random));
        // Every other one is a copy with a few bits turned.
        const all = hashes.flatMap((hash) => {
          let low = hash.low;
          for (let n = random.int(10); n > 0; n--) low = (low ^ (1 << random.int(32))) >>> 0;
          return [hash, { high: hash.high, low }];
        });
        const found: string[] = [];
        visitNearHashes(all, bits, (i, j) => found.push(`${i} ${j}`));
        const wanted = all.flatMap((a, i) =>
          all.flatMap((b, j) => (i < j && countDifferentBits(a, b) <= bits ? [`${i} ${j}`] : [])),
        );
        expect(found.sort()).toEqual(wanted.sort());
      }),
      { numRuns: 40 },
    );
  });
});

function drawVectors(random: Random, count: number, length: number): VectorTable {
  const spread = Array.from({ length }, (_, d) => 1 / (1 + d));
  const values = new Float32Array(count * length);
  for (let i = 0; i < count; i++)
    for (let d = 0; d < length; d++) {
      // A third are near an earlier one.
      const from = i % 3 === 2 ? (values[(i - 1) * length + d] as number) : undefined;
      values[i * length + d] =
        from === undefined ? random.gaussian() * (spread[d] ?? 0) : from + random.gaussian() * 0.02;
    }
  return toUnitVectors({ values, length, count });
}

describe('the search for near vectors', () => {
  it('finds exactly the pairs that comparing all finds, whatever the radius', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.double({ min: 0, max: 0.8, noNaN: true }),
        fc.integer({ min: 1, max: 20 }),
        (seed, radius, length) => {
          const table = drawVectors(createRandom(seed), 90, length);
          const found: string[] = [];
          visitNearVectors(table, radius, {
            random: createRandom(seed),
            visit: (i, j) => found.push(`${i} ${j}`),
          });
          const wanted: string[] = [];
          for (let i = 0; i < table.count; i++)
            for (let j = i + 1; j < table.count; j++) {
              let sum = 0;
              for (let d = 0; d < length; d++)
                sum += ((table.values[i * length + d] ?? 0) - (table.values[j * length + d] ?? 0)) ** 2;
              if (sum <= radius * radius) wanted.push(`${i} ${j}`);
            }
          expect(found.sort()).toEqual(wanted.sort());
        },
      ),
      { numRuns: 30 },
    );
  });

  it('finds nearly all pairs among thousands, each once, and nothing that is no pair', () => {
    const table = drawVectors(createRandom(3), 6000, 12);
    const radius = 0.15;
    const found = new Map<string, number>();
    visitNearVectors(table, radius, {
      random: createRandom(1),
      visit: (i, j) => found.set(`${i} ${j}`, (found.get(`${i} ${j}`) ?? 0) + 1),
    });
    const { values, length } = table;
    let wanted = 0;
    let missed = 0;
    let falsely = 0;
    for (let i = 0; i < 600; i++)
      for (let j = i + 1; j < table.count; j++) {
        let sum = 0;
        for (let d = 0; d < length && sum <= radius * radius; d++)
          sum += ((values[i * length + d] ?? 0) - (values[j * length + d] ?? 0)) ** 2;
        const isThere = found.has(`${i} ${j}`);
        if (sum <= radius * radius) {
          wanted++;
          if (!isThere) missed++;
        } else if (isThere) falsely++;
      }
    expect(wanted).toBeGreaterThan(200);
    expect(missed / wanted).toBeLessThan(0.01);
    expect(falsely).toBe(0);
    expect([...found.values()].every((times) => times === 1)).toBe(true);
  });

  it('finds all pairs of vectors that are all the same', () => {
    const table = { values: new Float32Array(4 * 3).fill(0.5), length: 3, count: 4 };
    let pairs = 0;
    visitNearVectors(table, 0, { random: createRandom(1), visit: () => pairs++ });
    expect(pairs).toBe(6);
  });
});

describe('chains', () => {
  const cells = Buffer.alloc(768, 90).toString('base64');
  const waves = createRandom(5);
  const facts = () => ({ hash: formatHash(computePerceptualHash(drawWaves(waves))), cells });

  it('tie equal files, copies and same scenes together, and tell the weakest tie', () => {
    const [one, other] = [facts(), facts()];
    const images = [
      { id: 'a', hash: 'x', facts: one, features: null },
      { id: 'a-again', hash: 'x', facts: one, features: null },
      { id: 'a-smaller', hash: 'y', facts: one, features: [1, 0.1, 0] },
      { id: 'a-later', hash: 'z', facts: facts(), features: [1, 0.12, 0] },
      { id: 'b', hash: 'w', facts: other, features: [0, 1, 1] },
      { id: 'torn', hash: '', facts: null, features: null },
      { id: 'torn-too', hash: '', facts: null, features: null },
    ];
    const pairs = findNearPairs(images, { ...defaultChainSettings, random: createRandom(1) });
    expect(pairs.map(({ kind }) => kind)).toEqual(['exact', 'almost', 'scene']);
    expect(
      linkChains(
        images.map(({ id }) => id),
        pairs,
      ),
    ).toEqual([{ ids: ['a', 'a-again', 'a-smaller', 'a-later'], kind: 'scene' }]);
  });

  it('are not made of pictures of one colour, nor of pictures whose cells differ though their hashes agree', () => {
    const flat = { hash: '0'.repeat(16), cells };
    const one = facts();
    const contrast = Buffer.from(Array.from({ length: 768 }, (_, i) => (i % 6 < 3 ? 20 : 220))).toString(
      'base64',
    );
    const images = [
      { id: 'flat', hash: '1', facts: flat, features: null },
      { id: 'flat-too', hash: '2', facts: flat, features: null },
      { id: 'calm', hash: '3', facts: one, features: null },
      { id: 'loud', hash: '4', facts: { ...one, cells: contrast }, features: null },
    ];
    expect(findNearPairs(images, { ...defaultChainSettings, random: createRandom(1) })).toEqual([]);
  });
});
