/** COCO detection JSON: what most detectors train on and what pycocotools evaluates. */
import { cocoExportOptions, cocoImportOptions } from './coco.options.ts';
import { readCoco } from './coco.read.ts';
import { writeCoco } from './coco.write.ts';
import { defineFormat } from './define-format.ts';
import type { Detection, FileTree, SourceFile } from './format.ts';
import { baseName } from './image-lookup.ts';
import { MANIFEST_NAME } from './manifest.ts';
import { decodeText, hasExtension, streamOf } from './text.ts';

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

/** Looks for the keys in the bytes without parsing them: such files can be large, and any list may come last. */
async function detectCoco(files: FileTree): Promise<Detection> {
  let best: Detection = { confidence: 0, reason: 'no JSON with “images” and “annotations”' };
  for await (const file of files.list()) {
    if (!hasExtension(file.path, '.json') || baseName(file.path) === MANIFEST_NAME) continue;
    const { start, keys } = await findKeys(file);
    const has = (...wanted: string[]): boolean => wanted.every((key) => keys.has(key));
    let found: Detection | undefined;
    if (start === '{' && has('images', 'annotations', 'categories')) {
      found = { confidence: 0.95, reason: `“${file.path}” has images, annotations and categories` };
    } else if (start === '{' && has('images', 'file_name') && (has('annotations') || has('categories'))) {
      found = { confidence: 0.7, reason: `“${file.path}” lists images with annotations or categories` };
    } else if (start === '[' && has('image_id', 'bbox', 'category_id')) {
      found = { confidence: 0.85, reason: `“${file.path}” is a list of results` };
    }
    if (found !== undefined && found.confidence > best.confidence) best = found;
  }
  return best;
}

const marks = ['images', 'annotations', 'categories', 'file_name', 'image_id', 'bbox', 'category_id'];
/** The longest mark with its quotes, less one: what may be cut in two between pieces. */
const OVERLAP = 14;

/** The first sign of a file, and which marks stand in it, read no further than needed. */
async function findKeys(file: SourceFile): Promise<{ start: string; keys: Set<string> }> {
  const keys = new Set<string>();
  let start = '';
  let rest = '';
  const isSure = (): boolean =>
    start === '{'
      ? ['images', 'annotations', 'categories'].every((key) => keys.has(key))
      : start === '[' && ['image_id', 'bbox', 'category_id'].every((key) => keys.has(key));
  for await (const piece of streamOf(file)) {
    const text = rest + decodeText(piece);
    start ||= text.trimStart().slice(0, 1);
    for (const mark of marks) if (!keys.has(mark) && text.includes(`"${mark}"`)) keys.add(mark);
    if (isSure() || (start !== '' && start !== '{' && start !== '[')) break;
    rest = text.slice(-OVERLAP);
  }
  return { start, keys };
}
