/** Pascal VOC: one XML file an image, as labelImg and many trainers have it. */
import { defineFormat } from './define-format.ts';
import type { Detection, FileTree } from './format.ts';
import { hasExtension, readStart } from './text.ts';
import { vocExportOptions, vocImportOptions } from './voc.options.ts';
import { readVoc } from './voc.read.ts';
import { writeVoc } from './voc.write.ts';

/** XML files looked into before a tree is judged. */
const MAX_LOOKED_AT = 20;

export const vocFormat = defineFormat({
  id: 'voc',
  title: 'Pascal VOC XML',
  description:
    'One XML file an image, boxes in whole pixels counted from 1. Read by labelImg and many trainers.',
  extensions: ['.xml'],
  options: vocExportOptions,
  importOptions: vocImportOptions,
  loses: [
    'Boxes are widened to whole pixels, unless the origin zero-based is chosen.',
    'Images nobody has looked at are left out: without a box they would count as empty.',
    'Scores, head and tail points, and who drew a box are not written.',
    'Groups, colours and keys of classes are only in the manifest.',
  ],
  precisionPx: 2,
  detect: detectVoc,
  read: readVoc,
  write: writeVoc,
});

async function detectVoc(files: FileTree): Promise<Detection> {
  let best: Detection = { confidence: 0, reason: 'no XML with <annotation>, <filename> and <bndbox>' };
  let looked = 0;
  for await (const file of files.list()) {
    if (!hasExtension(file.path, '.xml')) continue;
    const text = await readStart(file);
    if (/<annotation[\s>]/.test(text) && text.includes('<filename>')) {
      const sure = text.includes('<bndbox>') || text.includes('<segmented>');
      const confidence = sure ? 0.95 : text.includes('<polygon>') ? 0.2 : 0.7;
      if (confidence > best.confidence)
        best = { confidence, reason: `“${file.path}” describes one image with its boxes` };
      if (sure) break;
    }
    if (++looked >= MAX_LOOKED_AT) break;
  }
  return best;
}
