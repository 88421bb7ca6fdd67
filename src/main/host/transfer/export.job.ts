/** The job that writes labels out: into a fresh folder beside the target first, so that the target is whole or untouched. */
import path from 'node:path';
import { z } from 'zod';
import { copyChoiceSchema, type TransferReport, type TransferRow } from '../../../contract/transfer.ts';
import { countOf } from '../../../core/count.ts';
import type { ImageRecord, PredictionRecord } from '../../../core/records.ts';
import { computeDetectionProbabilities, type ImageProbabilities } from '../../../core/submission.ts';
import type { ExportInput, Format, FormatReport, OutputFile } from '../../../formats/format.ts';
import { findFormat } from '../../../formats/list.ts';
import { countLosses } from '../../../formats/losses.ts';
import type { JobRunner } from '../../jobs/job.ts';
import type { HostContext } from '../context.ts';
import { toImageRecord, toPredictionRecord } from '../images.ts';
import { readImageProbabilities } from '../learning/image-probabilities.ts';
import { findJudgedDetections } from '../learning/judged-detections.ts';
import type { OpenProject } from '../open-project.ts';
import { findChannels } from '../scan/read-image-facts.ts';
import { readAttachments } from './attachments.ts';
import { recallClassIds, rememberClassIds } from './class-ids.ts';
import { copyPhotographs } from './copy-photographs.ts';
import { unknownFormat } from './import.job.ts';
import { packExport } from './pack-export.ts';
import { saveRows } from './rows.ts';
import { checkExportTarget, keepOffPhotographs, writeFilesTogether } from './write-together.ts';

const exportInputSchema = z.object({
  format: z.string(),
  dir: z.string(),
  options: z.record(z.string(), z.unknown()),
  copies: copyChoiceSchema.default('none'),
});

export function createExportRunner(context: HostContext): JobRunner {
  return async (rawInput, { jobId, signal, onProgress }) => {
    const input = exportInputSchema.parse(rawInput);
    const project = context.session.require();
    const format = findFormat(input.format);
    if (format === undefined) throw unknownFormat(input.format);
    const dir = path.resolve(input.dir);
    checkExportTarget(dir, project.imagesRoot());
    const collected = await collect(context, project, format, dir, input.options);
    const { files, report, copies, packing } = format.write(collected, input.options);
    let done = 0;
    const tell = (phase: string): void => {
      done += 1;
      onProgress({ phase, done, total: 0, unit: 'files', etaMs: null });
    };
    const photographs = copies.flatMap(({ imageId, path: name }) => {
      const image = project.db.images.find(imageId);
      return image === undefined ? [] : [{ name, file: project.imageFile(image.path) }];
    });
    // A format that packs archives takes its photographs into them.
    const copied =
      packing === undefined && input.copies !== 'none'
        ? [copyPhotographs(photographs, input.copies, () => tell('Copying photographs'))]
        : [];
    const all = joinFiles(rememberClassIds(project, files), ...copied);
    const written = await writeFilesTogether(
      dir,
      keepOffPhotographs(all, dir, project.imagesRoot()),
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
    const listed = new Set(copies.map(({ imageId }) => imageId));
    saveRows(project, jobId, countRows(collected, report, listed));
    const tables = listTables(format, input.options, collected, report, listed);
    const result: TransferReport = {
      format: format.id,
      seen: { ...report.seen },
      images: report.images,
      boxes: report.boxes,
      skipped: report.skipped.map(({ what, why }) => ({ what, why })),
      clipped: report.clipped,
      notes: [...report.notes],
      files: written,
      ...(tables.length === 0 ? {} : { tables }),
    };
    return {
      summary: `${tellWritten(report)} to ${dir}`,
      result: { ...result, dir },
    };
  };
}

/** A table of verdicts holds images and no boxes. */
function tellWritten({ boxes, images }: Pick<TransferReport, 'boxes' | 'images'>): string {
  const written = countOf(images, 'image');
  return boxes === 0 ? written : `${countOf(boxes, 'box', 'boxes')} on ${written}`;
}

async function* joinFiles(...parts: readonly AsyncIterable<OutputFile>[]): AsyncGenerator<OutputFile> {
  for (const part of parts) yield* part;
}

/** What a format found, and what it could not say of the images and boxes that it wrote. */
function listTables(
  format: Format,
  options: Readonly<Record<string, unknown>>,
  { images, boxes }: ExportInput,
  report: FormatReport,
  listed: ReadonlySet<string>,
): NonNullable<TransferReport['tables']> {
  // A bundle holds several formats, named by its option.
  const { labels } = z.object({ labels: z.string().default('') }).parse(format.options.parse(options));
  const held = labels === '' ? [format.id] : labels.split(',').map((id) => id.trim());
  const lost = countLosses(
    held,
    images.filter(({ id }) => listed.has(id)),
    boxes.filter(({ imageId }) => listed.has(imageId)),
  );
  return [...(report.tables ?? []), ...(lost === null ? [] : [lost])].map(({ title, head, rows }) => ({
    title,
    head: [...head],
    rows: rows.map((row) => [...row]),
  }));
}

/** What became of each image: `listed` are those that the files speak of. */
function countRows(
  input: ExportInput,
  report: FormatReport,
  listed: ReadonlySet<string>,
): readonly TransferRow[] {
  const boxes = new Map<string, number>();
  for (const { imageId } of input.boxes) boxes.set(imageId, (boxes.get(imageId) ?? 0) + 1);
  // A table of whole images places no photographs and speaks of boxes not at all.
  const isBoxless = listed.size === 0 && report.images > 0;
  return input.images.map(({ id, path: name, state }) => {
    const seen = isBoxless ? 0 : (boxes.get(id) ?? 0);
    const { lost, clipped } = report.byImage?.get(id) ?? { lost: 0, clipped: 0 };
    const taken = listed.has(id) ? seen - lost : 0;
    return { path: name, seen, taken, repeated: 0, removed: 0, clipped, lost: seen - taken, state };
  });
}

/** Everything of the project that a format may want. */
async function collect(
  context: HostContext,
  project: OpenProject,
  format: Format,
  dir: string,
  options: Readonly<Record<string, unknown>>,
): Promise<ExportInput> {
  const { db } = project;
  const images = db.images.listAll().map(toImageRecord);
  const model = db.models.findPinned() ?? db.models.list()[0];
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
    takenSuggestions: () => db.predictions.listTaken().map(toPredictionRecord),
    models: db.models.list().map(({ id, name, recipe }) => ({ id, name, recipe })),
    ...recallClassIds(project, format.id, dir),
    attachments: await readAttachments(format, options),
    channelsOf: (image) => findChannels(project.imageFile(image.path)),
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
