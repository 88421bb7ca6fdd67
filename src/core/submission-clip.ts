/** Chooses the highest probability that a submission may hold: how sure a model may be before a mistake costs more than its certainty wins. */
import { clipProbabilities } from './submission.ts';

/** A validation image: what the model says and what is true, one value a column, in the same order; each sums to about 1. */
export interface ClipRow {
  readonly said: readonly number[];
  readonly truth: readonly number[];
}

interface ClipFigure {
  readonly maxFrac: number;
  readonly logLoss: number;
}

/** The contest cuts what it gets to this and its complement. */
export const logLossEdge = 1e-15;

/** From which a table of eight columns would be all alike, to no cut at all; 0.82 is lesson 7's. */
const clipChoices: readonly number[] = [
  0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.82, 0.85, 0.88, 0.9, 0.92, 0.94, 0.96, 0.98, 0.99, 0.995, 0.999, 1,
];

/**
 * Mean log loss of rows as the contest computes it: rows are rescaled to sum 1 and cut to [1e-15, 1 − 1e-15]. Rows with soft truth (several
 * classes on one image) count each class by its share. NaN for no rows.
 */
export function computeLogLoss(rows: readonly ClipRow[], maxFrac: number): number {
  let sum = 0;
  for (const { said, truth } of rows) {
    const cut = clipProbabilities(said, maxFrac);
    const total = cut.reduce((all, value) => all + value, 0);
    for (const [i, share] of truth.entries()) {
      if (share <= 0) continue;
      const p = total > 0 ? (cut[i] ?? 0) / total : 1 / cut.length;
      sum -= share * Math.log(Math.min(1 - logLossEdge, Math.max(logLossEdge, p)));
    }
  }
  return sum / rows.length;
}

/** The cut of lowest log loss (of equals the lowest, which is the safest), with the figure of each that was tried. Null for no rows. */
export function tuneClip(
  rows: readonly ClipRow[],
): { readonly best: ClipFigure; readonly figures: readonly ClipFigure[] } | null {
  const figures = clipChoices.map((maxFrac) => ({ maxFrac, logLoss: computeLogLoss(rows, maxFrac) }));
  const [first, ...rest] = figures;
  if (first === undefined || rows.length === 0) return null;
  const best = rest.reduce((least, next) => (next.logLoss < least.logLoss ? next : least), first);
  return { best, figures };
}
