/**
 * Complaints 10 to 16 of docs/complaints.md: slow with many images, boxes or classes. How long things take is measured in `bench/`; here it is
 * counted what they look at, which is the same on every machine.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { needsTiles } from '../../../src/core/tiles.ts';
import { fitCamera, zoomAt } from '../../../src/editor/camera.ts';
import { createSpatialGrid } from '../../../src/editor/spatial-grid.ts';
import { chooseLevel, listTiles } from '../../../src/editor/tiles.ts';
import { paintStill } from '../../../src/renderer/canvas/paint-boxes.ts';
import { driveEditor, makeBox, makeDocument, makeImage } from '../../helpers/editor-driver.ts';
import { addManyImages } from '../../helpers/many-images.ts';
import { sitDown } from '../../helpers/person-at-host.ts';
import { makeProject, startTestHost, type TestHost, whenOver } from '../../helpers/test-host.ts';

const size = { widthPx: 4000, heightPx: 3000 };
/** Five thousand small boxes over the whole photograph. */
const crowd = Array.from({ length: 5000 }, (_, i) =>
  makeBox(`b${i}`, { x: (i % 100) * 40, y: Math.floor(i / 100) * 60, w: 24, h: 18 }),
);
const viewport = { widthView: 1000, heightView: 800, dpr: 1 };

it('10: with 5,000 boxes a hand touches those it is near, moves one record, and only what is in sight is drawn', () => {
  const grid = createSpatialGrid(size.widthPx, size.heightPx);
  for (const box of crowd) grid.put(box.id, box);
  expect(grid.query({ x: 2000, y: 1500, w: 6, h: 6 }).length).toBeLessThan(40);

  const d = driveEditor({ document: makeDocument({ image: makeImage('one', size), boxes: crowd }) });
  d.click({ x: 2012, y: 1509 });
  const before = new Map(d.editor.getSnapshot().boxes.map((box) => [box.id, box]));
  const [selected] = d.editor.getSnapshot().selectedBoxIds;
  let told = 0;
  d.editor.subscribe(() => {
    told += 1;
  });
  d.down({ x: 2012, y: 1509 });
  told = 0;
  d.move({ x: 2050, y: 1530 });
  expect(told).toBe(1);
  d.up({ x: 2050, y: 1530 });
  const changed = d.editor.getSnapshot().boxes.filter((box) => before.get(box.id) !== box);
  expect(changed.map(({ id }) => id)).toEqual([selected]);

  const painted = (): number => {
    let rectangles = 0;
    const paint = new Proxy({} as CanvasRenderingContext2D, {
      get: (_, name) => () => {
        if (name === 'rect' || name === 'strokeRect') rectangles += 1;
        return { width: 20 };
      },
      set: () => true,
    });
    const palette = { surface: '#000', text: '#fff', accent: '#0af' };
    const snapshot = d.editor.getSnapshot();
    paintStill(paint, { snapshot, palette: palette as never, marginView: 0 }, snapshot.boxes, null);
    return rectangles;
  };
  const whole = painted();
  const { camera } = d.editor.getSnapshot();
  d.editor.setCamera(zoomAt(camera, { x: 500, y: 400 }, 10, size, viewport));
  expect(whole).toBeGreaterThan(4000);
  expect(painted()).toBeLessThan(whole / 20);
});

it('11: ten thousand classes cost a stroke nothing: the list stays the very same, a digit and a name find theirs', async () => {
  const classes = Array.from({ length: 10_000 }, (_, position) => ({
    ...{ id: `c${position}`, name: `Species ${position}`, color: '#888888', key: null },
    ...{ scientificName: null, position },
  }));
  const d = driveEditor({ document: makeDocument({ classes }), settings: { classId: 'c9999' } });
  const list = d.editor.getSnapshot().classes;
  let told = 0;
  d.editor.subscribe(() => {
    told += 1;
  });
  d.press('W');
  const before = told;
  d.drag({ x: 20, y: 20 }, { x: 90, y: 80 });
  // One input, one message: press, two moves, release, and what the release says of saving.
  expect(told - before).toBeLessThanOrEqual(6);
  d.press('3');
  expect(d.editor.getSnapshot().classes).toBe(list);
  expect(d.editor.getSnapshot().boxes[0]?.classId).toBe('c2');
  expect(JSON.stringify(d.gestures).length).toBeLessThan(2000);
});

let big: TestHost;
beforeAll(async () => {
  big = await startTestHost({ images: 1 });
  await makeProject(big);
  await addManyImages(big.api, { images: 6000, boxes: 2, classes: 150 });
});
afterAll(async () => {
  await big?.[Symbol.asyncDispose]();
});

it('12: a project of 6,000 images opens without reading one, is labelled without an error, and is exported whole', async () => {
  const jobs = (await big.api.listJobs()).length;
  const dir = (await big.api.currentProject())?.path ?? '';
  await big.api.closeProject();
  await big.api.openProject({ path: dir });
  // Not one of these photographs is on the disk: whoever looked for them would have noticed.
  expect((await big.api.listJobs()).length).toBe(jobs);
  expect((await big.api.listImages({ filter: { hasProblem: true }, offset: 0, limit: 1 })).total).toBe(0);
  const person = await sitDown(big.api, 'many-0');
  person.press('W');
  for (let i = 0; i < 30; i += 1) {
    await person.goTo(`many-${i}`);
    person.drag({ x: 10, y: 20 }, { x: 40, y: 40 });
  }
  await person.settle();
  expect(person.editor.getSnapshot().save).toEqual({ kind: 'saved' });
  for (const format of ['coco', 'csv']) {
    const { jobId } = await big.api.startExport({
      format,
      dir: path.join(big.dir, `out-${format}`),
      options: {},
    });
    const done = await whenOver(big.api, jobId);
    expect([format, done.state.status]).toEqual([format, 'done']);
    expect(done.result).toMatchObject({ boxes: 12_030 });
  }
});

it('13: the list is asked for by the screenful however long it is, from the next image to the six thousandth', async () => {
  const page = await big.api.listImages({ filter: {}, offset: 5900, limit: 100 });
  expect([page.total, page.items.length]).toEqual([6001, 100]);
  expect(JSON.stringify(page).length).toBeLessThan(40_000);
  const { position } = await big.api.locateImage({
    ...{ id: 'many-2999', filter: {}, sort: { by: 'name', isDescending: false } },
  });
  const [there] = (await big.api.listImages({ filter: {}, offset: position, limit: 1 })).items;
  expect(there?.id).toBe('many-2999');
  const next = await big.api.findUnreviewed({
    ...{ id: 'many-2999', filter: {}, sort: { by: 'name', isDescending: false }, step: 1 },
  });
  expect(next?.position).toBe(position + 1);
  // The one image that is opened brings its own records and nothing of the others.
  expect(JSON.stringify(await big.api.getImage({ id: 'many-2999' })).length).toBeLessThan(3000);
});

it('14: a folder that did not change is not read again, the list is there while a scan runs, and a huge picture is shown by tiles', async () => {
  await using test = await startTestHost({ images: 40 });
  const { jobId } = await test.api.createProject({
    imagesDir: test.imagesDir,
    name: 'fish',
    classes: ['ALB'],
  });
  const early = await test.api.listImages({ filter: {}, offset: 0, limit: 100 });
  expect(early.items.length).toBeLessThanOrEqual(40);
  await whenOver(test.api, jobId);
  // Other bytes of the same length under the same date: whoever read the files again would find them broken.
  for (const name of readdirSync(test.imagesDir)) {
    const file = path.join(test.imagesDir, name);
    const { mtime, atime, size: length } = statSync(file);
    writeFileSync(file, Buffer.alloc(length, 7));
    utimesSync(file, atime, mtime);
  }
  const again = await whenOver(test.api, (await test.api.rescan()).jobId);
  expect(again.result).toMatchObject({ images: 40, added: 0, changed: 0, missing: 0, moved: 0 });
  expect((await test.api.listImages({ filter: { hasProblem: true }, offset: 0, limit: 1 })).total).toBe(0);

  const huge = { widthPx: 12_000, heightPx: 9000 };
  expect(needsTiles(huge)).toBe(true);
  for (const factor of [1, 4, 16]) {
    const camera = zoomAt(fitCamera(huge, viewport), { x: 500, y: 400 }, factor, huge, viewport);
    const tiles = listTiles(huge, camera, viewport, chooseLevel(huge, camera, viewport));
    expect(tiles.length).toBeLessThanOrEqual(20);
  }
});

it('15: 120,000 tracks are read in a heap of 200 MB', () => {
  const program = path.join(import.meta.dirname, '..', '..', 'helpers', 'many-tracks.ts');
  const printed = execFileSync(process.execPath, ['--max-old-space-size=200', program, '120000'], {
    encoding: 'utf8',
    timeout: 80_000,
  });
  expect(JSON.parse(printed)).toEqual({ boxes: 120_000, skipped: 0 });
});

it('16: what is written about a photograph is small beside it: no pixels in labels, no thousandfold history', async () => {
  await using test = await startTestHost({ images: 2 });
  const { imageIds } = await makeProject(test);
  const dir = (await test.api.currentProject())?.path ?? '';
  const person = await sitDown(test.api, imageIds[0] ?? '');
  person.press('W');
  for (let i = 0; i < 100; i += 1)
    person.drag({ x: i % 40, y: i % 30 }, { x: (i % 40) + 9, y: (i % 30) + 9 });
  await person.settle();
  const out = path.join(test.dir, 'labelme');
  await whenOver(test.api, (await test.api.startExport({ format: 'labelme', dir: out, options: {} })).jobId);
  const file = readdirSync(out, { recursive: true })
    .map(String)
    .find((name) => name.endsWith('img_0.json'));
  const text = readFileSync(path.join(out, file ?? ''), 'utf8');
  const written = JSON.parse(text) as { shapes: unknown[]; imageData: unknown };
  expect([written.shapes.length, written.imageData]).toEqual([100, null]);
  expect(text.length / 100).toBeLessThan(600);
  await test.api.closeProject();
  // Boxes, their history and the indices of both.
  expect(statSync(path.join(dir, 'project.db')).size / 100).toBeLessThan(6000);
});
