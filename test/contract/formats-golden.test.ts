import path from 'node:path';
import { expect, it } from 'vitest';
import { detectFormat } from '../../src/formats/detect.ts';
import type { ImportedRecords } from '../../src/formats/format.ts';
import { findFormat, formats } from '../../src/formats/list.ts';
import { drainExport, lookupOf, makeImage, treeOf, treeOfFolder } from '../helpers/file-trees.ts';
import { describeWithShared } from '../helpers/shared-data.ts';

/** Detects, reads, and checks that nothing was lost unsaid. */
async function importFolder(
  dir: string,
  images: Parameters<typeof lookupOf>,
  options?: object,
): Promise<{ format: string; records: ImportedRecords }> {
  const files = treeOfFolder(dir);
  const { format } = await detectFormat(files, formats);
  const records = await format.read(files, lookupOf(...images), options);
  const { seen, skipped } = records.report;
  expect(seen.images).toBe(records.report.images + skipped.reduce((sum, item) => sum + item.images, 0));
  expect(seen.boxes).toBe(records.report.boxes + skipped.reduce((sum, item) => sum + item.boxes, 0));
  expect(records.boxes).toHaveLength(records.report.boxes);
  expect(records.images).toHaveLength(records.report.images);
  return { format: format.id, records };
}

const plainBoxes = (records: ImportedRecords) =>
  records.boxes.map(({ className, x, y, w, h }) => [
    className,
    ...[x, y, w, h].map((v) => Math.round(v * 1e3) / 1e3),
  ]);

describeWithShared('labels made by datumaro', (shared) => {
  const yolo = path.join(shared, 'fixtures', 'datumaro', 'yolo_dataset');
  const twoBoxes = [
    ['label_2', 0, 2, 4, 2],
    ['label_4', 3, 3, 2, 3],
  ];
  const small = (name: string) => makeImage(name, { widthPx: 15, heightPx: 10 });

  for (const variant of [
    'yolov8_detection',
    'yolov8_detection_with_list_of_imgs',
    'yolov8_detection_with_list_of_names',
    'yolov8_detection_with_subset_txt',
  ]) {
    it(`reads two boxes and the split of ${variant}`, async () => {
      const { format, records } = await importFolder(path.join(yolo, variant), [small('images/train/1.jpg')]);
      expect(format).toBe('yolo');
      expect(plainBoxes(records)).toEqual(twoBoxes);
      expect(records.classes.map(({ name }) => name)).toEqual(
        Array.from({ length: 10 }, (_, i) => `label_${i}`),
      );
      expect(records.images).toEqual([
        {
          imageId: 'images/train/1.jpg',
          path: 'images/train/1.jpg',
          state: 'labelled',
          split: 'train',
          group: null,
        },
      ]);
      expect(records.report).toMatchObject({ images: 1, boxes: 2, skipped: [], clipped: 0 });
    });
  }

  it('reads the Darknet layout, whose paths begin with a folder that is not there', async () => {
    const { format, records } = await importFolder(path.join(yolo, 'yolo'), [small('obj_train_data/1.jpg')]);
    expect(format).toBe('yolo');
    expect(plainBoxes(records)).toEqual(twoBoxes);
    expect(records.images[0]).toMatchObject({ split: 'train', state: 'labelled' });
  });

  it('reduces outlines and turned boxes to upright boxes, and says so', async () => {
    const outlines = await importFolder(path.join(yolo, 'yolov8_segmentation'), [
      small('images/train/1.jpg'),
    ]);
    expect(plainBoxes(outlines.records)).toEqual([
      ['label_2', 1.5, 1, 4.5, 4],
      ['label_4', 3, 1.5, 3, 6],
    ]);
    expect(outlines.records.report.notes).toContain('2 outlines were reduced to their boxes.');
    const turned = await importFolder(path.join(yolo, 'yolov8_oriented_boxes'), [
      small('images/train/1.jpg'),
    ]);
    expect(turned.records.report).toMatchObject({ boxes: 2, clipped: 1 });
  });

  for (const variant of ['yolov8_pose', 'yolov8_pose_two_values_per_point']) {
    it(`takes the box and leaves the key points of ${variant}`, async () => {
      const { records } = await importFolder(path.join(yolo, variant), [small('images/train/1.jpg')]);
      expect(plainBoxes(records)).toEqual([['skeleton_label', 0, 2, 4, 2]]);
      expect(records.report.notes).toContain('1 boxes have key points, which were not kept.');
    });
  }

  const coco = path.join(shared, 'fixtures', 'datumaro', 'coco_dataset');
  const pair = [
    makeImage('images/train/a.jpg', { widthPx: 10, heightPx: 5 }),
    makeImage('images/val/b.jpg', { widthPx: 5, heightPx: 10 }),
  ];

  it('reads COCO instances and leaves the files that repeat them', async () => {
    const { format, records } = await importFolder(path.join(coco, 'coco'), pair);
    expect(format).toBe('coco');
    expect(plainBoxes(records)).toEqual([
      ['b', 2, 2, 3, 1],
      ['a', 0, 0, 1, 2],
    ]);
    expect(records.boxes[1]?.attributes).toEqual({ x: 1, y: 'hello' });
    expect(records.classes.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
    expect(records.images.map(({ path: p, split, state }) => [p, split, state])).toEqual([
      ['images/train/a.jpg', 'train', 'labelled'],
      ['images/val/b.jpg', 'valid', 'labelled'],
    ]);
    expect(records.report.skipped).toEqual([
      {
        what: 'annotations/instances_val.json annotation 2',
        why: 'it marks a crowd, not one animal',
        images: 0,
        boxes: 1,
      },
    ]);
    expect(records.report.notes.filter((note) => note.includes('was left aside'))).toHaveLength(12);
  });

  const counts: Record<string, [boxes: number, lost: number]> = {
    coco_instances: [2, 1],
    coco_person_keypoints: [2, 1],
    coco_stuff: [0, 2],
    coco_panoptic: [0, 3],
    coco_labels: [0, 3],
    coco_captions: [0, 3],
    coco_image_info: [0, 0],
  };
  for (const [variant, [boxes, lost]] of Object.entries(counts)) {
    it(`accounts for every annotation of ${variant}`, async () => {
      const { records } = await importFolder(path.join(coco, variant), pair);
      expect([records.report.boxes, records.report.seen.boxes - records.report.boxes]).toEqual([boxes, lost]);
      expect(records.report.images).toBe(2);
    });
  }

  it('keeps crowds when asked to', async () => {
    const { records } = await importFolder(path.join(coco, 'coco_instances'), pair, { crowd: 'keep' });
    expect(records.boxes.at(-1)).toMatchObject({ className: 'b', attributes: { 'coco.iscrowd': 1 } });
    expect(records.report).toMatchObject({ boxes: 3, skipped: [] });
  });
});

describeWithShared('the fisheries contest boxes', (shared) => {
  const dir = path.join(shared, 'ncfm-boxes');

  /** A project that holds every photograph the files name, in the contest's folders. */
  async function namedImages(set: string): Promise<string[]> {
    const names: string[] = [];
    for await (const file of treeOfFolder(path.join(dir, set)).list()) {
      if (!file.path.endsWith('.json')) continue;
      const folder = file.path.split('_')[0]?.replace('NoF', 'nof').toUpperCase().replace('NOF', 'NoF');
      const entries = JSON.parse(new TextDecoder().decode(await file.bytes())) as { filename: string }[];
      names.push(...entries.map(({ filename }) => `train/${folder}/${filename.split('/').at(-1)}`));
    }
    return names;
  }
  const sized = (names: string[]) => names.map((name) => makeImage(name, { widthPx: 1732, heightPx: 974 }));

  it('reads all 4,471 rectangles of the seven classes', async () => {
    const { format, records } = await importFolder(
      path.join(dir, 'minggli'),
      sized(await namedImages('minggli')),
    );
    expect(format).toBe('ncfm');
    expect(records.report).toMatchObject({ images: 3312, boxes: 4471, skipped: [], clipped: 4 });
    const perClass = Object.groupBy(records.boxes, ({ className }) => className);
    expect(
      Object.fromEntries(Object.entries(perClass).map(([name, boxes]) => [name, boxes?.length])),
    ).toEqual({
      ALB: 2531,
      BET: 307,
      DOL: 124,
      LAG: 101,
      OTHER: 389,
      SHARK: 196,
      YFT: 823,
    });
    expect(records.images.filter(({ state }) => state === null)).toHaveLength(15);
  });

  it('takes NoF as images without fish, and its rectangles as no boxes', async () => {
    const { records } = await importFolder(
      path.join(dir, 'jkjung-avt'),
      sized(await namedImages('jkjung-avt')),
    );
    expect(records.report).toMatchObject({ images: 3777, boxes: 4470 });
    expect(records.report.seen.boxes).toBe(4470 + 1210);
    expect(records.images.filter(({ state }) => state === 'empty')).toHaveLength(465);
    expect(records.classes.map(({ name }) => name)).not.toContain('NoF');
  });

  it('finds a photograph by its bare name when the project keeps no class folders', async () => {
    const flat = (await namedImages('minggli')).slice(0, 100).map((name) => name.split('/').at(-1) ?? '');
    const { records } = await importFolder(path.join(dir, 'minggli'), sized(flat));
    expect(records.report.images).toBe(100);
    expect(records.report.seen).toEqual({ images: 3312, boxes: 4471 });
  });
});

describeWithShared('the aquarium labels', (shared) => {
  const dir = path.join(shared, 'aquarium');

  it('reads all 4,233 boxes of both splits, and writes them so that they come back', async () => {
    const names: string[] = [];
    for await (const file of treeOfFolder(dir).list()) if (file.path.endsWith('.jpg')) names.push(file.path);
    const images = names.map((name) => makeImage(name, { widthPx: 768, heightPx: 1024 }));
    const { format, records } = await importFolder(dir, images);
    expect(format).toBe('yolo');
    expect(records.classes.map(({ name }) => name)).toEqual([
      'fish',
      'jellyfish',
      'penguin',
      'puffin',
      'shark',
      'starfish',
      'stingray',
    ]);
    expect(records.report).toMatchObject({ images: 575, boxes: 3324 + 909, skipped: [] });
    const bySplit = Map.groupBy(records.images, ({ split }) => split);
    expect([bySplit.get('train')?.length, bySplit.get('valid')?.length]).toEqual([448, 127]);
    expect(records.images.filter(({ state }) => state === 'empty')).toHaveLength(1);

    const states = new Map(records.images.map((image) => [image.imageId, image]));
    const exported = {
      projectName: 'Aquarium',
      classes: records.classes.map(({ name, position }) => ({
        id: name,
        name,
        color: '#ff0000',
        key: null,
        scientificName: null,
        position,
      })),
      images: images.map((image) => ({
        ...image,
        split: states.get(image.id)?.split ?? null,
        state: states.get(image.id)?.state ?? ('unseen' as const),
      })),
      boxes: records.boxes.map((box, i) => ({
        ...box,
        id: `b${i}`,
        classId: box.className,
        source: 'import' as const,
        modelId: null,
      })),
      nowMs: 0,
    };
    for (const id of ['coco', 'yolo']) {
      const target = findFormat(id);
      if (target === undefined) throw new Error(`${id} is not in the list`);
      const files = treeOf(await drainExport(target.write(exported)));
      const again = await target.read(files, lookupOf(...images));
      expect(again.report).toMatchObject({ images: 575, boxes: 4233, skipped: [] });
      expect(again.images.map(({ imageId, split, state }) => [imageId, split, state]).sort()).toEqual(
        records.images.map(({ imageId, split, state }) => [imageId, split, state]).sort(),
      );
    }
  });
});
