/** The loop of asking, answering and learning again, as windows see it. */
import { z } from 'zod';
import { type KeepLearningSettings, keepLearningSettingsSchema } from '../core/keep-learning.ts';
import { metricsSchema } from '../core/records.ts';
import { type ReviewFilter, type ReviewSettings, reviewSettingsSchema } from '../core/review-queue.ts';
import type { QueueOrder } from './host-api.ts';
import { imageListItemSchema, type QueueItem, queueItemSchema } from './schemas.ts';

/** A model that learnt in the background: it waits for a word, or has taken over by itself and says so. */
export const modelOfferSchema = z.object({
  modelId: z.string(),
  name: z.string(),
  /** True where it suggests already, as was chosen: the word is whether it shall stay. */
  isInUse: z.boolean(),
  /** The model in use when it began. */
  againstName: z.string(),
  /** Photographs it learnt from that were answered since the training before. */
  answered: z.number().int(),
  /** What the model in use said of the photographs in `after`, before the first step; null where it could not be gone on with. */
  before: metricsSchema.nullable(),
  after: metricsSchema.nullable(),
});
export type ModelOffer = z.infer<typeof modelOfferSchema>;

export const keepLearningViewSchema = z.object({
  settings: keepLearningSettingsSchema,
  /** Photographs answered since the last training began. */
  answered: z.number().int(),
  /** The training in the background, while it waits or runs. */
  jobId: z.string().nullable(),
  offer: modelOfferSchema.nullable(),
  /** Why nothing will be trained: there is no model in use yet, or its recipe trains no net of its own. */
  obstacle: z.enum(['no-model', 'recipe']).nullable(),
});
export type KeepLearningView = z.infer<typeof keepLearningViewSchema>;

/** A photograph drawn at random that was not looked over whole yet, with the suggestions on it that wait. */
export const drawnPhotographSchema = z.object({
  image: imageListItemSchema,
  items: z.array(queueItemSchema),
});
export type DrawnPhotographView = z.infer<typeof drawnPhotographSchema>;

const shareEstimateSchema = z.object({
  value: z.number(),
  low: z.number(),
  high: z.number(),
  level: z.number(),
  n: z.number(),
  units: z.number(),
});

/** How a review stands, at a cut. */
export const reviewStateSchema = z.object({
  settings: reviewSettingsSchema,
  /** Drawn photographs that were looked over whole, and so many are needed before anything is told. */
  photographs: z.number().int(),
  fewestPhotographs: z.number().int(),
  precision: shareEstimateSchema.nullable(),
  recall: shareEstimateSchema.nullable(),
  stop: z.object({
    reason: z.enum(['answered', 'few-left', 'sure', 'not-worth', 'go-on', 'unknown']),
    rightAtMost: z.number().nullable(),
  }),
  /** Suggestions that wait at or above the cut, and those put aside. */
  waiting: z.number().int(),
  unsure: z.number().int(),
  /** The cut that would have saved the most time on photographs looked over whole, or labelled by drawing, that the model did not learn from; null with too few. */
  worthCut: z.object({ cut: z.number(), photographs: z.number().int() }).nullable(),
});
export type ReviewState = z.infer<typeof reviewStateSchema>;

export interface LoopApi {
  /** A part of the suggestions of the pinned model that wait, or were put aside. `disagreement` without a second model is `least-sure`. */
  reviewQueue(input: {
    order: QueueOrder;
    minScore: number;
    filter?: ReviewFilter | undefined;
    limit: number;
  }): Promise<{ total: number; items: QueueItem[] }>;
  /** The next photograph of the random share; null when all were looked over, or no model suggests. */
  reviewDraw(input: { minScore: number }): Promise<DrawnPhotographView | null>;
  reviewState(input: { minScore: number }): Promise<ReviewState>;
  saveReviewSettings(input: ReviewSettings): Promise<void>;
  keepLearning(): Promise<KeepLearningView>;
  /** Changes some of the settings of the open project and returns how things stand. */
  saveKeepLearning(
    input: {
      [K in keyof KeepLearningSettings]?: KeepLearningSettings[K] | undefined;
    },
  ): Promise<KeepLearningView>;
  /**
   * `use`: the offered model suggests from now on, and looks at all photographs. Else the offer goes; the model stays in the table. Of one
   * that took over by itself: `use` keeps it, else the one before suggests again. Throws `offer/gone` when another one took its place.
   */
  answerOffer(input: { modelId: string; use: boolean }): Promise<KeepLearningView>;
}
