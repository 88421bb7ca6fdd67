/** In which order a model looks at photographs. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ImageState } from '../../src/core/records.ts';
import { orderNearest } from '../../src/main/host/learning/nearest-first.ts';

const list = (states: readonly ImageState[]) => states.map((state, at) => ({ id: String(at), state }));
const idsOf = (images: readonly { readonly id: string }[]): string => images.map(({ id }) => id).join('');

test('the open photograph is looked at first, then its neighbours outwards, and complete ones last', () => {
  const images = list(['unseen', 'reviewed', 'unseen', 'labelled', 'empty', 'unseen', 'unseen']);
  expect(idsOf(orderNearest(images, '3'))).toBe('3256041');
  expect(idsOf(orderNearest(images, '4'))).toBe('5362041');
});

test('with none open, or one that is gone, it begins at the start', () => {
  const images = list(['unseen', 'unseen', 'unseen']);
  expect(idsOf(orderNearest(images, null))).toBe('012');
  expect(idsOf(orderNearest(images, 'gone'))).toBe('012');
});

test('whatever is open, every photograph is looked at once, and none is nearer than one before it', () => {
  const state = fc.constantFrom<ImageState>('unseen', 'labelled', 'reviewed', 'empty');
  fc.assert(
    fc.property(fc.array(state, { maxLength: 40 }), fc.nat(40), (states, open) => {
      const images = list(states);
      const ordered = orderNearest(images, String(open));
      expect(new Set(ordered)).toEqual(new Set(images));
      expect(ordered).toHaveLength(images.length);
      const from = open < images.length ? open : 0;
      const isComplete = (image: { state: ImageState }): boolean =>
        image.state === 'reviewed' || image.state === 'empty';
      for (const part of [ordered.filter((image) => !isComplete(image)), ordered.filter(isComplete)]) {
        const ways = part.map(({ id }) => Math.abs(Number(id) - from));
        expect(ways).toEqual([...ways].sort((a, b) => a - b));
      }
    }),
  );
});
