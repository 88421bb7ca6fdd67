/** labelme JSON: one file an image, lying beside it. */
import { z } from 'zod';
import { defineFormat } from './define-format.ts';
import type { Detection, FileTree } from './format.ts';
import { readLabelme } from './labelme.read.ts';
import { writeLabelme } from './labelme.write.ts';
import { exportCoordinates, importCoordinates, importWithoutBoxes } from './option-parts.ts';
import { hasExtension, readStart } from './text.ts';

/** JSON files looked into before a tree is judged. */
const MAX_LOOKED_AT = 20;
/** Photographs may be inside the file, before what the format is known by. */
const LOOK_BYTES = 1_000_000;

const exportOptions = z.object({ coordinates: exportCoordinates });
export type LabelmeExportOptions = z.infer<typeof exportOptions>;

const importOptions = z.object({ coordinates: importCoordinates, withoutBoxes: importWithoutBoxes });
export type LabelmeImportOptions = z.infer<typeof importOptions>;

export const labelmeFormat = defineFormat({
  id: 'labelme',
  title: 'labelme JSON',
  description: 'One JSON an image with its shapes, as labelme, X-AnyLabeling and AnyLabeling keep them.',
  extensions: ['.json'],
  options: exportOptions,
  importOptions,
  loses: [
    'Images nobody has looked at are left out: without a shape they would count as empty.',
    'Head and tail points, and who drew a box, are not written.',
    'Splits, groups, colours and keys of classes are only in the manifest.',
  ],
  precisionPx: 1e-6,
  detect: detectLabelme,
  read: readLabelme,
  write: writeLabelme,
});

async function detectLabelme(files: FileTree): Promise<Detection> {
  let looked = 0;
  for await (const file of files.list()) {
    if (!hasExtension(file.path, '.json')) continue;
    const text = await readStart(file, LOOK_BYTES);
    if (text.startsWith('{') && text.includes('"shapes"') && /"image(Path|Height|Data)"/.test(text))
      return { confidence: 0.95, reason: `“${file.path}” has the shapes of one image` };
    if (++looked >= MAX_LOOKED_AT) break;
  }
  return { confidence: 0, reason: 'no JSON with “shapes” and “imagePath”' };
}
