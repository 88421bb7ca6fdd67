/** What may cross between the window and the host, beyond the records of core: views, requests and reports. */
import { z } from 'zod';
import { findingIds } from '../core/audit/health.ts';
import { evaluationReportSchema } from '../core/evaluation.ts';
import { curvePointSchema, jobSchema } from '../core/jobs.ts';
import { canvasSchema, splitChoiceSchema, trainingPlanSchema } from '../core/learning.ts';
import {
  boxRecordSchema,
  imageRecordSchema,
  imageStateSchema,
  predictionRecordSchema,
  splitSchema,
} from '../core/records.ts';
import { reviewOrderSchema } from '../core/review-queue.ts';
import { suspectKinds } from '../core/suspects.ts';

export const hostInfoSchema = z.object({
  version: z.string(),
  node: z.string(),
  platform: z.string(),
  /** How this host was started: behind the desktop window, or serving browsers. */
  shell: z.enum(['desktop', 'serve']),
  homeDir: z.string(),
  /** Where new projects go unless told otherwise. */
  projectsDir: z.string(),
});
export type HostInfo = z.infer<typeof hostInfoSchema>;

export const projectSummarySchema = z.object({
  /** Absolute path of the `NAME.catchlight` folder. */
  path: z.string(),
  name: z.string(),
  imagesRoot: z.string(),
  canvas: canvasSchema,
  /** Id of the backbone its features come from; null is the embedded one. */
  backbone: z.string().nullable(),
  /** Millimetres a pixel covers on photographs that have no scale of their own; null when that is not known. */
  mmPerPx: z.number().nullable(),
  counts: z.object({
    images: z.number(),
    unseen: z.number(),
    empty: z.number(),
    labelled: z.number(),
    reviewed: z.number(),
    problems: z.number(),
    boxes: z.number(),
    models: z.number(),
    pendingSuggestions: z.number(),
  }),
  /** Grows with every saved change; a view that shows an older one is stale. */
  revision: z.number(),
});
export type ProjectSummary = z.infer<typeof projectSummarySchema>;

export const recentProjectSchema = z.object({
  path: z.string(),
  name: z.string(),
  openedAtMs: z.number(),
  exists: z.boolean(),
});

/** How many boxes have this value of an attribute. */
export const attributeValueSchema = z.object({
  attribute: z.string(),
  value: z.union([z.string(), z.number(), z.boolean()]),
  boxes: z.number(),
});
export type AttributeValue = z.infer<typeof attributeValueSchema>;

/** A row of the image list; small, since lists hold 100,000 of them. */
export const imageListItemSchema = imageRecordSchema
  .pick({
    id: true,
    path: true,
    widthPx: true,
    heightPx: true,
    state: true,
    split: true,
    group: true,
    problem: true,
  })
  .extend({ boxes: z.number(), suggestions: z.number() });
export type ImageListItem = z.infer<typeof imageListItemSchema>;

export const imageFilterSchema = z.object({
  states: z.array(imageStateSchema).optional(),
  split: splitSchema.optional(),
  group: z.string().optional(),
  flag: z.string().optional(),
  classId: z.string().optional(),
  hasSuggestions: z.boolean().optional(),
  hasProblem: z.boolean().optional(),
  /** Has a suggestion that waits, with a score in this range. */
  score: z.object({ min: z.number().min(0).max(1), max: z.number().min(0).max(1) }).optional(),
  /** Photographs that the newest audit found odd in this way. */
  finding: z.enum(findingIds).optional(),
  text: z.string().optional(),
});

/** `score`, `unsure`: of the suggestion that waits with the highest score or uncertainty. Ties are in order of path. */
export const imageSortSchema = z.object({
  by: z.enum(['name', 'score', 'unsure', 'boxes', 'taken', 'size']),
  isDescending: z.boolean(),
});

/** All that the canvas needs for one image. */
export const imageDocumentSchema = z.object({
  image: imageRecordSchema,
  boxes: z.array(boxRecordSchema),
  /** Of one model, all statuses. */
  predictions: z.array(predictionRecordSchema),
});
export type ImageDocument = z.infer<typeof imageDocumentSchema>;

export const queueOrderSchema = reviewOrderSchema;
export const queueItemSchema = z.object({ prediction: predictionRecordSchema, image: imageListItemSchema });
export type QueueItem = z.infer<typeof queueItemSchema>;

export const comparePairSchema = z.object({
  image: imageListItemSchema,
  verdict: z.enum(['matched', 'missed', 'extra', 'wrong-class']),
  /** IoU of the pair; 0 for missed and extra. */
  iou: z.number(),
  hand: boxRecordSchema.nullable(),
  predicted: predictionRecordSchema.nullable(),
});
export type ComparePair = z.infer<typeof comparePairSchema>;

/** The order of pairs, before a list is cut to its limit. */
export const pairOrderSchema = z.enum(['worst-iou', 'highest-score', 'lowest-score']);
export type PairOrder = z.infer<typeof pairOrderSchema>;

export const comparisonSchema = z.object({
  modelId: z.string(),
  split: splitChoiceSchema,
  totals: z.object({
    matched: z.number(),
    missed: z.number(),
    extra: z.number(),
    wrongClass: z.number(),
    images: z.number(),
  }),
  /** Images of the split that the other model asked for does not have in it; 0 where none was asked for. */
  leftOut: z.number(),
  pairs: z.array(comparePairSchema),
  /** Rows: hand class, columns: predicted class, last row and column: nothing there. Order of `classIds`. */
  confusion: z.object({ classIds: z.array(z.string()), counts: z.array(z.array(z.number())) }),
  /** Predicted boxes by score, over all pairs; see `score-histogram.ts`. */
  histogram: z.array(
    z.object({
      fromScore: z.number(),
      toScore: z.number(),
      matched: z.number(),
      wrongClass: z.number(),
      extra: z.number(),
    }),
  ),
});
export type Comparison = z.infer<typeof comparisonSchema>;

/** A label that a model doubts; see `suspects.ts`. `verdict` is how the two sides stand as a pair. */
export const suspectSchema = comparePairSchema.extend({
  kind: z.enum(suspectKinds),
  doubt: z.number(),
  /** The model learnt from this very label. */
  isTaught: z.boolean(),
});
export type SuspectView = z.infer<typeof suspectSchema>;

export const suspectsSchema = z.object({
  modelId: z.string(),
  split: splitChoiceSchema,
  /** All that are doubted; `items` holds the strongest. */
  total: z.number(),
  /** How many images were looked at. */
  images: z.number(),
  /** Left out because a person confirmed them. */
  confirmed: z.number(),
  items: z.array(suspectSchema),
  /** What the model must be sure of to doubt, class by class; null where no hand box has the class. */
  bars: z.array(z.object({ classId: z.string(), minScore: z.number().nullable(), boxes: z.number() })),
});
export type Suspects = z.infer<typeof suspectsSchema>;

/** Whose boxes lie on the wall of crops. */
export const cropSourceSchema = z.enum(['labels', 'suggestions']);
export type CropSource = z.infer<typeof cropSourceSchema>;
/** `alike`: each beside those it is most like. `odd-first`: least like the others of its class first. */
export const cropOrderSchema = z.enum(['alike', 'odd-first']);
export type CropOrder = z.infer<typeof cropOrderSchema>;

export const cropsSchema = z.object({
  /** All there are; `items` holds those that were sorted. */
  total: z.number(),
  /** Sorted last, because the features of their photographs are not computed yet. */
  unknown: z.number(),
  items: z.array(
    z.object({
      image: imageListItemSchema,
      hand: boxRecordSchema.nullable(),
      predicted: predictionRecordSchema.nullable(),
      /** Cosine likeness to what was asked for, or to the mean of its class, -1..1; null where it is not known. */
      likeness: z.number().nullable(),
    }),
  ),
});
export type Crops = z.infer<typeof cropsSchema>;
export type Crop = Crops['items'][number];

export const evaluationViewSchema = z.object({
  report: evaluationReportSchema,
  evaluatedAtMs: z.number(),
  /** Labels have changed since. */
  isStale: z.boolean(),
});
export type EvaluationView = z.infer<typeof evaluationViewSchema>;

export const folderListingSchema = z.object({
  path: z.string(),
  parent: z.string().nullable(),
  entries: z.array(
    z.object({ name: z.string(), path: z.string(), kind: z.enum(['folder', 'project', 'image', 'file']) }),
  ),
  images: z.number(),
});
export type FolderListing = z.infer<typeof folderListingSchema>;

/** What the host tells open windows as it happens. */
export const hostEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('job'), job: jobSchema }),
  z.object({ type: z.literal('curve'), jobId: z.string(), point: curvePointSchema }),
  z.object({
    type: z.literal('labels'),
    revision: z.number(),
    imageIds: z.array(z.string()),
    /** Given where nothing has changed but what this gesture says: whoever made it has nothing to ask for. */
    gestureId: z.string().optional(),
  }),
  z.object({ type: z.literal('project'), project: projectSummarySchema.nullable() }),
  z.object({ type: z.literal('suggestions'), modelId: z.string(), imageIds: z.array(z.string()) }),
]);
export type HostEvent = z.infer<typeof hostEventSchema>;

export const trainRequestSchema = z.object({
  recipe: z.string(),
  parameters: z.record(z.string(), z.unknown()).default({}),
  seed: z.number().int().default(1),
  /** Seed of the division of images, where it is not `seed`: trainings of several seeds that are judged on the same images. */
  divideSeed: z.number().int().optional(),
  minutes: z.number().positive().nullable().default(null),
  splitBy: trainingPlanSchema.shape.splitBy.optional(),
  /** Cross-validation: this fold of so many validates. */
  fold: z.object({ index: z.number().int().min(0), of: z.number().int().min(2).max(1000) }).optional(),
  /** A model of this project to go on from, where it is the same net; what it learnt from stays on the training side. */
  startFrom: z.string().optional(),
});
