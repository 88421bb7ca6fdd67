/** Two models against each other, the measured effect of a switch, and models taken back: as windows see them. */
import { z } from 'zod';
import { contrastFigures } from '../core/contrast.ts';
import { intervalSchema } from '../core/evaluation.ts';
import { type ModelRecord, splitSchema } from '../core/records.ts';
import type { TrainRequest } from './host-api.ts';
import { imageListItemSchema, trainRequestSchema } from './schemas.ts';

const figure = z.number().nullable();
const contrastedSchema = z.object({
  first: figure,
  second: figure,
  gain: figure,
  interval: intervalSchema.nullable(),
  runs: z.array(figure).readonly(),
});
const countsSchema = z.object({
  found: z.number(),
  wrong: z.number(),
  missed: z.number(),
  right: z.boolean().nullable(),
});

/** The figures of two models on the same images; see `contrast.ts`. */
export const contrastTableSchema = z.object({
  n: z.number().int(),
  groups: z.number().int(),
  rounds: z.number().int(),
  figures: z.array(contrastedSchema.extend({ name: z.enum(contrastFigures) })).readonly(),
  perClass: z.array(contrastedSchema.extend({ classId: z.string(), name: z.string() })).readonly(),
});
export type ContrastTable = z.infer<typeof contrastTableSchema>;

export const contrastSchema = contrastTableSchema.extend({
  firstId: z.string(),
  secondId: z.string(),
  split: z.string(),
  /** Judged images that either of the two learnt from: left out. */
  leftOut: z.number().int(),
  /** Labels have changed since one of the two was judged. */
  isStale: z.boolean(),
  /** Where the two differ most first, 500 at most. */
  images: z.array(z.object({ image: imageListItemSchema, first: countsSchema, second: countsSchema })),
});
export type ContrastView = z.infer<typeof contrastSchema>;

/** What is switched: how copies are drawn, photographs without labels, or an ensemble against its members. */
export const switchSchema = z.enum(['augmentation', 'pseudo-labels', 'ensemble']);
export type Switch = z.infer<typeof switchSchema>;

export const effectRequestSchema = z.discriminatedUnion('what', [
  z.object({
    what: z.enum(['augmentation', 'pseudo-labels']),
    /** With the switch on. What it is without follows from it. */
    request: trainRequestSchema,
    /** Trained this often each way, with seeds from `request.seed` on. */
    runs: z.number().int().min(1).max(5),
  }),
  z.object({ what: z.literal('ensemble'), modelId: z.string() }),
]);
export type EffectRequest = z.infer<typeof effectRequestSchema>;

/** The result of a job `effect`: `first` is without the switch, `second` with it. */
export const effectSchema = z.object({
  what: switchSchema,
  recipe: z.string(),
  split: splitSchema,
  withIds: z.array(z.string()),
  withoutIds: z.array(z.string()),
  contrast: contrastTableSchema,
});
export type Effect = z.infer<typeof effectSchema>;

export interface ContrastApi {
  /**
   * Two models on the labelled images of a split that taught neither. Throws `contrast/not-judged` (details: `modelIds`) until both were
   * judged on it, `contrast/no-images` where nothing is left, `contrast/different` for models that say different things.
   */
  contrastModels(input: {
    first: string;
    second: string;
    split: z.infer<typeof splitSchema> | 'all';
  }): Promise<ContrastView>;
  /** Trains with and without a switch, judges all on the validation images, and keeps the {@link Effect} as the job's result. Throws `effect/…`. */
  startEffect(input: EffectRequest): Promise<{ jobId: string }>;
  /** Trains a model again from its record: recipe, settings, seed, time and division, on the labels as they are now. Throws `model/unknown`, and as `startTraining`. */
  trainAgain(input: { id: string }): Promise<{ jobId: string }>;
  /** Takes back the deletion of a model, with its suggestions. Throws `model/not-deleted`. */
  restoreModel(input: { id: string }): Promise<ModelRecord>;
}

/** The same request with a switch off; undefined where the recipe has no such switch. */
export function switchOff(
  what: 'augmentation' | 'pseudo-labels',
  request: TrainRequest,
  defaults: Readonly<Record<string, unknown>>,
): TrainRequest | undefined {
  const neutral: Readonly<Record<string, unknown>> =
    what === 'pseudo-labels'
      ? { pseudoShare: 0 }
      : { copies: 0, flip: false, zoomOut: 1, zoomIn: 1, shift: 0, colour: 0, rotation: 0 };
  const off = Object.fromEntries(Object.entries(neutral).filter(([name]) => Object.hasOwn(defaults, name)));
  if (Object.keys(off).length === 0) return undefined;
  return { ...request, parameters: { ...request.parameters, ...off } };
}
