/** What recipes, plans and engine status look like to the window, the host and the engine alike. */
import { z } from 'zod';
import { appErrorSchema } from './jobs.ts';
import { splitSchema } from './records.ts';

/** A recipe as the window lists it; `parametersSchema` is JSON Schema (from zod), from which the form is drawn. */
export const recipeInfoSchema = z.object({
  id: z.string(),
  version: z.number().int(),
  title: z.string(),
  /** In a few words, for a list of all. */
  tagline: z.string(),
  summary: z.string(),
  /** When to choose something else. */
  whenItFails: z.string(),
  /** What its numbers mean. */
  readingTheNumbers: z.string(),
  outputs: z.array(z.enum(['class', 'box', 'boxes', 'heatmap'])),
  /** True where a photograph is judged with the frames before it, labelled or not. */
  seesNeighbours: z.boolean().optional(),
  /** For a recipe that trains nothing but joins trained models: what each of them must say. */
  joins: z.enum(['class', 'boxes']).optional(),
  /** True where suggestions say head and tail. */
  tellsLines: z.boolean().optional(),
  /** For a recipe that names again what another trained model found: what that model must say. */
  refines: z.literal('boxes').optional(),
  parametersSchema: z.record(z.string(), z.unknown()),
  defaults: z.record(z.string(), z.unknown()),
});
export type RecipeInfo = z.infer<typeof recipeInfoSchema>;

/** True for a recipe whose models suggest boxes; the others judge the photograph as a whole. */
export function findsBoxes(recipe: Pick<RecipeInfo, 'outputs'>): boolean {
  return recipe.outputs.includes('box') || recipe.outputs.includes('boxes');
}

export const planWarningSchema = z.object({ code: z.string(), message: z.string(), hint: z.string() });

/** What moving the backbone's last blocks takes, before it starts. Speeds are of this machine now, measured in a second or two on noise. */
export const fineTuningCostSchema = z.object({
  /** Numbers that training moves, the head's among them; null where there is an obstacle. */
  numbers: z.number().int().nullable(),
  /** Those of the backbone. */
  backboneNumbers: z.number().int().nullable(),
  /** Photographs a second, once the head has its start; null where it was not measured. Decoding them is not in it. */
  imagesPerS: z.number().nullable(),
  /** Photographs the blocks will see, each as often as it is seen. */
  visits: z.number().int().nullable(),
  /** The time budget; without one what `visits` will take. */
  minutes: z.number().nullable(),
  /** Why the backbone cannot be trained. */
  obstacle: appErrorSchema.nullable(),
});
export type FineTuningCost = z.infer<typeof fineTuningCostSchema>;

/** What a training run will do, before it starts. A person can read it, change it and run it again. */
export const trainingPlanSchema = z.object({
  recipe: z.string(),
  recipeVersion: z.number().int(),
  parameters: z.record(z.string(), z.unknown()),
  seed: z.number().int(),
  /** Time budget; null trains the recipe's own number of epochs. */
  minutes: z.number().positive().nullable(),
  /** How images were divided: 'as-marked' keeps the project's splits, 'grouped' keeps groups whole, 'random' ignores them. */
  splitBy: z.enum(['as-marked', 'grouped', 'random']),
  trainImages: z.number().int(),
  validImages: z.number().int(),
  boxes: z.number().int(),
  /** Photographs without labels that an earlier model says something of; left out where none are asked for. */
  pseudoImages: z.number().int().optional(),
  perClass: z.array(
    z.object({
      classId: z.string(),
      name: z.string(),
      trainBoxes: z.number().int(),
      validBoxes: z.number().int(),
    }),
  ),
  groups: z.number().int(),
  backbone: z.string(),
  backend: z.string(),
  /** For recipes that move the backbone's last blocks. */
  fineTuning: fineTuningCostSchema.optional(),
  warnings: z.array(planWarningSchema),
});
export type TrainingPlan = z.infer<typeof trainingPlanSchema>;

export const backendStatusSchema = z.object({
  id: z.string(),
  available: z.boolean(),
  /** A sentence: what it is and, when not available, why not and what to do. */
  reason: z.string(),
  /** The variant of native TensorFlow whose install would make it available here; left out where none would. */
  install: z.enum(['cpu', 'cuda']).optional(),
});

export const engineStatusSchema = z.object({
  node: z.string(),
  /** The TensorFlow.js backend in use. */
  backend: z.string(),
  backends: z.array(backendStatusSchema),
  /** The variants of native TensorFlow in the user's cache folder, working or not. */
  installed: z.array(z.string()).default([]),
  /** ONNX Runtime execution providers, the one in use first. */
  providers: z.array(z.string()),
  backbone: z
    .object({ id: z.string(), version: z.string(), hash: z.string(), licence: z.string() })
    .nullable(),
});
export type EngineStatus = z.infer<typeof engineStatusSchema>;

/** A backbone as listed: the embedded one, or one this user added. */
export const backboneInfoSchema = z.object({
  id: z.string(),
  version: z.string(),
  licence: z.string(),
  embedded: z.boolean(),
  /** In the order of their strides, in pixels of the canvas. */
  taps: z.array(z.object({ name: z.string(), stride: z.number(), channels: z.number() })),
  /** Both sides of a canvas must be multiples of this. */
  multipleOf: z.number(),
  /** `RGB 0..1, mean …, std …`, and where that is known from. */
  normalisation: z.string(),
  /** Address or file it was made from; null for the embedded one. */
  from: z.string().nullable(),
  /** Why it cannot be used; null when it can. */
  error: appErrorSchema.nullable(),
});
export type BackboneInfo = z.infer<typeof backboneInfoSchema>;

/** What a person says when adding a backbone. What is left out is taken from where it is known, never guessed. */
export const backboneRequestSchema = z.object({
  /** Path of an ONNX file on this machine, or an http(s) address. */
  from: z.string().min(1),
  /** sha256 of the file, hexadecimal; needed for an address. */
  sha256: z
    .string()
    .regex(/^[0-9a-fA-F]{64}$/, 'must be 64 hexadecimal digits')
    .optional(),
  id: z.string().optional(),
  licence: z.string().optional(),
  /** A usual normalisation by name (`imagenet`, `caffe`, …). */
  normalisation: z.string().optional(),
  mean: z.array(z.number()).optional(),
  std: z.array(z.number()).optional(),
  scale: z.string().optional(),
  colour: z.string().optional(),
});
export type BackboneRequest = z.infer<typeof backboneRequestSchema>;

/** Canvas all features of a project share; photographs are letterboxed into it. Multiples of 32. */
export const canvasSchema = z.object({
  widthPx: z.number().int().positive(),
  heightPx: z.number().int().positive(),
});
export type Canvas = z.infer<typeof canvasSchema>;

export const splitChoiceSchema = z.union([splitSchema, z.literal('all')]);
