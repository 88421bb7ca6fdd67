import { createHash } from 'node:crypto';
import { createWriteStream, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { openPromise } from 'yauzl';
import { importPreviewSchema } from '../../src/contract/import-plan.ts';
import type { RecordDiff } from '../../src/core/diffs.ts';
import type { BoxRecord, PredictionRecord } from '../../src/core/records.ts';
import { acceptDiffs, boxFromPrediction, reviewGesture } from '../../src/core/review.ts';
import { drawMetadata, toSlug } from '../../src/formats/kaggle-dataset.card.ts';
import { kaggleDatasetFormat } from '../../src/formats/kaggle-dataset.format.ts';
import { kaggleDatasetOptions } from '../../src/formats/kaggle-dataset.options.ts';
import { makeBox } from '../helpers/arbitrary-project.ts';
import { drainExport, makeImage } from '../helpers/file-trees.ts';
import { openSuggestedProject } from '../helpers/suggested-project.ts';
import {
  labelImage,
  makeProject,
  startTestHost,
  type TestHost,
  whenOver,
  writeJpeg,
} from '../helpers/test-host.ts';

const options = {
  title: 'Reef fish of Palau',
  subtitle: 'Boxes around two kinds of fish',
  owner: 'ada-lovelace',
  licence: 'CC-BY-4.0',
  keywords: 'fish, animals',
  labels: 'coco,yolo,csv',
};

async function unzip(archive: string, dir: string): Promise<void> {
  const zip = await openPromise(archive);
  for await (const entry of zip.eachEntry()) {
    const target = path.join(dir, ...entry.fileName.split('/'));
    mkdirSync(path.dirname(target), { recursive: true });
    await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(target));
  }
}

/** A project of five photographs, one in a folder of its own; three with a box. */
async function makeReef(test: TestHost): Promise<void> {
  mkdirSync(path.join(test.imagesDir, 'boat ä'));
  await writeJpeg(path.join(test.imagesDir, 'boat ä', 'img_0.jpg'), 77);
  const { imageIds, classIds } = await makeProject(test);
  for (const [i, id] of imageIds.slice(0, 3).entries()) await labelImage(test, id, classIds[i % 2] ?? '');
}

async function readAll({ api }: TestHost) {
  const { items } = await api.listImages({ filter: {}, offset: 0, limit: 100 });
  const documents = await Promise.all(items.map(({ id }) => api.getImage({ id })));
  const nameOf = new Map((await api.listClasses()).map(({ id, name }) => [id, name]));
  return documents.map(({ image, boxes }) => [
    image.path,
    image.state,
    image.split,
    image.group,
    boxes.map(({ classId, x, y, w, h }) => [nameOf.get(classId), x, y, w, h]),
  ]);
}

async function exportBundle(test: TestHost, more: object = {}) {
  const dir = path.join(test.dir, 'bundle');
  const { jobId } = await test.api.startExport({
    format: 'kaggle-dataset',
    dir,
    options: { ...options, ...more },
  });
  return { dir, job: await whenOver(test.api, jobId) };
}

describe('a Kaggle data set', () => {
  it('holds what the client uploads, says what is in it, and comes back unchanged after unzipping', async () => {
    await using test = await startTestHost({ images: 4 });
    await makeReef(test);
    const { dir, job } = await exportBundle(test);
    expect(job.state).toMatchObject({ status: 'done' });
    const names = readdirSync(dir, { withFileTypes: true });
    expect(names.filter((entry) => entry.isDirectory())).toEqual([]);
    expect(names.map(({ name }) => name).sort()).toEqual(
      [
        'README.md',
        'SHA256SUMS.txt',
        'annotations.json',
        'catchlight-manifest.json',
        'dataset-cover-image.jpg',
        'dataset-metadata.json',
        'images.zip',
        'labels.csv',
        'yolo.zip',
      ].sort(),
    );
    for (const line of readFileSync(path.join(dir, 'SHA256SUMS.txt'), 'utf8').trim().split('\n')) {
      const [sum, name = ''] = line.split('  ');
      expect([
        name,
        createHash('sha256')
          .update(readFileSync(path.join(dir, name)))
          .digest('hex'),
      ]).toEqual([name, sum]);
    }
    const metadata = JSON.parse(readFileSync(path.join(dir, 'dataset-metadata.json'), 'utf8')) as {
      resources: { path: string; schema?: { fields: { name: string }[] } }[];
    };
    expect(metadata).toMatchObject({
      title: options.title,
      id: 'ada-lovelace/reef-fish-of-palau',
      licenses: [{ name: 'CC-BY-4.0' }],
      keywords: ['fish', 'animals'],
    });
    const table = metadata.resources.find(({ path: name }) => name === 'labels.csv');
    const [header] = readFileSync(path.join(dir, 'labels.csv'), 'utf8').split('\n');
    expect(table?.schema?.fields.map(({ name }) => name).join(',')).toBe(header);
    for (const { path: name } of metadata.resources) expect(names.map((entry) => entry.name)).toContain(name);
    expect(await sharp(path.join(dir, 'dataset-cover-image.jpg')).metadata()).toMatchObject({
      width: 1120,
      height: 560,
    });
    expect(readFileSync(path.join(dir, 'README.md'), 'utf8')).toContain('5 photographs, 3 boxes, 2 classes');

    await using second = await startTestHost({ images: 0 });
    await unzip(path.join(dir, 'images.zip'), second.imagesDir);
    expect(readFileSync(path.join(second.imagesDir, 'boat ä', 'img_0.jpg'))).toEqual(
      readFileSync(path.join(test.imagesDir, 'boat ä', 'img_0.jpg')),
    );
    await makeProject(second);
    const load = async () => whenOver(second.api, (await second.api.startImport({ path: dir })).jobId);
    expect((await load()).result).toMatchObject({
      format: 'kaggle-dataset',
      boxes: 3,
      images: 5,
      skipped: [],
    });
    expect(await readAll(second)).toEqual(await readAll(test));
    const again = importPreviewSchema.parse(((await load()).result as Record<string, unknown>).preview);
    expect([again.boxes, again.marks]).toEqual([{ added: 0, repeated: 3, removed: 0 }, 0]);
  });

  it('is not written at all when a photograph is gone, and can be without photographs', async () => {
    await using test = await startTestHost({ images: 2 });
    await makeProject(test);
    rmSync(path.join(test.imagesDir, 'img_1.jpg'));
    const failed = await exportBundle(test);
    expect(failed.job.state).toMatchObject({
      status: 'failed',
      error: { code: 'export/photograph-missing' },
    });
    expect(readdirSync(test.dir)).not.toContain('bundle');
    const { dir, job } = await exportBundle(test, { images: 'none' });
    expect(job.state).toMatchObject({ status: 'done' });
    expect(readdirSync(dir)).not.toContain('images.zip');
  });

  it('of archives alone has every file that it lists, and comes back once they are unpacked', async () => {
    await using test = await startTestHost({ images: 4 });
    await makeReef(test);
    const { dir } = await exportBundle(test, { labels: 'yolo,labelme', images: 'none' });
    const { resources } = JSON.parse(readFileSync(path.join(dir, 'dataset-metadata.json'), 'utf8')) as {
      resources: { path: string }[];
    };
    expect(readdirSync(dir)).toEqual(expect.arrayContaining(resources.map(({ path: name }) => name)));
    const before = await readAll(test);
    for (const id of ['yolo', 'labelme']) {
      const unpacked = path.join(test.dir, id);
      await unzip(path.join(dir, `${id}.zip`), unpacked);
      const { jobId } = await test.api.startImport({ path: unpacked, dryRun: true });
      const { result } = await whenOver(test.api, jobId);
      const { boxes } = importPreviewSchema.parse((result as Record<string, unknown>).preview);
      expect([id, boxes]).toEqual([id, { added: 0, repeated: 3, removed: 0 }]);
    }
    expect(await readAll(test)).toEqual(before);
  });

  it('tells in its card how many boxes are by a person, by a model, by both, and of which model', async () => {
    const images = ['1.jpg', '2.jpg'].map((name) => makeImage(name, { state: 'reviewed' }));
    const suggest = (
      id: string,
      boxId: string | null,
      more: Partial<PredictionRecord> = {},
    ): PredictionRecord => ({
      ...{ id, modelId: 'm1', imageId: '1.jpg', classId: 'c', x: 10, y: 10, w: 30, h: 20, score: 0.9 },
      ...{ probabilities: [1], status: 'accepted', boxId, head: null, tail: null, ...more },
    });
    const wide = suggest('s4', 'cut', { x: -5, w: 30 });
    const taken = [
      suggest('s1', 'as-it-was'),
      suggest('s2', 'moved-later'),
      suggest('s3', 'adjusted', { status: 'adjusted' }),
      wide,
      suggest('s5', 'renamed', { classId: 'd' }),
      suggest('s6', null),
    ];
    const size = { widthPx: 640, heightPx: 480 };
    const boxes: BoxRecord[] = [
      ...['as-it-was', 'moved-later', 'adjusted', 'renamed', 'orphan'].map((id) =>
        boxFromPrediction(suggest('x', id), id, size),
      ),
      boxFromPrediction(wide, 'cut', size),
      makeBox('2.jpg', 'c', { x: 1, y: 1, w: 9, h: 9 }, 'by-hand'),
      { ...makeBox('2.jpg', 'c', { x: 50, y: 1, w: 9, h: 9 }, 'from-csv'), source: 'import' },
    ];
    const written = kaggleDatasetFormat.write({
      ...{ projectName: 'Reef survey', images, nowMs: Date.UTC(2026, 10, 22) },
      classes: [{ id: 'c', name: 'cod', color: '#336699', key: null, scientificName: null, position: 0 }],
      boxes: boxes.map((box) => (box.id === 'moved-later' ? { ...box, x: box.x + 3 } : box)),
      takenSuggestions: () => taken,
      models: [{ id: 'm1', name: 'Deck | one', recipe: 'detector' }],
    });
    const card = new TextDecoder().decode((await drainExport(written))['README.md']);
    const rows = [...card.matchAll(/^\| (a person|a model.*|another tool.*) \| (\d+) \|$/gm)].map(
      ([, by, n]) => [by, Number(n)],
    );
    expect(rows).toEqual([
      ['a person', 1],
      ['a model; a person took its suggestion as it was', 2],
      ['a model and a person, who changed its suggestion', 3],
      ['a model; whether a person changed its suggestion is not on record any more', 1],
      ['another tool, imported', 1],
    ]);
    expect(card).toContain('exported on 2026-11-22');
    expect(card).toContain('“Deck \\| one” (detector): 6');
  });

  it('knows from the project which suggestions were taken as they were, and which were moved since', async () => {
    await using test = await startTestHost({ images: 0 });
    const at = (x: number) => ({ classId: 'cod', at: [x, 20, 40, 30] as const, score: 0.9 });
    const [imageId = ''] = await openSuggestedProject(test.host, test.dir, [
      { model: [at(10), at(100), at(200)] },
    ]);
    const { image, predictions } = await test.api.getImage({ id: imageId });
    const apply = (id: string, diffs: RecordDiff[]) =>
      test.api.applyGesture(reviewGesture(id, 'Accept', imageId, diffs));
    const [first, second] = predictions;
    if (first === undefined || second === undefined) throw new Error('there are no suggestions');
    await apply('one', acceptDiffs(first, 'unseen', 'box-one', image));
    await apply('two', acceptDiffs(second, 'labelled', 'box-two', image));
    const box = (await test.api.getImage({ id: imageId })).boxes.find(({ id }) => id === 'box-two');
    if (box === undefined) throw new Error('the box is not there');
    await apply('move', [{ table: 'boxes', id: box.id, before: box, after: { ...box, x: box.x + 7 } }]);
    const { dir, job } = await exportBundle(test, { images: 'none' });
    expect(job.state).toMatchObject({ status: 'done' });
    const card = readFileSync(path.join(dir, 'README.md'), 'utf8');
    for (const line of [
      'took its suggestion as it was | 1 |',
      'who changed its suggestion | 1 |',
      '| a person | 0 |',
    ])
      expect(card).toContain(line);
  });

  it('keeps to the lengths that Kaggle’s client enforces, whatever the project is called', () => {
    const defaults = kaggleDatasetOptions.parse({});
    for (const projectName of [
      'x',
      '',
      'Ä'.repeat(200),
      '漁',
      '🐟🐟🐟',
      '🐟'.repeat(60),
      'a b',
      'Reef fish of Palau',
    ]) {
      const { title, id } = drawMetadata(
        { projectName, classes: [], images: [], boxes: [], nowMs: 0 },
        defaults,
        '',
        [],
      ) as { title: string; id: string };
      // As Python counts, in which the client is written.
      const signs = [...title].length;
      expect([title, signs >= 6 && signs <= 50, title.isWellFormed()]).toEqual([title, true, true]);
      expect(id).toMatch(/^INSERT_OWNER_HERE\/[a-z0-9][a-z0-9-]{4,48}[a-z0-9]$/);
      expect(toSlug(title)).toBe(id.split('/')[1]);
    }
    for (const bad of [
      { title: 'short' },
      { title: '🐟🐟🐟' },
      { title: 'x'.repeat(51) },
      { subtitle: 'too short' },
      { slug: 'UPPER-case' },
      { licence: 'mine' },
    ])
      expect(kaggleDatasetOptions.safeParse(bad).success).toBe(false);
  });
});
