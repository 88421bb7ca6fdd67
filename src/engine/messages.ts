/**
 * The message contract between the host and the engine process: procedures with zod-checked input and output, over any message port
 * (`child_process.fork` with advanced serialization, or Electron's utilityProcess). The engine may be killed at any time: all it
 * leaves behind is files that the next call finds and continues from.
 */
import { z } from 'zod';
import { metadataSchema } from '../core/audit/metadata.ts';
import { explainMethodSchema, heatGridSchema } from '../core/explain.ts';
import { appErrorSchema, curvePointSchema, jobProgressSchema } from '../core/jobs.ts';
import {
  backboneInfoSchema,
  backboneRequestSchema,
  canvasSchema,
  engineStatusSchema,
  fineTuningCostSchema,
  recipeInfoSchema,
} from '../core/learning.ts';
import { metricsSchema, pointSchema } from '../core/records.ts';

/** A photograph the engine may read. `file` is absolute; sizes are upright pixels. */
export const engineImageSchema = z.object({
  id: z.string(),
  file: z.string(),
  hash: z.string(),
  widthPx: z.number(),
  heightPx: z.number(),
  /** Boat or camera, and when it was taken: for recipes that see clips. */
  group: z.string().nullable().optional(),
  capturedAtMs: z.number().nullable().optional(),
  /** Columns of imported tables: for recipes that are told them. */
  metadata: metadataSchema.optional(),
});
export type EngineImage = z.infer<typeof engineImageSchema>;

/** A hand box for training: class by index into `classes`, upright image pixels. `head` and `tail` where a person marked both. */
export const engineBoxSchema = z.object({
  classIndex: z.number().int(),
  x: z.number(),
  y: z.number(),
  w: z.number(),
  h: z.number(),
  head: pointSchema.nullish(),
  tail: pointSchema.nullish(),
});
export type EngineBox = z.infer<typeof engineBoxSchema>;

/** One image to learn from or judge by. No boxes means a person looked and found nothing, except on a `pseudo` one. */
export const trainingSampleSchema = z.object({
  image: engineImageSchema,
  /** `pseudo`: nobody labelled it; `probabilities` are what is learnt of it. */
  split: z.enum(['train', 'valid', 'pseudo']),
  boxes: z.array(engineBoxSchema),
  /** Places of which nobody knows whether a fish is there: they teach nothing, and judge nothing. Upright image pixels. */
  ignored: z.array(z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() })).optional(),
  /** What an earlier model says of a `pseudo` photograph: a probability a class and, last, of "nothing here". */
  probabilities: z.array(z.number().min(0).max(1)).optional(),
});
export type TrainingSample = z.infer<typeof trainingSampleSchema>;

/** A suggestion before it has an id: upright image pixels, score 0..1, one probability a class. */
export const engineDetectionSchema = z.object({
  classIndex: z.number().int(),
  x: z.number(),
  y: z.number(),
  w: z.number(),
  h: z.number(),
  score: z.number(),
  probabilities: z.array(z.number()),
  /** Upright image pixels, from recipes that tell how a fish lies. */
  head: pointSchema.optional(),
  tail: pointSchema.optional(),
});
export type EngineDetection = z.infer<typeof engineDetectionSchema>;

export const imagePredictionSchema = z.object({
  imageId: z.string(),
  detections: z.array(engineDetectionSchema),
  /** Probability of each class for the whole image plus, last, of "nothing here"; sums to 1. Null where a recipe cannot say. */
  imageProbabilities: z.array(z.number()).nullable(),
});
export type ImagePrediction = z.infer<typeof imagePredictionSchema>;

/** The backbone the project uses, by id; null or left out: the embedded one. The host adds it to every call that has a canvas. */
const backboneIdSchema = z.string().nullish();

const faultSchema = z.object({ imageId: z.string(), error: appErrorSchema });
const empty = z.object({});

/** Photographs with their boxes in upright image pixels, and where their features are. */
const boxedImagesSchema = z.object({
  images: z.array(
    z.object({
      image: engineImageSchema,
      boxes: z.array(z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() })),
    }),
  ),
  featuresDir: z.string(),
  canvas: canvasSchema,
  backbone: backboneIdSchema,
});

/** `length` numbers a photograph, row by row; `known` is 0 where it has none. */
const embeddingSchema = z.object({
  length: z.number().int(),
  values: z.custom<Float32Array>((value) => value instanceof Float32Array),
  known: z.custom<Uint8Array>((value) => value instanceof Uint8Array),
});

/** Every procedure: `input` and `output`; long ones also send `progress`, `curve` and `items` events before they end. */
export const engineProcedures = {
  /** Which backends and providers this machine has, by self-test. */
  status: { input: empty, output: engineStatusSchema },
  recipes: { input: empty, output: z.array(recipeInfoSchema) },
  /** Checks parameters against the recipe's schema and fills in defaults; throws `recipe/…` errors. */
  checkParameters: {
    input: z.object({ recipe: z.string(), parameters: z.record(z.string(), z.unknown()) }),
    output: z.object({ recipeVersion: z.number().int(), parameters: z.record(z.string(), z.unknown()) }),
  },
  /**
   * What fine-tuning will cost here; null for recipes that leave the backbone as it is. `measure`: takes a few steps on noise unless it knows
   * already; false while the machine is at other work.
   */
  forecast: {
    input: z.object({
      recipe: z.string(),
      parameters: z.record(z.string(), z.unknown()),
      classes: z.number().int(),
      canvas: canvasSchema,
      backbone: backboneIdSchema,
      trainImages: z.number().int(),
      boxesPerClass: z.array(z.number()),
      minutes: z.number().positive().nullable(),
      measure: z.boolean(),
    }),
    output: z.object({ fineTuning: fineTuningCostSchema.nullable() }),
  },
  /** Fills the feature store for these images; what is there already is kept. Sends progress. */
  features: {
    input: z.object({
      images: z.array(engineImageSchema),
      featuresDir: z.string(),
      canvas: canvasSchema,
      backbone: backboneIdSchema,
    }),
    output: z.object({
      computed: z.number(),
      reused: z.number(),
      failed: z.array(faultSchema),
      /** Decode → infer → write, all counted. */
      imagesPerS: z.number(),
      /** The network alone, while it ran. */
      inferenceImagesPerS: z.number(),
    }),
  },
  /**
   * Trains one model into `modelDir` (created if absent): a tfjs model with our manifest, checkpoints. Computes missing features first.
   * With `resume` and a checkpoint there, goes on to the same numbers as an uninterrupted run. Sends progress and curve points.
   */
  train: {
    input: z.object({
      recipe: z.string(),
      parameters: z.record(z.string(), z.unknown()),
      seed: z.number().int(),
      minutes: z.number().positive().nullable(),
      classes: z.array(z.object({ id: z.string(), name: z.string() })),
      samples: z.array(trainingSampleSchema),
      /** Photographs without labels that may be frames of a clip, for recipes with `seesNeighbours`. */
      neighbours: z.array(engineImageSchema).optional(),
      featuresDir: z.string(),
      canvas: canvasSchema,
      backbone: backboneIdSchema,
      modelDir: z.string(),
      resume: z.boolean(),
      /** Folder of a trained model to go on from; one that does not fit (`train/find-start.ts`) is left alone. */
      startFrom: z.string().optional(),
    }),
    output: z.object({
      recipeVersion: z.number().int(),
      backend: z.string(),
      backboneHash: z.string(),
      weightsHash: z.string(),
      epochs: z.number(),
      trainMs: z.number(),
      imagesPerS: z.number(),
      metrics: metricsSchema,
      /** Of the model it went on from, on the very same photographs; left out where it started anew. */
      startMetrics: metricsSchema.optional(),
      failed: z.array(faultSchema),
    }),
  },
  /** Predicts with a trained model; results come as `items` events (arrays of ImagePrediction), nearest request order. */
  predict: {
    input: z.object({
      modelDir: z.string(),
      images: z.array(engineImageSchema),
      /** Photographs that are not asked for but may be frames of a clip, for recipes with `seesNeighbours`. */
      neighbours: z.array(engineImageSchema).optional(),
      featuresDir: z.string(),
      canvas: canvasSchema,
      backbone: backboneIdSchema,
      minScore: z.number(),
      maxDetections: z.number().int(),
    }),
    output: z.object({ images: z.number(), failed: z.array(faultSchema) }),
  },
  /**
   * One vector a photograph: of all of it, and of what lies away from its boxes (upright image pixels). Computes missing features first.
   * Sends progress.
   */
  embed: {
    input: boxedImagesSchema,
    output: z.object({ whole: embeddingSchema, background: embeddingSchema, failed: z.array(faultSchema) }),
  },
  /** One vector a box (upright image pixels), image by image, from features that are stored; computes none. */
  embedBoxes: {
    input: boxedImagesSchema,
    output: embeddingSchema,
  },
  /** One vector a photograph of what its parts without a box show by themselves; stores nothing. Sends progress. */
  embedSurroundings: {
    input: boxedImagesSchema,
    output: embeddingSchema,
  },
  /** Where a trained model looks in one photograph, for every class. Sends progress. */
  explain: {
    input: z.object({
      modelDir: z.string(),
      image: engineImageSchema,
      featuresDir: z.string(),
      canvas: canvasSchema,
      backbone: backboneIdSchema,
      method: explainMethodSchema,
    }),
    output: z.object({
      method: explainMethodSchema.exclude(['auto']),
      grid: heatGridSchema,
      /** 0..1 a class of the model; "nothing here" last where there is a map of it. */
      scores: z.array(z.number()),
      /** One map an entry of `scores`: rows × columns values 0..1, row by row, padding left out. */
      maps: z.array(z.custom<Float32Array>((value) => value instanceof Float32Array)),
    }),
  },
  /**
   * Writes a trained model and its backbone as one ONNX file, whole or not at all, once it says what the model says. `difference`: the
   * largest on a canvas of noise, as a share of each output's largest value.
   */
  exportModel: {
    input: z.object({
      modelDir: z.string(),
      canvas: canvasSchema,
      backbone: backboneIdSchema,
      file: z.string(),
    }),
    output: z.object({ bytes: z.number(), difference: z.number(), outputs: z.array(z.string()) }),
  },
  /** Puts native TensorFlow into the user's cache folder. Sends progress. The engine must be restarted to use it. */
  installNative: {
    input: z.object({ variant: z.enum(['cpu', 'cuda']) }),
    output: z.object({ version: z.string(), folder: z.string() }),
  },
  /** Every backbone of this user, the embedded one first. */
  backbones: { input: empty, output: z.array(backboneInfoSchema) },
  /** Fetches or reads a classifier, cuts it and puts it into the user's cache folder. Sends progress. */
  addBackbone: { input: backboneRequestSchema, output: backboneInfoSchema },
  removeBackbone: { input: z.object({ id: z.string() }), output: empty },
  uninstallNative: { input: empty, output: z.object({ removed: z.boolean() }) },
} as const;

export type EngineMethod = keyof typeof engineProcedures;
export type EngineInput<M extends EngineMethod> = z.infer<(typeof engineProcedures)[M]['input']>;
export type EngineOutput<M extends EngineMethod> = z.infer<(typeof engineProcedures)[M]['output']>;

/** Host → engine. */
export const toEngineSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('call'), callId: z.number().int(), method: z.string(), input: z.unknown() }),
  z.object({ type: z.literal('cancel'), callId: z.number().int() }),
  z.object({ type: z.literal('exit') }),
]);
export type ToEngine = z.infer<typeof toEngineSchema>;

/** Engine → host. */
export const fromEngineSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready'), pid: z.number() }),
  z.object({ type: z.literal('progress'), callId: z.number().int(), progress: jobProgressSchema }),
  z.object({ type: z.literal('curve'), callId: z.number().int(), point: curvePointSchema }),
  z.object({ type: z.literal('items'), callId: z.number().int(), items: z.array(imagePredictionSchema) }),
  z.object({ type: z.literal('done'), callId: z.number().int(), output: z.unknown() }),
  z.object({ type: z.literal('failed'), callId: z.number().int(), error: appErrorSchema }),
]);
export type FromEngine = z.infer<typeof fromEngineSchema>;
