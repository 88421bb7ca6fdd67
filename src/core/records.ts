/** The records of a project, as zod schemas: what the database keeps, what crosses processes, what undo restores. */
import { z } from 'zod';

const id = z.string().min(1).max(64);
const finite = z.number();
const timeMs = z.number().int();

/** What a person has said about an image. `unseen`: nothing yet. `empty`: looked, no fish. `labelled`: has hand boxes. `reviewed`: declared complete. */
export const imageStateSchema = z.enum(['unseen', 'empty', 'labelled', 'reviewed']);
export type ImageState = z.infer<typeof imageStateSchema>;

export const splitSchema = z.enum(['train', 'valid', 'test']);
export type Split = z.infer<typeof splitSchema>;

/** A photograph: never copied, never written to; known by relative path and content hash. */
export const imageRecordSchema = z.object({
  id,
  /** Relative to the project's image root, `/` between folders, bytes as found on disk. */
  path: z.string().min(1),
  /** SHA-256 of the file's bytes, hex. */
  hash: z.string(),
  rawWidthPx: z.number().int().nonnegative(),
  rawHeightPx: z.number().int().nonnegative(),
  /** EXIF orientation tag, 1..8. */
  orientation: z.number().int().min(1).max(8),
  /** Size after orientation is applied; all boxes live in this frame. */
  widthPx: z.number().int().nonnegative(),
  heightPx: z.number().int().nonnegative(),
  capturedAtMs: timeMs.nullable(),
  /** Camera or boat: images of one group never fall on both sides of a grouped split. */
  group: z.string().nullable(),
  split: splitSchema.nullable(),
  state: imageStateSchema,
  /** What a person wrote about it; missing or null for nothing. */
  note: z.string().max(10_000).nullish(),
  /** Marks of a person's own, such as "ask an expert", each once; missing or null for none. */
  flags: z.array(z.string().min(1).max(60)).max(100).nullish(),
  /** Millimetres that one pixel covers, where it is known for this photograph; else the project's holds. */
  mmPerPx: z.number().positive().nullish(),
  /** Why the file cannot be used, as `code` of an application error; null when it reads. */
  problem: z.string().nullable(),
});
export type ImageRecord = z.infer<typeof imageRecordSchema>;

export const attributeKindSchema = z.enum(['text', 'number', 'choice']);
/** An attribute that the boxes of a class have. Its values are in `BoxRecord.attributes` under its name. */
export const classAttributeSchema = z.object({
  name: z.string().trim().min(1).max(60),
  kind: attributeKindSchema,
  /** For kind `choice`: what there is to choose from. Empty for the others. */
  choices: z.array(z.string().min(1).max(200)).max(200),
});
export type ClassAttribute = z.infer<typeof classAttributeSchema>;

export const classRecordSchema = z.object({
  id,
  name: z.string().min(1).max(200),
  /** `#rrggbb`. */
  color: z.string().regex(/^#[0-9a-f]{6}$/i),
  /** The digit key that selects it, `1`..`9`, `0`, or null. */
  key: z.string().max(1).nullable(),
  scientificName: z.string().nullable(),
  /** Order in lists, dense from 0. */
  position: z.number().int().nonnegative(),
  /** Missing where there are none. */
  attributes: z.array(classAttributeSchema).min(1).max(50).exactOptional(),
});
export type ClassRecord = z.infer<typeof classRecordSchema>;

export const pointSchema = z.object({ x: finite, y: finite });
export const boxSourceSchema = z.enum(['person', 'model', 'import']);

/** One labelled fish. x y w h in upright image pixels, floats, 0-based continuous edges. */
export const boxRecordSchema = z.object({
  id,
  imageId: id,
  classId: id,
  x: finite,
  y: finite,
  w: finite.positive(),
  h: finite.positive(),
  /** Who said so. `model`: a suggestion that a person accepted. */
  source: boxSourceSchema,
  /** The model and score an accepted suggestion came from. */
  modelId: id.nullable(),
  score: z.number().min(0).max(1).nullable(),
  attributes: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  head: pointSchema.nullable(),
  tail: pointSchema.nullable(),
  /** Boxes with more lie above those with less; missing counts as 0. Among equals the later one is above. */
  z: finite.exactOptional(),
  /** True while it is guarded against changes on the canvas; missing otherwise. */
  locked: z.literal(true).exactOptional(),
  /** The class under which a person left it as it is after a model disagreed; says nothing once the box has another class. */
  confirmedAs: id.exactOptional(),
});
export type BoxRecord = z.infer<typeof boxRecordSchema>;

/** True where a person already said, against a model, that the label is right; a change of its class takes that back. */
export const isConfirmed = ({ confirmedAs, classId }: Pick<BoxRecord, 'confirmedAs' | 'classId'>): boolean =>
  confirmedAs === classId;

export const predictionStatusSchema = z.enum(['pending', 'accepted', 'adjusted', 'rejected', 'unsure']);
export type PredictionStatus = z.infer<typeof predictionStatusSchema>;

/** A model's suggestion. Never a label: accepting one makes a box that remembers it. */
export const predictionRecordSchema = z.object({
  id,
  modelId: id,
  imageId: id,
  classId: id,
  x: finite,
  y: finite,
  w: finite.positive(),
  h: finite.positive(),
  /** Confidence that this is a fish of `classId`, 0..1. */
  score: z.number().min(0).max(1),
  /** One probability a class, in the model's class order (`ModelRecord.classIds`). */
  probabilities: z.array(z.number()),
  status: predictionStatusSchema,
  /** The label made from it, when accepted or adjusted. */
  boxId: id.nullable(),
  /** From models that tell how a fish lies. */
  head: pointSchema.nullable(),
  tail: pointSchema.nullable(),
});
export type PredictionRecord = z.infer<typeof predictionRecordSchema>;

/** Metrics of one evaluation; null where a recipe has no such output. */
export const metricsSchema = z.object({
  n: z.number().int().nonnegative(),
  split: z.string(),
  classAcc: z.number().nullable(),
  logLoss: z.number().nullable(),
  meanIou: z.number().nullable(),
  map50: z.number().nullable(),
  map: z.number().nullable(),
});
export type Metrics = z.infer<typeof metricsSchema>;

/** A trained model with all that is needed to train it again. */
export const modelRecordSchema = z.object({
  id,
  name: z.string(),
  recipe: z.string(),
  recipeVersion: z.number().int(),
  parameters: z.record(z.string(), z.unknown()),
  plan: z.record(z.string(), z.unknown()),
  seed: z.number().int(),
  classIds: z.array(id),
  backboneHash: z.string(),
  backend: z.string(),
  codeVersion: z.string(),
  metrics: metricsSchema.nullable(),
  weightsHash: z.string(),
  epochs: z.number(),
  trainMs: z.number(),
  imagesPerS: z.number(),
  createdAtMs: timeMs,
  notes: z.string(),
  /** True for the one model that suggests. */
  pinned: z.boolean(),
});
export type ModelRecord = z.infer<typeof modelRecordSchema>;
