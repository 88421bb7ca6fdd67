/** Figures of each class when whole images are classified, one class against the rest. */
import { findArgMax } from './metrics-class.ts';

/** One class against the rest. Shares are 0..1, null where they would divide by nothing. */
export interface ClassFigures {
  /** Images whose true class it is. */
  readonly truth: number;
  /** Images taken for it. */
  readonly predicted: number;
  /** Of those taken for it, the share that is. */
  readonly precision: number | null;
  /** Of those that are, the share taken for it. */
  readonly recall: number | null;
  readonly f1: number | null;
  /** Share of all images rightly put in or out of the class. High for every rare class: read it beside recall. */
  readonly accuracy: number | null;
  /** Average precision of the images ranked by this class's probability ({@link computeRankingAp}). */
  readonly ap: number | null;
}

/**
 * One entry a class, for `classes` classes ("nothing here" is one of them). `probabilities`: a row an image, a value a class; the
 * predicted class is the largest value, the first when equal. Images whose truth is outside 0..classes-1 count against every class.
 * Throws RangeError when the lengths differ.
 */
export function computeClassFigures(
  truth: ArrayLike<number>,
  probabilities: readonly ArrayLike<number>[],
  classes: number,
): ClassFigures[] {
  if (truth.length !== probabilities.length)
    throw new RangeError(
      `truth and prediction must be of equal length, not ${truth.length} and ${probabilities.length}`,
    );
  const predicted = probabilities.map(findArgMax);
  return Array.from({ length: classes }, (_, c) => {
    let found = 0;
    let wrong = 0;
    let missed = 0;
    predicted.forEach((guess, i) => {
      if (guess === c && truth[i] === c) found++;
      else if (guess === c) wrong++;
      else if (truth[i] === c) missed++;
    });
    return {
      truth: found + missed,
      predicted: found + wrong,
      precision: divide(found, found + wrong),
      recall: divide(found, found + missed),
      f1: divide(2 * found, 2 * found + wrong + missed),
      accuracy: divide(truth.length - wrong - missed, truth.length),
      ap: computeRankingAp(
        Array.from(truth, (value) => value === c),
        probabilities.map((row) => row[c] ?? 0),
      ),
    };
  });
}

/**
 * Average precision of a ranking: Σ (recallₙ − recallₙ₋₁) · precisionₙ over the distinct scores from high to low, not interpolated, as
 * scikit-learn's average_precision_score (equal scores are one step). Null when nothing is right. Throws RangeError for unequal lengths.
 */
export function computeRankingAp(right: ArrayLike<boolean>, scores: ArrayLike<number>): number | null {
  if (right.length !== scores.length)
    throw new RangeError(`as many scores as truths are needed, not ${scores.length} and ${right.length}`);
  const order = Array.from(scores, (_, i) => i).sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0));
  let total = 0;
  for (let i = 0; i < right.length; i++) total += right[i] === true ? 1 : 0;
  if (total === 0) return null;
  let hits = 0;
  let hitsBefore = 0;
  let sum = 0;
  order.forEach((at, rank) => {
    hits += right[at] === true ? 1 : 0;
    if (rank + 1 < order.length && scores[order[rank + 1] ?? 0] === scores[at]) return;
    sum += ((hits - hitsBefore) / total) * (hits / (rank + 1));
    hitsBefore = hits;
  });
  return sum;
}

function divide(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}
