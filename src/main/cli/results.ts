/** Reads what host jobs return into the JSON that the CLI promises, refusing a result of another shape. */
import { z } from 'zod';
import { transferReportSchema } from '../../contract/schemas.ts';
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

export const featuresResultSchema = z.object({
  images: z.number(),
  imagesPerS: z.number(),
  inferenceImagesPerS: z.number(),
});

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
