/**
 * Labels that a model doubts with confidence. The bar of each class is the model's own mean confidence on boxes that the hand gave that
 * class (confident learning: Northcutt, Jiang, Chuang 2021, doi 10.1613/jair.1.12125); for boxes, the kinds of doubt are those of ObjectLab
 * (Tkachenko, Thyagarajan, Mueller 2023, arXiv 2309.00832): another class, none drawn, badly placed. Pure; docs/science/suspects.md.
 */
import { computeIou, type PixelBox } from './geometry.ts';
import type { HandBox, PredictedBox } from './metrics-match.ts';
import { defaultCutScore } from './review.ts';

/**
 * `class`: the model names this box otherwise. `not-drawn`: it sees a fish where no box is. `place`: it sees the same fish elsewhere or of
 * another size. `not-there`: it sees nothing at all where a box is.
 */
export const suspectKinds = ['class', 'not-drawn', 'place', 'not-there'] as const;
export type SuspectKind = (typeof suspectKinds)[number];

export interface SuspectImage<H extends HandBox, P extends PredictedBox> {
  readonly hand: readonly H[];
  readonly predicted: readonly P[];
  /** True where the model learnt from these very labels: its confidence there says less. */
  readonly isTaught: boolean;
}

export interface Suspect<H extends HandBox, P extends PredictedBox> {
  /** Index of the image. */
  readonly image: number;
  readonly kind: SuspectKind;
  /** 0..1: how strongly the model disagrees; see docs/science/suspects.md for each kind. */
  readonly doubt: number;
  /** IoU of the two boxes, 0 where there is one alone. */
  readonly iou: number;
  readonly hand: H | null;
  readonly predicted: P | null;
}

/** From here on two boxes are of the same fish. */
const sameIou = 0.5;
/** Below this they have nothing to do with each other. */
const touchIou = 0.1;
/** Fewer boxes of a class on images that taught nothing are too few for a mean: then those of all images count. */
const fewBoxes = 5;

/** Mean confidence of the model on boxes of a class; `boxes` is how many it rests on, null a class that no hand box has. */
export interface ClassBar {
  readonly classId: string;
  readonly minScore: number | null;
  readonly boxes: number;
}

/** The bar of each class: how sure the model is, on average, of boxes labelled so (0 where it says nothing of them). */
export function computeBars<H extends HandBox, P extends PredictedBox>(
  images: readonly SuspectImage<H, P>[],
  classIds: readonly string[],
): ClassBar[] {
  const held = new Map<string, number[]>();
  const all = new Map<string, number[]>();
  for (const { hand, predicted, isTaught } of images)
    for (const { classId, box } of hand) {
      const own = confidence(box, classId, predicted);
      append(all, classId, own);
      if (!isTaught) append(held, classId, own);
    }
  return classIds.map((classId) => {
    const apart = held.get(classId) ?? [];
    const scores = apart.length >= fewBoxes ? apart : (all.get(classId) ?? []);
    const sum = scores.reduce((total, score) => total + score, 0);
    return { classId, minScore: scores.length === 0 ? null : sum / scores.length, boxes: scores.length };
  });
}

/** Everything doubted, the strongest doubt first; among equals those the model did not learn from come first. */
export function findSuspects<H extends HandBox, P extends PredictedBox>(
  images: readonly SuspectImage<H, P>[],
  bars: readonly ClassBar[],
): Suspect<H, P>[] {
  const barOf = new Map(bars.map(({ classId, minScore }) => [classId, minScore]));
  // A model that knows a class badly has a low bar: what nobody would be shown as a suggestion doubts no label either.
  const isSure = ({ classId, score }: P): boolean => {
    const bar = barOf.get(classId) ?? null;
    return bar !== null && score >= Math.max(bar, defaultCutScore);
  };
  const found = images.flatMap((entry, image) => {
    const doubts = entry.hand.flatMap((hand) => doubtHand(hand, entry, isSure, barOf.get(hand.classId) ?? 0));
    const used = new Set(doubts.map(({ predicted }) => predicted));
    const undrawn = entry.predicted
      .filter((guess) => isSure(guess) && !used.has(guess))
      .filter((guess) => entry.hand.every(({ box }) => computeIou(box, guess.box) < touchIou))
      .sort((a, b) => b.score - a.score)
      .filter((guess, i, list) => isSurest(guess, list.slice(0, i)))
      .map(
        (predicted): Doubt<H, P> => ({
          kind: 'not-drawn',
          doubt: predicted.score,
          iou: 0,
          hand: null,
          predicted,
        }),
      );
    return [...doubts, ...undrawn].map((doubt) => ({ ...doubt, image }));
  });
  const taught = (image: number): number => (images[image]?.isTaught === true ? 1 : 0);
  return found.sort((a, b) => b.doubt - a.doubt || taught(a.image) - taught(b.image) || a.image - b.image);
}

type Doubt<H extends HandBox, P extends PredictedBox> = Omit<Suspect<H, P>, 'image'>;

function doubtHand<H extends HandBox, P extends PredictedBox>(
  hand: H,
  { predicted, hand: drawn }: SuspectImage<H, P>,
  isSure: (guess: P) => boolean,
  bar: number,
): Doubt<H, P>[] {
  const own = confidence(hand.box, hand.classId, predicted);
  const near = predicted
    .map((guess) => ({ guess, iou: computeIou(hand.box, guess.box) }))
    .filter(({ iou }) => iou >= touchIou);
  // In a heap the model's box of the next fish lies over this one, too: it doubts nothing here.
  const isOfAnother = ({ guess, iou }: { guess: P; iou: number }): boolean =>
    drawn.some(
      (other) => other !== hand && computeIou(other.box, guess.box) >= Math.max(iou, Number.EPSILON),
    );
  const ownNear = near.filter((entry) => !isOfAnother(entry));
  const other = surest(
    ownNear.filter(({ guess, iou }) => iou >= sameIou && guess.classId !== hand.classId && isSure(guess)),
  );
  if (other !== undefined && other.guess.score > own)
    return [{ kind: 'class', doubt: other.guess.score - own, iou: other.iou, hand, predicted: other.guess }];
  const same = near.filter(({ guess }) => guess.classId === hand.classId);
  const aside = surest(ownNear.filter(({ guess }) => guess.classId === hand.classId && isSure(guess)));
  if (aside !== undefined && same.every(({ iou }) => iou < sameIou)) {
    const doubt = aside.guess.score * (1 - aside.iou);
    return [{ kind: 'place', doubt, iou: aside.iou, hand, predicted: aside.guess }];
  }
  // Nothing at all, of a class that the model mostly sees: the bar is how much it would have been expected to say.
  if (near.length === 0 && bar >= defaultCutScore)
    return [{ kind: 'not-there', doubt: bar, iou: 0, hand, predicted: null }];
  return [];
}

/** What the model says for this class at this place: its surest box of the class there, 0 without one. */
function confidence(box: PixelBox, classId: string, predicted: readonly PredictedBox[]): number {
  return predicted.reduce(
    (most, guess) =>
      guess.classId === classId && guess.score > most && computeIou(box, guess.box) >= sameIou
        ? guess.score
        : most,
    0,
  );
}

function surest<P extends PredictedBox>(
  list: readonly { guess: P; iou: number }[],
): { guess: P; iou: number } | undefined {
  return list.reduce<{ guess: P; iou: number } | undefined>(
    (best, next) => (best === undefined || next.guess.score > best.guess.score ? next : best),
    undefined,
  );
}

/** One fish seen under two classes is asked about once. */
function isSurest<P extends PredictedBox>(guess: P, earlier: readonly P[]): boolean {
  return earlier.every((other) => computeIou(other.box, guess.box) < sameIou);
}

function append(lists: Map<string, number[]>, key: string, value: number): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}
