/** Suggestions on the open image: which wait for an answer, in what order, and how one becomes a label. */
import { clipBox, type Size } from '../core/geometry.ts';
import type { BoxRecord, PredictionRecord } from '../core/records.ts';

/** Suggestions without an answer at or above the cut, surest first; ties keep the order given. */
export function listOpenPredictions(
  predictions: readonly PredictionRecord[],
  cutScore: number,
): PredictionRecord[] {
  return predictions
    .filter((prediction) => prediction.status === 'pending' && prediction.score >= cutScore)
    .sort((a, b) => b.score - a.score);
}

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
    head: null,
    tail: null,
  };
}
