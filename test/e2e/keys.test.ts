/** Keys of another tool, keys of one's own, and the sheet that says which they are. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { type Studio, startStudio, whyNoWindow } from '../helpers/studio.ts';
import { openSuggestedProject } from '../helpers/suggested-project.ts';

const reason = whyNoWindow();

describe.skipIf(reason !== null)(`keys${reason === null ? '' : ` (${reason})`}`, () => {
  let studio: Studio;
  let dir = '';

  beforeAll(async () => {
    dir = mkdtempSync(path.join(tmpdir(), 'catchlight-keys-'));
    studio = await startStudio({ dir, width: 1280, height: 800 });
    await openSuggestedProject(studio.host, dir, [{}, {}, {}]);
    await studio.page.getByRole('navigation').getByRole('link', { name: 'Annotate' }).click();
    await studio.page.getByRole('application').waitFor();
  });
  afterAll(async () => {
    await studio?.[Symbol.asyncDispose]();
    rmSync(dir, { recursive: true, force: true });
  });

  const sheet = () => studio.page.getByRole('dialog', { name: 'Keys' });
  const line = (title: string) => sheet().getByRole('listitem').filter({ hasText: title }).first();
  const isDrawing = () =>
    studio.page.getByRole('button', { name: 'Draw box' }).first().getAttribute('aria-pressed');
  const number = () => studio.page.getByRole('textbox', { name: /Number of the image/ }).inputValue();

  it('follow CVAT when CVAT is chosen, and the sheet says so', async () => {
    const { page } = studio;
    await page.keyboard.press('?');
    await sheet().getByRole('combobox', { name: 'Keys as in' }).click();
    await page.getByRole('option', { name: 'CVAT' }).click();
    await eventually(() => line('Draw box').locator('kbd').allTextContents()).toEqual(['N', 'W']);
    await page.keyboard.press('Escape');
    await sheet().waitFor({ state: 'hidden' });
    await page.keyboard.press('f');
    await eventually(number).toBe('2');
    await page.keyboard.press('d');
    await eventually(number).toBe('1');
    await page.keyboard.press('n');
    await eventually(isDrawing).toBe('true');
    await page.keyboard.press('Escape');
  });

  it('can be chosen one by one; a key that has a meaning is only taken from it when a person says so', async () => {
    const { page } = studio;
    await page.keyboard.press('F1');
    await sheet().getByRole('button', { name: 'Change keys' }).click();
    await sheet().getByRole('button', { name: 'Change the key of: Draw box' }).click();
    await sheet().getByText('Press the new key').waitFor();
    await page.keyboard.press('p');
    await sheet()
      .getByRole('alert')
      .getByText(/P is: Show or hide suggestions/)
      .waitFor();
    await sheet().getByRole('button', { name: 'Leave it' }).click();
    await sheet().getByRole('button', { name: 'Change the key of: Draw box' }).click();
    await page.keyboard.press('p');
    await sheet().getByRole('button', { name: 'Use it here instead' }).click();
    await eventually(() => line('Draw box').locator('kbd').allTextContents()).toEqual(['P']);
    await eventually(() => line('Show or hide suggestions').locator('kbd').count()).toBe(0);
    await page.keyboard.press('Escape');
    await sheet().waitFor({ state: 'hidden' });
    await page.keyboard.press('p');
    await eventually(isDrawing).toBe('true');
    await page.keyboard.press('Escape');
  });

  it('are there again after a restart of the studio, until they are given back', async () => {
    await studio.restart();
    const { page } = studio;
    await page.goto(`${new URL(page.url()).origin}/#/welcome`);
    await page.getByRole('region', { name: 'Recent projects' }).getByRole('button').first().click();
    await page.getByRole('application').waitFor();
    await page.keyboard.press('p');
    await eventually(isDrawing).toBe('true');
    await page.keyboard.press('Escape');
    await page.keyboard.press('F1');
    await sheet().getByRole('button', { name: 'Back to the preset' }).click();
    await eventually(() => line('Draw box').locator('kbd').allTextContents()).toEqual(['N', 'W']);
    expect((await studio.host.api.preferences()).keys).toEqual({});
    expect(studio.faults).toEqual([]);
  });
});
