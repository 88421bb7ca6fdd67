/** Which suggestions are worth showing: those that save a person more time than they take. docs/science/review.md. Pure. */
import { type HandBox, matchBoxes, type PredictedBox } from './metrics-match.ts';

/** Seconds of a person's time; overlaps are IoU, 0..1. */
export interface AnswerCosts {
  readonly draw: number;
  readonly accept: number;
  readonly reject: number;
  /** Taking a suggestion's box and moving its edges. */
  readonly adjust: number;
  /** Giving a box another class. */
  readonly rename: number;
  /** From this overlap on a person leaves a box as it is. */
  readonly goodIou: number;
  /** From this overlap on moving the edges is less work than drawing. */
  readonly usableIou: number;
}

/** Drawing a box takes about 7 s (Papadopoulos et al. 2017, "Extreme clicking"; 25 s and more with quality control, Su et al. 2012). */
export const usualCosts: AnswerCosts = {
  draw: 7,
  accept: 1.2,
  reject: 1.2,
  adjust: 3.5,
  rename: 1.2,
  goodIou: 0.7,
  usableIou: 0.3,
};

/** A suggestion of which the truth is known. */
export interface WeighedSuggestion {
  readonly score: number;
  /** What showing it saved, in seconds; negative where it cost. */
  readonly savedS: number;
}

/** What each suggestion of one photograph saves someone who knows its boxes. */
export function weighSuggestions(
  truth: readonly HandBox[],
  suggestions: readonly PredictedBox[],
  costs: AnswerCosts = usualCosts,
): WeighedSuggestion[] {
  return matchBoxes(truth, suggestions, costs.usableIou).flatMap(({ hand, predicted, iou }) => {
    if (predicted === null) return [];
    const { score } = predicted;
    if (hand === null) return [{ score, savedS: -costs.reject }];
    const answer = iou >= costs.goodIou ? costs.accept : costs.adjust;
    const renamed = hand.classId === predicted.classId ? 0 : costs.rename;
    return [{ score, savedS: costs.draw - answer - renamed }];
  });
}

/** With fewer photographs the best cut of the past is luck. */
export const fewestToChoose = 8;

/**
 * The cut above which suggestions saved the most on photographs whose truth is known and that the model did not learn from; 1 when none of
 * them saved anything, `usual` with fewer than {@link fewestToChoose} photographs. Cuts lie between scores that occurred, in hundredths.
 */
export function chooseCut(
  photographs: readonly (readonly WeighedSuggestion[])[],
  usual: number,
  atLeast = fewestToChoose,
): number {
  if (photographs.length < atLeast) return usual;
  const all = photographs.flat().sort((a, b) => b.score - a.score);
  let sum = 0;
  let best = { saved: 0, cut: 1 };
  for (const [at, { score, savedS }] of all.entries()) {
    sum += savedS;
    const next = all[at + 1]?.score ?? 0;
    const cut = Math.ceil(next * 100 + 1e-9) / 100;
    // Only a cut that really parts the two: several scores may share a hundredth.
    if (sum > best.saved && cut <= score && cut > next) best = { saved: sum, cut };
  }
  return best.cut;
}

/** The right share from which an answer takes less time than it saves, when right ones are left as they are. */
export function computeWorthFrom({ draw, accept, reject }: AnswerCosts = usualCosts): number {
  return reject / (draw - accept + reject);
}
