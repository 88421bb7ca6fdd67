/** Copies of boxes, perhaps from another image: the same place where there is room, cut at the image's edge, out of the way of the same box. */
import { clipBox, type Point, type Size } from '../core/geometry.ts';
import type { BoxRecord } from '../core/records.ts';
import { clampMove, clampPoint, moveRecord, roundBox } from './box-edits.ts';

/** How far a copy moves when the same box is there already, image pixels. */
const STEP_PX = 10;
const STEPS_AT_MOST = 50;

export interface CopyPlace {
  readonly imageId: string;
  readonly size: Size;
  readonly minBoxPx: number;
  /** The class of the copy; null leaves the box out. */
  readonly classOf: (box: BoxRecord) => string | null;
  readonly newId: () => string;
}

/** Copies for an image. A copy is a person's statement whatever the original was. What lies outside, or has no class, is left out. */
export function copyBoxes(boxes: readonly BoxRecord[], place: CopyPlace): BoxRecord[] {
  return boxes.flatMap((box) => {
    const classId = place.classOf(box);
    const inside = clipBox(box, place.size);
    if (classId === null || inside === undefined) return [];
    const rounded = roundBox(inside, place.size);
    if (Math.min(rounded.w, rounded.h) < place.minBoxPx) return [];
    const pull = (point: Point | null): Point | null => point && clampPoint(point, place.size);
    const { locked: _locked, confirmedAs: _confirmedAs, ...rest } = box;
    const copy: BoxRecord = {
      ...rest,
      ...{ ...rounded, id: place.newId(), imageId: place.imageId, classId },
      ...{ source: 'person', modelId: null, score: null, head: pull(box.head), tail: pull(box.tail) },
    };
    return [copy];
  });
}

/** The copies moved together, step by step, until none lies exactly on a box that is there. */
export function shiftAside(
  copies: readonly BoxRecord[],
  there: readonly BoxRecord[],
  size: Size,
): BoxRecord[] {
  const taken = new Set(there.map(placeKey));
  let moved = [...copies];
  for (let step = 0; step < STEPS_AT_MOST && moved.some((box) => taken.has(placeKey(box))); step++) {
    const right = clampMove(moved, { x: STEP_PX, y: STEP_PX }, size);
    // In the bottom right corner there is no way on; back is as good.
    const offset =
      right.x === 0 && right.y === 0 ? clampMove(moved, { x: -STEP_PX, y: -STEP_PX }, size) : right;
    moved = moved.map((box) => moveRecord(box, offset));
  }
  return moved;
}

/** Two boxes with the same key are one fish drawn twice: same class, same place. */
export function sameBoxKey(box: BoxRecord): string {
  return `${box.classId}/${placeKey(box)}`;
}

function placeKey({ x, y, w, h }: BoxRecord): string {
  return [x, y, w, h].join();
}
