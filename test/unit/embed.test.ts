/** One vector a photograph: of all of it without padding, and of what lies away from its boxes. */
import { expect, it } from 'vitest';
import { embedImages } from '../../src/engine/features/embed.ts';
import type { FeatureSource, TapShape } from '../../src/engine/features/feature-types.ts';

const canvas = { widthPx: 128, heightPx: 128 };
const tap = (name: string, stride: number): TapShape => ({
  name,
  stride,
  heightCells: 128 / stride,
  widthCells: 128 / stride,
  channels: 2,
});

/** The first channel is the column's middle, the second the row's, both as shares of the canvas. */
const source: FeatureSource = {
  canvas,
  taps: [tap('s32', 32), tap('s8', 8)],
  shape: (name) => (name === 's8' ? tap('s8', 8) : tap('s32', 32)),
  has: ({ hash }) => hash !== 'torn',
  read: async (_keys, name) => {
    const { stride, widthCells, heightCells } = source.shape(name);
    return Float32Array.from({ length: widthCells * heightCells * 2 }, (_, i) => {
      const cell = i >> 1;
      const at = i % 2 === 0 ? cell % widthCells : Math.floor(cell / widthCells);
      return ((at + 0.5) * stride) / 128;
    });
  },
};
const image = { id: 'a', file: 'a.jpg', hash: 'a', widthPx: 640, heightPx: 320 };

it('leaves padding and boxes out, and says which photographs have none', async () => {
  let done = 0;
  const { whole, background } = await embedImages(
    [
      { image, boxes: [] },
      { image, boxes: [{ x: 0, y: 0, w: 320, h: 320 }] },
      { image, boxes: [{ x: 0, y: 0, w: 640, h: 320 }] },
      { image: { ...image, hash: 'torn' }, boxes: [] },
    ],
    source,
    () => done++,
  );
  expect(done).toBe(4);
  expect([...whole.known]).toEqual([1, 1, 1, 0]);
  expect([...background.known]).toEqual([1, 1, 0, 0]);
  // A photograph twice as wide as high fills the middle half of the canvas.
  expect([...whole.values.slice(0, 2)]).toEqual([0.5, 0.5]);
  expect([...background.values.slice(0, 2)]).toEqual([0.5, 0.5]);
  // With the left half boxed only what lies right of it and its margin is left.
  expect(background.values[2]).toBeGreaterThan(0.75);
  expect(background.values[3]).toBeCloseTo(0.5);
});
