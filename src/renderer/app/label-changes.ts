/** Changes of labels that places make without a drawing tool: taking a model's box, keeping the hand's. Data in, gesture out. */
import type { RecordDiff } from '../../core/diffs.ts';
import { type BoxRecord, type ImageState, isConfirmed, type PredictionRecord } from '../../core/records.ts';

export interface LabelChange {
  readonly label: string;
  readonly imageId: string;
  readonly diffs: readonly RecordDiff[];
}

/** What is known of the image a change concerns. `boxes`: how many it has before the change. */
export interface ImageNow {
  readonly id: string;
  readonly state: ImageState;
  readonly boxes: number;
}

/**
 * A suggestion becomes a label, perhaps under another class. Status `accepted` as it is, `adjusted` under another class, or when the caller
 * says so because the person is about to move its edges.
 */
export function takeSuggestion(
  label: string,
  image: ImageNow,
  prediction: PredictionRecord,
  box: BoxRecord,
  status: 'accepted' | 'adjusted' = box.classId === prediction.classId ? 'accepted' : 'adjusted',
): LabelChange {
  return {
    label,
    imageId: image.id,
    diffs: [
      { table: 'boxes', id: box.id, before: null, after: box },
      markDiff(prediction, status, box.id),
      ...stateDiff(image, 1),
    ],
  };
}

/** The hand's box takes place, size and class of the model's and remembers where they came from. */
export function replaceByModel(label: string, hand: BoxRecord, prediction: PredictionRecord): LabelChange {
  const { x, y, w, h, classId, modelId, score } = prediction;
  // What a person confirmed was another box.
  const { confirmedAs: _confirmedAs, ...kept } = hand;
  const after: BoxRecord = { ...kept, x, y, w, h, classId, modelId, score, source: 'model' };
  return {
    label,
    imageId: hand.imageId,
    diffs: [{ table: 'boxes', id: hand.id, before: hand, after }, markDiff(prediction, 'accepted', hand.id)],
  };
}

/**
 * The hand is right: the model's box, if it has one, is rejected and no longer suggested; the hand's, if it has one, is confirmed under its
 * class and no longer doubted. Null where both are so already.
 */
export function keepHand(
  label: string,
  hand: BoxRecord | null,
  prediction: PredictionRecord | null,
): LabelChange | null {
  const imageId = (hand ?? prediction)?.imageId;
  const diffs: RecordDiff[] = [
    ...(hand === null || isConfirmed(hand)
      ? []
      : [
          {
            table: 'boxes' as const,
            id: hand.id,
            before: hand,
            after: { ...hand, confirmedAs: hand.classId },
          },
        ]),
    ...(prediction === null || prediction.status !== 'pending'
      ? []
      : [markDiff(prediction, 'rejected', null)]),
  ];
  return imageId === undefined || diffs.length === 0 ? null : { label, imageId, diffs };
}

/** The model is right that there is nothing: the hand's box goes. */
export function deleteBox(label: string, image: ImageNow, box: BoxRecord): LabelChange {
  return {
    label,
    imageId: image.id,
    diffs: [{ table: 'boxes', id: box.id, before: box, after: null }, ...stateDiff(image, -1)],
  };
}

function markDiff(
  prediction: PredictionRecord,
  status: PredictionRecord['status'],
  boxId: string | null,
): RecordDiff {
  const { id } = prediction;
  return {
    table: 'predictions',
    id,
    before: { id, status: prediction.status, boxId: prediction.boxId },
    after: { id, status, boxId },
  };
}

/** A first box makes an image labelled; taking the last one away makes it unseen, since "no fish" is a statement only a person makes. */
function stateDiff({ id, state, boxes }: ImageNow, change: 1 | -1): RecordDiff[] {
  const after = boxes + change;
  const next =
    after > 0 && (state === 'unseen' || state === 'empty')
      ? 'labelled'
      : after <= 0 && state !== 'empty'
        ? 'unseen'
        : state;
  return next === state ? [] : [{ table: 'images', id, before: { id, state }, after: { id, state: next } }];
}
