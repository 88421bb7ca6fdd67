/** Two models against each other, measured effects, and models taken back. */
import { z } from 'zod';
import { splitChoiceSchema } from '../../core/learning.ts';
import { modelRecordSchema } from '../../core/records.ts';
import { contrastSchema, effectRequestSchema } from '../contrast.ts';
import { byId, jobRef, procedure } from '../procedure.ts';

export const contrastRoutes = {
  contrastModels: procedure
    .input(z.object({ first: z.string(), second: z.string(), split: splitChoiceSchema }))
    .output(contrastSchema)
    .query(({ ctx, input }) => ctx.host.contrastModels(input)),
  startEffect: procedure
    .input(effectRequestSchema)
    .output(jobRef)
    .mutation(({ ctx, input }) => ctx.host.startEffect(input)),
  trainAgain: procedure
    .input(byId)
    .output(jobRef)
    .mutation(({ ctx, input }) => ctx.host.trainAgain(input)),
  restoreModel: procedure
    .input(byId)
    .output(modelRecordSchema)
    .mutation(({ ctx, input }) => ctx.host.restoreModel(input)),
};
