/** The table of models in Chromium: ranges at one press, sorted, two against each other, deleted and taken back, trained again, and learning in the background. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Metrics } from '../../src/core/records.ts';
import type { EngineInput } from '../../src/engine/messages.ts';
import { getRecipe } from '../../src/engine/recipes/list.ts';
import { describeRecipe } from '../../src/engine/recipes/recipe.ts';
import { eventually } from '../helpers/eventually.ts';
import { createScriptedEngine, type ScriptedEngine } from '../helpers/scripted-engine.ts';
import { type Studio, startStudio, whyNoWindow } from '../helpers/studio.ts';
import { openSuggestedProject } from '../helpers/suggested-project.ts';
import { whenOver } from '../helpers/test-host.ts';

const reason = whyNoWindow();
const pictures = process.env.CATCHLIGHT_SCREENSHOTS;

const photographs = 24;
const fish = { x: 10, y: 40, w: 50, h: 40 };
const metrics = (map50: number): Metrics => ({
  n: 5,
  split: 'valid',
  classAcc: null,
  logLoss: null,
  meanIou: 0.8,
  map50,
  map: map50 / 2,
});
const trained = (part: object) => ({
  recipeVersion: 1,
  backend: 'script',
  backboneHash: 'b',
  weightsHash: 'w',
  epochs: 3,
  trainMs: 10,
  imagesPerS: 100,
  failed: [],
  ...part,
});

describe.skipIf(reason !== null)(`the table of models${reason === null ? '' : ` (${reason})`}`, () => {
  let studio: Studio;
  let engine: ScriptedEngine;
  let background: ScriptedEngine;
  let dir = '';
  let ids: string[] = [];
  beforeAll(async () => {
    dir = mkdtempSync(path.join(tmpdir(), 'catchlight-models-'));
    engine = createScriptedEngine();
    background = createScriptedEngine();
    engine.recipes = [describeRecipe(getRecipe('detector'))];
    studio = await startStudio({ dir, width: 1280, height: 800, engine, backgroundEngine: background });
    const hand = [{ classId: 'cod', at: [fish.x, fish.y, fish.w, fish.h] as const }];
    ids = await openSuggestedProject(
      studio.host,
      dir,
      Array.from({ length: photographs }, (_, i) => (i < photographs - 4 ? { hand } : {})),
    );
    // The first finds every fish, the second those of every other photograph.
    engine.predictions = (imageId) => {
      const asked = engine.calls.filter(({ method }) => method === 'predict').map(({ input }) => input);
      const { modelDir } = asked.at(-1) as EngineInput<'predict'>;
      const dirs = engine.calls
        .filter(({ method }) => method === 'train')
        .map(({ input }) => (input as EngineInput<'train'>).modelDir);
      const isBlind = dirs.indexOf(modelDir) === 1 && ids.indexOf(imageId) % 2 === 1;
      return isBlind ? [] : [{ ...fish, classIndex: 0, score: 0.9, probabilities: [0.9, 0.05, 0.05] }];
    };
    // The same seed divides the photographs the same way.
    for (const map50 of [0.9, 0.4]) {
      engine.next.train = async () => trained({ metrics: metrics(map50) });
      const request = { recipe: 'detector', parameters: {}, seed: 1, minutes: null };
      await whenOver(studio.host.api, (await studio.host.api.startTraining(request)).jobId);
    }
    const [second, first] = (await models()).filter(
      ({ recipe, metrics: known }) => recipe === 'detector' && known,
    );
    await studio.host.api.updateModel({ id: first?.id ?? '', name: 'Sees all' });
    await studio.host.api.updateModel({ id: second?.id ?? '', name: 'Sees half' });
    await studio.page.getByRole('navigation').getByRole('link', { name: 'Train' }).click();
  }, 180_000);
  afterAll(async () => {
    await studio?.[Symbol.asyncDispose]();
    rmSync(dir, { recursive: true, force: true });
  });

  const models = async () =>
    [...(await studio.host.api.listModels())].sort((a, b) => b.createdAtMs - a.createdAtMs);
  const table = () => studio.page.getByRole('region', { name: 'Models', exact: true });
  const names = () => table().getByRole('row').locator('td strong').allTextContents();
  const show = async (name: string): Promise<void> => {
    if (pictures !== undefined) await studio.page.screenshot({ path: path.join(pictures, `${name}.png`) });
  };
  const inUse = async () => (await models()).find(({ pinned }) => pinned)?.name;

  it('tells every figure with its range at one press, and is sorted by any of them', async () => {
    const { page } = studio;
    const row = table().getByRole('row', { name: /Sees all/ });
    await row.waitFor();
    await row.getByText('0.900').waitFor();
    expect(await row.getByText(/–\d/).count()).toBe(0);
    await table().getByRole('button', { name: 'Judge with ranges' }).click();
    await row.getByText('1.000–1.000').first().waitFor({ timeout: 60_000 });
    // Beside its range stands the figure of that judgement.
    await eventually(() => row.getByText('0.900').count()).toBe(0);
    await table()
      .getByRole('row', { name: /Sees half/ })
      .getByText(/^0\.\d{3}–[01]\.\d{3}$/)
      .first()
      .waitFor({ timeout: 60_000 });
    await table().getByRole('button', { name: 'Judge with ranges' }).waitFor({ state: 'detached' });
    await table()
      .getByRole('button', { name: /^mAP@\.5/ })
      .click();
    await eventually(names).toEqual(['Sees all', 'Sees half', 'Story model']);
    await table()
      .getByRole('button', { name: /^mAP@\.5/ })
      .press('Enter');
    await eventually(names).toEqual(['Sees half', 'Sees all', 'Story model']);
    await eventually(() =>
      page.getByRole('columnheader', { name: /^mAP@\.5/ }).getAttribute('aria-sort'),
    ).toBe('ascending');
    // A figure that no model has takes no room.
    expect(await page.getByRole('columnheader', { name: 'Log loss' }).count()).toBe(0);
    await table().getByText('Each is judged on the photographs its own training set aside').waitFor();
    await show('models');
  }, 120_000);

  it('sets two against each other by figure, by class and by photograph, which opens', async () => {
    const { page } = studio;
    for (const name of ['Sees all', 'Sees half']) await page.getByLabel(`Compare ${name}`).check();
    const panel = page.getByRole('region', { name: 'Two models against each other' });
    const gain = panel.getByRole('row', { name: /^AP@\.5 cod / });
    await gain.waitFor({ timeout: 60_000 });
    await eventually(async () => (await gain.getByRole('cell').allTextContents()).slice(1, 3)).toContain(
      '1.000',
    );
    const differing = panel.getByRole('button', { name: /story_\d+\.jpg/ });
    const name = (await differing.first().textContent()) ?? '';
    await show('models-contrast');
    await differing.first().click();
    await page.getByRole('application').waitFor();
    await page.getByText(name, { exact: true }).first().waitFor();
    await page.getByRole('navigation').getByRole('link', { name: 'Train' }).click();
    expect(studio.faults).toEqual([]);
  }, 120_000);

  it('opens what a cell of the matrix or a bar of the scores counts, and shows two models side by side where one alone is right', async () => {
    const { page } = studio;
    await page.getByRole('navigation').getByRole('link', { name: 'Compare' }).click();
    await page.getByRole('combobox', { name: 'Model', exact: true }).click();
    await page.getByRole('option', { name: 'Sees half' }).click();
    await page.getByRole('combobox', { name: 'Images', exact: true }).click();
    await page.getByRole('option', { name: 'All images' }).click();
    const crops = page.getByRole('button', { name: /story_\d+\.jpg/ });
    const labelled = photographs - 4;
    await eventually(() => crops.count()).toBe(labelled);
    // Every other fish was missed: the cell of cod that is said to be nothing.
    await page.getByRole('button', { name: /^Hand cod, predicted nothing/ }).click();
    await eventually(() => crops.count()).toBe(labelled / 2);
    await page.getByRole('button', { name: /^Hand cod, predicted nothing/ }).click();
    await page
      .getByRole('region', { name: 'How sure the model was' })
      .getByRole('button', { disabled: false })
      .click();
    await eventually(() => crops.count()).toBe(labelled / 2);
    await show('models-matrix');
    await page.locator('label', { hasText: 'Two models' }).first().click();
    await page.getByRole('combobox', { name: 'Second model' }).click();
    await page.getByRole('option', { name: 'Sees all' }).click();
    const onlySecond = page.getByRole('button', { name: /^\d+ only B right/ });
    await eventually(() => onlySecond.textContent()).toBe(`${labelled / 2} only B right`);
    await onlySecond.click();
    await page.getByText('A missed · B matched').first().waitFor();
    await show('models-beside');
    await page.getByRole('navigation').getByRole('link', { name: 'Train' }).click();
    expect(studio.faults).toEqual([]);
  }, 120_000);

  it('deletes a model and takes that back, and trains one again from its record', async () => {
    const { page } = studio;
    await page.getByRole('button', { name: 'Delete Sees half' }).click();
    await page.getByRole('button', { name: 'Delete model' }).click();
    await eventually(names).not.toContain('Sees half');
    await page.getByRole('button', { name: 'Take back' }).click();
    await eventually(names).toContain('Sees half');
    const before = await models();
    await page.getByRole('button', { name: 'Train Sees half again' }).click();
    engine.next.train = async () => trained({ metrics: metrics(0.4) });
    await page.getByRole('button', { name: 'Train again' }).click();
    await eventually(async () => (await models()).length).toBe(before.length + 1);
    const half = before.find(({ name }) => name === 'Sees half');
    expect((await models())[0]).toMatchObject({
      seed: half?.seed,
      parameters: half?.parameters,
      recipe: half?.recipe,
    });
  }, 120_000);

  it('cancels a training and goes on with it at a press', async () => {
    const { page } = studio;
    const count = (await models()).length;
    engine.next.train = (options) =>
      new Promise((_, fail) => {
        options.signal?.addEventListener('abort', () => fail(options.signal?.reason));
      });
    const run = page.getByRole('region', { name: 'Latest run' });
    await page.getByRole('button', { name: 'Train', exact: true }).click();
    await run.getByRole('button', { name: 'Cancel' }).click();
    await run.getByRole('button', { name: 'Resume' }).click();
    await eventually(async () => (await models()).length).toBe(count + 1);
  }, 120_000);

  it('offers what learnt in the background and waits for a word; where it may take over by itself, it says so and goes back', async () => {
    const { page, host } = studio;
    const line = page.getByTestId('model-offer');
    const mark = async (index: number): Promise<void> => {
      const id = ids[index] ?? '';
      await host.api.applyGesture({
        id: `mark ${index}`,
        kind: 'do',
        of: null,
        label: 'No fish',
        imageId: id,
        source: 'person',
        diffs: [{ table: 'images', id, before: { id, state: 'unseen' }, after: { id, state: 'empty' } }],
      });
    };
    await host.api.updateModel({
      id: (await models()).find(({ name }) => name === 'Sees all')?.id ?? '',
      pinned: true,
    });
    background.next.train = async () => trained({ metrics: metrics(0.6), startMetrics: metrics(0.5) });
    await page.getByLabel('After so many photographs').fill('1');
    await page.getByRole('switch', { name: 'Keep learning' }).click({ force: true });
    await mark(photographs - 1);
    await line.getByText('mAP@.5 0.500 → 0.600 on the same 5 photographs.').waitFor({ timeout: 60_000 });
    await show('models-offer');
    expect(await inUse()).toBe('Sees all');
    await line.getByRole('button', { name: 'Use it' }).click();
    await line.waitFor({ state: 'hidden' });
    const offered = await inUse();
    expect(offered).not.toBe('Sees all');
    await host.api.saveKeepLearning({ switching: 'when-not-worse' });
    background.next.train = async () => trained({ metrics: metrics(0.7), startMetrics: metrics(0.6) });
    await mark(photographs - 2);
    await line.getByText(/suggests now/).waitFor({ timeout: 60_000 });
    await show('models-took-over');
    expect(await inUse()).not.toBe(offered);
    await line.getByRole('button', { name: `Back to ${offered}` }).click();
    await line.waitFor({ state: 'hidden' });
    await eventually(inUse).toBe(offered);
    expect(studio.faults).toEqual([]);
  }, 180_000);
});
