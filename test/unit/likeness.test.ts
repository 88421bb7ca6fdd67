/** Crops by likeness: each once, beside its like; vectors of boxes come from the cells that a box covers. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chainOrder, likenessTo, meanDirection, type Vectors } from '../../src/core/likeness.ts';
import { createRandom } from '../../src/core/random.ts';
import { embedBoxes } from '../../src/engine/features/embed-boxes.ts';
import type { FeatureSource, TapShape } from '../../src/engine/features/feature-types.ts';

const vectors = (rows: readonly (readonly number[] | null)[]): Vectors => {
  const length = rows.find((row) => row !== null)?.length ?? 1;
  return {
    length,
    values: Float32Array.from(rows.flatMap((row) => row ?? new Array<number>(length).fill(0))),
    known: Uint8Array.from(rows, (row) => (row === null ? 0 : 1)),
  };
};

test('of two kinds shuffled together, the chain brings each kind together', () => {
  const random = createRandom(3);
  const kinds = Array.from({ length: 60 }, (_, i) => i % 2);
  const rows = kinds.map((kind) => {
    const noise = () => 0.2 * random.gaussian();
    return kind === 0 ? [1 + noise(), noise(), noise(), 0.3] : [noise(), 1 + noise(), noise(), 0.3];
  });
  const order = chainOrder(vectors(rows), createRandom(1)).map((row) => kinds[row]);
  const changes = order.filter((kind, i) => i > 0 && kind !== order[i - 1]).length;
  // Shuffled there are about thirty; a chain may leave a straggler for its end.
  expect(changes).toBeLessThanOrEqual(3);
});

test('whatever the vectors, every crop is in the order once, and those without one come last', () => {
  const row = fc.option(
    fc.array(fc.double({ min: -9, max: 9, noNaN: true }), { minLength: 3, maxLength: 3 }),
  );
  fc.assert(
    fc.property(fc.array(row, { maxLength: 20 }), (rows) => {
      const order = chainOrder(vectors(rows), createRandom(1));
      expect([...order].sort((a, b) => a - b)).toEqual([...rows.keys()]);
      const known = rows.filter((entry) => entry !== null).length;
      expect(order.slice(0, known).every((at) => rows[at] !== null)).toBe(true);
    }),
  );
});

test('likeness is the cosine, whatever the length, and unknown where a crop has no vector', () => {
  const three = vectors([[2, 0], [0, 5], null]);
  expect(likenessTo(three, [1, 0])).toEqual([1, 0, null]);
  expect([...meanDirection(three, [0, 1, 2])]).toEqual([1, 1]);
  expect(likenessTo(three, [0, 0])).toEqual([null, null, null]);
});

test('a box is described by the cells it covers, a tiny one by the cell it lies in, one without features not at all', async () => {
  const tap: TapShape = { name: 's8', stride: 8, heightCells: 8, widthCells: 8, channels: 2 };
  const source: FeatureSource = {
    canvas: { widthPx: 64, heightPx: 64 },
    taps: [tap],
    shape: () => tap,
    has: ({ hash }) => hash !== 'none',
    // Left half and right half of the photograph.
    read: async () =>
      Float32Array.from({ length: 128 }, (_, i) => ((i >> 1) % 8 < 4 === (i % 2 === 0) ? 1 : 0)),
  };
  const image = { id: 'a', file: 'a.jpg', hash: 'a', widthPx: 64, heightPx: 64 };
  const { values, known, length } = await embedBoxes(
    [
      {
        image,
        boxes: [
          { x: 0, y: 0, w: 30, h: 60 },
          { x: 50, y: 50, w: 1, h: 1 },
          { x: 0, y: 0, w: 64, h: 64 },
        ],
      },
      { image: { ...image, hash: 'none' }, boxes: [{ x: 0, y: 0, w: 9, h: 9 }] },
    ],
    source,
    () => undefined,
  );
  expect([...known]).toEqual([1, 1, 1, 0]);
  expect([...values.slice(0, 2 * length)]).toEqual([1, 0, 0, 1]);
  expect(values[4]).toBeCloseTo(Math.SQRT1_2);
});
