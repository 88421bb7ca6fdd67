/** The whole story of honest numbers in one window: labels come in, groups are proposed and taken, the split follows them, one recipe is trained both ways, and the report tells the gap. */
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateSample, type SampleManifest } from '../../src/main/sample/sample.ts';
import { eventually } from '../helpers/eventually.ts';
import { browserPath, isWindowBuilt, type Studio, startStudio } from '../helpers/studio.ts';
import { whenOver } from '../helpers/test-host.ts';

const canRun = browserPath() !== undefined && isWindowBuilt();
if (!canRun) console.log('Skipped: no browser here, or the window is not built (npm run build).');

/** Machines are shared, and this trains for real. */
const patienceMs = 240_000;

/** Keeps a picture for a person to look at, when asked for one. */
async function shoot(page: Page, name: string): Promise<void> {
  const target = process.env.CATCHLIGHT_SCREENSHOTS;
  if (target === undefined || !existsSync(target)) return;
  for (const scheme of ['dark', 'light'] as const)
    for (const [width, height] of [
      [1440, 900],
      [1024, 700],
    ] as const) {
      await page.emulateMedia({ colorScheme: scheme });
      await page.setViewportSize({ width, height });
      await page.waitForTimeout(250);
      await page.screenshot({ path: path.join(target, `${name}-${width}-${scheme}.png`) });
    }
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.setViewportSize({ width: 1440, height: 900 });
}

describe.skipIf(!canRun)('a person who wants to know what a score is worth on new boats', () => {
  let studio: Studio;
  let manifest: SampleManifest;
  const open = async (view: string): Promise<void> => {
    await studio.page.goto(new URL(`/#/data?view=${view}`, studio.page.url()).href);
  };

  beforeAll(async () => {
    studio = await startStudio();
    const imagesDir = path.join(studio.dir, 'photos');
    manifest = await generateSample({ outDir: imagesDir, seed: 6, images: 56, copies: 4 });
    const { host, dir } = studio;
    const { jobId } = await host.api.createProject({ imagesDir, name: 'new boats' });
    await whenOver(host.api, jobId);
    // Labels and cruise log as other programs leave them.
    const rows = manifest.images.flatMap(({ fileName, boxes }) =>
      boxes.map(
        ({ className, box: { x, y, w, h } }) => `${fileName},${className},${x},${y},${x + w},${y + h}`,
      ),
    );
    writeFileSync(path.join(dir, 'boxes.csv'), ['filename,class,xmin,ymin,xmax,ymax', ...rows].join('\n'));
    const log = manifest.images.map(({ fileName, group }, i) => `${fileName};${group};${i % 9},5`);
    writeFileSync(path.join(dir, 'cruise.csv'), ['photo;vessel;wind', ...log].join('\n'));
  }, patienceMs);
  afterAll(async () => {
    if (canRun) await studio[Symbol.asyncDispose]();
  });

  it('brings labels in, and the columns of a cruise log through the dialog', async () => {
    const { page, host, dir } = studio;
    const job = await whenOver(
      host.api,
      (await host.api.startImport({ path: path.join(dir, 'boxes.csv'), format: 'csv' })).jobId,
    );
    expect(job.state).toMatchObject({ status: 'done' });
    await open('columns');
    await page.getByRole('button', { name: 'Import a table…' }).click();
    await page
      .getByLabel('Folder', { exact: true })
      .or(page.getByRole('dialog').getByRole('textbox'))
      .first()
      .fill(dir);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'cruise.csv' }).click();
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /^Choose/ })
      .click();
    await page.getByText(`${manifest.images.length} photographs named`).waitFor();
    await shoot(page, 'columns-dialog');
    await page.getByRole('checkbox', { name: 'wind' }).uncheck();
    await page.getByRole('button', { name: 'Import 1 column' }).click();
    await page.getByRole('row', { name: /vessel/ }).waitFor();
    expect((await host.api.metadataColumns()).map(({ name }) => name)).toEqual(['vessel']);
  }, 120_000);

  it(
    'audits, takes the proposed groups, and divides by them',
    async () => {
      const { page, host } = studio;
      // As where all lie in one folder, of one size: nobody has told the boats yet.
      const { items } = await host.api.listImages({ filter: {}, offset: 0, limit: 500 });
      await host.api.regroup({
        gestureId: 'none',
        label: 'No groups',
        changes: [{ imageIds: items.map(({ id }) => id), group: null }],
      });
      await open('copies');
      await page.getByText('Not audited yet').waitFor();
      await shoot(page, 'empty');
      await open('groups');
      await page.getByRole('button', { name: 'Audit the data' }).click();
      await page.getByRole('button', { name: 'Take proposed groups' }).click({ timeout: patienceMs });
      await page.getByText('The proposed groups are in use.').waitFor();
      await shoot(page, 'groups');
      const boats = new Set(manifest.images.map(({ group }) => group)).size;
      expect((await host.api.dataOverview()).groups.length).toBeGreaterThanOrEqual(boats / 2);
      await open('splits');
      await page.getByRole('button', { name: 'Apply' }).click();
      await eventually(async () => (await host.api.dataOverview()).split.unassigned).toBe(0);
      expect((await host.api.dataOverview()).split).toMatchObject({ cutGroups: [], cutChains: 0 });
      await shoot(page, 'splits');
      // Once more: with groups the leak test can ask what is left of a leak on boats it never saw.
      await page.getByRole('button', { name: 'Audit the data' }).click();
      // What the log says of the vessel gives the catch away, as the boat does.
      await open('leaks');
      await page.getByRole('cell', { name: 'column vessel' }).first().waitFor();
      await page.getByRole('cell', { name: 'grouped' }).first().waitFor({ timeout: patienceMs });
      await shoot(page, 'leaks');
      await open('columns');
      await shoot(page, 'columns');
      await open('copies');
      await page
        .getByText(/chains of near-duplicates/)
        .first()
        .waitFor();
      await shoot(page, 'copies');
    },
    patienceMs + 60_000,
  );

  it('reads the same in German, with nothing cut off', async () => {
    const { page } = studio;
    const speak = async (button: string, language: string): Promise<void> => {
      await page.getByRole('button', { name: button, exact: true }).click();
      await page.getByRole('menuitemradio', { name: language }).click();
    };
    await speak('Language', 'Deutsch');
    await page.getByRole('button', { name: 'Daten prüfen' }).waitFor();
    for (const view of ['groups', 'copies', 'splits', 'leaks', 'gap', 'findings', 'columns']) {
      await open(view);
      await page
        .getByRole('navigation', { name: 'Teile der Prüfung' })
        .locator('[aria-current="page"]')
        .waitFor();
      await shoot(page, `${view}-de`);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(wide, view).toBeLessThanOrEqual(0);
    }
    await speak('Sprache', 'English');
    await page.getByRole('button', { name: 'Audit the data' }).waitFor();
  }, 120_000);

  it(
    'trains one recipe on random and on grouped sides, and is shown the gap',
    async () => {
      const { page, host } = studio;
      await open('gap');
      await page.getByRole('button', { name: 'Measure' }).click();
      await page.getByRole('row', { name: /grouped/ }).waitFor({ timeout: patienceMs });
      const gap = await host.api.gap();
      expect(gap?.sides.map(({ splitBy, each }) => [splitBy, each.length])).toEqual([
        ['random', 1],
        ['grouped', 1],
      ]);
      await page.getByRole('heading', { name: gap?.sentence ?? '' }).waitFor();
      await shoot(page, 'gap');
    },
    patienceMs + 30_000,
  );

  it('opens the report beside the studio, with the gap in it', async () => {
    const { page, host, context } = studio;
    const [report] = await Promise.all([
      context.waitForEvent('page'),
      page.getByRole('link', { name: 'Open report' }).click(),
    ]);
    await report.getByRole('heading', { name: 'Audit of new boats' }).waitFor();
    const sentence = (await host.api.gap())?.sentence ?? 'none';
    expect(await report.locator('body').innerText()).toContain(sentence);
    expect(await report.locator('svg').count()).toBeGreaterThan(4);
    const target = process.env.CATCHLIGHT_SCREENSHOTS;
    if (target !== undefined && existsSync(target))
      await report.screenshot({ path: path.join(target, 'report.png'), fullPage: true });
    await report.close();
    expect(studio.faults).toEqual([]);
  });
});
