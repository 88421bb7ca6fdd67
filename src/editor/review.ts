/** Suggestions on the open image: which wait for an answer, and in what order. */
import type { PredictionRecord } from '../core/records.ts';

/** Suggestions without an answer (or put aside) at or above the cut, surest first; ties keep the order given. */
export function listOpenPredictions(
  predictions: readonly PredictionRecord[],
  cutScore: number,
  asked: 'pending' | 'unsure' = 'pending',
): PredictionRecord[] {
  return predictions
    .filter((prediction) => prediction.status === asked && prediction.score >= cutScore)
    .sort((a, b) => b.score - a.score);
}
