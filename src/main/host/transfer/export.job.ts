/** The job that writes labels out: into a fresh folder beside the target first, so that the target is whole or untouched. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { TransferReport } from '../../../contract/schemas.ts';
import { countOf } from '../../../core/count.ts';
import type { ImageRecord, PredictionRecord } from '../../../core/records.ts';
import { computeDetectionProbabilities, type ImageProbabilities } from '../../../core/submission.ts';
import type { ExportInput } from '../../../formats/format.ts';
import { findFormat } from '../../../formats/list.ts';
import { MANIFEST_NAME } from '../../../formats/manifest.ts';
import type { JobRunner } from '../../jobs/job.ts';
import type { HostContext } from '../context.ts';
import { toImageRecord, toPredictionRecord } from '../images.ts';
import { readImageProbabilities } from '../learning/image-probabilities.ts';
import { findJudgedDetections } from '../learning/judged-detections.ts';
import type { OpenProject } from '../open-project.ts';
import { unknownFormat } from './import.job.ts';
import { packExport } from './pack-export.ts';
import { checkExportTarget, keepOffPhotographs, writeFilesTogether } from './write-together.ts';

const exportInputSchema = z.object({
  format: z.string(),
  dir: z.string(),
  options: z.record(z.string(), z.unknown()),
});

export function createExportRunner(context: HostContext): JobRunner {
  return async (rawInput, { signal, onProgress }) => {
    const input = exportInputSchema.parse(rawInput);
    const project = context.session.require();
    const format = findFormat(input.format);
    if (format === undefined) throw unknownFormat(input.format);
    const dir = path.resolve(input.dir);
    checkExportTarget(dir, project.imagesRoot());
    const { files, report, copies, packing } = format.write(collect(context, project, dir), input.options);
    let done = 0;
    const checked = keepOffPhotographs(files, dir, project.imagesRoot());
    const tell = (phase: string): void => {
      done += 1;
      onProgress({ phase, done, total: 0, unit: 'files', etaMs: null });
    };
    const photographs = copies.flatMap(({ imageId, path: name }) => {
      const image = project.db.images.find(imageId);
      return image === undefined
        ? []
        : [{ name, file: path.join(project.imagesRoot(), ...image.path.split('/')) }];
    });
    const written = await writeFilesTogether(
      dir,
      checked,
      signal,
      () => tell(`Writing ${format.title}`),
      packing === undefined
        ? undefined
        : (staging, names) =>
            packExport(staging, names, {
              packing,
              photographs,
              signal,
              onFile: () => tell('Packing photographs'),
            }),
    );
    const result: TransferReport = {
      format: format.id,
      images: report.images,
      boxes: report.boxes,
      skipped: report.skipped.map(({ what, why }) => ({ what, why })),
      clipped: report.clipped,
      notes: [...report.notes],
      files: written,
    };
    return {
      summary: `${countOf(report.boxes, 'box', 'boxes')} on ${countOf(report.images, 'image')} to ${dir}`,
      result: { ...result, dir },
    };
  };
}

/** Everything of the project that a format may want. */
function collect(context: HostContext, project: OpenProject, dir: string): ExportInput {
  const { db } = project;
  const images = db.images.listAll().map(toImageRecord);
  const model = db.models.findPinned() ?? db.models.list()[0];
  const manifest = path.join(dir, MANIFEST_NAME);
  return {
    projectName: db.settings.get().name,
    classes: db.classes.list(),
    images,
    boxes: db.boxes.listAll(),
    predictions: model === undefined ? [] : collectPredictions(project, model.id, images),
    ...(model === undefined
      ? {}
      : {
          probabilities: collectProbabilities(
            project,
            model.id,
            images.map((image) => image.id),
          ),
        }),
    ...(existsSync(manifest) ? { previousManifest: readFileSync(manifest) } : {}),
    nowMs: context.now(),
  };
}

/** On images that an evaluation judged: the very detections it judged. On others: the suggestions that were kept. */
function collectPredictions(
  project: OpenProject,
  modelId: string,
  images: readonly ImageRecord[],
): PredictionRecord[] {
  const judged = findJudgedDetections(path.join(project.modelsDir, modelId), modelId);
  const others = images.flatMap(({ id }) => (judged?.imageIds.has(id) === true ? [] : [id]));
  return [
    ...(judged?.predictions ?? []),
    ...project.db.predictions.listByModel(modelId, others).map(toPredictionRecord),
  ];
}

/** What the model said of whole images; where its recipe says nothing, what its boxes amount to. Only of images it has looked at. */
function collectProbabilities(
  project: OpenProject,
  modelId: string,
  imageIds: readonly string[],
): ImageProbabilities[] {
  const said = readImageProbabilities(path.join(project.modelsDir, modelId));
  if (said.size > 0) return [...said.values()];
  if (project.db.tallies.get(`predicted:${modelId}`) === 0) return [];
  const found = Map.groupBy(
    project.db.predictions.listByModel(modelId, imageIds),
    (prediction) => prediction.imageId,
  );
  return imageIds.map((imageId) => computeDetectionProbabilities(imageId, found.get(imageId) ?? []));
}
