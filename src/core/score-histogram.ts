/** How sure a model was where it was right and where it was wrong: scores in even steps, counted by what became of them. Pure. */
import type { HandBox, MatchedPair, PredictedBox } from './metrics-match.ts';

/** Steps of 0.05 over 0..1. */
export const scoreBins = 20;

export interface ScoreBin {
  readonly fromScore: number;
  /** Not in it, but for the last one. */
  readonly toScore: number;
  readonly matched: number;
  readonly wrongClass: number;
  readonly extra: number;
}

/** The step a score falls into, 0-based; scores outside 0..1 take the nearest. */
export function binOfScore(score: number): number {
  // Tenths of a billionth: 0.15 / 0.05 would fall short of 3 otherwise.
  return Math.min(scoreBins - 1, Math.max(0, Math.floor(score * scoreBins + 1e-9)));
}

/** Counts predicted boxes; a hand box that nobody predicted has no score and is not in it. */
export function computeScoreHistogram(pairs: Iterable<MatchedPair<HandBox, PredictedBox>>): ScoreBin[] {
  const bins = Array.from({ length: scoreBins }, (_, i) => ({
    fromScore: i / scoreBins,
    toScore: (i + 1) / scoreBins,
    matched: 0,
    wrongClass: 0,
    extra: 0,
  }));
  for (const { predicted, verdict } of pairs) {
    const bin = predicted === null ? undefined : bins[binOfScore(predicted.score)];
    if (bin === undefined) continue;
    if (verdict === 'matched') bin.matched++;
    else if (verdict === 'wrong-class') bin.wrongClass++;
    else bin.extra++;
  }
  return bins;
}
