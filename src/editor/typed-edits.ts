/** Boxes changed by numbers that a person typed: exact where that is possible, held inside the image where it is not. Pure functions in image pixels. */
import type { Point, Size } from '../core/geometry.ts';
import type { BoxRecord } from '../core/records.ts';
import { clampPoint, moveRecord, roundPx } from './box-edits.ts';

export type PlaceField = 'x' | 'y' | 'w' | 'h';

/** The box with one number changed. Left and top move it with its line; width and height move its right and bottom edges. */
export function placeBox(
  box: BoxRecord,
  field: PlaceField,
  value: number,
  size: Size,
  minPx: number,
): BoxRecord {
  const hold = (low: number, high: number): number =>
    Math.min(Math.max(roundPx(value), low), Math.max(low, high));
  if (field === 'x') return moveRecord(box, { x: hold(0, size.widthPx - box.w) - box.x, y: 0 });
  if (field === 'y') return moveRecord(box, { x: 0, y: hold(0, size.heightPx - box.h) - box.y });
  if (field === 'w') return { ...box, w: hold(minPx, size.widthPx - box.x) };
  return { ...box, h: hold(minPx, size.heightPx - box.y) };
}

/** The box with an end of its line at another place. */
export function placeLineEnd(box: BoxRecord, end: 'head' | 'tail', atPx: Point, size: Size): BoxRecord {
  return { ...box, [end]: clampPoint(atPx, size) };
}

/** Distance from head to tail in pixels; undefined without a line. */
export function computeLineLengthPx({ head, tail }: Pick<BoxRecord, 'head' | 'tail'>): number | undefined {
  return head === null || tail === null ? undefined : Math.hypot(head.x - tail.x, head.y - tail.y);
}

/** The box with a value of an attribute; undefined takes it away. */
export function setAttribute(
  box: BoxRecord,
  name: string,
  value: BoxRecord['attributes'][string] | undefined,
): BoxRecord {
  const others = Object.entries(box.attributes).filter(([other]) => other !== name);
  // Attributes keep their place, so that setting one as it was is no change.
  if (value === undefined) return { ...box, attributes: Object.fromEntries(others) };
  return { ...box, attributes: { ...box.attributes, [name]: value } };
}
