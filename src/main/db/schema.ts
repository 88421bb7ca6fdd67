/** The project's tables for drizzle: the same shape the migrations make, with the types of core. A test compares the two. */
import { integer, primaryKey, real, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { Metadata } from '../../core/audit/metadata.ts';
import type { RecordDiff } from '../../core/diffs.ts';
import type { Point } from '../../core/geometry.ts';
import type { CurvePoint, JobKind, JobState } from '../../core/jobs.ts';
import type {
  BoxRecord,
  ClassAttribute,
  ImageState,
  Metrics,
  PredictionStatus,
  Split,
} from '../../core/records.ts';

export const settings = sqliteTable('settings', {
  key: text('key').primaryKey(),
  value: text('value', { mode: 'json' }).$type<unknown>().notNull(),
});

export const images = sqliteTable('images', {
  id: text('id').primaryKey(),
  path: text('path').notNull(),
  hash: text('hash').notNull(),
  rawWidthPx: integer('raw_width_px').notNull(),
  rawHeightPx: integer('raw_height_px').notNull(),
  orientation: integer('orientation').notNull(),
  widthPx: integer('width_px').notNull(),
  heightPx: integer('height_px').notNull(),
  capturedAtMs: integer('captured_at_ms'),
  group: text('group_name'),
  split: text('split').$type<Split>(),
  state: text('state').$type<ImageState>().notNull(),
  problem: text('problem'),
  /** Size and time of the file when it was last read: a rescan reads only files where these changed. */
  fileBytes: integer('file_bytes').notNull(),
  modifiedAtMs: integer('modified_at_ms').notNull(),
  note: text('note'),
  flags: text('flags', { mode: 'json' }).$type<string[]>(),
  mmPerPx: real('mm_per_px'),
  /** Near-duplicates share one; `hand …` was set by a person, and an audit leaves it as it is. */
  chain: text('chain'),
  /** The image this one is a copy of, once a person dropped it. */
  copyOf: text('copy_of'),
  /** Column → value of tables that a person imported. */
  metadata: text('metadata', { mode: 'json' }).$type<Metadata>(),
});

export const imageFacts = sqliteTable('image_facts', {
  hash: text('hash').primaryKey(),
  facts: text('facts', { mode: 'json' }).$type<unknown>().notNull(),
});

export const classes = sqliteTable('classes', {
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  color: text('color').notNull(),
  key: text('key'),
  scientificName: text('scientific_name'),
  position: integer('position').notNull(),
  attributes: text('attributes', { mode: 'json' }).$type<ClassAttribute[]>(),
});

export const boxes = sqliteTable('boxes', {
  id: text('id').primaryKey(),
  imageId: text('image_id').notNull(),
  classId: text('class_id').notNull(),
  x: real('x').notNull(),
  y: real('y').notNull(),
  w: real('w').notNull(),
  h: real('h').notNull(),
  source: text('source').$type<BoxRecord['source']>().notNull(),
  modelId: text('model_id'),
  score: real('score'),
  attributes: text('attributes', { mode: 'json' }).$type<BoxRecord['attributes']>().notNull(),
  head: text('head', { mode: 'json' }).$type<Point>(),
  tail: text('tail', { mode: 'json' }).$type<Point>(),
  z: real('z'),
  locked: integer('locked', { mode: 'boolean' }),
  /** The class under which a person left it after a model disagreed. */
  confirmedAs: text('confirmed_as'),
});

export const changes = sqliteTable('changes', {
  revision: integer('revision').primaryKey({ autoIncrement: true }),
  gestureId: text('gesture_id').notNull(),
  kind: text('kind').$type<'do' | 'undo' | 'redo'>().notNull(),
  of: text('of_id'),
  label: text('label').notNull(),
  imageId: text('image_id'),
  source: text('source').$type<'person' | 'model' | 'import'>().notNull(),
  author: text('author').notNull(),
  atMs: integer('at_ms').notNull(),
  diffs: text('diffs', { mode: 'json' }).$type<RecordDiff[]>().notNull(),
});

/** Parts of gestures too large for one transaction; see the repository of changes. */
export const changeParts = sqliteTable(
  'change_parts',
  {
    gestureId: text('gesture_id').notNull(),
    position: integer('position').notNull(),
    diffs: text('diffs', { mode: 'json' }).$type<RecordDiff[]>(),
    ofId: text('of_id'),
    ofPosition: integer('of_position'),
    inverted: integer('inverted', { mode: 'boolean' }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.gestureId, table.position] })],
);

export const models = sqliteTable('models', {
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  recipe: text('recipe').notNull(),
  recipeVersion: integer('recipe_version').notNull(),
  parameters: text('parameters', { mode: 'json' }).$type<Record<string, unknown>>().notNull(),
  plan: text('plan', { mode: 'json' }).$type<Record<string, unknown>>().notNull(),
  seed: integer('seed').notNull(),
  classIds: text('class_ids', { mode: 'json' }).$type<string[]>().notNull(),
  backboneHash: text('backbone_hash').notNull(),
  backend: text('backend').notNull(),
  codeVersion: text('code_version').notNull(),
  metrics: text('metrics', { mode: 'json' }).$type<Metrics>(),
  weightsHash: text('weights_hash').notNull(),
  epochs: real('epochs').notNull(),
  trainMs: real('train_ms').notNull(),
  imagesPerS: real('images_per_s').notNull(),
  createdAtMs: integer('created_at_ms').notNull(),
  notes: text('notes').notNull(),
  pinned: integer('pinned', { mode: 'boolean' }).notNull(),
});

/** What a suggestion is: the columns of those that are offered, and of those put aside with a deleted class. */
const predictionColumns = () => ({
  id: text('id').primaryKey(),
  modelId: text('model_id').notNull(),
  imageId: text('image_id').notNull(),
  classId: text('class_id').notNull(),
  x: real('x').notNull(),
  y: real('y').notNull(),
  w: real('w').notNull(),
  h: real('h').notNull(),
  score: real('score').notNull(),
  /** 1 at score 0.5, 0 at scores 0 and 1: the order of the least-sure-first queue. */
  uncertainty: real('uncertainty').notNull(),
  probabilities: text('probabilities', { mode: 'json' }).$type<number[]>().notNull(),
  status: text('status').$type<PredictionStatus>().notNull(),
  boxId: text('box_id'),
  /** True while a pending one is not offered: a hand box or an earlier rejection already answers it, or the image is complete. */
  hidden: integer('hidden', { mode: 'boolean' }).notNull(),
  head: text('head', { mode: 'json' }).$type<Point>(),
  tail: text('tail', { mode: 'json' }).$type<Point>(),
});
export const predictions = sqliteTable('predictions', predictionColumns());
/** Kept by triggers alone: suggestions of classes that were deleted, until undo brings the class back. */
export const setAsidePredictions = sqliteTable('set_aside_predictions', predictionColumns());

export const jobs = sqliteTable('jobs', {
  id: text('id').primaryKey(),
  kind: text('kind').$type<JobKind>().notNull(),
  title: text('title').notNull(),
  state: text('state', { mode: 'json' }).$type<JobState>().notNull(),
  createdAtMs: integer('created_at_ms').notNull(),
  input: text('input', { mode: 'json' }).$type<Record<string, unknown>>().notNull(),
  result: text('result', { mode: 'json' }).$type<Record<string, unknown>>(),
});

export const curvePoints = sqliteTable(
  'curve_points',
  {
    jobId: text('job_id').notNull(),
    position: integer('position').notNull(),
    point: text('point', { mode: 'json' }).$type<CurvePoint>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.jobId, table.position] })],
);

export const tallies = sqliteTable('tallies', {
  key: text('key').primaryKey(),
  n: integer('n').notNull(),
});
