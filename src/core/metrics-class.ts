/** Figures of image classification: accuracy, log loss, confusion, calibration. */

/** Probabilities closer to 0 than this count as this, so that one sure mistake does not cost infinity (Kaggle's rule). */
const CLIP = 1e-15;

/** Share of equal labels, 0..1; null for no images. Throws RangeError when lengths differ. */
export function computeAccuracy(truth: ArrayLike<number>, predicted: ArrayLike<number>): number | null {
  requireSameLength(truth.length, predicted.length);
  if (truth.length === 0) return null;
  let right = 0;
  for (let i = 0; i < truth.length; i++) right += truth[i] === predicted[i] ? 1 : 0;
  return right / truth.length;
}

/** Index of the largest value, the first when equal; -1 for an empty list. */
export function findArgMax(values: ArrayLike<number>): number {
  let best = values.length === 0 ? -1 : 0;
  for (let i = 1; i < values.length; i++) if ((values[i] ?? 0) > (values[best] ?? 0)) best = i;
  return best;
}

/**
 * Mean of −ln p(true class) in nats. Each row of `probabilities` holds one value a class; rows are scaled to sum 1, values cut to
 * [1e-15, 1 − 1e-15]. A truth outside the row counts as probability 1e-15. Null for no images.
 */
export function computeLogLoss(
  truth: ArrayLike<number>,
  probabilities: readonly ArrayLike<number>[],
): number | null {
  requireSameLength(truth.length, probabilities.length);
  if (truth.length === 0) return null;
  let sum = 0;
  probabilities.forEach((row, i) => {
    let total = 0;
    for (let c = 0; c < row.length; c++) total += row[c] ?? 0;
    const p = total > 0 ? (row[truth[i] ?? -1] ?? 0) / total : 0;
    sum -= Math.log(Math.min(1 - CLIP, Math.max(CLIP, p)));
  });
  return sum / truth.length;
}

/** Rows: true class, columns: predicted class. Labels outside 0..classes-1 are left out. */
export function computeConfusion(
  truth: ArrayLike<number>,
  predicted: ArrayLike<number>,
  classes: number,
): number[][] {
  requireSameLength(truth.length, predicted.length);
  const counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (let i = 0; i < truth.length; i++) {
    const row = counts[truth[i] ?? -1];
    const column = predicted[i] ?? -1;
    if (row?.[column] !== undefined) row[column] += 1;
  }
  return counts;
}

/** One bar of a calibration curve: scores in [fromScore, toScore). The last bar includes 1. */
export interface CalibrationBin {
  readonly fromScore: number;
  readonly toScore: number;
  readonly n: number;
  /** Null when no score fell here. */
  readonly meanScore: number | null;
  /** Share that was right, 0..1. */
  readonly accuracy: number | null;
}

export interface Calibration {
  readonly bins: readonly CalibrationBin[];
  /** Expected calibration error: mean gap between score and accuracy, weighted by count; null without scores. */
  readonly expectedError: number | null;
}

/** How far a score can be believed: of the suggestions scored about 0.8, are 80 % right? Scores outside 0..1 go to the end bins. */
export function computeCalibration(
  scores: ArrayLike<number>,
  right: ArrayLike<boolean>,
  bins = 10,
): Calibration {
  requireSameLength(scores.length, right.length);
  const n = new Uint32Array(bins);
  const hits = new Uint32Array(bins);
  const sums = new Float64Array(bins);
  for (let i = 0; i < scores.length; i++) {
    const score = scores[i] ?? 0;
    const bin = Math.min(bins - 1, Math.max(0, Math.floor(score * bins)));
    n[bin] = (n[bin] ?? 0) + 1;
    sums[bin] = (sums[bin] ?? 0) + score;
    hits[bin] = (hits[bin] ?? 0) + (right[i] === true ? 1 : 0);
  }
  let error = 0;
  const list = Array.from(n, (count, i): CalibrationBin => {
    const meanScore = count === 0 ? null : (sums[i] ?? 0) / count;
    const accuracy = count === 0 ? null : (hits[i] ?? 0) / count;
    if (meanScore !== null && accuracy !== null)
      error += (count / scores.length) * Math.abs(meanScore - accuracy);
    return { fromScore: i / bins, toScore: (i + 1) / bins, n: count, meanScore, accuracy };
  });
  return { bins: list, expectedError: scores.length === 0 ? null : error };
}

function requireSameLength(a: number, b: number): void {
  if (a !== b) throw new RangeError(`truth and prediction must be of equal length, not ${a} and ${b}`);
}
