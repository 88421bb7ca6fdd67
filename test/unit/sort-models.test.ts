/** The table of models in the order a person asks for. */
import { expect, test } from 'vitest';
import type { ModelRecord } from '../../src/core/records.ts';
import { sortModels } from '../../src/renderer/features/train/sort-models.ts';

const model = (name: string, createdAtMs: number, map50: number | null) =>
  ({ name, createdAtMs, metrics: map50 === null ? null : { map50 } }) as unknown as ModelRecord;
const models = [model('b', 1, 0.5), model('a', 2, null), model('c', 3, 0.9), model('b', 4, 0.5)];
const order = (by: 'name' | 'created' | 'map50', isDescending: boolean) =>
  sortModels(models, { by, isDescending }).map(({ createdAtMs }) => createdAtMs);

test('sorts by a figure up and down, models without it last, the newer of equals first', () => {
  expect(order('map50', true)).toEqual([3, 4, 1, 2]);
  expect(order('map50', false)).toEqual([4, 1, 3, 2]);
  expect(order('name', false)).toEqual([2, 4, 1, 3]);
  expect(order('created', true)).toEqual([4, 3, 2, 1]);
});
