/** What a review can promise: precision and recall from photographs drawn at random, and when it may stop. docs/science/review.md. Pure. */
import { type CountedUnit, estimateShare, type ShareEstimate, wilsonInterval } from './proportion.ts';

/** A drawn photograph that was looked over whole, with its suggestions at or above the cut. */
export interface DrawnPhotograph {
  readonly suggestions: readonly { readonly score: number; readonly isRight: boolean }[];
  /** Hand boxes, and how many of them a suggestion met. */
  readonly boxes: number;
  readonly met: number;
}

export interface ReviewEstimate {
  /** Null while too little is known. */
  readonly precision: ShareEstimate | null;
  readonly recall: ShareEstimate | null;
  readonly photographs: number;
}

/** Fewer drawn photographs say too little about how much photographs differ: no interval is shown, and nothing is advised. */
export const fewestDrawn = 10;

export function estimateReview(drawn: readonly DrawnPhotograph[]): ReviewEstimate {
  const photographs = drawn.length;
  if (photographs < fewestDrawn) return { precision: null, recall: null, photographs };
  const right = drawn.map(
    ({ suggestions }): CountedUnit => ({
      top: suggestions.filter(({ isRight }) => isRight).length,
      bottom: suggestions.length,
    }),
  );
  const met = drawn.map(({ met: top, boxes: bottom }) => ({ top, bottom }));
  return { precision: estimateShare(right), recall: estimateShare(met), photographs };
}

/**
 * Why a review may stop, or may not yet. `answered`: nothing waits. `few-left`: what waits holds at most {@link leftShare} of all fish.
 * `sure`: at least {@link sureShare} of what waits is right, so that all of it can be taken at once. `not-worth`: so little of it is right that
 * answering takes longer than drawing. `go-on`: none of these. `unknown`: fewer than {@link fewestDrawn} photographs were drawn.
 */
export type StopReason = 'answered' | 'few-left' | 'sure' | 'not-worth' | 'go-on' | 'unknown';

export interface StopAdvice {
  readonly reason: StopReason;
  /** At most so many of the waiting suggestions are right (upper bound); null while unknown. */
  readonly rightAtMost: number | null;
}

export const leftShare = 0.05;
export const sureShare = 0.95;
/** Suggestions of one band of scores are right about as often as each other, whatever order they were asked in. */
export const scoreBands = [0, 0.25, 0.5, 0.75] as const;
const level = 0.95;

/**
 * The rule. In each band of scores the right share of drawn suggestions has a Wilson bound, each at a level that together they hold with
 * 95 % (Bonferroni), at the effective size of {@link estimateShare}. `waiting`: suggestions without an answer a band of {@link scoreBands};
 * `boxes`: fish that have a label. `worthFrom`: the right share from which an answer costs less time than it saves, 0..1.
 */
export function adviseStop(input: {
  readonly drawn: readonly DrawnPhotograph[];
  readonly waiting: readonly number[];
  readonly boxes: number;
  readonly worthFrom: number;
}): StopAdvice {
  const { drawn, waiting, boxes, worthFrom } = input;
  const left = waiting.reduce((sum, n) => sum + n, 0);
  if (left === 0) return { reason: 'answered', rightAtMost: 0 };
  if (drawn.length < fewestDrawn) return { reason: 'unknown', rightAtMost: null };
  const bounds = scoreBands.map((from, band) => {
    const below = scoreBands[band + 1] ?? Number.POSITIVE_INFINITY;
    return boundShare(
      drawn.map(({ suggestions }) => {
        const inBand = suggestions.filter(({ score }) => score >= from && score < below);
        return { top: inBand.filter(({ isRight }) => isRight).length, bottom: inBand.length };
      }),
    );
  });
  const sumOf = (side: 'low' | 'high'): number =>
    waiting.reduce((sum, n, band) => sum + n * (bounds[band]?.[side] ?? (side === 'low' ? 0 : 1)), 0);
  const rightAtMost = sumOf('high');
  const rightAtLeast = sumOf('low');
  const reason =
    rightAtMost <= leftShare * (boxes + rightAtMost)
      ? 'few-left'
      : rightAtLeast >= sureShare * left
        ? 'sure'
        : rightAtMost < worthFrom * left
          ? 'not-worth'
          : 'go-on';
  return { reason, rightAtMost };
}

function boundShare(units: readonly CountedUnit[]): { low: number; high: number } {
  // One side of each band is asked about at a time.
  const banded = 1 - (2 * (1 - level)) / scoreBands.length;
  const estimate = estimateShare(units, banded);
  return estimate ?? wilsonInterval(0, 0, banded);
}
