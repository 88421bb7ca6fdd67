/** The parts of a COCO annotation: its class list, its box, its head and tail points. */
import type { PixelBox, Point } from '../core/geometry.ts';
import type { ImportBuilder } from './import-builder.ts';
import type { ReportBuilder } from './report.ts';
import { isObject, own, toFinite } from './text.ts';

/** Category id → name and where its head and tail points stand in `keypoints`, -1 for nowhere. */
export interface Category {
  readonly name: string;
  readonly headAt: number;
  readonly tailAt: number;
}

/** A list under a key of untrusted JSON; empty when there is none. */
function listOf(json: unknown, key: string): unknown[] {
  const value = own(json, key);
  return Array.isArray(value) ? value : [];
}

/** The class list by id, each name registered in its order. */
export function readCategories(list: readonly unknown[], builder: ImportBuilder): Map<string, Category> {
  const categories = new Map<string, Category>();
  for (const item of list) {
    const id = own(item, 'id');
    if (id === undefined || id === null) {
      builder.report.note('A class without an id was left out of the list of classes.');
      continue;
    }
    const given = own(item, 'name');
    const name = builder.classes.register(
      typeof given === 'string' && given.trim() !== '' ? given : `class ${String(id)}`,
    );
    const points = listOf(item, 'keypoints').map((point) => String(point).toLowerCase());
    if (categories.has(String(id)))
      builder.report.note(`Class id ${String(id)} is listed twice; its first name was kept.`);
    else categories.set(String(id), { name, headAt: points.indexOf('head'), tailAt: points.indexOf('tail') });
  }
  return categories;
}

/** Notes an outline that becomes a box. */
export function tallyOutline(report: ReportBuilder): void {
  report.tally('outline', (n) => `${n} outlines were reduced to their boxes.`);
}

/** `bbox`, or the extent of the outline when there is none. Parts may be NaN: the builder says so. */
export function readBox(annotation: Record<string, unknown>, report: ReportBuilder): PixelBox | undefined {
  const { bbox, segmentation } = annotation;
  const outlines = Array.isArray(segmentation) ? segmentation.filter(Array.isArray) : [];
  if (outlines.length > 0 || isObject(segmentation)) {
    tallyOutline(report);
  }
  if (Array.isArray(bbox) && bbox.length === 4) {
    const [x = Number.NaN, y = Number.NaN, w = Number.NaN, h = Number.NaN] = bbox.map(
      (value) => toFinite(value) ?? Number.NaN,
    );
    return { x, y, w, h };
  }
  const numbers = outlines.flat().map((value) => toFinite(value) ?? Number.NaN);
  if (numbers.length < 6) return undefined;
  let [left, top, right, bottom] = [
    Number.POSITIVE_INFINITY,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ];
  for (const [i, value] of numbers.entries()) {
    if (i % 2 === 0) [left, right] = [Math.min(left, value), Math.max(right, value)];
    else [top, bottom] = [Math.min(top, value), Math.max(bottom, value)];
  }
  return { x: left, y: top, w: right - left, h: bottom - top };
}

/** Head and tail, where the class says which key points they are. `place` takes a point of the source to the photograph. */
export function readPoints(
  annotation: Record<string, unknown>,
  category: Category | undefined,
  report: ReportBuilder,
  place: (point: Point) => Point,
): { head: Point | null; tail: Point | null } {
  const flat = annotation.keypoints;
  if (!Array.isArray(flat) || flat.length === 0) return { head: null, tail: null };
  const pointAt = (at: number): Point | null => {
    const [x, y, visible] = [toFinite(flat[at * 3]), toFinite(flat[at * 3 + 1]), toFinite(flat[at * 3 + 2])];
    return at < 0 || x === undefined || y === undefined || !visible ? null : place({ x, y });
  };
  const head = pointAt(category?.headAt ?? -1);
  const tail = pointAt(category?.tailAt ?? -1);
  if (head === null && tail === null) {
    report.tally(
      'points',
      (n) => `${n} boxes have key points other than head and tail; these were not kept.`,
    );
  }
  return { head, tail };
}
