/** Reads a COCO file that is made while it is read: `node large-coco.ts MEGABYTES`. Prints boxes and peak memory as JSON. Nothing of it is on disk. */
import { cocoFormat } from '../../src/formats/coco.format.ts';
import type { SourceFile } from '../../src/formats/format.ts';
import { createImageLookup } from '../../src/formats/image-lookup.ts';

const imageCount = 1000;
const wanted = Number(process.argv[2]) * 1024 * 1024;
/** An outline as long as those of careful annotators: 400 points. */
const outline = Array.from({ length: 800 }, (_, i) => 100.25 + i).join(',');

function* draw(): Generator<string> {
  yield '{"annotations":[';
  let written = 0;
  for (let n = 0; written < wanted; n++) {
    const text = `${n === 0 ? '' : ','}{"id":${n + 1},"image_id":${1 + (n % imageCount)},"category_id":1,"bbox":[${n % 500},7,${20 + (n % 90)},30],"segmentation":[[${outline}]],"area":600,"iscrowd":0}`;
    written += text.length;
    yield text;
  }
  const images = Array.from({ length: imageCount }, (_, i) => ({
    id: i + 1,
    file_name: `${i}.jpg`,
    width: 640,
    height: 480,
  }));
  yield `],"categories":[{"id":1,"name":"cod"}],"images":${JSON.stringify(images)}}`;
}

const file: SourceFile = {
  path: 'instances.json',
  bytes: () => Promise.reject(new Error('A large file must not be read whole.')),
  stream: async function* () {
    for (const text of draw()) yield new TextEncoder().encode(text);
  },
};
const tree = {
  list: async function* () {
    yield file;
  },
};
const lookup = createImageLookup(
  Array.from({ length: imageCount }, (_, i) => ({
    id: `i${i}`,
    path: `${i}.jpg`,
    widthPx: 640,
    heightPx: 480,
    rawWidthPx: 640,
    rawHeightPx: 480,
    orientation: 1,
  })),
);
const { confidence } = await cocoFormat.detect(tree);
const { report } = await cocoFormat.read(tree, lookup);
console.log(
  JSON.stringify({
    confidence,
    boxes: report.boxes,
    peakMiB: Math.round(process.resourceUsage().maxRSS / 1024),
  }),
);
