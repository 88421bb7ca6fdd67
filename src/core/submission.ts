/** From boxes and predictions to one probability a class for a whole image, as classification contests want them. */

/** How likely each class is the one an image shows. Sums to about 1 with `nothing`. */
export interface ImageProbabilities {
  readonly imageId: string;
  /** Class id → probability, 0..1. Classes that are absent count as 0. */
  readonly byClass: ReadonlyMap<string, number>;
  /** Probability that there is no fish, 0..1. */
  readonly nothing: number;
}

/**
 * What a person's boxes say: each class its share of the boxes; `nothing` is 1 when there are none.
 * Only meaningful for images that somebody has looked at.
 */
export function computeLabelProbabilities(
  imageId: string,
  boxes: readonly { readonly classId: string }[],
): ImageProbabilities {
  const byClass = new Map<string, number>();
  for (const box of boxes) byClass.set(box.classId, (byClass.get(box.classId) ?? 0) + 1 / boxes.length);
  return { imageId, byClass, nothing: boxes.length === 0 ? 1 : 0 };
}

/**
 * What a detector's suggestions say: a class is there with 1 − Π(1 − score) over its boxes (noisy-or), nothing is there with
 * Π(1 − score) over all boxes; then all are scaled to sum 1. Scores outside 0..1 are cut.
 */
export function computeDetectionProbabilities(
  imageId: string,
  detections: readonly { readonly classId: string; readonly score: number }[],
): ImageProbabilities {
  const absent = new Map<string, number>();
  let nothing = 1;
  for (const { classId, score } of detections) {
    const miss = 1 - Math.min(1, Math.max(0, Number.isFinite(score) ? score : 0));
    absent.set(classId, (absent.get(classId) ?? 1) * miss);
    nothing *= miss;
  }
  let sum = nothing;
  for (const miss of absent.values()) sum += 1 - miss;
  const byClass = new Map([...absent].map(([classId, miss]) => [classId, sum > 0 ? (1 - miss) / sum : 0]));
  return { imageId, byClass, nothing: sum > 0 ? nothing / sum : 1 };
}

/**
 * Keeps a row of probabilities off 0 and 1, where log loss punishes a single mistake without bound: values are cut to
 * [(1 − max) / (n − 1), max]. Lesson 7 uses max = 0.82 with 8 columns. Not rescaled: the contest does that itself.
 * `maxFrac` in (1/n, 1]; non-finite values count as 0.
 */
export function clipProbabilities(row: readonly number[], maxFrac: number): number[] {
  const min = row.length > 1 ? (1 - maxFrac) / (row.length - 1) : 0;
  return row.map((value) => Math.min(maxFrac, Math.max(min, Number.isFinite(value) ? value : 0)));
}
