/** COCO detection JSON: what most detectors train on and what pycocotools evaluates. */
import { cocoExportOptions, cocoImportOptions } from './coco.options.ts';
import { readCoco } from './coco.read.ts';
import { writeCoco } from './coco.write.ts';
import { defineFormat } from './define-format.ts';
import type { Detection, FileTree } from './format.ts';
import { baseName } from './image-lookup.ts';
import { MANIFEST_NAME } from './manifest.ts';
import { decodeText, hasExtension } from './text.ts';

export const cocoFormat = defineFormat({
  id: 'coco',
  title: 'COCO detection JSON',
  description:
    'One JSON with images, classes and boxes in pixels. Read by most detection tools and by pycocotools.',
  extensions: ['.json'],
  options: cocoExportOptions,
  importOptions: cocoImportOptions,
  loses: [
    'Images nobody has looked at and images without fish look the same; a manifest beside the labels tells them apart.',
    'Groups, colours and keys of classes are only in the manifest.',
    'Who drew a box, and which model suggested it, is not written.',
  ],
  precisionPx: 1e-6,
  detect: detectCoco,
  read: readCoco,
  write: writeCoco,
});

/** Looks for the keys in the text without parsing it: such files can be large. */
async function detectCoco(files: FileTree): Promise<Detection> {
  let best: Detection = { confidence: 0, reason: 'no JSON with “images” and “annotations”' };
  for await (const file of files.list()) {
    if (!hasExtension(file.path, '.json') || baseName(file.path) === MANIFEST_NAME) continue;
    const text = decodeText(await file.bytes()).trimStart();
    const has = (...keys: string[]): boolean => keys.every((key) => text.includes(`"${key}"`));
    let found: Detection | undefined;
    if (text.startsWith('{') && has('images', 'annotations', 'categories')) {
      found = { confidence: 0.95, reason: `“${file.path}” has images, annotations and categories` };
    } else if (
      text.startsWith('{') &&
      has('images', 'file_name') &&
      (has('annotations') || has('categories'))
    ) {
      found = { confidence: 0.7, reason: `“${file.path}” lists images with annotations or categories` };
    } else if (text.startsWith('[') && has('image_id', 'bbox', 'category_id')) {
      found = { confidence: 0.85, reason: `“${file.path}” is a list of results` };
    }
    if (found !== undefined && found.confidence > best.confidence) best = found;
  }
  return best;
}
