/**
 * What the class could be guessed from without looking at the photograph. Lesson 7's second input, the pixel size, told the boat and the
 * boat told the fish: a class score means little until it is read beside what such a fact alone reaches.
 */
import { findArgMax } from './metrics-class.ts';

/** One labelled thing of the training side and the fact that is known of it. */
export interface Clue {
  /** The fact as text, such as {@link sizeClue}; equal texts are the same fact. */
  readonly clue: string;
  /** 0..classes-1. */
  readonly classIndex: number;
}

/** Guesses from a fact alone. */
export interface ClueTable {
  /** Probability of each class, summing to 1, none of them 0. A fact never seen gives the frequencies of all. */
  predict(clue: string): Float64Array;
  /** Whether training had this fact. */
  knows(clue: string): boolean;
  /** Different facts in training. */
  readonly clues: number;
  /** Things learnt from. */
  readonly n: number;
}

/** The pixel size of an upright image as a clue. */
export function sizeClue(size: { readonly widthPx: number; readonly heightPx: number }): string {
  return `${size.widthPx}×${size.heightPx}`;
}

/**
 * Class frequencies for each fact, with Laplace's smoothing: p(class | fact) = (count + `smoothing`) / (n + `smoothing` · classes).
 * A fact that training did not have falls back to the smoothed frequencies over everything, which is the majority baseline.
 * Throws RangeError for fewer than one class or a smoothing that is not above 0; class indices outside the range are left out.
 */
export function learnClueTable(train: readonly Clue[], classes: number, smoothing = 1): ClueTable {
  if (!(classes >= 1 && smoothing > 0))
    throw new RangeError(
      `one class or more and a smoothing above 0 are needed, not ${classes}, ${smoothing}`,
    );
  const overall = new Float64Array(classes);
  const byClue = new Map<string, Float64Array>();
  let n = 0;
  for (const { clue, classIndex } of train) {
    if (overall[classIndex] === undefined) continue;
    const counts = byClue.get(clue) ?? new Float64Array(classes);
    byClue.set(clue, counts);
    counts[classIndex] = (counts[classIndex] ?? 0) + 1;
    overall[classIndex] += 1;
    n++;
  }
  return {
    predict: (clue) => smooth(byClue.get(clue) ?? overall, smoothing),
    knows: (clue) => byClue.has(clue),
    clues: byClue.size,
    n,
  };
}

function smooth(counts: Float64Array, smoothing: number): Float64Array {
  const total = counts.reduce((sum, count) => sum + count, 0) + smoothing * counts.length;
  return counts.map((count) => (count + smoothing) / total);
}

/** Right (1) or wrong (0) and −ln p(true class) of one guess; an index outside the row is wrong at 1e-15. */
export function judgeGuess(probabilities: ArrayLike<number>, truth: number): { right: number; loss: number } {
  let total = 0;
  for (let c = 0; c < probabilities.length; c++) total += probabilities[c] ?? 0;
  const p = total > 0 ? (probabilities[truth] ?? 0) / total : 0;
  return {
    right: truth >= 0 && findArgMax(probabilities) === truth ? 1 : 0,
    loss: -Math.log(Math.min(1 - 1e-15, Math.max(1e-15, p))),
  };
}
