/** The very detections an evaluation judged, kept beside the model, so that an export hands the same ones to other tools. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { PredictionRecord } from '../../../core/records.ts';
import type { ImagePrediction } from '../../../engine/messages.ts';
import { writeFileAtomically } from '../atomic-file.ts';
import type { LabelledImage } from './labelled-images.ts';

const fileName = 'judged-detections.json';

const fileSchema = z.object({
  split: z.string(),
  imageIds: z.array(z.string()),
  /** Image by index, class id, left, top, width, height, score. */
  rows: z.array(
    z.tuple([z.number(), z.string(), z.number(), z.number(), z.number(), z.number(), z.number()]),
  ),
});

/** What was judged: which images, and the detections on them as prediction records without a review status of their own. */
export interface JudgedDetections {
  readonly imageIds: ReadonlySet<string>;
  readonly predictions: readonly PredictionRecord[];
}

/** Replaces what an earlier evaluation of this model left. */
export function saveJudgedDetections(
  modelDir: string,
  split: string,
  images: readonly LabelledImage[],
  predictions: readonly ImagePrediction[],
  classIds: readonly string[],
): void {
  const imageIds = images.map(({ image }) => image.id);
  const indexOf = new Map(imageIds.map((id, index) => [id, index]));
  const rows = predictions.flatMap(({ imageId, detections }) =>
    detections.flatMap((found) => {
      const classId = classIds[found.classIndex];
      const index = indexOf.get(imageId);
      if (classId === undefined || index === undefined) return [];
      return [[index, classId, found.x, found.y, found.w, found.h, found.score]];
    }),
  );
  writeFileAtomically(path.join(modelDir, fileName), JSON.stringify({ split, imageIds, rows }));
}

/** Undefined when the model was never evaluated. */
export function findJudgedDetections(modelDir: string, modelId: string): JudgedDetections | undefined {
  let text: string;
  try {
    text = readFileSync(path.join(modelDir, fileName), 'utf8');
  } catch {
    // Not every model has been evaluated.
    return undefined;
  }
  const { imageIds, rows } = fileSchema.parse(JSON.parse(text));
  const predictions = rows.flatMap(([index, classId, x, y, w, h, score], row): PredictionRecord[] => {
    const imageId = imageIds[index];
    if (imageId === undefined) return [];
    return [
      {
        id: `judged-${row}`,
        modelId,
        imageId,
        classId,
        x,
        y,
        w,
        h,
        score,
        probabilities: [],
        status: 'pending',
        boxId: null,
        head: null,
        tail: null,
      },
    ];
  });
  return { imageIds: new Set(imageIds), predictions };
}
