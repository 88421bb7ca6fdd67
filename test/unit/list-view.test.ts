/** What the image list shows, as it stands in the address. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  formatListView,
  type ListView,
  listParts,
  parseListView,
  plainView,
  sortFields,
  withoutPart,
} from '../../src/renderer/features/annotate/list-view.ts';

const filter = fc.record(
  {
    states: fc.constantFrom<('unseen' | 'reviewed')[]>(['unseen'], ['unseen', 'reviewed']),
    classId: fc.string({ minLength: 1 }),
    split: fc.constantFrom('train' as const, 'valid' as const, 'test' as const),
    group: fc.string({ minLength: 1 }),
    flag: fc.string({ minLength: 1 }),
    hasSuggestions: fc.boolean(),
    score: fc.constantFrom({ min: 0, max: 1 }, { min: 0.25, max: 0.4 }),
    hasProblem: fc.boolean(),
    text: fc.string({ minLength: 1 }),
  },
  { requiredKeys: [] },
);
const view: fc.Arbitrary<ListView> = fc.record({
  filter,
  sort: fc.record({ by: fc.constantFrom(...sortFields), isDescending: fc.boolean() }),
  isGrid: fc.boolean(),
});

test('a view that was written into the address is read from it again', () => {
  fc.assert(
    fc.property(view, (one) => {
      expect(parseListView(formatListView(one))).toEqual(one);
    }),
  );
});

test('an address that somebody made up gives a view that the host accepts', () => {
  fc.assert(
    fc.property(fc.string(), (query) => {
      expect(parseListView(query).sort.by).toBeTypeOf('string');
    }),
  );
  expect(parseListView('state=asleep&split=all&score=7-2&sort=-colour&suggestions=perhaps')).toEqual(
    plainView,
  );
  expect(formatListView(plainView)).toBe('');
});

test('each part of a filter can be taken away alone', () => {
  fc.assert(
    fc.property(filter, (one) => {
      for (const part of listParts(one))
        expect(listParts(withoutPart(one, part))).toEqual(listParts(one).filter((other) => other !== part));
    }),
  );
});
