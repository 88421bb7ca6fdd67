/** Reads what host jobs return into the JSON that the CLI promises, refusing a result of another shape. */
import { z } from 'zod';
import { transferReportSchema } from '../../contract/transfer.ts';
import { metricsSchema } from '../../core/records.ts';
import type { Output } from './output.ts';

export const trainResultSchema = z.object({
  modelId: z.string(),
  recipe: z.string(),
  backend: z.string(),
  epochs: z.number(),
  trainMs: z.number(),
  imagesPerS: z.number(),
  metrics: metricsSchema.nullable(),
});

export const modelExportResultSchema = z.object({
  modelId: z.string(),
  file: z.string(),
  bytes: z.number(),
  difference: z.number(),
  outputs: z.array(z.string()),
});

export const featuresResultSchema = z.object({
  images: z.number(),
  imagesPerS: z.number(),
  inferenceImagesPerS: z.number(),
  failed: z.array(z.object({ error: z.object({ message: z.string() }) })).default([]),
});

const scanReportSchema = z.object({
  images: z.number(),
  problems: z.array(z.object({ path: z.string(), code: z.string() })),
  unreadable: z.array(z.object({ path: z.string(), why: z.string() })),
  notes: z.array(z.string()),
});

const problemWords: Readonly<Record<string, string>> = {
  'image/not-an-image': 'it is not a photograph',
  'image/too-large': 'it has too many pixels to be decoded safely',
  'image/truncated': 'it is cut short',
  'image/unreadable': 'the system does not let it be read',
  'image/missing': 'it is no longer there',
};

/** What a scan passed over, as warnings on stderr and as part of the JSON. The files themselves are untouched. */
export function presentScan(
  output: Output,
  result: Record<string, unknown>,
  imagesDir: string,
): Pick<z.infer<typeof scanReportSchema>, 'unreadable' | 'notes'> & {
  unusable: { path: string; why: string }[];
} {
  const report = scanReportSchema.parse(result);
  const unusable = report.problems.map(({ path, code }) => ({ path, why: problemWords[code] ?? code }));
  const notes = [...report.notes];
  if (report.images === 0)
    notes.push(`No photographs were found in ${imagesDir}. The project is empty until some are there.`);
  const lines = [
    ...unusable.map(({ path, why }) => `Left out ${path}: ${why}.`),
    ...report.unreadable.map(({ path, why }) => `Could not look into ${path}, so it was left out: ${why}.`),
  ];
  const shown = 10;
  for (const line of lines.slice(0, shown)) output.note(line);
  if (lines.length > shown) output.note(`… and ${lines.length - shown} more; --json lists them`);
  for (const note of notes) output.note(note);
  return { unusable, unreadable: report.unreadable, notes };
}

/** The promised part of a transfer report, and a few lines for a person. */
export function presentTransfer(
  output: Output,
  verb: string,
  result: Record<string, unknown>,
): Record<string, unknown> {
  const report = transferReportSchema.parse(result);
  output.say(
    `${verb}: ${report.boxes} boxes on ${report.images} images, format ${report.format}, ${report.clipped} clipped at the image edge, ${report.skipped.length} skipped.`,
  );
  const shown = 10;
  for (const entry of report.skipped.slice(0, shown)) output.say(`  skipped ${entry.what}: ${entry.why}`);
  if (report.skipped.length > shown)
    output.say(`  … and ${report.skipped.length - shown} more; --json lists them all`);
  for (const note of report.notes) output.say(`  ${note}`);
  return { ...report };
}
