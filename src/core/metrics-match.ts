/** Hand boxes against predicted boxes, pair by pair: what the Compare page shows and what precision and recall count. */
import { computeIou, type PixelBox } from './geometry.ts';

/** Anything with a class and a place; records of the project qualify once wrapped. */
export interface HandBox {
  readonly classId: string;
  readonly box: PixelBox;
}

export interface PredictedBox extends HandBox {
  readonly score: number;
}

/** One fish as both sides see it. */
export interface MatchedPair<H extends HandBox, P extends PredictedBox> {
  readonly verdict: 'matched' | 'missed' | 'extra' | 'wrong-class';
  /** IoU of the pair; 0 for `missed` and `extra`. */
  readonly iou: number;
  readonly hand: H | null;
  readonly predicted: P | null;
}

/**
 * Pairs the boxes of one image. Predictions choose by falling score the free hand box they overlap most, whatever its class, when
 * IoU ≥ `iouCut` (0..1); between equal overlaps the same class wins. Every box of both sides is in exactly one pair: predictions in
 * order of score, then the missed hand boxes in their own order.
 */
export function matchBoxes<H extends HandBox, P extends PredictedBox>(
  hand: readonly H[],
  predicted: readonly P[],
  iouCut: number,
): MatchedPair<H, P>[] {
  const free = new Set(hand.keys());
  const pairs: MatchedPair<H, P>[] = [];
  for (const guess of [...predicted].sort((a, b) => b.score - a.score)) {
    let best = -1;
    let bestIou = 0;
    let bestSame = false;
    for (const at of free) {
      const candidate = hand[at];
      if (candidate === undefined) continue;
      const iou = computeIou(candidate.box, guess.box);
      const same = candidate.classId === guess.classId;
      if (iou <= 0 || iou < iouCut || iou < bestIou || (iou === bestIou && (bestSame || !same))) continue;
      best = at;
      bestIou = iou;
      bestSame = same;
    }
    free.delete(best);
    const partner = hand[best];
    if (partner === undefined) pairs.push({ verdict: 'extra', iou: 0, hand: null, predicted: guess });
    else
      pairs.push({
        verdict: bestSame ? 'matched' : 'wrong-class',
        iou: bestIou,
        hand: partner,
        predicted: guess,
      });
  }
  for (const at of free) pairs.push({ verdict: 'missed', iou: 0, hand: hand[at] ?? null, predicted: null });
  return pairs;
}

type AnyPair = MatchedPair<HandBox, PredictedBox>;

/** Precision and recall of suggestions at one cut. A box under the wrong class is both a wrong suggestion and a missed fish. */
export interface PrecisionRecall {
  readonly found: number;
  readonly wrong: number;
  readonly missed: number;
  /** found / (found + wrong); null when nothing was suggested. */
  readonly precision: number | null;
  /** found / (found + missed); null when there was nothing to find. */
  readonly recall: number | null;
  readonly f1: number | null;
}

/** Counts pairs of any number of images. With `classId`, only that class. */
export function computePrecisionRecall(pairs: Iterable<AnyPair>, classId?: string): PrecisionRecall {
  let found = 0;
  let wrong = 0;
  let missed = 0;
  const counts = (box: HandBox | null): boolean =>
    box !== null && (classId === undefined || box.classId === classId);
  for (const pair of pairs) {
    if (pair.verdict === 'matched') found += counts(pair.hand) ? 1 : 0;
    else {
      wrong += counts(pair.predicted) ? 1 : 0;
      missed += counts(pair.hand) ? 1 : 0;
    }
  }
  const precision = found + wrong === 0 ? null : found / (found + wrong);
  const recall = found + missed === 0 ? null : found / (found + missed);
  const f1 = 2 * found + wrong + missed === 0 ? null : (2 * found) / (2 * found + wrong + missed);
  return { found, wrong, missed, precision, recall, f1 };
}

/** Mean IoU of the pairs that met, whatever their class; null when none did. */
export function computeMeanIou(pairs: Iterable<AnyPair>): number | null {
  let sum = 0;
  let n = 0;
  for (const pair of pairs) {
    if (pair.hand === null || pair.predicted === null) continue;
    sum += pair.iou;
    n++;
  }
  return n === 0 ? null : sum / n;
}

/**
 * Rows: hand class, columns: predicted class, both in the order of `classIds`; the last row and column stand for nothing there.
 * Boxes of classes not listed are left out.
 */
export function computeBoxConfusion(pairs: Iterable<AnyPair>, classIds: readonly string[]): number[][] {
  const nothing = classIds.length;
  const at = new Map(classIds.map((id, i) => [id, i]));
  const counts = Array.from({ length: nothing + 1 }, () => new Array<number>(nothing + 1).fill(0));
  for (const pair of pairs) {
    const row = pair.hand === null ? nothing : at.get(pair.hand.classId);
    const column = pair.predicted === null ? nothing : at.get(pair.predicted.classId);
    if (row === undefined || column === undefined) continue;
    const line = counts[row];
    if (line !== undefined) line[column] = (line[column] ?? 0) + 1;
  }
  return counts;
}
