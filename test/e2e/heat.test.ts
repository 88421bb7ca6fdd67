/** Where the model looks, in Chromium: which class, "nothing here" too, the value at the pointer, and all classes at once, by mouse and key. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fitCamera } from '../../src/editor/camera.ts';
import { getRecipe } from '../../src/engine/recipes/list.ts';
import { describeRecipe } from '../../src/engine/recipes/recipe.ts';
import { eventually } from '../helpers/eventually.ts';
import { createScriptedEngine, type ScriptedEngine } from '../helpers/scripted-engine.ts';
import { type Studio, startStudio, whyNoWindow } from '../helpers/studio.ts';
import { openSuggestedProject } from '../helpers/suggested-project.ts';

const reason = whyNoWindow();
const photograph = { widthPx: 320, heightPx: 240 };

describe.skipIf(reason !== null)(`a heat map${reason === null ? '' : ` (${reason})`}`, () => {
  let studio: Studio;
  let engine: ScriptedEngine;
  let dir = '';
  beforeAll(async () => {
    dir = mkdtempSync(path.join(tmpdir(), 'catchlight-heat-'));
    engine = createScriptedEngine();
    engine.recipes = [describeRecipe(getRecipe('gap-head'))];
    // Cod at the upper left, nothing at the lower right, the other two classes nowhere.
    engine.next.explain = async () => ({
      method: 'cam',
      grid: { rows: 2, columns: 2, xPx: 0, yPx: 0, cellWidthPx: 160, cellHeightPx: 120 },
      scores: [0.8, 0.1, 0.05, 0.05],
      maps: [
        Float32Array.of(1, 0, 0, 0),
        new Float32Array(4),
        new Float32Array(4),
        Float32Array.of(0, 0, 0, 0.5),
      ],
    });
    studio = await startStudio({ dir, width: 1280, height: 800, engine });
    await openSuggestedProject(studio.host, dir, [
      { model: [{ classId: 'cod', at: [10, 10, 100, 80], score: 0.8 }] },
    ]);
    await studio.page.getByRole('navigation').getByRole('link', { name: 'Annotate' }).click();
    await studio.page.getByRole('button', { name: /story_00/ }).click();
    await studio.page.getByRole('application').focus();
  }, 180_000);
  afterAll(async () => {
    await studio?.[Symbol.asyncDispose]();
    rmSync(dir, { recursive: true, force: true });
  });

  const panel = () => studio.page.getByRole('region', { name: 'Where the model looks' });
  /** Points at a pixel of the photograph, as it is fitted. */
  const pointAt = async (x: number, y: number): Promise<void> => {
    const area = await studio.page.getByRole('application').boundingBox();
    if (area === null) throw new Error('The canvas is not on the page.');
    const { scale, xView, yView } = fitCamera(photograph, {
      widthView: area.width,
      heightView: area.height,
      dpr: 1,
    });
    await studio.page.mouse.move(area.x + xView + (x + 0.5) * scale, area.y + yView + (y + 0.5) * scale);
  };

  it('opens with M on the class the model is surest of, beside a scale with numbers, and tells the value at the pointer', async () => {
    const { page } = studio;
    await page.keyboard.press('m');
    await panel().waitFor();
    const chosen = panel().getByLabel('Class', { exact: true }).first();
    await eventually(() => chosen.inputValue()).toBe('cod · 0.80');
    await panel()
      .getByRole('img', { name: /Colours from 0, clear, to 1/ })
      .waitFor();
    // Half a pixel beside the middle of a cell nearly its own value; between four middles nearly their mean.
    await pointAt(80, 60);
    await panel()
      .getByText(/^0\.99 at 80, 60 px$/)
      .waitFor();
    await pointAt(160, 120);
    await panel()
      .getByText(/^0\.2[45] at 160, 120 px$/)
      .waitFor();
  }, 120_000);

  it('shows every class at once, “nothing here” among them, and takes the one that is chosen to the canvas', async () => {
    const { page } = studio;
    await panel().getByRole('button', { name: 'All classes…' }).press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Where the model looks: all classes').waitFor();
    const maps = dialog.getByRole('listitem');
    await eventually(() => maps.locator('b').allTextContents()).toEqual(['cod', 'hake', 'ling', 'nothing']);
    await maps.nth(0).getByText('0.80 · strongest 1.00').waitFor();
    await maps.nth(3).getByText('0.05 · strongest 0.50').waitFor();
    // Each with what the model suggests of that class.
    await eventually(() => maps.nth(0).locator('rect').count()).toBe(1);
    expect(await maps.nth(1).locator('rect').count()).toBe(0);
    await maps.nth(3).getByRole('button').press('Enter');
    await dialog.waitFor({ state: 'hidden' });
    const chosen = panel().getByLabel('Class', { exact: true }).first();
    await eventually(() => chosen.inputValue()).toBe('nothing · 0.05');
    await pointAt(239, 179);
    await panel()
      .getByText(/^0\.50 at 239, 179 px$/)
      .waitFor();
    expect(engine.calls.filter(({ method }) => method === 'explain')).toHaveLength(1);
    expect(studio.faults).toEqual([]);
  }, 120_000);
});
