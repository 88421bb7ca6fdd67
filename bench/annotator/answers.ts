/** Answers of the simulated person as the gestures that the window would save, and what the saved labels are worth in the end. */
import { randomUUID } from 'node:crypto';
import type { HostApi } from '../../src/contract/host-api.ts';
import type { ImageListItem } from '../../src/contract/schemas.ts';
import type { Gesture, RecordDiff } from '../../src/core/diffs.ts';
import {
  computeMeanIou,
  computePrecisionRecall,
  type HandBox,
  matchBoxes,
  type PredictedBox,
} from '../../src/core/metrics-match.ts';
import type { BoxRecord, PredictionRecord } from '../../src/core/records.ts';
import { rejectDiffs, reviewGesture } from '../../src/core/review.ts';
import type { Answer } from './person.ts';

export interface Suggestion extends PredictedBox {
  readonly record: PredictionRecord;
}

/** The answers of one photograph as the one gesture that saves them. Suggestions of other models than the newest are no longer open. */
export function toGesture(
  image: ImageListItem,
  given: Answer<Suggestion>,
  newest: string | undefined,
): Gesture {
  const boxOf = ({ classId, box }: HandBox, from: PredictionRecord | null): BoxRecord => ({
    id: randomUUID(),
    imageId: image.id,
    classId,
    ...box,
    source: from === null ? 'person' : 'model',
    modelId: from?.modelId ?? null,
    score: from?.score ?? null,
    attributes: {},
    head: null,
    tail: null,
  });
  const diffs: RecordDiff[] = [];
  const insert = (box: BoxRecord): void => {
    diffs.push({ table: 'boxes', id: box.id, before: null, after: box });
  };
  const settle = (from: PredictionRecord, next: 'accepted' | 'adjusted', own: string): void => {
    if (from.modelId !== newest) return;
    const { id, status, boxId } = from;
    const after = { id, status: next, boxId: own };
    diffs.push({ table: 'predictions', id, before: { id, status, boxId }, after });
  };
  for (const hand of given.drawn) insert(boxOf(hand, null));
  for (const { predicted, classId } of given.accepted) {
    const box = boxOf({ classId, box: predicted.box }, predicted.record);
    insert(box);
    settle(predicted.record, 'accepted', box.id);
  }
  for (const { predicted, classId, box: place } of given.adjusted) {
    const box = boxOf({ classId, box: place }, predicted.record);
    insert(box);
    settle(predicted.record, 'adjusted', box.id);
  }
  for (const { record } of given.rejected) if (record.modelId === newest) diffs.push(...rejectDiffs(record));
  const state = diffs.some(({ table }) => table === 'boxes') ? 'reviewed' : 'empty';
  diffs.push({
    table: 'images',
    id: image.id,
    // Kept apart from those that judge the models.
    before: { id: image.id, state: image.state, split: image.split },
    after: { id: image.id, state, split: 'train' },
  });
  return reviewGesture(randomUUID(), 'Label photograph', image.id, diffs);
}

/** Labels against the truth, all photographs together, boxes that overlap by half or more; `iou` is the mean of those. */
export interface LabelQuality {
  readonly recall: number;
  readonly precision: number;
  readonly iou: number;
}

/** Of the labels that are in the project now. */
export async function readQuality(
  api: HostApi,
  images: readonly ImageListItem[],
  truth: ReadonlyMap<string, readonly HandBox[]>,
): Promise<LabelQuality> {
  const pairs = [];
  for (const { id, path } of images) {
    const { boxes } = await api.getImage({ id });
    const own = boxes.map(({ classId, x, y, w, h }) => ({ classId, score: 1, box: { x, y, w, h } }));
    pairs.push(...matchBoxes(truth.get(path) ?? [], own, 0.5));
  }
  const { recall, precision } = computePrecisionRecall(pairs);
  return { recall: recall ?? 1, precision: precision ?? 1, iou: computeMeanIou(pairs) ?? 1 };
}
