/** Getting around in a project: rows and grid, filter and order, numbers, the next one to look at, and what the address remembers. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openProjectDatabase } from '../../src/main/db/project-database.ts';
import { eventually } from '../helpers/eventually.ts';
import { type Studio, startStudio, whyNoWindow } from '../helpers/studio.ts';
import { type ImageStory, openSuggestedProject } from '../helpers/suggested-project.ts';

const reason = whyNoWindow();

/** Of six photographs the second has a box and three have suggestions of rising score. */
const stories: readonly ImageStory[] = Array.from({ length: 6 }, (_, i) => ({
  hand: i === 1 ? [{ classId: 'cod', at: [40, 40, 60, 60] }] : [],
  model: i < 3 ? [] : [{ classId: 'hake', at: [60, 60, 80, 60], score: 0.2 + i / 10 }],
}));
/** The others are rows of the database without a photograph: a list does not open what is not in sight. */
const more = 4000;

describe.skipIf(reason !== null)(`the image list${reason === null ? '' : ` (${reason})`}`, () => {
  let studio: Studio;
  let dir = '';

  beforeAll(async () => {
    dir = mkdtempSync(path.join(tmpdir(), 'catchlight-list-'));
    studio = await startStudio({ dir, width: 1280, height: 800 });
    await openSuggestedProject(studio.host, dir, stories);
    await studio.host.api.closeProject();
    const projectDir = path.join(dir, 'story.catchlight');
    const db = openProjectDatabase(projectDir, { create: false, nowMs: 0 });
    const size = { rawWidthPx: 320, rawHeightPx: 240, orientation: 1, widthPx: 320, heightPx: 240 };
    const file = { fileBytes: 1, modifiedAtMs: 1, capturedAtMs: null, split: null, group: 'archive' };
    db.transaction(() => {
      for (let i = 0; i < more; i += 1) {
        const name = `trip/old_${String(i).padStart(4, '0')}.jpg`;
        db.images.insert({
          ...size,
          ...file,
          id: `old-${i}`,
          path: name,
          hash: name,
          problem: 'image/missing',
          state: 'unseen',
        });
      }
    });
    db.close();
    await studio.host.api.openProject({ path: projectDir });
    await studio.page.getByRole('navigation').getByRole('link', { name: 'Annotate' }).click();
    await studio.page.getByRole('application').waitFor();
  });
  afterAll(async () => {
    await studio?.[Symbol.asyncDispose]();
    rmSync(dir, { recursive: true, force: true });
  });

  const list = () => studio.page.getByRole('complementary', { name: 'Images' });
  const current = () => list().locator('[aria-current]');
  const number = () => studio.page.getByRole('textbox', { name: /Number of the image/ });

  it('goes through the photographs by key, and by number to any of them', async () => {
    const { page } = studio;
    await eventually(() => current().textContent()).toContain('story_00.jpg');
    await page.keyboard.press('d');
    await page.keyboard.press('d');
    await eventually(() => current().textContent()).toContain('story_02.jpg');
    await page.keyboard.press('a');
    await eventually(() => number().inputValue()).toBe('2');
    await page.keyboard.press('Control+g');
    await page.keyboard.type('3500');
    await page.keyboard.press('Enter');
    await eventually(() => current().textContent()).toContain('old_3493.jpg');
    await page.keyboard.press('Control+g');
    await page.keyboard.type('1');
    await page.keyboard.press('Enter');
    await eventually(() => number().inputValue()).toBe('1');
    await page.keyboard.press('a');
    await page.getByText('This is the first image of the list').waitFor();
  });

  it('asks the host only for the part of the list in sight, and for nothing when the next image is one further', async () => {
    const { page } = studio;
    const asked: string[] = [];
    page.on('request', (request) => {
      const name = /\/rpc\/(\w+)/.exec(request.url())?.[1];
      if (name !== undefined) asked.push(name);
    });
    for (let i = 0; i < 4; i += 1) await page.keyboard.press('d');
    await eventually(() => number().inputValue()).toBe('5');
    expect(asked.filter((name) => name === 'listImages' || name === 'locateImage')).toEqual([]);
    expect(await list().getByRole('listitem').count()).toBeLessThan(60);
  });

  it('filters by state, class and suggestion, shows what is asked for as chips, and takes each away', async () => {
    const { page } = studio;
    await list().getByRole('button', { name: 'Filter', exact: true }).click();
    const panel = page.getByRole('dialog', { name: 'Filter' });
    await panel.getByRole('combobox', { name: 'Suggestions' }).click();
    await page.getByRole('option', { name: 'With suggestions' }).click();
    await eventually(() => list().getByText('3 images', { exact: true }).count()).toBe(1);
    await page.keyboard.press('Escape');
    await page.reload();
    await eventually(() => list().getByText('3 images', { exact: true }).count()).toBe(1);
    await list()
      .getByRole('button', { name: /Ordered by/ })
      .click();
    await page.getByRole('menuitemradio', { name: 'Highest suggestion' }).click();
    await eventually(() => list().getByRole('listitem').first().textContent()).toContain('story_05.jpg');
    await list().getByRole('button', { name: 'Take away: With suggestions' }).click();
    await eventually(() => list().getByText('4,006 images', { exact: true }).count()).toBe(1);
  });

  it('finds by name while typing, and comes back from another place as it was left', async () => {
    const { page } = studio;
    await page.keyboard.press('Control+f');
    await page.keyboard.type('story_0');
    await eventually(() => list().getByText('6 images', { exact: true }).count()).toBe(1);
    await page.getByRole('navigation').getByRole('link', { name: 'Export' }).click();
    await page.getByRole('navigation').getByRole('link', { name: 'Annotate' }).click();
    await eventually(() => list().getByText('6 images', { exact: true }).count()).toBe(1);
    const search = page.getByRole('searchbox', { name: 'Find by name' });
    await eventually(() => search.inputValue()).toBe('story_0');
  });

  it('stays where it is when an answer takes the photograph out of the list', async () => {
    const { page } = studio;
    await page.goto(`${new URL(page.url()).origin}/#/annotate?state=unseen&text=story`);
    await eventually(() => list().getByText('5 images', { exact: true }).count()).toBe(1);
    await list()
      .getByRole('button', { name: /story_02/ })
      .click();
    await page.getByRole('application').focus();
    await page.keyboard.press('n');
    await eventually(() => list().getByText('4 images', { exact: true }).count()).toBe(1);
    await page.keyboard.press('d');
    await eventually(() => current().textContent()).toContain('story_03.jpg');
  });

  it('jumps over what is settled and what cannot be read', async () => {
    const { page } = studio;
    await page.goto(`${new URL(page.url()).origin}/#/annotate?text=story`);
    await list()
      .getByRole('button', { name: /story_01/ })
      .click();
    await page.getByRole('application').focus();
    await page.keyboard.press('Shift+D');
    await eventually(() => current().textContent()).toContain('story_03.jpg');
    await page.keyboard.press('Shift+A');
    await eventually(() => current().textContent()).toContain('story_01.jpg');
  });

  it('shows the photographs as a grid that the arrow keys cross and Enter leaves', async () => {
    const { page } = studio;
    await page.keyboard.press('g');
    await eventually(() => page.getByRole('application').count()).toBe(0);
    await current().focus();
    await page.keyboard.press('End');
    await eventually(() => current().textContent()).toContain('story_05.jpg');
    await page.keyboard.press('ArrowLeft');
    await eventually(() => current().textContent()).toMatch(/story_04.jpg.*Unseen/);
    await page.keyboard.press('Enter');
    await page.getByRole('application').waitFor();
    await eventually(() => number().inputValue()).toBe('5');
    expect(studio.faults).toEqual([]);
  });
});
