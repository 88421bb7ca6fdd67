/** Changes of the class list as record diffs: data in, diffs out, the same for window and host. Positions stay dense, names and keys stay one's own. */
import { classColorAt, classKeyAt, classNameKey } from './class-colors.ts';
import type { RecordDiff } from './diffs.ts';
import type { ClassRecord } from './records.ts';

type ClassDiff = Extract<RecordDiff, { table: 'classes' }>;

/** The class of that name, however it is written; undefined when there is none. */
export function findClassNamed(classes: readonly ClassRecord[], name: string): ClassRecord | undefined {
  const key = classNameKey(name);
  return classes.find((record) => classNameKey(record.name) === key);
}

/** A new class at the end of the list, with the next colour and, while digits last, a key that no other has. */
export function makeClass(classes: readonly ClassRecord[], id: string, name: string): ClassRecord {
  const position = classes.length;
  const key = classKeyAt(position);
  const isTaken = classes.some((record) => record.key !== null && record.key === key);
  return {
    ...{ id, name: name.trim(), color: classColorAt(position), scientificName: null, position },
    key: isTaken ? null : key,
  };
}

/** A class with other properties. Undefined when all is as it was. */
export function changeClass(record: ClassRecord, after: ClassRecord): ClassDiff[] {
  return JSON.stringify(record) === JSON.stringify(after) ? [] : [update(record, after)];
}

/** Gives a class a digit key, or none; the class that had it gets the one that becomes free. */
export function assignClassKey(classes: readonly ClassRecord[], id: string, key: string | null): ClassDiff[] {
  const record = classes.find((one) => one.id === id);
  if (record === undefined || record.key === key) return [];
  const holder = key === null ? undefined : classes.find((one) => one.key === key);
  return [
    update(record, { ...record, key }),
    ...(holder === undefined ? [] : [update(holder, { ...holder, key: record.key })]),
  ];
}

/** Puts a class at a place of the list (0-based, held within it); the others close up. */
export function moveClass(classes: readonly ClassRecord[], id: string, position: number): ClassDiff[] {
  const order = inOrder(classes);
  const from = order.findIndex((record) => record.id === id);
  const [moved] = from < 0 ? [] : order.splice(from, 1);
  if (moved === undefined) return [];
  order.splice(Math.min(Math.max(Math.round(position), 0), order.length), 0, moved);
  return renumber(order);
}

/** Takes a class out of the list; those behind it close up. No box may have it any more. */
export function deleteClass(classes: readonly ClassRecord[], id: string): ClassDiff[] {
  const record = classes.find((one) => one.id === id);
  if (record === undefined) return [];
  const left = inOrder(classes).filter((one) => one.id !== id);
  return [{ table: 'classes', id, before: record, after: null }, ...renumber(left)];
}

function inOrder(classes: readonly ClassRecord[]): ClassRecord[] {
  return [...classes].sort((a, b) => a.position - b.position);
}

function renumber(order: readonly ClassRecord[]): ClassDiff[] {
  return order.flatMap((record, position) =>
    record.position === position ? [] : [update(record, { ...record, position })],
  );
}

function update(before: ClassRecord, after: ClassRecord): ClassDiff {
  return { table: 'classes', id: before.id, before, after };
}
