/** Label Studio JSON: tasks with annotations of people and predictions of models, boxes in percent. */
import { z } from 'zod';
import { defineFormat } from './define-format.ts';
import type { Detection, FileTree } from './format.ts';
import { readLabelStudio } from './label-studio.read.ts';
import { writeLabelStudio } from './label-studio.write.ts';
import { exportCoordinates, exportUnseen, importCoordinates } from './option-parts.ts';
import { scoreCut } from './score-cut.ts';
import { hasExtension, readStart } from './text.ts';

const exportOptions = z.object({
  coordinates: exportCoordinates,
  unseen: exportUnseen,
  imageUrl: z
    .string()
    .default('/data/local-files/?d=')
    .meta({
      description:
        "Written before each path: for photographs on the server's own disk, or a web address or bucket that holds them",
      examples: ['s3://reef/photos/'],
    }),
});
export type LabelStudioExportOptions = z.infer<typeof exportOptions>;

const importOptions = z.object({
  coordinates: importCoordinates,
  annotations: z
    .enum(['last', 'all'])
    .default('last')
    .meta({
      description: 'Tasks that several people annotated: take the last annotation, or the boxes of all',
      examples: ['all'],
    }),
  predictions: z
    .enum(['auto', 'import', 'ignore'])
    .default('auto')
    .meta({
      description: "A model's predictions: taken where a task has no annotation, always, or never",
      examples: ['ignore'],
    }),
  minScore: scoreCut('Predicted boxes with a score below this are left out and counted'),
});
export type LabelStudioImportOptions = z.infer<typeof importOptions>;

export const labelStudioFormat = defineFormat({
  id: 'label-studio',
  title: 'Label Studio JSON',
  description:
    'One JSON with a task for each image, annotations and predictions apart, and the labelling config.',
  extensions: ['.json'],
  options: exportOptions,
  importOptions,
  loses: [
    'Head and tail points, and whether an image was declared complete, are not written.',
    'Groups, colours and keys of classes are only in the manifest.',
    'Label Studio finds photographs of its own disk only with local files allowed in its settings.',
  ],
  precisionPx: 1e-6,
  detect: detectLabelStudio,
  read: readLabelStudio,
  write: writeLabelStudio,
});

async function detectLabelStudio(files: FileTree): Promise<Detection> {
  let best: Detection = { confidence: 0, reason: 'no JSON list of tasks with “data” and “annotations”' };
  for await (const file of files.list()) {
    if (!hasExtension(file.path, '.json')) continue;
    const text = await readStart(file, 1_000_000);
    if (!text.startsWith('[') || !text.includes('"data"')) continue;
    const sure = text.includes('"to_name"') && text.includes('"from_name"');
    const tasks = /"(annotations|predictions|completions)"\s*:/.test(text);
    const confidence = sure ? 0.96 : tasks ? 0.7 : 0;
    if (confidence > best.confidence)
      best = {
        confidence,
        reason: sure
          ? `“${file.path}” is a list of tasks with regions`
          : `“${file.path}” is a list of tasks with annotations`,
      };
  }
  return best;
}
