/** The story of a first hour, with real mouse and keys in Chromium on a real host and engine: from a folder of photographs to exported labels. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import axeCore from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateSample, type SampleManifest } from '../../src/main/sample/sample.ts';
import { eventually } from '../helpers/eventually.ts';
import { type Studio, startStudio, whyNoWindow } from '../helpers/studio.ts';

const reason = whyNoWindow();

const { source: axe } = axeCore;
interface AxeRunner {
  run(
    root: Document,
    options: { runOnly: string[] },
  ): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>;
}

/** COCO labels of every second photograph, as another tool would have left them. */
function writeCoco(file: string, manifest: SampleManifest): number {
  const labelled = manifest.images.filter((image, index) => index % 2 === 1 && image.boxes.length > 0);
  const categories = manifest.classes.map(({ name }, index) => ({ id: index + 1, name }));
  const annotations = labelled.flatMap((image) =>
    image.boxes.map(({ className, box }) => ({
      image_id: manifest.images.indexOf(image) + 1,
      category_id: categories.findIndex(({ name }) => name === className) + 1,
      bbox: [box.x, box.y, box.w, box.h],
      area: box.w * box.h,
      iscrowd: 0,
    })),
  );
  const images = labelled.map((image) => ({
    id: manifest.images.indexOf(image) + 1,
    file_name: image.fileName,
    width: image.widthPx,
    height: image.heightPx,
  }));
  writeFileSync(
    file,
    JSON.stringify({
      images,
      categories,
      annotations: annotations.map((entry, index) => ({ id: index + 1, ...entry })),
    }),
  );
  return annotations.length;
}

const goTo = (page: Page, place: string): Promise<void> =>
  page.getByRole('navigation').getByRole('link', { name: place }).click();

/** Drags on the canvas between two points given as shares of its size. */
async function drag(
  page: Page,
  from: readonly [number, number],
  to: readonly [number, number],
): Promise<void> {
  const area = await page.getByRole('application').boundingBox();
  if (area === null) throw new Error('The canvas is not on the page.');
  const at = ([x, y]: readonly [number, number]): [number, number] => [
    area.x + x * area.width,
    area.y + y * area.height,
  ];
  await page.mouse.move(...at(from));
  await page.mouse.down();
  await page.mouse.move(...at([(from[0] + to[0]) / 2, (from[1] + to[1]) / 2]));
  await page.mouse.move(...at(to));
  await page.mouse.up();
}

describe.skipIf(reason !== null)(`the studio in a browser${reason === null ? '' : ` (${reason})`}`, () => {
  let studio: Studio;
  let dir = '';
  let manifest: SampleManifest;
  let imported = 0;
  let drawnImageId = '';

  beforeAll(async () => {
    dir = mkdtempSync(path.join(tmpdir(), 'catchlight-story-'));
    manifest = await generateSample({ outDir: path.join(dir, 'photographs'), seed: 11, images: 24 });
    imported = writeCoco(path.join(dir, 'labels.json'), manifest);
    studio = await startStudio({ dir, width: 1280, height: 800 });
  });
  afterAll(async () => {
    await studio?.[Symbol.asyncDispose]();
    rmSync(dir, { recursive: true, force: true });
  });

  it('opens a folder of photographs through its own folder dialog', async () => {
    const { page, host } = studio;
    await page.getByRole('button', { name: /folder of photographs/ }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Path').fill(path.join(dir, 'photographs'));
    await dialog.getByRole('button', { name: 'Go' }).click();
    await dialog.getByText('24 images here').waitFor();
    await dialog.getByRole('button', { name: 'Choose this folder' }).click();
    await page.getByRole('application').waitFor();
    await page.getByText('24 images', { exact: true }).waitFor();
    expect((await host.api.currentProject())?.counts.images).toBe(24);
  });

  it('imports labels and reports what it did', async () => {
    const { page, host } = studio;
    await goTo(page, 'Export');
    await page.getByText('Import', { exact: true }).click();
    await page
      .getByRole('textbox', { name: 'File or folder with labels' })
      .fill(path.join(dir, 'labels.json'));
    await page.getByRole('button', { name: 'Look at it' }).click();
    await page.getByRole('button', { name: /^Import [\d,]+ boxes$/ }).click();
    const report = page.getByRole('region', { name: 'Report' });
    await report.getByText('Clipped at the edge').waitFor();
    expect((await host.api.currentProject())?.counts.boxes).toBe(imported);
  });

  it('draws three boxes with the mouse, each saved as it is made', async () => {
    const { page, host } = studio;
    await goTo(page, 'Annotate');
    await page.getByRole('button', { name: /img_00001/ }).click();
    await page.waitForURL(/annotate\/.+/);
    await page.keyboard.press('w');
    await page.keyboard.press('2');
    await drag(page, [0.2, 0.3], [0.32, 0.42]);
    await drag(page, [0.5, 0.55], [0.63, 0.68]);
    await drag(page, [0.7, 0.35], [0.78, 0.47]);
    const boxes = page.getByRole('region', { name: 'Boxes', exact: true });
    await eventually(() => boxes.getByRole('listitem').count()).toBe(3);
    drawnImageId = decodeURIComponent(page.url().split('/').at(-1) ?? '');
    await eventually(async () => (await host.api.getImage({ id: drawnImageId })).boxes.length).toBe(3);
    const { image, boxes: saved } = await host.api.getImage({ id: drawnImageId });
    const classes = await host.api.listClasses();
    expect({
      state: image.state,
      classes: new Set(saved.map(({ classId }) => classId)).size,
      key: classes.find(({ id }) => id === saved[0]?.classId)?.key,
    }).toEqual({
      state: 'labelled',
      classes: 1,
      key: '2',
    });
  });

  it('takes a box back and puts it there again with Ctrl+Z and Ctrl+Y', async () => {
    const { page, host } = studio;
    const count = async (): Promise<number> => (await host.api.getImage({ id: drawnImageId })).boxes.length;
    await page.keyboard.press('Control+z');
    await eventually(count).toBe(2);
    await page.keyboard.press('Control+y');
    await eventually(count).toBe(3);
  });

  it('trains in the window, shows curves, and suggests by itself on images nobody labelled', async () => {
    const { page, host } = studio;
    await goTo(page, 'Train');
    await page.getByRole('radio', { name: /Box and class/ }).check();
    await page.getByRole('button', { name: 'Train', exact: true }).click();
    await page.getByRole('img', { name: 'Curve of Total loss' }).waitFor({ timeout: 120_000 });
    await page.getByRole('radio', { name: /^Let .* suggest$/ }).waitFor({ timeout: 120_000 });
    await eventually(
      async () => (await host.api.currentProject())?.counts.pendingSuggestions ?? 0,
      60_000,
    ).toBeGreaterThan(2);
  });

  it('writes the trained model as one file and takes a note of it, from the table of models', async () => {
    const { page, host } = studio;
    const file = path.join(dir, 'fish.onnx');
    await page.getByRole('button', { name: /^Export Box and class/ }).click();
    await page.getByLabel('File to write').fill(path.join(dir, 'fish.bin'));
    await page.getByRole('button', { name: 'Export model', exact: true }).click();
    await page.getByText('A model is written to one file that ends in .onnx').waitFor();
    await page.getByLabel('File to write').fill(file);
    await page.getByRole('button', { name: 'Export model', exact: true }).click();
    await eventually(() => existsSync(file)).toBe(true);
    const job = (await host.api.listJobs()).find(({ kind }) => kind === 'export-model');
    expect(job?.input).toMatchObject({ file });
    await page.getByRole('button', { name: /^Name and notes of Box and class/ }).click();
    await page.getByLabel('Notes', { exact: true }).fill('the first');
    await page.keyboard.press('Enter');
    await page.getByText('· the first').waitFor();
  });

  it('answers suggestions with Enter and X and takes the last answer back', async () => {
    const { page, host } = studio;
    const statuses = async (): Promise<string[]> => {
      const { items } = await host.api.listImages({ filter: {}, offset: 0, limit: 100 });
      const documents = await Promise.all(items.map(({ id }) => host.api.getImage({ id })));
      return documents
        .flatMap(({ predictions }) => predictions.map(({ status }) => status))
        .filter((status) => status !== 'pending')
        .sort();
    };
    // A photograph drawn at random would be looked over whole after its only suggestion.
    await host.api.saveReviewSettings({ randomShare: 0, oneFish: false });
    await goTo(page, 'Review');
    // A model of seconds on drawn fish may score around the usual cut: the story is about answers, so all are asked.
    await page.getByRole('slider', { name: 'Score at least' }).press('Home');
    const accept = page.getByRole('button', { name: 'Accept', exact: false });
    await eventually(() => accept.isEnabled()).toBe(true);
    await page.keyboard.press('Enter');
    await eventually(statuses).toEqual(['accepted']);
    await eventually(() => accept.isEnabled()).toBe(true);
    await page.keyboard.press('x');
    await eventually(statuses).toEqual(['accepted', 'rejected']);
    await page.keyboard.press('Control+z');
    await eventually(statuses).toEqual(['accepted']);
    const { boxes } = (await host.api.currentProject())?.counts ?? { boxes: 0 };
    expect(boxes).toBe(imported + 3 + 1);
  });

  it('sets the model against the hand, worst first, and opens a pair', async () => {
    const { page } = studio;
    await goTo(page, 'Compare');
    await page.getByRole('combobox', { name: 'Images' }).click();
    await page.getByRole('option', { name: 'All images' }).click();
    const totals = page.getByRole('toolbar', { name: 'Totals' });
    await totals.getByText(/on \d+ images?/).waitFor();
    const missed = totals.getByRole('button', { name: /missed/ });
    const count = Number((await missed.textContent())?.replaceAll(/\D/g, ''));
    await missed.click();
    if (count > 0)
      await page
        .getByRole('img', { name: /^missed/ })
        .first()
        .waitFor();
    await page.getByRole('application').waitFor();
    expect(studio.faults).toEqual([]);
  });

  it('exports every box as COCO', async () => {
    const { page, host } = studio;
    const target = path.join(dir, 'exported');
    await goTo(page, 'Export');
    await page.getByRole('button', { name: /^COCO/ }).click();
    await page.getByRole('textbox', { name: 'Folder to write' }).fill(target);
    await page.getByRole('button', { name: 'Export labels' }).click();
    const report = page.getByRole('region', { name: 'Report' });
    await report.getByText(/^\d+ files?$/).click();
    const name = await report
      .getByText(/\.json$/)
      .first()
      .textContent();
    const file = path.resolve(target, name ?? '');
    const coco = JSON.parse(readFileSync(file, 'utf8')) as { annotations: unknown[] };
    expect(coco.annotations.length).toBe((await host.api.currentProject())?.counts.boxes);
  });

  it('is free of accessibility faults that axe can find, in every place', async () => {
    const { page } = studio;
    await page.evaluate(axe);
    const found: Record<string, string[]> = {};
    for (const place of ['Annotate', 'Train', 'Review', 'Compare', 'Export']) {
      await goTo(page, place);
      await page.waitForTimeout(600);
      found[place] = await page.evaluate(async () => {
        const run = (globalThis as unknown as { axe: AxeRunner }).axe.run;
        const { violations } = await run(document, {
          runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'],
        });
        return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`);
      });
    }
    expect(found).toEqual({ Annotate: [], Train: [], Review: [], Compare: [], Export: [] });
  });

  it('finds everything again after the studio was closed and opened', async () => {
    // An accepted suggestion may lie on the same photograph as the three drawn boxes.
    const before = (await studio.host.api.getImage({ id: drawnImageId })).boxes;
    expect(before.filter(({ source }) => source === 'person').length).toBe(3);
    await studio.restart();
    const { page } = studio;
    await page.goto(`${new URL(page.url()).origin}/#/welcome`);
    await page.getByRole('region', { name: 'Recent projects' }).getByRole('button').first().click();
    await page.getByRole('application').waitFor();
    await page.getByRole('button', { name: /img_00001/ }).click();
    const boxes = page.getByRole('region', { name: 'Boxes', exact: true });
    await eventually(() => boxes.getByRole('listitem').count()).toBe(before.length);
    expect((await studio.host.api.getImage({ id: drawnImageId })).boxes).toEqual(before);
    expect((await studio.host.api.listModels()).length).toBe(1);
    expect(studio.faults).toEqual([]);
  });
});
