/** Answers to many crops at once, each as one gesture: a class for all, confirmed, taken over, rejected. Data in, gesture out. */
import type { Crop } from '../../../contract/schemas.ts';
import type { RecordDiff } from '../../../core/diffs.ts';
import { isConfirmed } from '../../../core/records.ts';
import { boxFromPrediction, rejectDiffs } from '../../../core/review.ts';
import { takeSuggestion } from '../../app/label-changes.ts';

/** Of many photographs; null in place of one where there is nothing to change. */
export interface CropsChange {
  readonly label: string;
  readonly imageId: null;
  readonly diffs: readonly RecordDiff[];
}

const change = (label: string, diffs: readonly RecordDiff[]): CropsChange | null =>
  diffs.length === 0 ? null : { label, imageId: null, diffs };

/** Labels get the class, suggestions become labels of it. */
export function giveClass(
  label: string,
  crops: readonly Crop[],
  classId: string,
  newId: () => string,
): CropsChange | null {
  const labels = crops.flatMap(({ hand }): RecordDiff[] => {
    if (hand === null || hand.classId === classId) return [];
    // It was confirmed under another class.
    const { confirmedAs: _confirmedAs, ...kept } = hand;
    return [{ table: 'boxes', id: hand.id, before: hand, after: { ...kept, classId } }];
  });
  return change(label, [...labels, ...take(crops, newId, classId)]);
}

/** Suggestions become labels of the class they name; labels are confirmed. */
export function agree(label: string, crops: readonly Crop[], newId: () => string): CropsChange | null {
  const confirmed = crops.flatMap(({ hand }): RecordDiff[] =>
    hand === null || isConfirmed(hand)
      ? []
      : [{ table: 'boxes', id: hand.id, before: hand, after: { ...hand, confirmedAs: hand.classId } }],
  );
  return change(label, [...confirmed, ...take(crops, newId, null)]);
}

/** Suggestions are rejected; labels are left alone. */
export function reject(label: string, crops: readonly Crop[]): CropsChange | null {
  return change(
    label,
    crops.flatMap(({ predicted }) => (predicted === null ? [] : rejectDiffs(predicted))),
  );
}

/** The state of a photograph changes once, with the first of its boxes. */
function take(crops: readonly Crop[], newId: () => string, classId: string | null): RecordDiff[] {
  const seen = new Set<string>();
  return crops.flatMap(({ predicted, image }): RecordDiff[] => {
    if (predicted === null) return [];
    const made = boxFromPrediction(predicted, newId(), image);
    const box = classId === null ? made : { ...made, classId };
    const isFirst = !seen.has(image.id);
    seen.add(image.id);
    const now = { id: image.id, state: isFirst ? image.state : ('labelled' as const), boxes: image.boxes };
    return [...takeSuggestion('', now, predicted, box).diffs];
  });
}
