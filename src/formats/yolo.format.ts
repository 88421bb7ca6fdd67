/** YOLO labels: one text file an image, boxes as fractions of it. Ultralytics and Darknet layouts, and bare text files. */
import { defineFormat } from './define-format.ts';
import { FileTable } from './file-table.ts';
import type { Detection, FileTree } from './format.ts';
import { baseName } from './image-lookup.ts';
import { decodeText, hasExtension } from './text.ts';
import { yoloExportOptions, yoloImportOptions } from './yolo.options.ts';
import { readYolo } from './yolo.read.ts';
import { writeYolo } from './yolo.write.ts';
import { looksLikeLabels } from './yolo-line.ts';

/** Text files looked into before a tree is judged. */
const MAX_LOOKED_AT = 20;

export const yoloFormat = defineFormat({
  id: 'yolo',
  title: 'YOLO',
  description:
    'A text file for each image and a `data.yaml`, as Ultralytics reads it. Also Darknet `obj.data` and bare text files on import.',
  extensions: ['.yaml', '.yml', '.txt', '.data'],
  options: yoloExportOptions,
  importOptions: yoloImportOptions,
  loses: [
    'Images nobody has looked at are left out: without a label they would count as empty.',
    'Scores, head and tail points, attributes, groups and colours are not in the label files.',
  ],
  precisionPx: 1e-3,
  detect: detectYolo,
  read: readYolo,
  write: writeYolo,
});

async function detectYolo(files: FileTree): Promise<Detection> {
  const table = await FileTable.of(files);
  const read = async (path: string): Promise<string> =>
    decodeText((await table.get(path)?.bytes()) ?? new Uint8Array());
  const yamls: string[] = [];
  let darknet: string | undefined;
  const looked: string[] = [];
  let named = false;
  for (const path of table.keys()) {
    if (hasExtension(path, '.yaml', '.yml')) yamls.push(path);
    else if (hasExtension(path, '.data')) darknet ??= path;
    else if (hasExtension(path, '.names')) named = true;
    else if (hasExtension(path, '.txt')) {
      const name = baseName(path);
      if (/(^|_)classes\.txt$/i.test(name)) named = true;
      if (looked.length < MAX_LOOKED_AT && !/^(readme|license|classes|notice)/i.test(name)) looked.push(path);
    }
  }
  for (const path of yamls) {
    const text = await read(path);
    if (/^\s*["']?names["']?\s*:/m.test(text) && /^\s*["']?(train|val|test|nc|path)["']?\s*:/m.test(text)) {
      return { confidence: 0.95, reason: `“${path}” names classes and folders of images` };
    }
  }
  if (darknet !== undefined && /^\s*names\s*=/m.test(await read(darknet))) {
    return { confidence: 0.9, reason: `“${darknet}” names a list of classes` };
  }
  let labels = 0;
  for (const path of looked) if (looksLikeLabels(await read(path))) labels++;
  if (labels === 0)
    return {
      confidence: 0,
      reason:
        'no `data.yaml` with names, no `obj.data`, and no text file with a class and four numbers a line',
    };
  const share = labels / looked.length;
  return {
    confidence: (named ? 0.85 : 0.6) * (0.5 + share / 2),
    reason: `${labels} of ${looked.length} text files hold a class and four numbers a line`,
  };
}
