import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import type { HostApi } from '../../src/contract/host-api.ts';
import { importPreviewSchema } from '../../src/contract/import-plan.ts';
import {
  labelImage,
  makeProject,
  startTestHost,
  type TestHost,
  whenOver,
  writeJpeg,
} from '../helpers/test-host.ts';

async function runImport(test: TestHost, input: Parameters<HostApi['startImport']>[0]) {
  const job = await whenOver(test.api, (await test.api.startImport(input)).jobId);
  expect(job.state).toMatchObject({ status: 'done' });
  const result = job.result as Record<string, unknown>;
  return { result, preview: importPreviewSchema.parse(result.preview) };
}

/** What the project holds: every image's state, split and boxes. */
async function readAll({ api }: TestHost) {
  const { items } = await api.listImages({ filter: {}, offset: 0, limit: 100 });
  const documents = await Promise.all(items.map(({ id }) => api.getImage({ id })));
  return JSON.stringify([
    documents.map(({ image, boxes }) => [image.path, image.state, image.split, boxes]),
    await api.listClasses(),
  ]);
}

function writeCsv(test: TestHost, rows: string, name = 'labels.csv'): string {
  const file = path.join(test.dir, name);
  writeFileSync(file, `filename,class,xmin,ymin,xmax,ymax,split\n${rows}`);
  return file;
}

it('a dry run counts what would happen and changes nothing; the import then does just that, and one undo takes all of it back', async () => {
  await using test = await startTestHost({ images: 3 });
  const { imageIds, classIds } = await makeProject(test);
  await labelImage(test, imageIds[0] ?? '', classIds[0] ?? '');
  const file = writeCsv(
    test,
    'img_0.jpg,alb,20,20,40,40,valid\nimg_1.jpg,YFTs,5,5,20,20,train\nimg_2.jpg,,,,,,\n',
  );
  const before = await readAll(test);

  const dry = await runImport(test, { path: file, merge: 'replace', dryRun: true });
  expect(dry.preview).toMatchObject({
    recognised: { format: 'csv' },
    boxes: { added: 2, repeated: 0, removed: 1 },
    marks: 3,
    classes: [
      { name: 'alb', boxes: 1, target: 'ALB', isNew: false, suggestion: null },
      { name: 'YFTs', boxes: 1, target: 'YFTs', isNew: true, suggestion: 'YFT' },
    ],
  });
  expect(await readAll(test)).toBe(before);

  const real = await runImport(test, { path: file, merge: 'replace', classes: { YFTs: 'YFT' } });
  expect(real.preview.boxes).toEqual(dry.preview.boxes);
  expect((await test.api.listClasses()).map(({ name }) => name)).toEqual(['ALB', 'YFT']);
  expect((await test.api.currentProject())?.counts).toMatchObject({ boxes: 2, empty: 1 });

  const [gesture] = await test.api.listGestures({ limit: 1 });
  if (gesture === undefined) throw new Error('The import left no gesture.');
  await test.api.applyGesture({ ...gesture, id: 'undo-import', kind: 'undo', of: gesture.id, diffs: [] });
  expect(await readAll(test)).toBe(before);
});

it('names that several photographs have are told once, and one folder settles all of them', async () => {
  await using test = await startTestHost({ images: 1 });
  for (const [i, folder] of ['deck', 'boat'].entries()) {
    mkdirSync(path.join(test.imagesDir, folder));
    for (const n of [1, 2]) await writeJpeg(path.join(test.imagesDir, folder, `${n}.jpg`), 10 * i + n);
  }
  await makeProject(test);
  const file = writeCsv(test, '1.jpg,ALB,1,1,9,9,\n2.jpg,ALB,1,1,9,9,\n');
  const { preview } = await runImport(test, { path: file, dryRun: true });
  expect(preview.boxes.added).toBe(0);
  expect(preview.ambiguous).toEqual([
    { reference: '1.jpg', paths: ['boat/1.jpg', 'deck/1.jpg'] },
    { reference: '2.jpg', paths: ['boat/2.jpg', 'deck/2.jpg'] },
  ]);
  const { result } = await runImport(test, { path: file, within: 'deck' });
  expect(result).toMatchObject({ boxes: 2, images: 2, skipped: [] });
  const { items } = await test.api.listImages({ filter: {}, offset: 0, limit: 10 });
  expect(items.filter(({ state }) => state === 'labelled').map((item) => item.path)).toEqual([
    'deck/1.jpg',
    'deck/2.jpg',
  ]);
});

it('a photograph under another name is known by its bytes', async () => {
  await using test = await startTestHost({ images: 2 });
  await makeProject(test);
  const source = path.join(test.dir, 'theirs');
  mkdirSync(source);
  copyFileSync(path.join(test.imagesDir, 'img_1.jpg'), path.join(source, 'DSC_0815.jpg'));
  writeCsv(test, 'DSC_0815.jpg,ALB,1,1,9,9,\ngone.jpg,ALB,1,1,9,9,\n', path.join('theirs', 'labels.csv'));
  const { result, preview } = await runImport(test, { path: source });
  expect(preview.byContent).toBe(1);
  expect(result).toMatchObject({ images: 1, boxes: 1, skipped: [{ what: 'gone.jpg' }] });
  const { items } = await test.api.listImages({ filter: {}, offset: 0, limit: 10 });
  expect(items.find(({ state }) => state === 'labelled')?.path).toBe('img_1.jpg');
});

it('several files and folders of several formats at once are each recognised, looked at together, and one undo takes all of them back', async () => {
  await using test = await startTestHost({ images: 3 });
  await makeProject(test);
  const before = await readAll(test);
  const table = writeCsv(test, 'img_0.jpg,ALB,20,20,40,40,\nimg_1.jpg,ALB,5,5,20,20,\n');
  const coco = path.join(test.dir, 'more.json');
  writeFileSync(
    coco,
    JSON.stringify({
      images: [0, 2].map((n) => ({ id: n + 1, file_name: `img_${n}.jpg` })),
      categories: [{ id: 1, name: 'alb' }],
      annotations: [
        { id: 1, image_id: 1, category_id: 1, bbox: [20, 20, 20, 20] },
        { id: 2, image_id: 3, category_id: 1, bbox: [1, 2, 10, 10] },
      ],
    }),
  );
  const voc = path.join(test.dir, 'from-voc');
  mkdirSync(voc);
  writeFileSync(
    path.join(voc, 'img_1.xml'),
    '<annotation><filename>img_1.jpg</filename><object><name>Wrasse</name><bndbox><xmin>11</xmin><ymin>11</ymin><xmax>20</xmax><ymax>20</ymax></bndbox></object></annotation>',
  );
  const photographs = path.join(test.dir, 'photographs');
  mkdirSync(photographs);
  await writeJpeg(path.join(photographs, 'a.jpg'), 9);

  const request = { path: table, more: [coco, voc, photographs] };
  const dry = await runImport(test, { ...request, dryRun: true });
  expect(dry.preview.recognised.format.split(' + ').sort()).toEqual(['coco', 'csv', 'voc']);
  expect(dry.preview.boxes).toEqual({ added: 4, repeated: 0, removed: 0 });
  expect(dry.preview.classes.map(({ name, boxes, target }) => [name, boxes, target]).sort()).toEqual([
    ['ALB', 3, 'ALB'],
    ['Wrasse', 1, 'Wrasse'],
  ]);
  expect(dry.result.skipped).toContainEqual({
    what: '1 box',
    why: 'another of the sources has the same box',
  });
  expect(JSON.stringify(dry.result.notes)).toContain('“photographs” holds no labels of a known format');
  expect(dry.result).toMatchObject({ seen: { boxes: 5 }, boxes: 4, images: 3 });
  expect(await readAll(test)).toBe(before);

  await runImport(test, request);
  expect((await test.api.currentProject())?.counts).toMatchObject({ boxes: 4, labelled: 3 });
  const gestures = await test.api.listGestures({ limit: 10 });
  expect(gestures).toHaveLength(1);
  const [gesture] = gestures;
  if (gesture === undefined) throw new Error('The import left no gesture.');
  await test.api.applyGesture({ ...gesture, id: 'undo-all', kind: 'undo', of: gesture.id, diffs: [] });
  expect(await readAll(test)).toBe(before);
});

it('of several dropped files with none that holds labels, the first is told; photographs of the project under other names are known by their bytes', async () => {
  await using test = await startTestHost({ images: 1 });
  await makeProject(test);
  const [one, two] = ['a.md', 'b.md'].map((name) => path.join(test.dir, name));
  for (const file of [one, two]) writeFileSync(file ?? '', 'fish');
  const failed = await whenOver(
    test.api,
    (await test.api.startImport({ path: one ?? '', more: [two ?? ''] })).jobId,
  );
  expect(failed.state).toMatchObject({ status: 'failed', error: { code: 'format/unknown' } });

  const copies = path.join(test.dir, 'copies');
  mkdirSync(copies);
  copyFileSync(path.join(test.imagesDir, 'img_0.jpg'), path.join(copies, 'renamed.jpg'));
  const labels = writeCsv(test, 'renamed.jpg,ALB,5,5,20,20,\n');
  const { preview } = await runImport(test, { path: labels, more: [copies], dryRun: true });
  expect(preview).toMatchObject({ boxes: { added: 1 }, byContent: 1 });
});
