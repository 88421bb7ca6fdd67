/** Complaints 24 to 28 of docs/complaints.md: labels that did not come in or did not come out. With the real codecs, and the host where photographs matter. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { expect, it } from 'vitest';
import type { BoxRecord, ClassRecord, ImageRecord } from '../../../src/core/records.ts';
import type { ExportInput, Format } from '../../../src/formats/format.ts';
import { createImageLookup } from '../../../src/formats/image-lookup.ts';
import { formats } from '../../../src/formats/list.ts';
import { vocFormat } from '../../../src/formats/voc.format.ts';
import { vottFormat } from '../../../src/formats/vott.format.ts';
import { yoloFormat } from '../../../src/formats/yolo.format.ts';
import { makeBox } from '../../helpers/arbitrary-project.ts';
import { drainExport, lookupOf, makeImage, treeOf } from '../../helpers/file-trees.ts';
import { addManyImages } from '../../helpers/many-images.ts';
import { sitDown } from '../../helpers/person-at-host.ts';
import { makeProject, startTestHost, whenOver, writeJpeg } from '../../helpers/test-host.ts';

const classes: readonly ClassRecord[] = ['cod', 'Sebastes norvegicus'].map((name, position) => ({
  ...{ id: `c${position}`, name, color: '#112233', key: null, scientificName: null, position },
}));
const projectOf = (images: readonly ImageRecord[], boxes: readonly BoxRecord[]): ExportInput => ({
  ...{ projectName: 'Deck', classes, images, boxes, nowMs: 0 },
});
/** Formats that hold boxes and can be read again. */
const twoWay = formats.filter(
  (format) => format.canImport && format.canExport && format.precisionPx !== null,
);

/** Boxes by image path after an export and an import, in one order. */
async function goRound(format: Format, input: ExportInput) {
  const files = await drainExport(format.write(input));
  const back = await format.read(treeOf(files), createImageLookup(input.images));
  const pathOf = new Map(input.images.map(({ id, path: name }) => [id, name]));
  const place = (box: { imageId: string; x: number; y: number; w: number; h: number }) => ({
    ...{ path: pathOf.get(box.imageId) ?? '', x: box.x, y: box.y, w: box.w, h: box.h },
  });
  const sort = (list: ReturnType<typeof place>[]) =>
    list.sort((a, b) => a.path.localeCompare(b.path) || a.x - b.x || a.y - b.y);
  return { files, back: sort(back.boxes.map(place)), own: sort(input.boxes.map(place)), report: back.report };
}

it('24: 1,179 images that came with their labels are all written though not one was ever opened', async () => {
  await using test = await startTestHost({ images: 1 });
  await makeProject(test);
  await addManyImages(test.api, { images: 1179, boxes: 0, classes: 0 });
  const coco = {
    images: Array.from({ length: 1179 }, (_, i) => ({
      id: i,
      file_name: `many/${i}.jpg`,
      width: 64,
      height: 48,
    })),
    annotations: Array.from({ length: 1179 }, (_, i) => ({
      id: i,
      image_id: i,
      category_id: 1,
      bbox: [2, 3, 20, 10],
    })),
    categories: [{ id: 1, name: 'ALB' }],
  };
  const file = path.join(test.dir, 'instances.json');
  writeFileSync(file, JSON.stringify(coco));
  const imported = await whenOver(test.api, (await test.api.startImport({ path: file })).jobId);
  expect(imported.result).toMatchObject({ images: 1179, boxes: 1179, skipped: [] });
  for (const format of ['coco', 'csv']) {
    const { jobId } = await test.api.startExport({ format, dir: path.join(test.dir, format), options: {} });
    expect((await whenOver(test.api, jobId)).result, format).toMatchObject({ boxes: 1179 });
  }
});

it('25: 494 images give 494 files, whatever their names, folders and the way the camera was held', async () => {
  const images = Array.from({ length: 494 }, (_, i) => {
    const orientation = 1 + (i % 8);
    const upright = orientation >= 5 ? { widthPx: 480, heightPx: 640 } : { widthPx: 640, heightPx: 480 };
    const name = [`deck ${i % 3}/été 100%`, `deck ${i % 3}/Kap. #${i}`, 'camera', `a b/${i % 2}/x`][i % 4];
    return makeImage(`${name}/${i % 2 === 0 ? 'IMG' : 'img'} ${i}.jpg`, {
      ...{ ...upright, rawWidthPx: 640, rawHeightPx: 480, orientation, state: 'labelled' },
    });
  });
  const input = projectOf(
    images,
    images.map(({ id }, i) => makeBox(id, 'c0', { x: 10 + (i % 50), y: 400, w: 60, h: 40 }, `b${i}`)),
  );
  for (const format of twoWay) {
    const { files, back, own, report } = await goRound(format, input);
    expect([format.id, back.map(({ path: name }) => name)]).toEqual([
      format.id,
      own.map(({ path: name }) => name),
    ]);
    expect([format.id, report.skipped]).toEqual([format.id, []]);
    for (const [i, box] of back.entries())
      for (const side of ['x', 'y', 'w', 'h'] as const)
        expect(Math.abs(box[side] - (own[i]?.[side] ?? Number.NaN))).toBeLessThanOrEqual(
          format.precisionPx ?? 0,
        );
    if (format === vocFormat)
      expect(Object.keys(files).filter((name) => name.endsWith('.xml'))).toHaveLength(494);
  }
}, 90_000);

it('26: boxes come back to the pixel, two images of one name keep their own, and YOLO folders are found as people have them', async () => {
  const images = ['a/1.jpg', 'b/1.jpg', 'b/c/1.png'].map((name) => makeImage(name, { state: 'labelled' }));
  const boxes = images.map(({ id }, i) =>
    makeBox(id, `c${i % 2}`, { x: 10.5 + 100 * i, y: 20.25, w: 90.125, h: 33.5 }, `b${i}`),
  );
  for (const format of twoWay) {
    const { back, own } = await goRound(format, projectOf(images, boxes));
    expect([format.id, back.length]).toEqual([format.id, 3]);
    for (const [i, box] of back.entries()) {
      expect(box.path).toBe(own[i]?.path);
      expect(Math.abs(box.x - (own[i]?.x ?? 0))).toBeLessThanOrEqual(format.precisionPx ?? 0);
      expect(Math.abs(box.w - (own[i]?.w ?? 0))).toBeLessThanOrEqual(format.precisionPx ?? 0);
    }
  }
  // COCO is exact: a person can compute with what is in the file.
  const coco = await drainExport(
    (formats.find(({ id }) => id === 'coco') as Format).write(projectOf(images, boxes)),
  );
  const written = Object.values(coco).map((bytes) => new TextDecoder().decode(bytes));
  expect(written.some((text) => /"bbox":\s*\[\s*110\.5,\s*20\.25,\s*90\.125,\s*33\.5\s*\]/.test(text))).toBe(
    true,
  );
  const layouts: Record<string, string>[] = [
    { 'data.yaml': 'names: [cod]\ntrain: ../train/images', 'train/labels/1.txt': '0 0.5 0.5 0.5 0.5\n' },
    {
      'data.yaml': 'path: /home/somebody/fish\ntrain: images/train\nnames:\n  0: cod',
      'labels/train/1.txt': '0 0.5 0.5 0.5 0.5',
    },
    { 'classes.txt': 'cod\n', '1.txt': '0 0.5 0.5 0.5 0.5\r\n' },
  ];
  for (const files of layouts) {
    const back = await yoloFormat.read(treeOf(files), lookupOf('1.jpg'));
    expect([Object.keys(files), back.boxes.map(({ className, x, w }) => [className, x, w])]).toEqual([
      Object.keys(files),
      [['cod', 160, 320]],
    ]);
  }
});

it('27: VoTT’s own files come in, VOC names the photograph where it is, and no table leaves out a species', async () => {
  const asset = { name: '1.jpg', path: 'file:C:/fish/1.jpg', size: { width: 640, height: 480 } };
  const region = { tags: ['cod'], boundingBox: { left: 64, top: 48, width: 128, height: 96 }, points: [] };
  const vott = { assets: { x: { asset, regions: [region] } }, tags: [{ name: 'cod', color: '#fff' }] };
  const came = await vottFormat.read(treeOf({ 'p-export.json': JSON.stringify(vott) }), lookupOf('1.jpg'));
  expect(came.boxes).toMatchObject([{ className: 'cod', x: 64, y: 48, w: 128, h: 96 }]);

  const images = ['a/1.jpg', 'b/2.jpg'].map((name) => makeImage(name, { state: 'labelled' }));
  const boxes = images.flatMap(({ id }, i) =>
    classes.map((record, n) => makeBox(id, record.id, { x: 10 * n, y: 5, w: 9, h: 9 }, `b${i}-${n}`)),
  );
  const textOf = async (id: string): Promise<string> => {
    const format = formats.find((one) => one.id === id) as Format;
    const files = await drainExport(format.write(projectOf(images, boxes)));
    const named = Object.entries(files).filter(([name]) => !name.includes('manifest'));
    return named.map(([, bytes]) => new TextDecoder().decode(bytes)).join('\n');
  };
  const voc = await textOf('voc');
  for (const { path: name } of images) expect(voc).toContain(path.posix.basename(name));
  expect(voc).not.toMatch(/<path>(\/|[A-Z]:)/);
  for (const id of ['csv', 'viame', 'coco', 'vott'].filter((one) =>
    formats.some((f) => f.id === one && f.canExport),
  )) {
    const text = await textOf(id);
    for (const { name } of classes)
      expect(text.split(name).length - 1, `${id}: ${name}`).toBeGreaterThanOrEqual(id === 'coco' ? 1 : 2);
  }
  const tracks = await (formats.find(({ id }) => id === 'viame') as Format).read(
    treeOf({
      'd.csv': `# 1: Detection or Track-id\n0,1.jpg,0,64,48,128,96,0.9,-1,Sebastes norvegicus,0.9\n`,
    }),
    lookupOf('1.jpg'),
  );
  expect(tracks.boxes.map(({ className }) => className)).toEqual(['Sebastes norvegicus']);
});

it('28: a photograph on its side is labelled and written as it is seen, and every folder of the project is exported', async () => {
  await using test = await startTestHost({ images: 0 });
  mkdirSync(path.join(test.imagesDir, 'deck', 'night'), { recursive: true });
  await writeJpeg(path.join(test.imagesDir, 'deck', 'a.jpg'), 1);
  const stored = sharp({ create: { width: 64, height: 48, channels: 3, background: '#208040' } });
  await stored
    .withMetadata({ orientation: 6 })
    .jpeg()
    .toFile(path.join(test.imagesDir, 'deck', 'night', 'b.jpg'));
  const { imageIds } = await makeProject(test);
  for (const id of imageIds) {
    const person = await sitDown(test.api, id);
    person.press('W');
    person.drag({ x: 4, y: 6 }, { x: 40, y: 44 });
    await person.settle();
  }
  const out = path.join(test.dir, 'coco');
  await whenOver(test.api, (await test.api.startExport({ format: 'coco', dir: out, options: {} })).jobId);
  const list = await whenOver(
    test.api,
    (await test.api.startExport({ format: 'csv', dir: `${out}-csv`, options: { coordinates: 'raw' } })).jobId,
  );
  expect(list.state.status).toBe('done');
  const rows = readFileSync(path.join(`${out}-csv`, 'labels.csv'), 'utf8')
    .trim()
    .split('\n')
    .slice(1);
  const cells = rows.map((row) => row.split(',').slice(0, 8));
  expect(cells.map(([name, width, height]) => [name, width, height])).toEqual([
    ['deck/a.jpg', '64', '48'],
    ['deck/night/b.jpg', '64', '48'],
  ]);
  const upright = await whenOver(
    test.api,
    (await test.api.startExport({ format: 'csv', dir: `${out}-seen`, options: {} })).jobId,
  );
  expect(upright.state.status).toBe('done');
  const seen = readFileSync(path.join(`${out}-seen`, 'labels.csv'), 'utf8')
    .trim()
    .split('\n')
    .slice(1);
  expect(
    seen.map((row) => row.split(',').slice(1, 3).concat(row.split(',').slice(4, 8)).map(Number)),
  ).toEqual([
    [64, 48, 4, 6, 40, 44],
    [48, 64, 4, 6, 40, 44],
  ]);
  // The same box on the pixels as stored: turned by a quarter.
  expect(cells[1]?.slice(4).map(Number)).toEqual([6, 8, 44, 44]);
});
