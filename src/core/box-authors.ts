/** Who made a label: a person, a model whose suggestion a person took as it was, both, or another tool. */
import { clipBox, type PixelBox, type Point, type Size } from './geometry.ts';
import type { BoxRecord, PredictionRecord } from './records.ts';

/** `model-unknown`: a suggestion was taken, but it is gone, so that nobody can say whether the box was changed since. */
export type BoxAuthor = 'person' | 'model' | 'model-and-person' | 'model-unknown' | 'import';

/** Smaller differences, in pixels, are those of writing numbers, not of a hand. */
const SAME_PX = 0.01;

/** `taken`: the suggestions that became this box, of any model. `size`: its image's, at whose edge suggestions are cut when they are taken. */
export function findAuthor(box: BoxRecord, taken: readonly PredictionRecord[], size: Size): BoxAuthor {
  if (box.source !== 'model') return box.source;
  const own = taken.filter(({ modelId }) => modelId === box.modelId);
  if (own.length === 0) return 'model-unknown';
  return own.some((prediction) => isAsSuggested(box, prediction, size)) ? 'model' : 'model-and-person';
}

function isAsSuggested(box: BoxRecord, prediction: PredictionRecord, size: Size): boolean {
  return (
    prediction.status === 'accepted' &&
    prediction.classId === box.classId &&
    isSameBox(box, clipBox(prediction, size) ?? prediction) &&
    isSamePoint(box.head, prediction.head) &&
    isSamePoint(box.tail, prediction.tail)
  );
}

function isSameBox(a: PixelBox, b: PixelBox): boolean {
  return (['x', 'y', 'w', 'h'] as const).every((side) => Math.abs(a[side] - b[side]) <= SAME_PX);
}

function isSamePoint(a: Point | null, b: Point | null): boolean {
  if (a === null || b === null) return a === b;
  return Math.abs(a.x - b.x) <= SAME_PX && Math.abs(a.y - b.y) <= SAME_PX;
}
