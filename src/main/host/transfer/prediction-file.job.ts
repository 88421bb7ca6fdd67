/** The job that writes what a model sees in a split to one file: a Kaggle submission for `.csv`, else JSON. Labels do not matter to it. */
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { countOf } from '../../../core/count.ts';
import { AppError } from '../../../core/errors.ts';
import { splitChoiceSchema } from '../../../core/learning.ts';
import { computeDetectionProbabilities, type ImageProbabilities } from '../../../core/submission.ts';
import type { ImagePrediction } from '../../../engine/messages.ts';
import { kaggleSubmissionFormat } from '../../../formats/kaggle-submission.format.ts';
import type { JobRunner } from '../../jobs/job.ts';
import { writeFileAtomically } from '../atomic-file.ts';
import type { HostContext } from '../context.ts';
import { toImageRecord } from '../images.ts';
import { listReadableImages, toEngineImage } from '../learning/labelled-images.ts';
import { findNeighbours } from '../learning/neighbours.ts';
import { requireModel } from '../learning/predictions.ts';
import { checkExportTarget } from './write-together.ts';

export const predictionFileInputSchema = z.object({
  modelId: z.string(),
  split: splitChoiceSchema,
  file: z.string(),
});

const minScore = 0.01;
const maxDetections = 100;

export function createPredictionFileRunner(context: HostContext): JobRunner {
  return async (rawInput, { signal, onProgress }) => {
    const { modelId, split, file } = predictionFileInputSchema.parse(rawInput);
    const project = context.session.require();
    checkExportTarget(path.dirname(file), project.imagesRoot());
    const model = requireModel(project, modelId);
    const images = listReadableImages(project).filter((image) => split === 'all' || image.split === split);
    const predictions: ImagePrediction[] = [];
    const around = await findNeighbours(context, project, model.recipe, images);
    const { failed } = await context.engine.call(
      'predict',
      {
        modelDir: path.join(project.modelsDir, model.id),
        images: images.map((image) => toEngineImage(project, image)),
        ...around,
        featuresDir: project.featuresDir,
        canvas: project.db.settings.get().canvas,
        minScore,
        maxDetections,
      },
      { signal, onProgress, onItems: (items) => void predictions.push(...items) },
    );
    const classes = project.db.classes.list();
    const nameOf = new Map(classes.map((entry) => [entry.id, entry.name]));
    const classNames = model.classIds.map((id) => nameOf.get(id) ?? id);
    if (file.toLowerCase().endsWith('.csv')) {
      const probabilities = predictions.map((prediction) => toProbabilities(prediction, model.classIds));
      const input = {
        projectName: project.db.settings.get().name,
        classes,
        images: images.map(toImageRecord),
        boxes: [],
        probabilities,
        nowMs: context.now(),
      };
      for await (const output of kaggleSubmissionFormat.write(input).files) {
        if (output.path.endsWith('.csv')) writeFileAtomically(file, output.bytes);
      }
    } else {
      writeFileAtomically(
        file,
        JSON.stringify(
          toJson(model.id, classNames, predictions, new Map(images.map((image) => [image.id, image.path]))),
          null,
          1,
        ),
      );
    }
    const detections = predictions.reduce((sum, prediction) => sum + prediction.detections.length, 0);
    return {
      summary: `${countOf(predictions.length, 'image')} to ${file}`,
      result: { modelId: model.id, images: predictions.length, detections, failed },
    };
  };
}

function toProbabilities(
  { imageId, detections, imageProbabilities }: ImagePrediction,
  classIds: readonly string[],
): ImageProbabilities {
  if (imageProbabilities !== null) {
    return {
      imageId,
      byClass: new Map(classIds.map((id, index) => [id, imageProbabilities[index] ?? 0])),
      nothing: imageProbabilities[classIds.length] ?? 0,
    };
  }
  return computeDetectionProbabilities(
    imageId,
    detections.map(({ classIndex, score }) => ({ classId: classIds[classIndex] ?? '', score })),
  );
}

function toJson(
  modelId: string,
  classNames: readonly string[],
  predictions: readonly ImagePrediction[],
  paths: ReadonlyMap<string, string>,
) {
  return {
    modelId,
    /** Boxes are x, y, width, height in upright image pixels. */
    classes: classNames,
    images: predictions.map(({ imageId, detections, imageProbabilities }) => ({
      path: paths.get(imageId) ?? '',
      /** One value a class, then of no fish; null where the recipe does not say. */
      imageProbabilities,
      detections: detections.map(({ classIndex, x, y, w, h, score }) => ({
        class: classNames[classIndex] ?? '',
        x,
        y,
        w,
        h,
        score,
      })),
    })),
  };
}

/** Throws `predict/no-file-name` for a path that is none, or a folder. */
export function checkPredictionFile(file: string): void {
  const isFolder = existsSync(file) && statSync(file).isDirectory();
  if (path.basename(file) !== '' && !isFolder) return;
  throw new AppError({
    code: 'predict/no-file-name',
    message: 'The predictions need a file to be written to, not a folder. Nothing was written.',
    hint: 'Name a file that ends in .json or .csv.',
  });
}
