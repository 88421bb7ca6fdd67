/** Features, training, models, and what they say. */
import { z } from 'zod';
import { evaluationReportSchema } from '../../core/evaluation.ts';
import { explainMethodSchema, explanationViewSchema } from '../../core/explain.ts';
import { recipeInfoSchema, splitChoiceSchema, trainingPlanSchema } from '../../core/learning.ts';
import { modelRecordSchema } from '../../core/records.ts';
import { byId, jobRef, none, procedure } from '../procedure.ts';
import {
  comparisonSchema,
  cropOrderSchema,
  cropSourceSchema,
  cropsSchema,
  evaluationViewSchema,
  pairOrderSchema,
  suspectsSchema,
  trainRequestSchema,
} from '../schemas.ts';

export const learningRoutes = {
  startFeatures: procedure.output(jobRef).mutation(({ ctx }) => ctx.host.startFeatures()),
  listRecipes: procedure.output(z.array(recipeInfoSchema)).query(({ ctx }) => ctx.host.listRecipes()),
  planTraining: procedure
    .input(trainRequestSchema)
    .output(trainingPlanSchema)
    .query(({ ctx, input }) => ctx.host.planTraining(input)),
  startTraining: procedure
    .input(trainRequestSchema)
    .output(jobRef)
    .mutation(({ ctx, input }) => ctx.host.startTraining(input)),
  listModels: procedure.output(z.array(modelRecordSchema)).query(({ ctx }) => ctx.host.listModels()),
  updateModel: procedure
    .input(
      z.object({
        id: z.string(),
        name: z.string().min(1).optional(),
        notes: z.string().optional(),
        pinned: z.boolean().optional(),
      }),
    )
    .output(modelRecordSchema)
    .mutation(({ ctx, input }) => ctx.host.updateModel(input)),
  deleteModel: procedure
    .input(byId)
    .output(none)
    .mutation(({ ctx, input }) => ctx.host.deleteModel(input)),
  startPrediction: procedure
    .input(z.object({ modelId: z.string().optional() }))
    .output(jobRef)
    .mutation(({ ctx, input }) => ctx.host.startPrediction(input)),
  startEvaluation: procedure
    .input(z.object({ modelId: z.string().optional(), split: splitChoiceSchema }))
    .output(jobRef)
    .mutation(({ ctx, input }) => ctx.host.startEvaluation(input)),
  evaluate: procedure
    .input(z.object({ modelId: z.string().optional(), split: splitChoiceSchema }))
    .output(evaluationReportSchema)
    .mutation(({ ctx, input }) => ctx.host.evaluate(input)),
  evaluation: procedure
    .input(z.object({ modelId: z.string().optional(), split: splitChoiceSchema }))
    .output(evaluationViewSchema.nullable())
    .query(({ ctx, input }) => ctx.host.evaluation(input)),
  startPredictionFile: procedure
    .input(z.object({ modelId: z.string().optional(), split: splitChoiceSchema, file: z.string().min(1) }))
    .output(jobRef)
    .mutation(({ ctx, input }) => ctx.host.startPredictionFile(input)),
  startModelExport: procedure
    .input(z.object({ modelId: z.string().optional(), file: z.string().min(1) }))
    .output(jobRef)
    .mutation(({ ctx, input }) => ctx.host.startModelExport(input)),
  explain: procedure
    .input(z.object({ imageId: z.string(), modelId: z.string().optional(), method: explainMethodSchema }))
    .output(explanationViewSchema)
    .query(({ ctx, input }) => ctx.host.explain(input)),
  saveExplanation: procedure
    .input(
      z.object({
        imagePath: z.string().min(1),
        className: z.string().min(1),
        modelId: z.string().optional(),
        method: explainMethodSchema,
        style: z.enum(['smooth', 'cells']),
        onPhotograph: z.boolean(),
        file: z.string().min(1),
      }),
    )
    .output(explanationViewSchema.extend({ values: z.array(z.number()) }))
    .mutation(({ ctx, input }) => ctx.host.saveExplanation(input)),
  compare: procedure
    .input(
      z.object({
        modelId: z.string().optional(),
        beside: z.string().optional(),
        split: splitChoiceSchema,
        minScore: z.number().min(0).max(1),
        order: pairOrderSchema.optional(),
        limit: z.number().int().min(1).max(5000),
      }),
    )
    .output(comparisonSchema)
    .query(({ ctx, input }) => ctx.host.compare(input)),
  listCrops: procedure
    .input(
      z.object({
        source: cropSourceSchema,
        classId: z.string().nullable(),
        minScore: z.number().min(0).max(1),
        order: cropOrderSchema,
        like: z.string().nullable(),
        limit: z.number().int().min(1).max(3000),
      }),
    )
    .output(cropsSchema)
    .query(({ ctx, input }) => ctx.host.listCrops(input)),
  listSuspects: procedure
    .input(
      z.object({
        modelId: z.string().optional(),
        split: splitChoiceSchema,
        limit: z.number().int().min(1).max(5000),
      }),
    )
    .output(suspectsSchema)
    .query(({ ctx, input }) => ctx.host.listSuspects(input)),
};
