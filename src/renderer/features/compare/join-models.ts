/** Two models on the same labels: for each hand box and each invention, who is right. Pure. */
import type { ComparePair, Comparison } from '../../../contract/schemas.ts';
import { computeIou } from '../../../core/geometry.ts';

export const outcomes = ['only-first', 'only-second', 'neither', 'both'] as const;
/** Who is right: about a hand box, who found it under its class; about a place without one, who saw nothing there. */
export type Outcome = (typeof outcomes)[number];

/** One fish, or one invention, as both models see it. */
export interface JoinedPair {
  readonly key: string;
  readonly image: ComparePair['image'];
  readonly hand: ComparePair['hand'];
  /** Null where that model says nothing about a place without a hand box. */
  readonly first: ComparePair | null;
  readonly second: ComparePair | null;
  readonly outcome: Outcome;
}

/** Overlap from which two inventions are one. */
const sameIou = 0.5;

/** Where the models differ first, the largest difference of overlap before the others. */
export function joinModels(first: Comparison, second: Comparison): JoinedPair[] {
  const secondOf = new Map(
    second.pairs.flatMap((pair) => (pair.hand === null ? [] : [[pair.hand.id, pair]])),
  );
  const about = first.pairs.flatMap((pair): JoinedPair[] => {
    const other = pair.hand === null ? undefined : secondOf.get(pair.hand.id);
    // A pair that did not fit into one of the answers cannot be told.
    if (pair.hand === null || other === undefined) return [];
    const outcome = nameOutcome(pair.verdict === 'matched', other.verdict === 'matched');
    return [{ key: pair.hand.id, image: pair.image, hand: pair.hand, first: pair, second: other, outcome }];
  });
  const left = new Set(second.pairs.filter(({ verdict }) => verdict === 'extra'));
  const invented = first.pairs
    .filter(({ verdict }) => verdict === 'extra')
    .map((pair): JoinedPair => {
      const other = findSame(pair, left);
      if (other !== null) left.delete(other);
      return join(pair, other);
    });
  const rest = [...left].map((pair) => join(null, pair));
  return [...about, ...invented, ...rest].sort(
    (a, b) => outcomes.indexOf(a.outcome) - outcomes.indexOf(b.outcome) || difference(b) - difference(a),
  );
}

/** How many of each outcome. */
export function countOutcomes(joined: readonly JoinedPair[]): Record<Outcome, number> {
  const counts = { 'only-first': 0, 'only-second': 0, neither: 0, both: 0 };
  for (const { outcome } of joined) counts[outcome] += 1;
  return counts;
}

function nameOutcome(isFirst: boolean, isSecond: boolean): Outcome {
  if (isFirst && isSecond) return 'both';
  return isFirst ? 'only-first' : isSecond ? 'only-second' : 'neither';
}

function join(first: ComparePair | null, second: ComparePair | null): JoinedPair {
  const pair = (first ?? second) as ComparePair;
  const key = `${first?.predicted?.id ?? '-'}/${second?.predicted?.id ?? '-'}`;
  return {
    key,
    image: pair.image,
    hand: null,
    first,
    second,
    outcome: nameOutcome(first === null, second === null),
  };
}

function findSame(pair: ComparePair, among: ReadonlySet<ComparePair>): ComparePair | null {
  for (const other of among) {
    if (other.image.id !== pair.image.id || other.predicted === null || pair.predicted === null) continue;
    if (computeIou(other.predicted, pair.predicted) >= sameIou) return other;
  }
  return null;
}

const difference = ({ hand, first, second }: JoinedPair): number =>
  hand === null
    ? Math.max(first?.predicted?.score ?? 0, second?.predicted?.score ?? 0)
    : Math.abs((first?.iou ?? 0) - (second?.iou ?? 0));
