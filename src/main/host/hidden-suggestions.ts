/** Decides which pending suggestions are not offered, because a person has answered already. */
import { computeIou } from '../../core/geometry.ts';
import { isIgnoreRegion } from '../../core/ignore-regions.ts';
import type { BoxRecord, ImageState } from '../../core/records.ts';
import type { StoredPrediction } from '../db/predictions.repository.ts';
import type { ProjectDatabase } from '../db/project-database.ts';

/** Overlap from which a box and a suggestion of one class are the same fish. */
const sameFishIou = 0.5;
/** And from which they are under two names: a fish that a person named is not offered once more under another (Compare doubts labels). */
const otherNameIou = 0.7;

interface PlacedBox {
  readonly classId: string;
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/**
 * True when a suggestion would ask again what was answered: a hand box on the same fish is there, a person rejected the same one before
 * (of whichever model), or the image was declared empty or complete.
 */
export function isAnswered(
  suggestion: PlacedBox,
  state: ImageState,
  boxes: readonly PlacedBox[],
  rejected: readonly PlacedBox[],
): boolean {
  if (state === 'empty' || state === 'reviewed') return true;
  const isSame = (other: PlacedBox): boolean =>
    other.classId === suggestion.classId && computeIou(other, suggestion) >= sameFishIou;
  const isSameFish = (box: PlacedBox): boolean => isSame(box) || computeIou(box, suggestion) >= otherNameIou;
  return boxes.some(isSameFish) || rejected.some(isSame);
}

/**
 * Brings `hidden` of one image's pending suggestions up to date; true when any has changed. Costs what the image holds, whatever the
 * project's size.
 */
export function refreshHidden(db: ProjectDatabase, imageId: string): boolean {
  if (!db.predictions.hasPending(imageId)) return false;
  const predictions = db.predictions.listByImage(imageId);
  const pending = predictions.filter((prediction) => prediction.status === 'pending');
  const image = db.images.find(imageId);
  if (image === undefined) return false;
  const boxes = db.boxes.listByImage(imageId);
  const rejected = predictions.filter((prediction) => prediction.status === 'rejected');
  const isSpare = db.settings.isOneFish() ? spareBesideOne(predictions, boxes) : () => false;
  let isChanged = false;
  // Surest first: of one fish, that is the one to ask about.
  for (const prediction of pending) {
    const hidden = isAnswered(prediction, image.state, boxes, rejected) || isSpare(prediction);
    if (hidden === prediction.hidden) continue;
    db.predictions.setHidden(prediction.id, hidden);
    isChanged = true;
  }
  return isChanged;
}

/**
 * Where a photograph holds one fish at most: true for every suggestion but the first asked about of each model, and for all where a fish is
 * labelled or put aside.
 */
function spareBesideOne(
  predictions: readonly StoredPrediction[],
  boxes: readonly BoxRecord[],
): (suggestion: StoredPrediction) => boolean {
  const hasFish = boxes.some((box) => !isIgnoreRegion(box));
  const asked = new Set(
    predictions.filter(({ status }) => status === 'unsure').map(({ modelId }) => modelId),
  );
  return ({ modelId }) => {
    if (hasFish || asked.has(modelId)) return true;
    asked.add(modelId);
    return false;
  };
}

/** Suggestions that a person decided about, as places not to suggest at again. */
export function listDecided(predictions: readonly StoredPrediction[]): StoredPrediction[] {
  return predictions.filter((prediction) => prediction.status !== 'pending');
}
