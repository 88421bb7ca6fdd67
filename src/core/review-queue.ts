/** What can be asked of a review queue: in which order, of what, and how large a share is drawn at random. */
import { z } from 'zod';
import { splitSchema } from './records.ts';

/**
 * `least-sure`: scores nearest 0.5 first. `disagreement`: where the model and the one before it say the most different. `class`: class by
 * class, each by falling score. `random`: a shuffle that stays.
 */
export const reviewOrderSchema = z.enum(['least-sure', 'disagreement', 'class', 'highest-score', 'random']);
export type ReviewOrder = z.infer<typeof reviewOrderSchema>;

export const reviewFilterSchema = z.object({
  classId: z.string().optional(),
  group: z.string().optional(),
  split: splitSchema.optional(),
  /** The suggestions that were put aside, in place of those that wait. */
  isUnsure: z.boolean().optional(),
});
export type ReviewFilter = z.infer<typeof reviewFilterSchema>;

export const reviewSettingsSchema = z.object({
  /** Part of the questions that are about photographs drawn at random, looked over whole: what figures are estimated from. */
  randomShare: z.number().min(0).max(1),
  /**
   * True where photographs hold one fish each at most: of each only the surest suggestion is offered, the next once it was rejected, and none
   * where a fish is labelled.
   */
  oneFish: z.boolean().default(false),
});
export type ReviewSettings = z.infer<typeof reviewSettingsSchema>;

export const defaultReviewSettings: ReviewSettings = { randomShare: 0.1, oneFish: false };

/** True when the next photograph should be a drawn one: fewer of the questions so far were about drawn ones than their share asks for. */
export function isDrawDue(
  asked: { readonly all: number; readonly drawn: number },
  randomShare: number,
): boolean {
  return randomShare > 0 && asked.drawn < randomShare * (asked.all + 1);
}

export const defaultFilter: ReviewFilter = {};

/** True for a queue that one index of the suggestions answers: one of three orders, nothing filtered. */
export function isPlainQueue(
  order: ReviewOrder,
  { classId, group, split, isUnsure }: ReviewFilter,
): order is 'least-sure' | 'highest-score' | 'random' {
  const isPlain = classId === undefined && group === undefined && split === undefined && isUnsure !== true;
  return isPlain && order !== 'class' && order !== 'disagreement';
}
