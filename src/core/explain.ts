/** Where a model looks in a photograph, as it crosses between engine, host and window. */
import { z } from 'zod';

/**
 * `cam`: the recipe's own class maps. `gradient`: followed back from the class output to the features. `occlusion`: what hiding a place
 * costs. `auto`: the first of these that the recipe has.
 */
export const explainMethodSchema = z.enum(['auto', 'cam', 'gradient', 'occlusion']);
export type ExplainMethod = z.infer<typeof explainMethodSchema>;

/** See `HeatGrid` in `heatmap.ts`. */
export const heatGridSchema = z.object({
  rows: z.number().int().positive(),
  columns: z.number().int().positive(),
  xPx: z.number(),
  yPx: z.number(),
  cellWidthPx: z.number().positive(),
  cellHeightPx: z.number().positive(),
});

/** One photograph explained by one model, for every class. */
export const explanationViewSchema = z.object({
  modelId: z.string(),
  imageId: z.string(),
  /** The way that was taken. */
  method: explainMethodSchema.exclude(['auto']),
  grid: heatGridSchema,
  /** What the model says of the whole photograph, 0..1, and the strongest cell of the map; `classId` null is "nothing here". */
  classes: z.array(
    z.object({ classId: z.string().nullable(), name: z.string(), score: z.number(), peak: z.number() }),
  ),
});
export type ExplanationView = z.infer<typeof explanationViewSchema>;
