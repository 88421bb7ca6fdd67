/** A data set for formats.bench.ts: images of one size, ten boxes each, in COCO and YOLO. The same numbers on both sides. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createRandom } from '../src/core/random.ts';
import type { ImageRecord } from '../src/core/records.ts';

const size = { widthPx: 1280, heightPx: 720 };
const classes = ['cod', 'eel', 'ray', 'shark', 'tuna'];
const boxesPerImage = 10;

export function drawImages(count: number): ImageRecord[] {
  return Array.from({ length: count }, (_, i) => ({
    id: `image-${i}`,
    path: `${i}.jpg`,
    hash: '',
    ...size,
    rawWidthPx: size.widthPx,
    rawHeightPx: size.heightPx,
    orientation: 1,
    capturedAtMs: null,
    group: null,
    split: 'train',
    state: 'labelled',
    problem: null,
  }));
}

/** Writes both forms below `dir` (`coco`, `yolo`), with empty files where the peer looks for photographs; returns the number of boxes. */
export function writeDataSets(dir: string, count: number): number {
  const random = createRandom(3);
  const annotations: object[] = [];
  const coco = path.join(dir, 'coco');
  const yolo = path.join(dir, 'yolo');
  for (const folder of [
    path.join(coco, 'annotations'),
    path.join(coco, 'images', 'train'),
    path.join(yolo, 'images', 'train'),
    path.join(yolo, 'labels', 'train'),
  ])
    mkdirSync(folder, { recursive: true });
  for (let i = 0; i < count; i++) {
    const lines: string[] = [];
    for (let n = 0; n < boxesPerImage; n++) {
      const [x, y] = [
        Math.round(random.range(0, 1100) * 100) / 100,
        Math.round(random.range(0, 600) * 100) / 100,
      ];
      const [w, h] = [
        Math.round(random.range(5, 170) * 100) / 100,
        Math.round(random.range(5, 110) * 100) / 100,
      ];
      const category = random.int(classes.length);
      annotations.push({
        id: annotations.length + 1,
        image_id: i + 1,
        category_id: category + 1,
        bbox: [x, y, w, h],
        area: w * h,
        segmentation: [],
        iscrowd: 0,
      });
      lines.push(
        [
          category,
          ...[
            (x + w / 2) / size.widthPx,
            (y + h / 2) / size.heightPx,
            w / size.widthPx,
            h / size.heightPx,
          ].map((v) => (typeof v === 'number' ? v.toFixed(8) : v)),
        ].join(' '),
      );
    }
    writeFileSync(path.join(yolo, 'labels', 'train', `${i}.txt`), `${lines.join('\n')}\n`);
    writeFileSync(path.join(yolo, 'images', 'train', `${i}.jpg`), picture);
  }
  const images = Array.from({ length: count }, (_, i) => ({
    id: i + 1,
    file_name: `${i}.jpg`,
    width: size.widthPx,
    height: size.heightPx,
  }));
  const categories = classes.map((name, i) => ({ id: i + 1, name, supercategory: '' }));
  writeFileSync(
    path.join(coco, 'annotations', 'instances_train.json'),
    JSON.stringify({ images, categories, annotations }),
  );
  writeFileSync(
    path.join(yolo, 'data.yaml'),
    `path: .\ntrain: images/train\nval: images/train\nnames: [${classes.join(', ')}]\n`,
  );
  return annotations.length;
}

/** The beginning of a JPEG of 1280 × 720: all that a reader of sizes looks at. */
const picture = Uint8Array.from([
  0xff, 0xd8, 0xff, 0xe0, 0, 16, 0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0, 0xff, 0xc0, 0, 17, 8,
  2, 0xd0, 5, 0, 3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1, 0xff, 0xd9,
]);
