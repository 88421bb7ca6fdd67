/** Reviewing suggestions, and learning in the background from the answers. */
import { z } from 'zod';
import { keepLearningSettingsSchema } from '../../core/keep-learning.ts';
import { reviewFilterSchema, reviewSettingsSchema } from '../../core/review-queue.ts';
import { drawnPhotographSchema, keepLearningViewSchema, reviewStateSchema } from '../loop.ts';
import { none, procedure } from '../procedure.ts';
import { queueItemSchema, queueOrderSchema } from '../schemas.ts';

const cut = z.object({ minScore: z.number().min(0).max(1) });

export const loopRoutes = {
  reviewQueue: procedure
    .input(
      cut.extend({
        order: queueOrderSchema,
        filter: reviewFilterSchema.optional(),
        limit: z.number().int().min(1).max(1000),
      }),
    )
    .output(z.object({ total: z.number(), items: z.array(queueItemSchema) }))
    .query(({ ctx, input }) => ctx.host.reviewQueue(input)),
  reviewDraw: procedure
    .input(cut)
    .output(drawnPhotographSchema.nullable())
    .query(({ ctx, input }) => ctx.host.reviewDraw(input)),
  reviewState: procedure
    .input(cut)
    .output(reviewStateSchema)
    .query(({ ctx, input }) => ctx.host.reviewState(input)),
  saveReviewSettings: procedure
    .input(reviewSettingsSchema)
    .output(none)
    .mutation(({ ctx, input }) => ctx.host.saveReviewSettings(input)),
  keepLearning: procedure.output(keepLearningViewSchema).query(({ ctx }) => ctx.host.keepLearning()),
  saveKeepLearning: procedure
    .input(keepLearningSettingsSchema.partial())
    .output(keepLearningViewSchema)
    .mutation(({ ctx, input }) => ctx.host.saveKeepLearning(input)),
  answerOffer: procedure
    .input(z.object({ modelId: z.string(), use: z.boolean() }))
    .output(keepLearningViewSchema)
    .mutation(({ ctx, input }) => ctx.host.answerOffer(input)),
};
