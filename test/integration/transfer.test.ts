/** Exports that keep their word and reports that tell image by image, through a real host. */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { openPromise } from 'yauzl';
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

async function runExport(test: TestHost, input: Parameters<HostApi['startExport']>[0]) {
  return whenOver(test.api, (await test.api.startExport(input)).jobId);
}

/** A photograph of 64 × 48 stored pixels that is seen as 48 × 64. */
async function writeTurned(file: string): Promise<void> {
  const create = { width: 64, height: 48, channels: 3, background: { r: 9, g: 90, b: 200 } } as const;
  await sharp({ create }).jpeg().withMetadata({ orientation: 6 }).toFile(file);
}

describe('photographs beside exported labels', () => {
  it('are copied byte for byte, or upright where asked, to where the format looks for them; the originals stay as they are', async () => {
    await using test = await startTestHost({ images: 1 });
    const turned = path.join(test.imagesDir, 'turned.jpg');
    await writeTurned(turned);
    const original = readFileSync(turned);
    const { imageIds, classIds } = await makeProject(test);
    for (const id of imageIds) await labelImage(test, id, classIds[0] ?? '');
    const dir = path.join(test.dir, 'out');
    const job = await runExport(test, { format: 'coco', dir, options: {}, copies: 'unchanged' });
    expect(job.result).toMatchObject({ files: expect.arrayContaining(['images/turned.jpg']), boxes: 2 });
    expect(readFileSync(path.join(dir, 'images', 'turned.jpg'))).toEqual(original);

    const upright = path.join(test.dir, 'upright');
    await runExport(test, { format: 'yolo', dir: upright, options: {}, copies: 'upright' });
    const files = readdirSync(upright, { recursive: true, encoding: 'utf8' }).map((name) =>
      name.replaceAll('\\', '/'),
    );
    const copy = files.find((name) => name.endsWith('turned.jpg')) ?? '';
    expect(await sharp(path.join(upright, copy)).metadata()).toMatchObject({ width: 48, height: 64 });
    expect((await sharp(path.join(upright, copy)).metadata()).orientation ?? 1).toBe(1);
    const plain = files.find((name) => name.endsWith('img_0.jpg')) ?? '';
    expect(readFileSync(path.join(upright, plain))).toEqual(
      readFileSync(path.join(test.imagesDir, 'img_0.jpg')),
    );
    expect(readFileSync(turned)).toEqual(original);
  });

  it.skipIf(process.platform === 'win32')(
    'go along whatever a disk calls them: a time with colons, a line break, a backslash, a drive that is none',
    async () => {
      await using test = await startTestHost({ images: 1 });
      const odd = [
        'boat 12:30:07.jpg',
        'a:b.jpg',
        'two\nlines.jpg',
        'back\\slash.jpg',
        'CON.jpg',
        ' lead.jpg',
      ];
      for (const [i, name] of odd.entries()) await writeJpeg(path.join(test.imagesDir, name), 20 + i);
      const { imageIds, classIds } = await makeProject(test);
      for (const id of imageIds) await labelImage(test, id, classIds[0] ?? '');
      for (const [format, options] of [
        ['coco', {}],
        ['yolo', { layout: 'darknet' }],
        ['voc', {}],
        ['cvat', {}],
        ['kaggle-dataset', { labels: 'coco,yolo' }],
      ] as const) {
        const dir = path.join(test.dir, format);
        const job = await runExport(test, { format, dir, options, copies: 'unchanged' });
        expect([format, job.state.status, job.result]).toMatchObject([format, 'done', { boxes: 7 }]);
        const again = await whenOver(
          test.api,
          (await test.api.startImport({ path: dir, dryRun: true })).jobId,
        );
        const { boxes } = importPreviewSchema.parse((again.result as Record<string, unknown>).preview);
        expect([format, boxes]).toEqual([format, { added: 0, repeated: 7, removed: 0 }]);
      }
      const zip = await openPromise(path.join(test.dir, 'kaggle-dataset', 'images.zip'));
      const entries: string[] = [];
      for await (const entry of zip.eachEntry()) entries.push(entry.fileName);
      expect(entries.sort()).toEqual(
        ['img_0.jpg', ...odd.map((name) => name.replace('a:b', 'a_b').replace('\\', '_'))].sort(),
      );
    },
  );

  it('that are gone fail the export before anything is in its place', async () => {
    await using test = await startTestHost({ images: 2 });
    await makeProject(test);
    rmSync(path.join(test.imagesDir, 'img_1.jpg'));
    const dir = path.join(test.dir, 'out');
    const job = await runExport(test, { format: 'coco', dir, options: {}, copies: 'unchanged' });
    expect(job.state).toMatchObject({ status: 'failed', error: { code: 'export/photograph-missing' } });
    expect(existsSync(dir)).toBe(false);
  });
});

describe('numbers of classes', () => {
  it('stay what they were in every later export of the project, wherever it goes; a class that is gone keeps its number', async () => {
    await using test = await startTestHost({ images: 1 });
    const { imageIds, classIds } = await makeProject(test);
    await labelImage(test, imageIds[0] ?? '', classIds[1] ?? '');
    const read = async (name: string): Promise<Record<string, number>> => {
      const dir = path.join(test.dir, name);
      expect((await runExport(test, { format: 'coco', dir, options: {} })).state.status).toBe('done');
      const { categories } = JSON.parse(readFileSync(path.join(dir, 'annotations.json'), 'utf8')) as {
        categories: { id: number; name: string }[];
      };
      return Object.fromEntries(categories.map((category) => [category.name, category.id]));
    };
    const [first] = await test.api.listClasses();
    if (first === undefined) throw new Error('The project has no class.');
    const before = await read('one');
    const gone = { table: 'classes', id: first.id, before: first, after: null } as const;
    const fresh = { ...first, id: 'late', name: 'OPAH', key: null, position: 9 };
    await test.api.applyGesture({
      id: 'swap',
      kind: 'do',
      of: null,
      label: 'Classes',
      imageId: null,
      source: 'person',
      diffs: [gone, { table: 'classes', id: 'late', before: null, after: fresh }],
    });
    const after = await read('two');
    expect(after.YFT).toBe(before.YFT);
    expect(Object.values(before)).not.toContain(after.OPAH);
    expect(await read('three')).toEqual(after);
  });
});

describe('the report of a transfer', () => {
  it('tells image by image what came in, what was cut, there already and left out, and is saved as page, table and data', async () => {
    await using test = await startTestHost({ images: 3 });
    const { imageIds, classIds } = await makeProject(test);
    await labelImage(test, imageIds[0] ?? '', classIds[0] ?? '');
    const file = path.join(test.dir, 'labels.csv');
    writeFileSync(
      file,
      'filename,class,xmin,ymin,xmax,ymax\nimg_0.jpg,ALB,4,4,14,12\nimg_1.jpg,YFT,50,30,90,90\nimg_1.jpg,YFT,5,5,5,5\n=evil.jpg,YFT,1,1,9,9\n',
    );
    const job = await whenOver(test.api, (await test.api.startImport({ path: file })).jobId);
    expect(job.result).toMatchObject({ seen: { images: 3, boxes: 4 }, boxes: 1, clipped: 1 });
    const all = await test.api.transferRows({ jobId: job.id, only: 'all', offset: 0, limit: 10 });
    expect(all.items).toEqual([
      {
        path: 'img_0.jpg',
        seen: 1,
        taken: 0,
        repeated: 1,
        removed: 0,
        clipped: 0,
        lost: 0,
        state: 'labelled',
      },
      {
        path: 'img_1.jpg',
        seen: 2,
        taken: 1,
        repeated: 0,
        removed: 0,
        clipped: 1,
        lost: 1,
        state: 'labelled',
      },
    ]);
    const page = await test.api.transferRows({ jobId: job.id, only: 'changed', offset: 1, limit: 1 });
    expect([page.total, page.items.map((row) => row.path)]).toEqual([2, ['img_1.jpg']]);

    const save = async (name: string): Promise<string> =>
      readFileSync(
        (await test.api.saveTransfer({ jobId: job.id, file: path.join(test.dir, name) })).file,
        'utf8',
      );
    const html = await save('report.html');
    expect(html).toContain('<td>img_1.jpg</td>');
    expect(html).toContain('=evil.jpg');
    const [header, ...rows] = parse(await save('report.csv')) as string[][];
    expect([header?.[0], rows.length, rows[1]?.[6]]).toEqual(['path', 2, '1']);
    expect(JSON.parse(await save('report.json'))).toMatchObject({ direction: 'import', rows: all.items });

    const out = await runExport(test, { format: 'yolo', dir: path.join(test.dir, 'yolo'), options: {} });
    const written = await test.api.transferRows({ jobId: out.id, only: 'all', offset: 0, limit: 10 });
    expect(written.items.map(({ path: name, seen, taken, lost }) => [name, seen, taken, lost])).toEqual([
      ['img_0.jpg', 1, 1, 0],
      ['img_1.jpg', 1, 1, 0],
      ['img_2.jpg', 0, 0, 0],
    ]);
  });

  it('escapes names of files, is refused among the photographs, and is none for a job that has none', async () => {
    await using test = await startTestHost({ images: 1 });
    await makeProject(test);
    const file = path.join(test.dir, 'labels.csv');
    writeFileSync(
      file,
      'filename,class,xmin,ymin,xmax,ymax\nimg_0.jpg,<script>alert(1)</script>,4,4,14,12\n',
    );
    const job = await whenOver(test.api, (await test.api.startImport({ path: file })).jobId);
    const target = path.join(test.dir, 'r.html');
    await test.api.saveTransfer({ jobId: job.id, file: target });
    expect(readFileSync(target, 'utf8')).not.toContain('<script>alert');
    await expect(
      test.api.saveTransfer({ jobId: job.id, file: path.join(test.imagesDir, 'r.html') }),
    ).rejects.toMatchObject({ code: 'export/inside-photographs' });
    for (const jobId of ['nothing', '../../project', ''])
      await expect(test.api.transferRows({ jobId, only: 'all', offset: 0, limit: 1 })).rejects.toMatchObject({
        code: 'transfer/no-report',
      });
  });
});

it('the first rows of a table are shown with what its columns were taken for', async () => {
  await using test = await startTestHost({ images: 0 });
  const file = path.join(test.dir, 'catch.csv');
  writeFileSync(file, 'photo;species;left;top;w;h;boat\na.jpg;Opah;1;2;3;4;"Ada; II"\n');
  const preview = { header: 'auto', delimiter: 'auto' } as const;
  expect(await test.api.previewTable({ path: file, ...preview })).toMatchObject({
    delimiter: ';',
    header: ['photo', 'species', 'left', 'top', 'w', 'h', 'boat'],
    rows: [['a.jpg', 'Opah', '1', '2', '3', '4', 'Ada; II']],
    columns: { image: 1, class: 2, x: 3, y: 4, x2: 5, y2: 6, score: null, bbox: null },
    box: 'size',
  });
  expect((await test.api.previewTable({ path: file, ...preview, header: 'no' })).rows).toHaveLength(2);
  writeFileSync(file, '');
  await expect(test.api.previewTable({ path: file, ...preview })).rejects.toMatchObject({
    code: 'format/no-labels',
  });
});

describe('what is dropped on a browser’s window', () => {
  it('is kept in the studio’s own folder, and never outside it', async () => {
    await using test = await startTestHost({ images: 0 });
    const { address, close } = await test.host.listen({ port: 0 });
    const put = (drop: string, name: string) =>
      fetch(`${address}/drops/${drop}?${new URLSearchParams({ name }).toString()}`, {
        method: 'PUT',
        body: 'filename\n',
        headers: { cookie: '', authorization: `Bearer ${test.host.token}` },
      });
    try {
      const answer = await put('a1b2c3d4-drop', 'labels/deep/boxes.csv');
      const { path: kept } = (await answer.json()) as { path: string };
      expect(kept).toBe(path.join(test.dir, 'home', 'drops', 'a1b2c3d4-drop', 'labels'));
      expect(readFileSync(path.join(kept, 'deep', 'boxes.csv'), 'utf8')).toBe('filename\n');
      for (const name of [
        '../x',
        'a/../../x',
        '/etc/x',
        'a\\..\\x',
        'C:x',
        '',
        'a//b',
        `${'d/'.repeat(60)}x`,
      ])
        expect([name, (await put('a1b2c3d4-drop', name)).status]).toEqual([name, 422]);
      for (const drop of ['..%2F..%2Fx', 'short']) expect((await put(drop, 'x')).ok).toBe(false);
    } finally {
      await close();
    }
  });
});
