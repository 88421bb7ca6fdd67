/** Labels in and out through the window: a folder dropped on it, the report, a Kaggle bundle, and the way back without a change. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dropOn } from '../helpers/drop.ts';
import { eventually } from '../helpers/eventually.ts';
import { makeCoco, readAll, unzip } from '../helpers/labels-elsewhere.ts';
import { createScriptedEngine } from '../helpers/scripted-engine.ts';
import { browserPath, isWindowBuilt, type Studio, startStudio } from '../helpers/studio.ts';
import { whenOver, writeJpeg } from '../helpers/test-host.ts';

const canRun = browserPath() !== undefined && isWindowBuilt();
if (!canRun) console.log('Skipped: no browser here, or the window is not built (npm run build).');

describe.skipIf(!canRun)('a person with labels from another tool', () => {
  let studio: Studio;
  beforeAll(async () => {
    studio = await startStudio({ engine: createScriptedEngine() });
    const imagesDir = path.join(studio.dir, 'photos');
    mkdirSync(path.join(imagesDir, 'boat'), { recursive: true });
    for (const [i, name] of ['boat/1.jpg', 'boat/2.jpg', '3.jpg'].entries())
      await writeJpeg(path.join(imagesDir, ...name.split('/')), i);
    const { api } = studio.host;
    const { jobId } = await api.createProject({ imagesDir, name: 'Reef', classes: ['ALB', 'Yellowfins'] });
    await whenOver(api, jobId);
  }, 120_000);
  afterAll(async () => {
    if (canRun) await studio[Symbol.asyncDispose]();
  });

  it('drops the folder, sees what it would do, takes a suggested class and imports; the report tells it image by image', async () => {
    const { page, host, dir } = studio;
    await dropOn(page, makeCoco(dir));
    await page.getByText('COCO', { exact: false }).first().waitFor();
    await page.getByText(/% sure/).waitFor({ timeout: 60_000 });
    // What was said while they came in goes when they are in.
    await eventually(() => page.getByText(/are being read/).count()).toBe(0);
    expect((await host.api.currentProject())?.counts.boxes).toBe(0);
    await page.getByRole('button', { name: 'Take Yellowfins' }).click();
    await page.getByRole('button', { name: 'Import 3 boxes' }).click({ timeout: 60_000 });
    const report = page.getByRole('region', { name: 'Report' });
    await report.getByRole('cell', { name: 'boat/2.jpg' }).waitFor({ timeout: 60_000 });
    await report.getByText('the project has no such image').waitFor();
    expect((await host.api.listClasses()).map(({ name }) => name)).toEqual(['ALB', 'Yellowfins']);
    expect((await host.api.currentProject())?.counts).toMatchObject({ boxes: 3, labelled: 2, empty: 1 });
  }, 180_000);

  it('takes it back with one press, and brings it again', async () => {
    const { page, host } = studio;
    await page.getByRole('button', { name: 'Take it back' }).click({ timeout: 60_000 });
    await eventually(async () => (await host.api.currentProject())?.counts.boxes).toBe(0);
    await page.evaluate(() => {
      location.hash = '#/annotate';
    });
    await page.getByRole('application').waitFor({ timeout: 60_000 });
    await page.keyboard.press('Control+Shift+z');
    await eventually(async () => (await host.api.currentProject())?.counts.boxes).toBe(3);
  }, 180_000);

  it('exports a Kaggle bundle, whose unzipped content comes back to the same project', async () => {
    const { page, host, dir } = studio;
    await page.evaluate(() => {
      location.hash = '#/export';
    });
    await page.getByRole('button', { name: /Kaggle data set/ }).click();
    const target = path.join(dir, 'bundle');
    await page.getByRole('textbox', { name: 'Folder to write' }).fill(target);
    await page.getByRole('textbox', { name: 'Title', exact: true }).fill('Reef fish of Palau');
    await page.getByRole('button', { name: 'Export labels' }).click();
    await page
      .getByRole('region', { name: 'Report' })
      .getByText(/boxes on 3 images to/)
      .waitFor({ timeout: 60_000 });
    expect(readdirSync(target)).toContain('images.zip');
    const before = await readAll(host.api);

    const imagesDir = path.join(dir, 'unzipped');
    await unzip(path.join(target, 'images.zip'), imagesDir);
    const { jobId } = await host.api.createProject({ imagesDir, name: 'Again' });
    await whenOver(host.api, jobId);
    await page.getByText('Again').first().waitFor();
    await dropOn(page, target);
    await page.getByRole('button', { name: 'Import 3 boxes' }).click({ timeout: 60_000 });
    await page
      .getByRole('region', { name: 'Report' })
      .getByRole('cell', { name: 'boat/2.jpg' })
      .waitFor({ timeout: 60_000 });
    expect(await readAll(host.api)).toEqual(before);
    // And once more there is nothing to do.
    await dropOn(page, target);
    await page.getByRole('button', { name: 'Nothing new to import' }).waitFor({ timeout: 60_000 });
  }, 180_000);

  it('says which column of a stranger’s table is what, over its first rows, and imports it', async () => {
    const { page, host, dir } = studio;
    const file = path.join(dir, 'odd.csv');
    writeFileSync(file, 'boat/1.jpg;Shark;30;20;8;9\nboat/2.jpg;Shark;1;30;8;9\n');
    await dropOn(page, file);
    await page.getByText('No known label format was found').waitFor({ timeout: 60_000 });
    for (const [column, use] of [
      'Image',
      'Class',
      'Left, or centre x',
      'Top, or centre y',
      'Right, or width',
      'Bottom, or height',
    ].entries()) {
      await page
        .getByLabel(`What column Column ${column + 1} holds`)
        .first()
        .click();
      await page.getByRole('option', { name: use, exact: true }).click();
    }
    await page.getByText('Corner and size', { exact: true }).click();
    const start = page.getByRole('button', { name: 'Import 2 boxes' });
    await start.click({ timeout: 60_000 });
    await eventually(async () => (await readAll(host.api)).flatMap((row) => row[2])).toContainEqual([
      'Shark',
      30,
      20,
      8,
      9,
    ]);
  }, 180_000);

  it('keeps what is dropped while the host has not yet said that it began the import before', async () => {
    const { page, dir } = studio;
    const first = path.join(dir, 'first.csv');
    const second = path.join(dir, 'second.csv');
    for (const [file, x] of [
      [first, 1],
      [second, 11],
    ] as const)
      writeFileSync(file, `filename,class,xmin,ymin,xmax,ymax\nboat/1.jpg,ALB,${x},1,${x + 5},9\n`);
    await dropOn(page, first);
    const start = page.getByRole('button', { name: 'Import 1 box' });
    await start.waitFor({ timeout: 60_000 });
    const isDropped = Promise.withResolvers<void>();
    const isSaid = Promise.withResolvers<void>();
    await page.route(/startImport/, async (route) => {
      // A look at what an import would do is not held: the button waits for it.
      if (route.request().postData()?.includes('"dryRun":true') === true) return route.continue();
      const response = await route.fetch();
      await isDropped.promise;
      await route.fulfill({ response });
      isSaid.resolve();
    });
    await start.click();
    await dropOn(page, second);
    await eventually(() => page.url()).toContain('second.csv');
    isDropped.resolve();
    await isSaid.promise;
    await page.unroute(/startImport/);
    await start.click({ timeout: 60_000 });
    await eventually(async () => (await readAll(studio.host.api)).flatMap((row) => row[2])).toEqual(
      expect.arrayContaining([
        ['ALB', 1, 1, 5, 8],
        ['ALB', 11, 1, 5, 8],
      ]),
    );
  }, 180_000);

  it('drops a table, a folder of VOC and a photograph at once: both are recognised, imported as one, and taken back as one', async () => {
    const { page, host, dir } = studio;
    const before = await readAll(host.api);
    const table = path.join(dir, 'more.csv');
    writeFileSync(table, 'filename,class,xmin,ymin,xmax,ymax\n3.jpg,ALB,2,3,12,13\n');
    const voc = path.join(dir, 'from-voc');
    mkdirSync(voc);
    writeFileSync(
      path.join(voc, '3.xml'),
      '<annotation><filename>3.jpg</filename><object><name>ALB</name><bndbox><xmin>31</xmin><ymin>21</ymin><xmax>40</xmax><ymax>30</ymax></bndbox></object></annotation>',
    );
    const gestures = (await host.api.listGestures({ limit: 100 })).length;
    await dropOn(page, table, voc, path.join(dir, 'photos', '3.jpg'));
    await page.getByText('Together with', { exact: false }).waitFor({ timeout: 60_000 });
    await page.getByText('Pascal VOC XML + CSV table').first().waitFor({ timeout: 60_000 });
    await page.getByRole('button', { name: 'Import 2 boxes' }).click({ timeout: 60_000 });
    await eventually(async () => (await readAll(host.api)).flatMap((row) => row[2])).toEqual(
      expect.arrayContaining([
        ['ALB', 2, 3, 10, 10],
        ['ALB', 30, 20, 10, 10],
      ]),
    );
    expect(await host.api.listGestures({ limit: 100 })).toHaveLength(gestures + 1);
    await page.getByRole('button', { name: 'Take it back' }).click({ timeout: 60_000 });
    await eventually(() => readAll(host.api)).toEqual(before);
  }, 180_000);

  it('saves the report as a page and as data, without a fault of the window in all of it', async () => {
    const { host, dir, faults } = studio;
    const job = (await host.api.listJobs()).find(
      ({ kind, input }) => kind === 'import' && input.dryRun !== true,
    );
    const file = path.join(dir, 'report.html');
    await host.api.saveTransfer({ jobId: job?.id ?? '', file });
    expect(readFileSync(file, 'utf8')).toContain('<td>boat/2.jpg</td>');
    expect(faults).toEqual([]);
  });
});
