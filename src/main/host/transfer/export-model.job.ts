/** The job that writes a trained model as one ONNX file for other programs. */
import { existsSync, statSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { AppError } from '../../../core/errors.ts';
import type { JobRunner } from '../../jobs/job.ts';
import type { HostContext } from '../context.ts';
import { requireModel } from '../learning/predictions.ts';
import { checkExportTarget } from './write-together.ts';

const inputSchema = z.object({ modelId: z.string(), file: z.string() });
const bytesPerMb = 1_000_000;

export function createModelExportRunner(context: HostContext): JobRunner {
  return async (rawInput, { signal, onProgress }) => {
    const { modelId, file } = inputSchema.parse(rawInput);
    const project = context.session.require();
    const model = requireModel(project, modelId);
    checkExportTarget(path.dirname(file), project.imagesRoot());
    await mkdir(path.dirname(file), { recursive: true });
    const { bytes, difference, outputs } = await context.engine.call(
      'exportModel',
      {
        modelDir: path.join(project.modelsDir, model.id),
        canvas: project.db.settings.get().canvas,
        file,
      },
      { signal, onProgress },
    );
    return {
      summary: `${model.name}: ${(bytes / bytesPerMb).toFixed(1)} MB to ${file}`,
      result: { modelId: model.id, file, bytes, difference, outputs },
    };
  };
}

/** The file a model is written to. Throws `export-model/no-onnx-file` for a folder, or a name that does not end in .onnx. */
export function requireOnnxFile(file: string): string {
  const target = path.resolve(file);
  const isFolder = existsSync(target) && statSync(target).isDirectory();
  if (!isFolder && path.extname(target).toLowerCase() === '.onnx') return target;
  throw new AppError({
    code: 'export-model/no-onnx-file',
    message: `A model is written to one file that ends in .onnx, which ${file} is not. Nothing was written.`,
    hint: 'Name a file such as fish.onnx.',
    details: { file: target },
  });
}
