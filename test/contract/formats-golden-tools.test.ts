import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { detectFormat } from '../../src/formats/detect.ts';
import type { ImportedRecords } from '../../src/formats/format.ts';
import { formats } from '../../src/formats/list.ts';
import { viameFormat } from '../../src/formats/viame.format.ts';
import { lookupOf, makeImage, treeOf, treeOfFolder } from '../helpers/file-trees.ts';
import { describeWithShared } from '../helpers/shared-data.ts';

const boxesOf = (records: ImportedRecords) =>
  records.boxes.map(({ className, x, y, w, h }) => [className, x, y, w, h]);

describeWithShared('Pascal VOC as datumaro keeps it', (shared) => {
  const dir = path.join(shared, 'fixtures', 'datumaro', 'voc_dataset');
  const sized = (name: string) => makeImage(name, { widthPx: 20, heightPx: 10 });

  it('reads two objects, leaves their parts, and takes the split of the list', async () => {
    const files = treeOfFolder(path.join(dir, 'voc_dataset1'));
    const { format } = await detectFormat(files, formats);
    expect(format.id).toBe('voc');
    const records = await format.read(files, lookupOf(sized('JPEGImages/2007_000001.jpg')));
    expect(boxesOf(records)).toEqual([
      ['cat', 0, 1, 3, 3],
      ['person', 3, 4, 3, 3],
    ]);
    expect(records.boxes[0]?.attributes).toEqual({ truncated: true });
    expect(records.images).toMatchObject([{ split: 'train', state: 'labelled' }]);
  });

  it('reads four images with a box and an empty one, without sizes', async () => {
    const files = treeOfFolder(path.join(dir, 'voc_dataset2'));
    const { format } = await detectFormat(files, formats);
    const records = await format.read(
      files,
      lookupOf(...['a', 'b', 'c', 'd', '@'].map((name) => sized(`${name}.jpg`))),
    );
    expect([format.id, records.report.images, records.report.boxes]).toEqual(['voc', 5, 4]);
    expect(records.boxes.map(({ className }) => className).sort()).toEqual([
      'aeroplane',
      'background',
      'bicycle',
      'bird',
    ]);
    expect(records.images.filter(({ state }) => state === 'empty').map(({ path: name }) => name)).toEqual([
      '@.jpg',
    ]);
  });
});

describeWithShared('CSV made by VIAME', (shared) => {
  const dir = path.join(shared, 'fixtures', 'viame', 'examples');
  // Photographs and boxes in each file, counted by its rows.
  const counts: Record<string, [file: string, images: number, boxes: number]> = {
    'detections of an example': ['annotation_and_visualization/example_detections.csv', 20, 992],
    'the detections to be scored': ['scoring_and_evaluation/detections.csv', 20, 110],
    'the truth they are scored against': ['scoring_and_evaluation/groundtruth.csv', 16, 51],
    'whole images with and without fish': ['frame_level_classification/fish_no_fish.csv', 21, 21],
    'seals in thermal images': ['object_detector_training/groundtruth_arctic_seal_16bit.csv', 2, 4],
    'a query of one box': ['search_and_rapid_model_generation/query_box.csv', 1, 1],
  };
  for (const [title, [file, images, boxes]] of Object.entries(counts)) {
    it(`reads ${boxes} boxes of ${title}`, async () => {
      const text = readFileSync(path.join(dir, file), 'utf8');
      const rows = text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
      const names = new Set(rows.map((line) => path.posix.basename(line.split(',')[1] ?? '')));
      const files = treeOf({ [path.basename(file)]: text });
      const { format } = await detectFormat(files, formats);
      const project = [...names].map((name) => makeImage(name, { widthPx: 2000, heightPx: 2000 }));
      const { report } = await format.read(files, lookupOf(...project));
      expect([format.id, report.images, report.boxes, report.seen.boxes]).toEqual([
        'viame',
        images,
        boxes,
        boxes,
      ]);
    });
  }

  it('agrees with DIVE about boxes, classes and frames in its own test cases', async () => {
    const file = path.join(shared, 'fixtures', 'dive', 'testutils', 'viame.spec.json');
    type Track = { confidencePairs: [string, number][]; features: { frame: number; bounds: number[] }[] };
    const cases = JSON.parse(readFileSync(file, 'utf8')) as [string[], Record<string, Track>][];
    const images = Array.from({ length: 7 }, (_, i) =>
      makeImage(`${i + 1}.png`, { widthPx: 5000, heightPx: 5000 }),
    );
    for (const [lines, tracks] of cases) {
      const { boxes } = await viameFormat.read(treeOf({ 'case.csv': lines.join('\n') }), lookupOf(...images));
      // DIVE rounds corners to whole pixels, and leaves a top below its bottom: half a pixel is the most that can differ.
      const theirs = Object.values(tracks).flatMap(({ features }) =>
        features.map(({ frame, bounds: [x1 = 0, y1 = 0, x2 = 0, y2 = 0] }) => [
          frame,
          Math.min(x1, x2),
          Math.min(y1, y2),
          Math.max(x1, x2),
          Math.max(y1, y2),
        ]),
      );
      expect(boxes).toHaveLength(theirs.length);
      for (const [frame = 0, left = 0, top = 0, right = 0, bottom = 0] of theirs) {
        const near = boxes.some(
          (box) =>
            Math.abs(box.x - left) <= 0.5 &&
            Math.abs(box.y - top) <= 0.5 &&
            Math.abs(box.x + box.w - right) <= 0.5 &&
            Math.abs(box.y + box.h - bottom) <= 0.5,
        );
        expect([frame, near]).toEqual([frame, true]);
      }
      const known = new Set(
        Object.values(tracks).flatMap(({ confidencePairs }) => confidencePairs.map(([name]) => name)),
      );
      for (const { className } of boxes) expect([...known, 'ignored']).toContain(className);
    }
  });
});
