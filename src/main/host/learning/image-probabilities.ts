/** What a model says about whole images, kept in its folder for exports that want one probability a class. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { ImageProbabilities } from '../../../core/submission.ts';
import { writeFileAtomically } from '../atomic-file.ts';

const fileSchema = z.object({
  classIds: z.array(z.string()),
  rows: z.array(z.tuple([z.string(), z.array(z.number())])),
});

/** Rows: one value a class in the order of `classIds`, then the probability of nothing. */
export function saveImageProbabilities(
  modelDir: string,
  classIds: readonly string[],
  rows: ReadonlyMap<string, readonly number[]>,
): void {
  if (rows.size === 0) return;
  writeFileAtomically(
    path.join(modelDir, 'image-probabilities.json'),
    JSON.stringify({ classIds, rows: [...rows] }),
  );
}

/** By image id; empty when the model's recipe has no such output or it was never run. */
export function readImageProbabilities(modelDir: string): Map<string, ImageProbabilities> {
  try {
    const { classIds, rows } = fileSchema.parse(
      JSON.parse(readFileSync(path.join(modelDir, 'image-probabilities.json'), 'utf8')),
    );
    return new Map(
      rows.map(([imageId, values]) => [
        imageId,
        {
          imageId,
          byClass: new Map(classIds.map((id, index) => [id, values[index] ?? 0])),
          nothing: values[classIds.length] ?? 0,
        },
      ]),
    );
  } catch {
    // Not every model has this output.
    return new Map();
  }
}
