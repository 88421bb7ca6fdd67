/** A simulated person: what each answer costs, and how photographs are answered with suggestions and without. Pure; all times in seconds. */
import type { PixelBox } from '../../src/core/geometry.ts';
import { type HandBox, matchBoxes, type PredictedBox } from '../../src/core/metrics-match.ts';

/** The published cost model: every number is a setting. */
export interface Costs {
  /** Opening a photograph and looking over it. */
  readonly look: number;
  readonly draw: number;
  readonly accept: number;
  readonly reject: number;
  /** Taking a suggestion's box and moving its edges. */
  readonly adjust: number;
  /** Giving a box another class. */
  readonly rename: number;
  /** From this overlap (IoU, 0..1) on a person leaves a box as it is. */
  readonly goodIou: number;
  /** From this overlap on moving the edges is less work than drawing. */
  readonly usableIou: number;
}

export const publishedCosts: Costs = {
  look: 1,
  draw: 7,
  accept: 1.2,
  reject: 1.2,
  adjust: 3.5,
  rename: 1.2,
  goodIou: 0.7,
  usableIou: 0.3,
};

/** A photograph answered. */
export interface Answer<P extends PredictedBox> {
  readonly seconds: number;
  readonly drawn: readonly HandBox[];
  /** Suggestions that stay as they are, but perhaps for their class. */
  readonly accepted: readonly { readonly predicted: P; readonly classId: string; readonly iou: number }[];
  /** Suggestions whose box was moved to where the fish is. */
  readonly adjusted: readonly { readonly predicted: P; readonly classId: string; readonly box: PixelBox }[];
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
    rejected.length * costs.reject +
    renamed * costs.rename;
  return { seconds, drawn, accepted, adjusted, rejected };
}

/** A photograph that was answered already, with all that the model now in use had suggested on it before. */
export interface Seen {
  readonly truth: readonly HandBox[];
  readonly suggestions: readonly PredictedBox[];
}

const CUTS = [0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.01];

/**
 * The cut that would have cost least on photographs answered since the model came (it did not learn from them); the studio knows as much.
 * `usual` before there are `atLeast` of them.
 */
export function chooseCut(seen: readonly Seen[], costs: Costs, usual: number, atLeast = 8): number {
  if (seen.length < atLeast) return usual;
  const costOf = (cut: number): number =>
    seen.reduce(
      (sum, { truth, suggestions }) =>
        sum +
        answer(
          truth,
          suggestions.filter(({ score }) => score >= cut),
          costs,
        ).seconds,
      0,
    );
  return CUTS.reduce((best, cut) => (costOf(cut) < costOf(best) ? cut : best));
}
