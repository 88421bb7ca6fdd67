/** A simulated person: what each answer costs, and how photographs are answered with suggestions and without. Pure; all times in seconds. */
import type { PixelBox } from '../../src/core/geometry.ts';
import { type HandBox, matchBoxes, type PredictedBox } from '../../src/core/metrics-match.ts';
import { type AnswerCosts, usualCosts } from '../../src/core/review-worth.ts';

/** The published cost model: every number is a setting. */
export interface Costs extends AnswerCosts {
  /** Opening a photograph and looking over it. */
  readonly look: number;
  /**
   * Seeing that a suggestion is wrong and leaving it: saying that the photograph is reviewed answers all that are left with one key. What a
   * rejection takes less the key (0.28 s, Card, Moran & Newell 1980).
   */
  readonly pass: number;
  /** The key that ends a photograph with suggestions left. */
  readonly finish: number;
}

export const publishedCosts: Costs = { ...usualCosts, look: 1, pass: 0.92, finish: 0.28 };

/** A photograph answered. */
export interface Answer<P extends PredictedBox> {
  readonly seconds: number;
  readonly drawn: readonly HandBox[];
  /** Suggestions that stay as they are, but perhaps for their class. */
  readonly accepted: readonly { readonly predicted: P; readonly classId: string; readonly iou: number }[];
  /** Suggestions whose box was moved to where the fish is. */
  readonly adjusted: readonly { readonly predicted: P; readonly classId: string; readonly box: PixelBox }[];
  /** Wrong ones: rejected one by one, or left when the photograph is ended, whichever is quicker. */
  readonly rejected: readonly P[];
}

/** What a person who knows the truth makes of the suggestions. With none, all is drawn. */
export function answer<P extends PredictedBox>(
  truth: readonly HandBox[],
  suggestions: readonly P[],
  costs: Costs,
): Answer<P> {
  const drawn: HandBox[] = [];
  const accepted: { predicted: P; classId: string; iou: number }[] = [];
  const adjusted: { predicted: P; classId: string; box: PixelBox }[] = [];
  const rejected: P[] = [];
  let renamed = 0;
  for (const { hand, predicted, iou } of matchBoxes(truth, suggestions, costs.usableIou)) {
    if (hand === null) rejected.push(predicted as P);
    else if (predicted === null) drawn.push(hand);
    else {
      const { classId, box } = hand;
      if (predicted.classId !== classId) renamed++;
      if (iou >= costs.goodIou) accepted.push({ predicted, classId, iou });
      else adjusted.push({ predicted, classId, box });
    }
  }
  const seconds =
    costs.look +
    drawn.length * costs.draw +
    accepted.length * costs.accept +
    adjusted.length * costs.adjust +
    Math.min(rejected.length * costs.reject, costs.finish + rejected.length * costs.pass) +
    renamed * costs.rename;
  return { seconds, drawn, accepted, adjusted, rejected };
}
