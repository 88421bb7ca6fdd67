/** What a model said of each image it was judged on, split by split, kept in its folder: for setting it against another model. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { ImagePrediction } from '../../../engine/messages.ts';
import { writeFileAtomically } from '../atomic-file.ts';

const judgementSchema = z.object({
  /** The project's revision then. */
  revision: z.number(),
  images: z.array(
    z.object({
      imageId: z.string(),
      /** Class id, left, top, width, height, score; the surest first. */
      found: z.array(z.tuple([z.string(), z.number(), z.number(), z.number(), z.number(), z.number()])),
      probabilities: z.array(z.number()).nullable(),
    }),
  ),
});
export type StoredJudgement = z.infer<typeof judgementSchema>;

function fileIn(modelDir: string, split: string): string {
  return path.join(modelDir, `judgement-${split}.json`);
}

/** Replaces what was kept of the same split. Images without a prediction are kept as those of which nothing was said. */
export function saveJudgement(
  modelDir: string,
  split: string,
  imageIds: readonly string[],
  predictions: readonly ImagePrediction[],
  o: { readonly classIds: readonly string[]; readonly revision: number },
): void {
  const byImage = new Map(predictions.map((prediction) => [prediction.imageId, prediction]));
  const images = imageIds.map((imageId): StoredJudgement['images'][number] => {
    const said = byImage.get(imageId);
    return {
      imageId,
      found: (said?.detections ?? [])
        .flatMap(({ classIndex, x, y, w, h, score }): [string, number, number, number, number, number][] => {
          const classId = o.classIds[classIndex];
          return classId === undefined ? [] : [[classId, x, y, w, h, score]];
        })
        .sort((a, b) => b[5] - a[5]),
      probabilities: said?.imageProbabilities ?? null,
    };
  });
  writeFileAtomically(fileIn(modelDir, split), JSON.stringify({ revision: o.revision, images }));
}

/** Undefined when the model was not judged on the split, or by an earlier version of the studio. */
export function findJudgement(modelDir: string, split: string): StoredJudgement | undefined {
  try {
    return judgementSchema.parse(JSON.parse(readFileSync(fileIn(modelDir, split), 'utf8')));
  } catch {
    // It can always be made again by judging the model once more.
    return undefined;
  }
}
