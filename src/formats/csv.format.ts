/** Plain CSV: a row for each box, in whatever columns a person or script chose. */
import { z } from 'zod';
import { readCsv } from './csv.read.ts';
import { writeCsv } from './csv.write.ts';
import { guessColumns, guessDelimiter } from './csv-columns.ts';
import { defineFormat } from './define-format.ts';
import type { Detection, FileTree } from './format.ts';
import { exportCoordinates, importCoordinates } from './option-parts.ts';
import { scoreCut } from './score-cut.ts';
import { hasExtension, readStart, splitLines } from './text.ts';

const column = (what: string, example: string) =>
  z
    .string()
    .default('')
    .meta({
      description: `${what}: the name of the column or its number from 1; found by its name when left empty`,
      examples: [example],
    });

const importOptions = z.object({
  coordinates: importCoordinates,
  header: z
    .enum(['auto', 'yes', 'no'])
    .default('auto')
    .meta({
      description: 'Whether the first row holds the names of the columns',
      examples: ['no'],
    }),
  delimiter: z
    .enum(['auto', ',', ';', 'tab', '|'])
    .default('auto')
    .meta({
      description: 'What stands between cells',
      examples: [';'],
    }),
  image: column('Image', 'filename'),
  class: column('Class', 'species'),
  x: column('Left edge, or centre with box=centre', 'xmin'),
  y: column('Top edge, or centre with box=centre', 'ymin'),
  x2: column('Right edge, or width', '5'),
  y2: column('Bottom edge, or height', '6'),
  score: column('Score', 'confidence'),
  bbox: column('Four numbers in one cell, such as [10, 20, 30, 40]', 'bbox'),
  box: z
    .enum(['auto', 'corners', 'size', 'centre'])
    .default('auto')
    .meta({
      description:
        'What the four numbers are: two corners; left, top, width and height; centre, width and height. Found out from the names of the columns',
      examples: ['size'],
    }),
  unit: z
    .enum(['auto', 'pixel', 'fraction'])
    .default('auto')
    .meta({
      description: 'Pixels or fractions of the image; fractions when no number is above 1',
      examples: ['fraction'],
    }),
  minScore: scoreCut('Boxes with a score below this are left out and counted; boxes without one are taken'),
});
export type CsvImportOptions = z.infer<typeof importOptions>;

const exportOptions = z.object({
  coordinates: exportCoordinates,
  box: z
    .enum(['corners', 'size'])
    .default('corners')
    .meta({
      description: 'Columns of a box: xmin, ymin, xmax, ymax; or x, y, w, h',
      examples: ['size'],
    }),
});
export type CsvExportOptions = z.infer<typeof exportOptions>;

export const csvFormat = defineFormat({
  id: 'csv',
  title: 'CSV table',
  description: 'A row for each box with image, class and corners; columns of other tables can be named.',
  extensions: ['.csv', '.tsv'],
  options: exportOptions,
  importOptions,
  loses: [
    'Images nobody has looked at are left out: without a box they would count as empty.',
    'Head and tail points, attributes, and who drew a box are not written.',
    'Groups, colours and keys of classes are only in the manifest.',
  ],
  precisionPx: 1e-6,
  detect: detectCsv,
  read: readCsv,
  write: writeCsv,
});

async function detectCsv(files: FileTree): Promise<Detection> {
  let best: Detection = { confidence: 0, reason: 'no CSV with columns for an image and a box' };
  for await (const file of files.list()) {
    if (!hasExtension(file.path, '.csv', '.tsv')) continue;
    const [head = ''] = splitLines(await readStart(file)).filter((line) => line.trim() !== '');
    const delimiter = guessDelimiter(head);
    const columns = guessColumns(head.split(delimiter).map((cell) => cell.trim().replaceAll('"', '')));
    if (columns.image === undefined || (columns.bbox === undefined && columns.edges === undefined)) continue;
    const confidence = columns.class === undefined ? 0.6 : 0.75;
    if (confidence > best.confidence)
      best = { confidence, reason: `“${file.path}” has columns for an image and a box` };
  }
  return best;
}
