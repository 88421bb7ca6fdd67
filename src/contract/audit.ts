/** What the Data place and the command line may ask of the audit: groups, near-duplicates, splits, leaks, the gap, the report. */
import { z } from 'zod';
import type { MetadataColumn } from '../core/audit/metadata.ts';
import type { AuditReport } from '../core/audit/report.ts';
import {
  type SplitRequest,
  type SplitSummary,
  splitRequestSchema,
  splitSummarySchema,
} from '../core/audit/split-plan.ts';
import { type Gesture, gestureSchema } from '../core/diffs.ts';
import { splitSchema } from '../core/records.ts';
import type { trainRequestSchema } from './schemas.ts';

const gestureId = gestureSchema.shape.id;

export const auditRequestSchema = z.object({
  /** Compares a backbone's features too, computing those that are missing: finds same scenes, takes longer. */
  features: z.boolean().default(false),
  seed: z.number().int().default(1),
});

/** What belongs together: a group, a chain of twins, the image that one is a copy of. What is left out stays as it is. */
export const memberChangeSchema = z.object({
  imageIds: z.array(z.string()).min(1).max(100_000),
  group: z.string().max(200).nullable().optional(),
  /** `one`: all of them are one chain from now on. `apart`: each is nobody's twin. */
  chain: z.enum(['one', 'apart']).optional(),
  /** Drops them as copies of this image, or takes them back with null. No file is touched. */
  copyOf: z.string().nullable().optional(),
});
export type MemberChange = z.infer<typeof memberChangeSchema>;

export const memberSchema = z.object({
  id: z.string(),
  path: z.string(),
  split: splitSchema.nullable(),
  chain: z.string().nullable(),
  copyOf: z.string().nullable(),
});
export type Member = z.infer<typeof memberSchema>;

export const dataOverviewSchema = z.object({
  groups: z.array(
    z.object({
      /** Null: images without a group. */
      name: z.string().nullable(),
      images: z.number().int(),
      train: z.number().int(),
      valid: z.number().int(),
      test: z.number().int(),
      /** For a picture of the group. */
      sample: z.array(z.string()),
    }),
  ),
  split: splitSummarySchema,
  isTestLocked: z.boolean(),
  testLooks: z.number().int(),
  copies: z.number().int(),
});
export type DataOverview = z.infer<typeof dataOverviewSchema>;

/** Rows of a table that name no photograph, the first of them with the reason. */
const unmatchedSchema = z.array(z.object({ line: z.number(), name: z.string(), why: z.string() }));

/** What a table about photographs holds, before any of it is taken. */
export const metadataTableSchema = z.object({
  nameColumn: z.string(),
  columns: z.array(z.object({ name: z.string(), filled: z.number(), examples: z.array(z.string()) })),
  rows: z.number(),
  /** Photographs of the project that a row names. */
  images: z.number(),
  unmatchedRows: z.number(),
  unmatched: unmatchedSchema,
  /** Rows that say something else of a photograph than an earlier row did; the first counts. */
  contradictions: z.number(),
});
export type MetadataTableView = z.infer<typeof metadataTableSchema>;

export const metadataImportSchema = metadataTableSchema
  .omit({ nameColumn: true, columns: true })
  .extend({ gesture: gestureSchema, columns: z.array(z.string()) });

export const metadataSourceSchema = z.object({
  file: z.string().min(1),
  /** The column with the file names, by name or number from 1; found out when left out. */
  nameColumn: z.string().optional(),
});

export const metadataRequestSchema = metadataSourceSchema.extend({
  gestureId,
  /** Columns to take; left out, all that have a value. */
  columns: z.array(z.string()).min(1).max(1000).optional(),
});

/** One recipe trained on both kinds of division. */
export const gapSchema = z.object({
  recipe: z.string(),
  title: z.string(),
  /** What is compared: share of classes right, or mAP@.5. */
  figure: z.enum(['classAcc', 'map50']),
  folds: z.number().int(),
  sides: z.array(
    z.object({
      splitBy: z.enum(['random', 'grouped']),
      /** Mean over the folds, and of each fold. */
      mean: z.number(),
      each: z.array(z.number()),
      images: z.number().int(),
    }),
  ),
  sentence: z.string(),
  madeAtMs: z.number(),
});
export type Gap = z.infer<typeof gapSchema>;

export const gapRequestSchema = z.object({
  recipe: z.string(),
  parameters: z.record(z.string(), z.unknown()).default({}),
  seed: z.number().int().default(1),
  minutes: z.number().positive().nullable().default(null),
  /** Trainings a side: 1 divides once, more cross-validate over groups (and over chains, on the random side). */
  folds: z.number().int().min(1).max(20).default(1),
});

export const regroupInputSchema = z.object({
  gestureId,
  label: z.string().min(1).max(200),
  changes: z.array(memberChangeSchema).min(1).max(5000),
});

export const applySplitSchema = z.object({ gestureId, request: splitRequestSchema });

export interface AuditApi {
  /** A job that audits the open project and keeps the report; chains of near-duplicates are kept with the images. */
  startAudit(input: z.infer<typeof auditRequestSchema>): Promise<{ jobId: string }>;
  /** The newest report; null before the first. */
  audit(): Promise<AuditReport | null>;
  /** Writes the newest report as one HTML page, or as JSON where the name ends so; atomically. Throws `audit/none`. */
  saveAudit(input: { file: string }): Promise<{ file: string }>;
  dataOverview(): Promise<DataOverview>;
  /** Images of a group (null: of none), by name. */
  listMembers(input: {
    group: string | null;
    offset: number;
    limit: number;
  }): Promise<{ total: number; items: Member[] }>;
  /** Images by id, those that are gone left out. */
  findMembers(input: { imageIds: string[] }): Promise<Member[]>;
  /** Regroups, ties, unties, drops and takes back, as one gesture that undo takes back. Throws `audit/unknown-image`. */
  regroup(input: z.infer<typeof regroupInputSchema>): Promise<Gesture>;
  /** Takes proposed groups of the newest report over; all of them when `names` is left out. One gesture. */
  confirmGroups(input: { gestureId: string; names?: string[] | undefined }): Promise<Gesture>;
  /** Columns of imported tables that photographs have. */
  metadataColumns(): Promise<MetadataColumn[]>;
  /** Looks into a CSV about photographs (absolute path). Throws `metadata/…`. */
  readMetadata(input: z.infer<typeof metadataSourceSchema>): Promise<MetadataTableView>;
  /** Takes columns of a CSV over, as one gesture; columns of the same name are replaced for the photographs it names. Throws `metadata/…`. */
  importMetadata(input: z.infer<typeof metadataRequestSchema>): Promise<z.infer<typeof metadataImportSchema>>;
  /** Forgets columns, as one gesture. */
  removeMetadata(input: { gestureId: string; columns: string[] }): Promise<Gesture>;
  /** What a split would come to. Throws `split/…`. */
  previewSplit(input: SplitRequest): Promise<SplitSummary>;
  /**
   * Applies a split as one gesture, and remembers it: new images then join the side of their group. Of thousands of photographs this is a job
   * (`split`) that can be cancelled; throws `split/stopped` then, with nothing changed.
   */
  applySplit(input: z.infer<typeof applySplitSchema>): Promise<Gesture>;
  /** A locked test side changes no more: neither by a new split nor by hand. */
  lockTest(input: { isLocked: boolean }): Promise<DataOverview>;
  /** Trains a recipe on random and on grouped divisions. Throws `gap/one-group` where there is nothing to compare. */
  startGap(
    input: Omit<z.infer<typeof trainRequestSchema>, 'splitBy' | 'fold'> & { folds: number },
  ): Promise<{ jobId: string }>;
  /** The newest comparison; null before the first. */
  gap(): Promise<Gap | null>;
}
