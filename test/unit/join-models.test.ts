/** Two models side by side: who is right about each label and each invention. */
import { expect, test } from 'vitest';
import type { ComparePair, Comparison } from '../../src/contract/schemas.ts';
import { countOutcomes, joinModels } from '../../src/renderer/features/compare/join-models.ts';
import { choosePairs, noFilter } from '../../src/renderer/features/compare/pairs.ts';

const image = { id: 'image' } as ComparePair['image'];
const hand = (id: string) => ({ id, classId: 'cod' }) as ComparePair['hand'];
const said = (id: string, x: number, score = 0.5) =>
  ({ id, classId: 'cod', x, y: 0, w: 10, h: 10, score }) as ComparePair['predicted'];
const pair = (
  verdict: ComparePair['verdict'],
  own: ComparePair['hand'],
  predicted: ComparePair['predicted'],
  iou = 0,
): ComparePair => ({ image, verdict, iou, hand: own, predicted });
const comparison = (pairs: ComparePair[]): Comparison => ({
  modelId: 'm',
  split: 'valid',
  totals: { matched: 0, missed: 0, extra: 0, wrongClass: 0, images: 1 },
  leftOut: 0,
  pairs,
  confusion: { classIds: ['cod'], counts: [] },
  histogram: [],
});

test('each hand box is told once, and where only one is right comes first, the largest difference before the others', () => {
  const first = comparison([
    pair('matched', hand('a'), said('1', 0), 0.9),
    pair('matched', hand('b'), said('2', 0), 0.6),
    pair('missed', hand('c'), null),
    pair('matched', hand('d'), said('3', 0), 0.8),
  ]);
  const second = comparison([
    pair('matched', hand('d'), said('4', 0), 0.7),
    pair('missed', hand('b'), null),
    pair('wrong-class', hand('a'), said('5', 0), 0.1),
    pair('matched', hand('c'), said('6', 0), 0.5),
  ]);
  const joined = joinModels(first, second);
  expect(joined.map(({ key, outcome }) => [key, outcome])).toEqual([
    ['a', 'only-first'],
    ['b', 'only-first'],
    ['c', 'only-second'],
    ['d', 'both'],
  ]);
  expect(countOutcomes(joined)).toEqual({ 'only-first': 2, 'only-second': 1, neither: 0, both: 1 });
});

test('an invention of both is one mistake of both, of one alone the other is right to say nothing', () => {
  const joined = joinModels(
    comparison([pair('extra', null, said('1', 0)), pair('extra', null, said('2', 100, 0.9))]),
    comparison([pair('extra', null, said('3', 2)), pair('extra', null, said('4', 200))]),
  );
  expect(joined.map(({ key, outcome }) => [key, outcome])).toEqual([
    ['-/4', 'only-first'],
    ['2/-', 'only-second'],
    ['1/3', 'neither'],
  ]);
});

test('a bar of the histogram opens the pairs that were scored so', () => {
  const pairs = [
    pair('extra', null, said('1', 0, 0.93)),
    pair('missed', hand('a'), null),
    pair('matched', hand('b'), said('2', 0, 0.31)),
  ];
  expect(choosePairs(comparison(pairs), { ...noFilter, bin: 18 })).toEqual([pairs[0]]);
  expect(choosePairs(comparison(pairs), noFilter)).toEqual(pairs);
});
