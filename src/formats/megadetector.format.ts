/** MegaDetector results: what camera-trap tools such as AddaxAI and Timelapse exchange. */
import { z } from 'zod';
import { defineFormat } from './define-format.ts';
import type { Detection, FileTree } from './format.ts';
import { readMegadetector } from './megadetector.read.ts';
import { writeMegadetector } from './megadetector.write.ts';
import { importCoordinates } from './option-parts.ts';
import { scoreCut } from './score-cut.ts';
import { hasExtension, readStart } from './text.ts';

const importOptions = z.object({
  coordinates: importCoordinates,
  minScore: scoreCut(
    'Detections below this are left out and counted: MegaDetector writes them down to 0.005, which are rarely animals',
    { initial: 0.2, example: 0.5 },
  ),
  species: z
    .enum(['auto', 'ignore'])
    .default('auto')
    .meta({
      description:
        'Where a second model named the species: take its name as the class, or the detector’s (animal, person, vehicle)',
      examples: ['ignore'],
    }),
});
export type MegadetectorImportOptions = z.infer<typeof importOptions>;

export const megadetectorFormat = defineFormat({
  id: 'megadetector',
  title: 'MegaDetector JSON',
  description: 'One JSON with detections in fractions of each image, as camera-trap tools read it.',
  extensions: ['.json'],
  importOptions,
  loses: [
    'Head and tail points, attributes, and who drew a box are not written.',
    'Whether an image was declared complete, splits, groups and colours are only in the manifest.',
  ],
  precisionPx: 1e-6,
  detect: detectMegadetector,
  read: readMegadetector,
  write: writeMegadetector,
});

async function detectMegadetector(files: FileTree): Promise<Detection> {
  for await (const file of files.list()) {
    if (!hasExtension(file.path, '.json')) continue;
    const text = await readStart(file, 1_000_000);
    if (text.startsWith('{') && text.includes('"detection_categories"'))
      return { confidence: 0.97, reason: `“${file.path}” has detection categories and images` };
    if (
      text.startsWith('{') &&
      text.includes('"detections"') &&
      text.includes('"file"') &&
      text.includes('"conf"')
    )
      return { confidence: 0.8, reason: `“${file.path}” lists files with detections` };
  }
  return { confidence: 0, reason: 'no JSON with “detection_categories”' };
}
