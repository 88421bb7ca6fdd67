/** What a switch brings, in Chromium: the figures in the table are those that judging both models by themselves gives, and no others. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { effectSchema } from '../../src/contract/contrast.ts';
import type { EngineInput } from '../../src/engine/messages.ts';
import { getRecipe } from '../../src/engine/recipes/list.ts';
import { describeRecipe } from '../../src/engine/recipes/recipe.ts';
import { createScriptedEngine } from '../helpers/scripted-engine.ts';
import { type Studio, startStudio, whyNoWindow } from '../helpers/studio.ts';
import { openSuggestedProject } from '../helpers/suggested-project.ts';

const reason = whyNoWindow();

const photographs = 24;
const fish = { x: 10, y: 40, w: 50, h: 40 };

describe.skipIf(reason !== null)(`a measured switch${reason === null ? '' : ` (${reason})`}`, () => {
  let studio: Studio;
  let dir = '';
  beforeAll(async () => {
    dir = mkdtempSync(path.join(tmpdir(), 'catchlight-effects-'));
    const engine = createScriptedEngine();
    engine.recipes = [describeRecipe(getRecipe('detector'))];
    studio = await startStudio({ dir, width: 1280, height: 800, engine });
    const hand = [{ classId: 'cod', at: [fish.x, fish.y, fish.w, fish.h] as const }];
    const ids = await openSuggestedProject(
      studio.host,
      dir,
      Array.from({ length: photographs }, () => ({ hand })),
    );
    // With copies the model finds every fish; without, those of every other photograph.
    engine.predictions = (imageId) => {
      const asked = engine.calls.filter(({ method }) => method === 'predict').map(({ input }) => input);
      const { modelDir } = asked.at(-1) as EngineInput<'predict'>;
      const taught = engine.calls
        .filter(({ method }) => method === 'train')
        .map(({ input }) => input as EngineInput<'train'>)
        .find((input) => input.modelDir === modelDir);
      const isBlind = taught?.parameters.copies === 0 && ids.indexOf(imageId) % 2 === 1;
      return isBlind ? [] : [{ ...fish, classIndex: 0, score: 0.9, probabilities: [0.9, 0.05, 0.05] }];
    };
  }, 180_000);
  afterAll(async () => {
    await studio?.[Symbol.asyncDispose]();
    rmSync(dir, { recursive: true, force: true });
  });

  it('shows what was measured, with its range, on photographs that taught neither', async () => {
    const { page, host } = studio;
    await page.getByRole('navigation').getByRole('link', { name: 'Train' }).click();
    const panel = page.getByRole('region', { name: 'Learning from less' });
    await panel
      .getByRole('listitem')
      .filter({ hasText: 'Augmentation' })
      .getByRole('button', { name: 'Measure' })
      .click({ timeout: 60_000 });
    const row = panel.getByRole('row', { name: /^mAP@\.5 / });
    await row.waitFor({ timeout: 120_000 });
    const job = (await host.api.listJobs()).find(({ kind }) => kind === 'effect');
    const effect = effectSchema.parse(job?.result);
    const judge = async (ids: readonly string[]) =>
      (await host.api.evaluate({ modelId: ids[0] ?? '', split: 'valid' })).map50 ?? Number.NaN;
    const [without, withSwitch] = [await judge(effect.withoutIds), await judge(effect.withIds)];
    expect([without < 1, withSwitch]).toEqual([true, 1]);
    const main = effect.contrast.figures.find(({ name }) => name === 'map50');
    const signed = (value: number | undefined): string =>
      `${(value ?? 0) > 0 ? '+' : ''}${value?.toFixed(3)}`;
    const cells = await row.getByRole('cell').allTextContents();
    expect(cells.slice(1, 3)).toEqual([without.toFixed(3), withSwitch.toFixed(3)]);
    expect(cells[3]).toContain(signed(withSwitch - without));
    expect(cells[4]).toBe(`${signed(main?.interval?.low)} … ${signed(main?.interval?.high)}`);
    expect(effect.contrast.n).toBeLessThan(photographs / 2);
    await panel.getByText('Trained 1 time each way.', { exact: false }).waitFor();
    expect(studio.faults).toEqual([]);
  }, 240_000);
});
