/** Our side of coco-giant.bench.ts, a process of its own: what an import does with a file before it saves, box by box. */
// As the host and the command line begin.
import '../src/main/young-generation.ts';
import path from 'node:path';
import type { ImageRecord } from '../src/core/records.ts';
import { detectFormat } from '../src/formats/detect.ts';
import { createImageLookup } from '../src/formats/image-lookup.ts';
import { formats } from '../src/formats/list.ts';
import { openFileTree } from '../src/main/host/transfer/folder-tree.ts';
import { spareMemory } from '../src/main/host/transfer/spare-memory.ts';

const [file = '', count = '0'] = process.argv.slice(2);

const images = Array.from(
  { length: Number(count) },
  (_, i): ImageRecord => ({
    id: `image-${i}`,
    path: path.posix.join('train', `${i}.jpg`),
    hash: '',
    widthPx: 1280,
    heightPx: 720,
    rawWidthPx: 1280,
    rawHeightPx: 720,
    orientation: 1,
    capturedAtMs: null,
    group: null,
    split: null,
    state: 'unseen',
    problem: null,
  }),
);
const before = process.cpuUsage();
const said = await spareMemory(async () => {
  const tree = await openFileTree(file);
  const { format } = await detectFormat(tree, formats);
  const { boxList, imageList } = await format.read(tree, createImageLookup(images));
  let boxes = 0;
  for (const { w, h } of boxList) if (w > 0 && h > 0) boxes++;
  return { format: format.id, images: imageList.length, boxes };
});
const { user, system } = process.cpuUsage(before);
console.log(
  JSON.stringify({
    ...said,
    cpuS: (user + system) / 1e6,
    peakMb: (process.resourceUsage().maxRSS * 1024) / 1e6,
  }),
);
