/** CVAT for images XML 1.1: what CVAT exports and takes back. */
import { z } from 'zod';
import { readCvat } from './cvat.read.ts';
import { writeCvat } from './cvat.write.ts';
import { defineFormat } from './define-format.ts';
import type { Detection, FileTree } from './format.ts';
import { exportCoordinates, exportUnseen, importCoordinates, importWithoutBoxes } from './option-parts.ts';
import { hasExtension, readStart } from './text.ts';

const exportOptions = z.object({ coordinates: exportCoordinates, unseen: exportUnseen });
export type CvatExportOptions = z.infer<typeof exportOptions>;

const importOptions = z.object({ coordinates: importCoordinates, withoutBoxes: importWithoutBoxes });
export type CvatImportOptions = z.infer<typeof importOptions>;

export const cvatFormat = defineFormat({
  id: 'cvat',
  title: 'CVAT for images XML',
  description: 'One `annotations.xml` with images, boxes in pixels and their attributes, as CVAT 1.1 has it.',
  extensions: ['.xml'],
  options: exportOptions,
  importOptions,
  loses: [
    'Boxes are written with two decimals, as CVAT writes them.',
    'Scores and head and tail points are not written.',
    'Images nobody has looked at and images without fish look the same; a manifest beside the labels tells them apart.',
    'Splits, groups and keys of classes are only in the manifest.',
  ],
  // Corners have two decimals and move outward, so that no box loses its extent: a side grows by less than 0.02.
  precisionPx: 0.021,
  detect: detectCvat,
  read: readCvat,
  write: writeCvat,
});

async function detectCvat(files: FileTree): Promise<Detection> {
  for await (const file of files.list()) {
    if (!hasExtension(file.path, '.xml')) continue;
    const text = await readStart(file);
    if (!/<annotations[\s>]/.test(text)) continue;
    if (/<(image|track)\s[^>]*\b(name|label)\s*=/.test(text) || text.includes('<meta>'))
      return { confidence: 0.95, reason: `“${file.path}” has the images or tracks of a CVAT task` };
  }
  return { confidence: 0, reason: 'no XML with <annotations> and images or tracks' };
}
