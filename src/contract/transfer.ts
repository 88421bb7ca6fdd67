/** Labels in, labels out: what can be asked, and the reports of what was done. */
import { z } from 'zod';
import { imageStateSchema } from '../core/records.ts';
import type { ImportChoices } from './import-plan.ts';

export const formatInfoSchema = z.object({
  id: z.string(),
  title: z.string(),
  description: z.string(),
  canImport: z.boolean(),
  canExport: z.boolean(),
  /** Whether photographs have a place beside its labels, to which they can be copied. */
  placesImages: z.boolean(),
  /** False for tables of whole images, whose reports count no boxes. */
  holdsBoxes: z.boolean(),
  /** What this format cannot say, in sentences. */
  loses: z.array(z.string()),
  /** What can be chosen for an export, as JSON Schema. */
  optionsSchema: z.record(z.string(), z.unknown()),
  /** What can be chosen for an import, as JSON Schema. */
  importOptionsSchema: z.record(z.string(), z.unknown()),
});
export type FormatInfo = z.infer<typeof formatInfoSchema>;

/** What an import or export did, to the last box. */
export const transferReportSchema = z.object({
  format: z.string(),
  /** What the source (of an export: the project) held before anything was left out. */
  seen: z.object({ images: z.number(), boxes: z.number() }).exactOptional(),
  images: z.number(),
  boxes: z.number(),
  skipped: z.array(z.object({ what: z.string(), why: z.string() })),
  clipped: z.number(),
  notes: z.array(z.string()),
  /** Files written, for an export. */
  files: z.array(z.string()),
  /** Further findings, such as how a setting was tuned: cells as they are shown. */
  tables: z
    .array(z.object({ title: z.string(), head: z.array(z.string()), rows: z.array(z.array(z.string())) }))
    .exactOptional(),
  /** The gesture that an import became; null where it changed nothing. */
  gestureId: z.string().nullable().exactOptional(),
});
export type TransferReport = z.infer<typeof transferReportSchema>;

/** What an import or export did to one image of the project. */
export const transferRowSchema = z.object({
  path: z.string(),
  /** Boxes met in the source; of an export, in the project. */
  seen: z.number(),
  /** Boxes that came in or went out. */
  taken: z.number(),
  /** Boxes that were there already. */
  repeated: z.number(),
  /** Boxes of the project that made way. */
  removed: z.number(),
  clipped: z.number(),
  /** Boxes left out. */
  lost: z.number(),
  /** State of the image afterwards. */
  state: imageStateSchema,
});
export type TransferRow = z.infer<typeof transferRowSchema>;

/** `changed`: images with a box lost, clipped, removed or there already. */
export const rowFilterSchema = z.enum(['all', 'changed']);

/** The first rows of a table, and what its columns were taken for. */
export const tablePreviewSchema = z.object({
  path: z.string(),
  delimiter: z.string(),
  /** Names of the columns; empty where the first row is data. */
  header: z.array(z.string()),
  rows: z.array(z.array(z.string())),
  /** The column (from 1) that each part was found in; null where none was. */
  columns: z.record(z.string(), z.number().nullable()),
  /** What four columns of numbers were taken for. */
  box: z.enum(['corners', 'size', 'centre']).nullable(),
});
export type TablePreview = z.infer<typeof tablePreviewSchema>;

/** How photographs go along with an export: not at all, byte for byte, or turned upright and written anew. */
export const copyChoiceSchema = z.enum(['none', 'unchanged', 'upright']);
export type CopyChoice = z.infer<typeof copyChoiceSchema>;

export interface TransferApi {
  listFormats(): Promise<FormatInfo[]>;
  /**
   * `options` are those of the format's `importOptionsSchema`; the job fails with `format/options` on any other. Its result is a
   * `TransferReport` with an `ImportPreview` under `preview`; with `dryRun` nothing is saved.
   */
  startImport(
    input: {
      path: string;
      /** Further files and folders of the same import: each is recognised by itself, and all are one gesture. */
      more?: readonly string[] | undefined;
      format?: string | undefined;
      options?: Record<string, unknown> | undefined;
    } & Partial<ImportChoices>,
  ): Promise<{ jobId: string }>;
  /** The job's result is a `TransferReport`, with the folder under `dir`. */
  startExport(input: {
    format: string;
    dir: string;
    options: Record<string, unknown>;
    copies?: CopyChoice | undefined;
  }): Promise<{ jobId: string }>;
  /** Image by image, by path: what a finished import or export did. Throws `transfer/no-report` where none was kept. */
  transferRows(input: {
    jobId: string;
    only: z.infer<typeof rowFilterSchema>;
    offset: number;
    limit: number;
  }): Promise<{ total: number; items: TransferRow[] }>;
  /** Writes the report of a job as one HTML page, as JSON, or its images as CSV, as the name ends; atomically. Throws `transfer/no-report`. */
  saveTransfer(input: { jobId: string; file: string }): Promise<{ file: string }>;
  /** The first table below a path. Throws `import/not-found`, or `format/no-labels` where there is none. */
  previewTable(input: {
    path: string;
    header: 'auto' | 'yes' | 'no';
    delimiter: 'auto' | ',' | ';' | 'tab' | '|';
  }): Promise<TablePreview>;
}
