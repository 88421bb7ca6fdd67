/** Which pairs of hand and model are shown, and in what order: worst agreement first. */
import type { ComparePair, Comparison } from '../../../contract/schemas.ts';

export const verdicts = ['matched', 'wrong-class', 'missed', 'extra'] as const;
export type Verdict = (typeof verdicts)[number];

/** A cell of the confusion matrix by index; the last row and column mean "nothing there". */
export interface Cell {
  readonly row: number;
  readonly column: number;
}

export interface PairFilter {
  readonly verdict: Verdict | null;
  readonly cell: Cell | null;
}

export const totalOf = (totals: Comparison['totals'], verdict: Verdict): number =>
  verdict === 'wrong-class' ? totals.wrongClass : totals[verdict];

/** A pair has no id of its own: the records it is made of name it. */
export const pairKey = ({ hand, predicted }: ComparePair): string =>
  `${hand?.id ?? '-'}/${predicted?.id ?? '-'}`;

/** The pairs that pass the filter, worst IoU first; among equals the surest model box first. */
export function choosePairs(comparison: Comparison, filter: PairFilter): ComparePair[] {
  const { classIds } = comparison.confusion;
  const nothing = classIds.length;
  const indexOf = (classId: string | undefined): number =>
    classId === undefined ? nothing : classIds.indexOf(classId);
  return comparison.pairs
    .filter((pair) => filter.verdict === null || pair.verdict === filter.verdict)
    .filter(({ hand, predicted }) => {
      if (filter.cell === null) return true;
      return indexOf(hand?.classId) === filter.cell.row && indexOf(predicted?.classId) === filter.cell.column;
    })
    .sort((a, b) => a.iou - b.iou || (b.predicted?.score ?? 0) - (a.predicted?.score ?? 0));
}
