import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { ExportInput } from '../../src/formats/format.ts';
import { yoloFormat } from '../../src/formats/yolo.format.ts';
import { makeBox } from '../helpers/arbitrary-project.ts';
import { drainExport, lookupOf, makeImage, treeOf } from '../helpers/file-trees.ts';

const row = '0 0.5 0.5 0.25 0.5';
const read = (files: Record<string, string>, ...images: Parameters<typeof lookupOf>) =>
  yoloFormat.read(treeOf(files), lookupOf(...images));
const text = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);

describe('reading YOLO', () => {
  it('finds folders that the YAML beside them writes with a step up', async () => {
    const { images, boxes } = await read(
      {
        'data.yaml': 'train: ../train/images\nval: ../valid/images\nnames: [fish]',
        'train/labels/a.txt': row,
        'valid/labels/a.txt': row,
      },
      'train/images/a.jpg',
      'valid/images/a.jpg',
    );
    expect(images.map(({ imageId, split }) => [imageId, split])).toEqual([
      ['train/images/a.jpg', 'train'],
      ['valid/images/a.jpg', 'valid'],
    ]);
    expect(boxes[0]).toMatchObject({ className: 'fish', x: 240, y: 120, w: 160, h: 240 });
  });

  it('reads bare text files with classes.txt beside them', async () => {
    const { classes, boxes, images } = await read(
      {
        'classes.txt': 'cod\n\ntuna\n',
        'a.txt': `${row}\r\n2 0.1 0.1 0.1 0.1\r\n`,
        'b.txt': '',
        'README.txt': 'made by hand',
      },
      'a.jpg',
      'b.jpg',
    );
    expect(classes.map(({ name }) => name)).toEqual(['cod', 'tuna']);
    expect(boxes.map(({ className }) => className)).toEqual(['cod', 'tuna']);
    expect(images.map(({ imageId, state }) => [imageId, state])).toEqual([
      ['a.jpg', 'labelled'],
      ['b.jpg', 'empty'],
    ]);
  });

  it('names classes by number when no list of names is there', async () => {
    const { classes, report } = await read({ 'a.txt': row }, 'a.jpg');
    expect(classes.map(({ name }) => name)).toEqual(['class 0']);
    expect(report.notes).toContain('No list of class names was found; classes are named by their number.');
  });

  it('keeps boxes of a class that the list does not hold, under its number', async () => {
    const { boxes, report } = await read({ 'classes.txt': 'cod', 'a.txt': '7 0.5 0.5 0.1 0.1' }, 'a.jpg');
    expect(boxes[0]?.className).toBe('class 7');
    expect(report.notes.join()).toContain('class number 7');
  });

  it('takes a sixth number for a score when it can be one, else for a track', async () => {
    const { boxes } = await read({ 'a.txt': `${row} 0.8\n${row} 12` }, 'a.jpg');
    expect(boxes.map(({ score, attributes }) => [score, attributes])).toEqual([
      [0.8, {}],
      [null, { track: 12 }],
    ]);
  });

  it('gives every bad line a reason and loses no good one', async () => {
    const lines = [
      '0 0.5 0.5',
      '0 nan 0.5 0.1 0.1',
      '0 inf 0.5 0.1 0.1',
      '-1 0.5 0.5 0.1 0.1',
      '0.5 0.5 0.5 0.1 0.1',
      '0 0.5 0.5 0 0.1',
      '0 5 5 0.1 0.1',
      '0 1e308 1e308 1e308 1e308',
      '0 0.1 0.1 0.1 0.1 0.1 0.1 0.1',
      row,
      row,
    ];
    const { boxes, report } = await read({ 'classes.txt': 'cod', 'a.txt': lines.join('\n') }, 'a.jpg');
    expect(boxes).toHaveLength(2);
    expect(report.seen.boxes).toBe(lines.length);
    expect(report.skipped.map(({ what }) => what)).toEqual(
      lines.slice(0, 9).map((_, i) => `a.txt line ${i + 1}`),
    );
    expect(report.notes).toContain('1 boxes repeat another box of the same class exactly. They were kept.');
  });

  it('counts label files of unknown images, and label folders the YAML does not name', async () => {
    const { report } = await read(
      {
        'data.yaml': 'train: train/images\nnames: [fish]',
        'train/labels/a.txt': row,
        'train/labels/x.txt': `${row}\n${row}`,
        'extra/labels/a.txt': row,
      },
      'train/images/a.jpg',
    );
    expect(report.skipped).toEqual([
      {
        what: '1 label files, the first “extra/labels/a.txt”',
        why: 'data.yaml does not name their folder',
        images: 1,
        boxes: 0,
      },
      { what: 'train/labels/x.txt', why: 'the project has no such image', images: 1, boxes: 2 },
    ]);
  });

  it('does not choose between a.jpg and a.png', async () => {
    const { report, boxes } = await read({ 'a.txt': row }, 'a.jpg', 'a.png');
    expect([boxes.length, report.skipped[0]?.boxes]).toEqual([0, 1]);
  });

  it('reads names with odd keys without harm', async () => {
    const { classes, report } = await read(
      {
        'data.yaml': 'train: .\nnames: {0: fish, x: cod, __proto__: eel, 2: " FISH"}',
        'a.txt': `${row}\n2 0.5 0.5 0.1 0.1`,
      },
      'a.jpg',
    );
    expect(classes.map(({ name }) => name)).toEqual(['fish']);
    expect(report.boxes).toBe(2);
    expect(report.notes.filter((note) => note.includes('no number'))).toHaveLength(2);
  });

  it.each([
    ['broken YAML', { 'data.yaml': 'names: [a\ntrain: x', 'a.txt': row }, 'format/not-yaml'],
    ['a YAML without labels', { 'data.yaml': 'names: [a]\ntrain: x' }, 'format/no-labels'],
    ['an empty folder', {}, 'format/no-labels'],
  ])('tells %s by code', async (_, files, code) => {
    await expect(read(files as Record<string, string>, 'a.jpg')).rejects.toMatchObject({ code });
  });

  it('reads a list of 40,000 names without comparing each with each', async () => {
    const names = Array.from({ length: 40_000 }, (_, i) => `  ${i}: kind ${i}\n`).join('');
    const { classes, boxes } = await yoloFormat.read(
      treeOf({ 'data.yaml': `train: images\nnames:\n${names}`, 'labels/a.txt': '39999 .5 .5 .1 .1\n' }),
      lookupOf('images/a.jpg'),
    );
    expect([classes.length, boxes[0]?.className]).toEqual([40_000, 'kind 39999']);
  });

  it('reads 100,000 lines in seconds', async () => {
    const startMs = performance.now();
    const { report } = await read(
      { 'a.txt': Array.from({ length: 100_000 }, (_, i) => `0 0.5 0.5 0.1 ${(i + 1) / 200_000}`).join('\n') },
      'a.jpg',
    );
    expect(report.boxes).toBe(100_000);
    expect(performance.now() - startMs).toBeLessThan(25_000);
  });
});

describe('writing YOLO', () => {
  const project: ExportInput = {
    projectName: 'Reef',
    classes: ['tuna: big', '魚'].map((name, position) => ({
      id: name,
      name,
      color: '#00aa00',
      key: null,
      scientificName: null,
      position,
    })),
    images: [
      makeImage('images/a.jpg', { split: 'train', state: 'labelled' }),
      makeImage('images/a.png', { split: 'train', state: 'empty' }),
      makeImage('b.jpg', { split: 'valid', state: 'labelled' }),
      makeImage('c.jpg'),
    ],
    boxes: [
      makeBox('images/a.jpg', '魚', { x: -10, y: 0, w: 74, h: 48 }, '1'),
      makeBox('b.jpg', 'tuna: big', { x: 900, y: 0, w: 5, h: 5 }, '2'),
    ],
    nowMs: 0,
  };

  it('lays files out so that Ultralytics finds them, clips, and leaves out what nobody has seen', async () => {
    const result = yoloFormat.write(project);
    const files = await drainExport(result);
    expect(Object.keys(files)).toEqual([
      'data.yaml',
      'labels/train/_images/a.txt',
      'labels/train/_images/a-2.txt',
      'labels/val/b.txt',
      'catchlight-manifest.json',
    ]);
    expect(result.copies.map(({ path }) => path)).toEqual([
      'images/train/_images/a.jpg',
      'images/train/_images/a-2.png',
      'images/val/b.jpg',
    ]);
    expect(text(files['labels/train/_images/a.txt'])).toBe('1 0.05000000 0.05000000 0.10000000 0.10000000\n');
    expect(text(files['labels/train/_images/a-2.txt'])).toBe('');
    expect(parse(text(files['data.yaml']))).toEqual({
      train: 'images/train',
      val: 'images/val',
      names: { 0: 'tuna: big', 1: '魚' },
    });
    expect(result.report).toMatchObject({ seen: { images: 4, boxes: 2 }, images: 3, boxes: 1, clipped: 1 });
  });

  it('lays files out as Darknet and CVAT look for them when asked, and says what these pass over', async () => {
    const images = [...project.images, makeImage('t.jpg', { split: 'test', state: 'empty' })];
    const result = yoloFormat.write({ ...project, images }, { layout: 'darknet' });
    const files = await drainExport(result);
    expect(Object.keys(files)).toEqual([
      'obj.data',
      'obj.names',
      'train.txt',
      'valid.txt',
      'test.txt',
      'obj_train_data/_images/a.txt',
      'obj_train_data/_images/a-2.txt',
      'obj_valid_data/b.txt',
      'obj_test_data/t.txt',
      'catchlight-manifest.json',
    ]);
    expect(text(files['obj.data'])).toBe(
      'classes = 2\ntrain = data/train.txt\nvalid = data/valid.txt\ntest = data/test.txt\nnames = data/obj.names\nbackup = backup/\n',
    );
    expect(text(files['obj.names'])).toBe('tuna: big\n魚\n');
    expect(text(files['train.txt'])).toBe(
      'data/obj_train_data/_images/a.jpg\ndata/obj_train_data/_images/a-2.png\n',
    );
    expect(result.report.notes.join()).toContain('they pass over `test.txt`');
    // Without our manifest, as another tool would hand it back.
    const { 'catchlight-manifest.json': _, ...plain } = files;
    const back = await yoloFormat.read(treeOf(plain), lookupOf(...images));
    expect(back.images.map(({ path, split, state }) => [path, split, state])).toEqual([
      ['b.jpg', 'valid', 'empty'],
      ['t.jpg', 'test', 'empty'],
      // It stands in the list; which of the two labels is its own only the manifest tells.
      ['images/a.jpg', 'train', null],
    ]);
  });

  it('counts boxes that stand there twice, since Ultralytics drops one', () => {
    const [first] = project.boxes;
    if (first === undefined) throw new Error('the project has boxes');
    const { report } = yoloFormat.write({ ...project, boxes: [first, { ...first, id: '3' }] });
    expect(report.notes.join()).toContain('1 boxes repeat another');
  });

  it('counts class numbers anew when one has gone, since they must be dense, and says so', async () => {
    const first = await drainExport(yoloFormat.write(project));
    const second = yoloFormat.write({
      ...project,
      classes: project.classes.slice(1),
      previousManifest: first['catchlight-manifest.json'] ?? new Uint8Array(),
    });
    expect(second.report.notes.join()).toContain('counted anew');
    expect(parse(text((await drainExport(second))['data.yaml'])).names).toEqual({ 0: '魚' });
  });
});
