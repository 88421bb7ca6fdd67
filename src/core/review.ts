/** Answers to a suggestion as gestures: accept and reject, the same from a key, a queue or a script. */
import type { Gesture, RecordDiff } from './diffs.ts';
import { clipBox, type Size } from './geometry.ts';
import type { BoxRecord, ImageState, PredictionRecord } from './records.ts';

/** Score from which a suggestion is shown and counted, until a person moves the cut. Weaker ones are kept, out of sight. */
export const defaultCutScore = 0.25;

/** The label a person makes by accepting a suggestion: it remembers the model and its score. Parts outside the image are cut off. */
export function boxFromPrediction(prediction: PredictionRecord, id: string, size: Size): BoxRecord {
  const { x, y, w, h } = clipBox(prediction, size) ?? prediction;
  return {
    id,
    imageId: prediction.imageId,
    classId: prediction.classId,
    x,
    y,
    w,
    h,
    source: 'model',
    modelId: prediction.modelId,
    score: prediction.score,
    attributes: {},
    head: prediction.head,
    tail: prediction.tail,
  };
}

/** The diffs that accept a suggestion: a new box, the suggestion's new status, and the image's state when this is its first box. */
export function acceptDiffs(
  prediction: PredictionRecord,
  imageState: ImageState,
  boxId: string,
  size: Size,
): RecordDiff[] {
  const { id, imageId, status, boxId: oldBoxId } = prediction;
  const diffs: RecordDiff[] = [
    { table: 'boxes', id: boxId, before: null, after: boxFromPrediction(prediction, boxId, size) },
    {
      table: 'predictions',
      id,
      before: { id, status, boxId: oldBoxId },
      after: { id, status: 'accepted', boxId },
    },
  ];
  if (imageState === 'unseen' || imageState === 'empty') {
    diffs.push({
      table: 'images',
      id: imageId,
      before: { id: imageId, state: imageState },
      after: { id: imageId, state: 'labelled' },
    });
  }
  return diffs;
}

/** The diff that rejects a suggestion. */
export function rejectDiffs(prediction: PredictionRecord): RecordDiff[] {
  const { id, status, boxId } = prediction;
  return [
    {
      table: 'predictions',
      id,
      before: { id, status, boxId },
      after: { id, status: 'rejected', boxId: null },
    },
  ];
}

/** A person's gesture on one image. */
export function reviewGesture(id: string, label: string, imageId: string, diffs: RecordDiff[]): Gesture {
  return { id, kind: 'do', of: null, label, imageId, source: 'person', diffs };
}
