/** A count and what is counted: singular where there is one, thousands told apart. */
import { expect, test } from 'vitest';
import { countOf } from '../../src/core/count.ts';

test('one is one, and all else is many', () => {
  expect([0, 1, 2, 1204].map((n) => countOf(n, 'image'))).toEqual([
    '0 images',
    '1 image',
    '2 images',
    '1,204 images',
  ]);
  expect(countOf(1, 'box', 'boxes')).toBe('1 box');
  expect(countOf(3, 'box', 'boxes')).toBe('3 boxes');
});
