/** Which pairs of hand and model are shown; their order is the host's. */
import type { ComparePair, Comparison } from '../../../contract/schemas.ts';
import { binOfScore } from '../../../core/score-histogram.ts';

export const verdicts = ['matched', 'wrong-class', 'missed', 'extra'] as const;
export type Verdict = (typeof verdicts)[number];

/** A cell of the confusion matrix by index; the last row and column mean "nothing there". */
export interface Cell {
  readonly row: number;
  readonly column: number;
}

/** At most one of them is chosen. */
export interface PairFilter {
  readonly verdict: Verdict | null;
  readonly cell: Cell | null;
  /** A step of the score histogram. */
  readonly bin: number | null;
}

export const noFilter: PairFilter = { verdict: null, cell: null, bin: null };

export const totalOf = (totals: Comparison['totals'], verdict: Verdict): number =>
  verdict === 'wrong-class' ? totals.wrongClass : totals[verdict];

/** All pairs there are, also those that did not fit into the answer. */
export const totalOfAll = (totals: Comparison['totals']): number =>
  verdicts.reduce((sum, verdict) => sum + totalOf(totals, verdict), 0);

/** A pair has no id of its own: the records it is made of name it. */
export const pairKey = ({ hand, predicted }: Pick<ComparePair, 'hand' | 'predicted'>): string =>
  `${hand?.id ?? '-'}/${predicted?.id ?? '-'}`;

/** The pairs that pass the filter, in the order they have. */
export function choosePairs(comparison: Comparison, filter: PairFilter): ComparePair[] {
  const { classIds } = comparison.confusion;
  const nothing = classIds.length;
  const indexOf = (classId: string | undefined): number =>
    classId === undefined ? nothing : classIds.indexOf(classId);
  return comparison.pairs.filter(({ hand, predicted, verdict }) => {
    if (filter.verdict !== null && verdict !== filter.verdict) return false;
    if (filter.bin !== null && (predicted === null || binOfScore(predicted.score) !== filter.bin))
      return false;
    if (filter.cell === null) return true;
    return indexOf(hand?.classId) === filter.cell.row && indexOf(predicted?.classId) === filter.cell.column;
  });
}
