/** The Data place in a real window: audit, groups by keyboard with undo, a grouped split, leaks, findings that open in Annotate, the report. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { makePlantedProject } from '../helpers/planted-project.ts';
import { createScriptedEngine } from '../helpers/scripted-engine.ts';
import { browserPath, isWindowBuilt, type Studio, startStudio } from '../helpers/studio.ts';

const canRun = browserPath() !== undefined && isWindowBuilt();
if (!canRun) console.log('Skipped: no browser here, or the window is not built (npm run build).');

describe.skipIf(!canRun)('a person who looks at the data before trusting a figure', () => {
  let studio: Studio;
  const open = async (view: string): Promise<void> => {
    await studio.page.goto(new URL(`/#/data?view=${view}`, studio.page.url()).href);
  };
  beforeAll(async () => {
    studio = await startStudio({ engine: createScriptedEngine() });
    await makePlantedProject(studio.host.api, {
      imagesDir: path.join(studio.dir, 'photos'),
      seed: 2,
      images: 40,
      copies: 4,
    });
  }, 120_000);
  afterAll(async () => {
    if (canRun) await studio[Symbol.asyncDispose]();
  });

  it('starts the audit and sees proposed groups, near-duplicates and the leak test', async () => {
    const { page } = studio;
    await open('groups');
    await page.getByRole('button', { name: 'Audit the data' }).click();
    await page.getByText(/groups proposed by pixel size/).waitFor();
    await open('copies');
    await page.getByText('4 chains of near-duplicates').waitFor();
    await open('leaks');
    await page.getByText('Can the class be told without looking at the fish?').waitFor();
  }, 90_000);

  it('merges two groups with the keyboard, and Ctrl+Z takes it back', async () => {
    const { page, host } = studio;
    await open('groups');
    const before = (await host.api.dataOverview()).groups.length;
    const boxes = page.getByRole('checkbox', { name: /for merging/ });
    await boxes.nth(0).check();
    await boxes.nth(1).check();
    await page.keyboard.press('m');
    await page.getByText(`${before - 1} groups`, { exact: true }).waitFor();
    await page.keyboard.press('Control+z');
    await page.getByText(`${before} groups`, { exact: true }).waitFor();
    expect((await host.api.dataOverview()).groups).toHaveLength(before);
  });

  it('chooses photographs on the wall by keyboard and makes a group of them', async () => {
    const { page, host } = studio;
    await open('groups');
    await page.getByRole('listbox', { name: 'Photographs of the group' }).focus();
    await page.keyboard.press('Space');
    await page.keyboard.press('Shift+ArrowRight');
    await page.getByText('2 chosen').waitFor();
    await page.getByRole('button', { name: /New group/ }).click();
    await page.getByLabel('Name of the group').fill('night trip');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: /night trip/ }).waitFor();
    expect((await host.api.dataOverview()).groups.find(({ name }) => name === 'night trip')?.images).toBe(2);
  });

  it('drops all copies, which stay on disk and in the list', async () => {
    const { page, host } = studio;
    await open('copies');
    await page.getByRole('button', { name: 'Drop all 4 copies' }).click();
    await page.getByRole('button', { name: 'Take back' }).first().waitFor();
    expect((await host.api.dataOverview()).copies).toBe(4);
    expect((await host.api.listImages({ filter: {}, offset: 0, limit: 1 })).total).toBe(44);
  });

  it('applies a grouped split, locks the test side, and opens a finding in Annotate', async () => {
    const { page, host } = studio;
    await open('splits');
    await page.getByRole('button', { name: 'Apply' }).click();
    await eventually(async () => (await host.api.dataOverview()).split.unassigned).toBe(0);
    expect((await host.api.dataOverview()).split.cutGroups).toEqual([]);
    await page.getByLabel('Lock the test side').click();
    await eventually(async () => (await host.api.dataOverview()).isTestLocked).toBe(true);
    await open('findings');
    await page.getByRole('button', { name: 'Open in Annotate' }).first().click();
    await page.waitForURL(/#\/annotate\/.*finding=/);
    await page
      .getByRole('button', { name: /Boxes cut by the edge/ })
      .first()
      .waitFor();
  });

  it('saves the report, and the page had no fault in all of it', async () => {
    const { page, dir, host } = studio;
    const file = path.join(dir, 'report.html');
    await host.api.saveAudit({ file });
    expect(existsSync(file)).toBe(true);
    const sheet = await studio.context.newPage();
    await sheet.setContent(readFileSync(file, 'utf8'));
    expect(await sheet.locator('h1').textContent()).toBe('Audit of planted 2');
    expect(await sheet.locator('svg').count()).toBeGreaterThan(3);
    await sheet.close();
    expect(studio.faults).toEqual([]);
    expect(await page.title()).toContain('planted 2');
  });
});
