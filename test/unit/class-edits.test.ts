/** The class list under random changes: positions stay dense, keys stay one's own, and turning the diffs round brings back the start. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  assignClassKey,
  changeClass,
  deleteClass,
  findClassNamed,
  makeClass,
  moveClass,
} from '../../src/core/class-edits.ts';
import { invertDiffs, type RecordDiff } from '../../src/core/diffs.ts';
import type { ClassRecord } from '../../src/core/records.ts';

function apply(classes: readonly ClassRecord[], diffs: readonly RecordDiff[]): ClassRecord[] {
  const byId = new Map(classes.map((record) => [record.id, record]));
  for (const diff of diffs) {
    if (diff.table !== 'classes') throw new Error('only classes change here');
    expect(byId.get(diff.id) ?? null).toEqual(diff.before);
    if (diff.after === null) byId.delete(diff.id);
    else byId.set(diff.id, diff.after);
  }
  return [...byId.values()].sort((a, b) => a.position - b.position);
}

const three: ClassRecord[] = [];
for (const name of ['cod', 'hake', 'ling']) three.push(makeClass(three, name, name));

const change = fc.oneof(
  fc.record({ kind: fc.constant('move' as const), at: fc.nat(20), to: fc.integer({ min: -3, max: 20 }) }),
  fc.record({
    kind: fc.constant('key' as const),
    at: fc.nat(20),
    key: fc.constantFrom(null, '1', '2', '3', '9', '0'),
  }),
  fc.record({ kind: fc.constant('add' as const), at: fc.nat(1000) }),
  fc.record({ kind: fc.constant('delete' as const), at: fc.nat(20) }),
);

test('whatever is moved, keyed, added and deleted, the list stays sound and can be undone', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 30 }), (changes) => {
      let classes = three;
      for (const [step, entry] of changes.entries()) {
        const id = classes[entry.at % Math.max(1, classes.length)]?.id ?? '';
        const made = makeClass(classes, `n${step}`, `class ${step}`);
        const diffs: RecordDiff[] =
          entry.kind === 'move'
            ? moveClass(classes, id, entry.to)
            : entry.kind === 'key'
              ? assignClassKey(classes, id, entry.key)
              : entry.kind === 'delete'
                ? deleteClass(classes, id)
                : [{ table: 'classes', id: made.id, before: null, after: made }];
        const next = apply(classes, diffs);
        expect(next.map(({ position }) => position)).toEqual(next.map((_, index) => index));
        const keys = next.flatMap(({ key }) => (key === null ? [] : [key]));
        expect(new Set(keys).size).toBe(keys.length);
        expect(apply(next, invertDiffs(diffs))).toEqual(classes);
        classes = next;
      }
    }),
    { seed: 5, numRuns: 150 },
  );
});

test('a key that another class has changes hands', () => {
  const [cod, hake] = apply(three, assignClassKey(three, 'cod', '2'));
  expect([cod?.key, hake?.key]).toEqual(['2', '1']);
});

test('nothing is written where nothing changes', () => {
  const [cod] = three;
  if (cod === undefined) throw new Error('there is a first class');
  expect([
    changeClass(cod, { ...cod }),
    moveClass(three, 'cod', 0),
    assignClassKey(three, 'cod', '1'),
  ]).toEqual([[], [], []]);
  expect(deleteClass(three, 'unknown')).toEqual([]);
  expect(findClassNamed(three, ' COD ')?.id).toBe('cod');
});
