/** Import and export as windows and commands start them. */
import path from 'node:path';
import { z } from 'zod';
import type { HostApi } from '../../../contract/host-api.ts';
import { importChoicesSchema } from '../../../contract/import-plan.ts';
import type { FormatInfo } from '../../../contract/transfer.ts';
import { previewTable } from '../../../formats/csv-preview.ts';
import type { Format } from '../../../formats/format.ts';
import { formats } from '../../../formats/list.ts';
import type { HostContext } from '../context.ts';
import { requireModel } from '../learning/predictions.ts';
import { requireOnnxFile } from './export-model.job.ts';
import { openFileTree } from './folder-tree.ts';
import { checkPredictionFile } from './prediction-file.job.ts';
import { createReportsArea } from './reports-area.ts';
import { checkExportTarget } from './write-together.ts';

export type TransferArea = Pick<
  HostApi,
  | 'listFormats'
  | 'startImport'
  | 'startExport'
  | 'startPredictionFile'
  | 'startModelExport'
  | 'transferRows'
  | 'saveTransfer'
  | 'previewTable'
>;

export function createTransferArea(context: HostContext): TransferArea {
  return {
    ...createReportsArea(context),
    previewTable: async ({ path: source, header, delimiter }) =>
      previewTable(await openFileTree(path.resolve(source)), { header, delimiter }),
    listFormats: async () => formats.map(describeFormat),
    startImport: async ({ path: source, more = [], format, options = {}, ...choices }) => {
      const project = context.session.require();
      const named = format === undefined ? {} : { format };
      const input = {
        ...importChoicesSchema.parse(choices),
        path: path.resolve(source),
        ...(more.length === 0 ? {} : { more: more.map((one) => path.resolve(one)) }),
        ...named,
        options,
      };
      return {
        jobId: context.jobs.start({
          kind: 'import',
          title: `${input.dryRun ? 'Try out the import of' : 'Import labels from'} ${path.basename(source)}${more.length === 0 ? '' : ', …'}`,
          input,
          store: project.jobStore,
        }).id,
      };
    },
    startExport: async ({ format, dir, options, copies = 'none' }) => {
      const project = context.session.require();
      checkExportTarget(path.resolve(dir), project.imagesRoot());
      const input = { format, dir: path.resolve(dir), options, copies };
      return {
        jobId: context.jobs.start({
          kind: 'export',
          title: `Export as ${format}`,
          input,
          store: project.jobStore,
        }).id,
      };
    },
    startModelExport: async ({ modelId, file }) => {
      const project = context.session.require();
      const target = requireOnnxFile(file);
      checkExportTarget(path.dirname(target), project.imagesRoot());
      const model = requireModel(project, modelId);
      return {
        jobId: context.jobs.start({
          kind: 'export-model',
          title: `Export ${model.name} to ${path.basename(target)}`,
          input: { modelId: model.id, file: target },
          store: project.jobStore,
        }).id,
      };
    },
    startPredictionFile: async ({ modelId, split, file }) => {
      const project = context.session.require();
      checkPredictionFile(file);
      const target = path.resolve(file);
      checkExportTarget(path.dirname(target), project.imagesRoot());
      const input = { modelId: requireModel(project, modelId).id, split, file: target };
      return {
        jobId: context.jobs.start({
          kind: 'predict',
          title: `Write predictions to ${path.basename(target)}`,
          input,
          store: project.jobStore,
        }).id,
      };
    },
  };
}

function describeFormat(format: Format): FormatInfo {
  const { id, title, description, canImport, canExport, loses, precisionPx } = format;
  const optionsSchema = z.toJSONSchema(format.options, { io: 'input' }) as Record<string, unknown>;
  const importOptionsSchema = z.toJSONSchema(format.importOptions, { io: 'input' }) as Record<
    string,
    unknown
  >;
  // A format of whole images places none, and one with an option for them packs its own.
  const placesImages =
    canExport && precisionPx !== null && !Object.hasOwn(optionsSchema.properties ?? {}, 'images');
  return {
    id,
    title,
    description,
    canImport,
    canExport,
    placesImages,
    holdsBoxes: precisionPx !== null || !canExport,
    loses: [...loses],
    optionsSchema,
    importOptionsSchema,
  };
}
