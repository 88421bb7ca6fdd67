/** A training that goes on from an earlier model: with its weights where the nets are the same, anew where they are not. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWasmBackend } from '../../src/engine/backends/wasm.backend.ts';
import { getRecipe } from '../../src/engine/recipes/list.ts';
import { findStart, keepSettled } from '../../src/engine/train/find-start.ts';
import { readModel } from '../../src/engine/train/model-files.ts';
import { runTraining } from '../../src/engine/train/run-training.ts';
import { planSmallRun } from '../helpers/small-run.ts';

describe('a training that goes on from an earlier model', () => {
  let dir = '';
  beforeAll(async () => {
    dir = mkdtempSync(path.join(tmpdir(), 'catchlight-warm-'));
    await startWasmBackend();
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));
  const plan = (name: string, id = 'detector') => {
    const run = planSmallRun(getRecipe(id), { modelDir: path.join(dir, name), backend: 'wasm', seed: 5 });
    return { ...run, validSamples: run.trainItems.map(({ sample }) => sample) };
  };

  it('judges the earlier one first, on the same photographs and to the same figures it ended with', async () => {
    const first = await runTraining(plan('first'), {});
    expect(first).not.toHaveProperty('startMetrics');
    const startFrom = path.join(dir, 'first');
    const { card, weights } = await readModel(startFrom);
    const second = await runTraining({ ...plan('second'), startFrom, warmWeights: weights }, {});
    expect(second.startMetrics).toEqual(first.metrics);
    expect(second.weightsHash).not.toBe(first.weightsHash);
    const ground = { backboneHash: card.backboneHash, recipeVersion: card.recipeVersion };
    const asked = { startFrom, recipe: 'detector', classes: card.classes, canvas: card.canvas };
    expect((await findStart(asked, ground))?.card.seed).toBe(5);
    const others = [
      { ...asked, recipe: 'gap-head' },
      { ...asked, classes: [...card.classes].reverse() },
      { ...asked, classes: card.classes.slice(1) },
      { ...asked, canvas: { widthPx: 64, heightPx: 32 } },
    ];
    for (const other of others) expect(await findStart(other, ground)).toBeUndefined();
    expect(await findStart(asked, { ...ground, backboneHash: 'another' })).toBeUndefined();
    expect(await findStart(asked, { ...ground, recipeVersion: 0 })).toBeUndefined();
    const { startFrom: _none, ...anew } = asked;
    expect(await findStart(anew, ground)).toBeUndefined();
    await expect(findStart({ ...asked, startFrom: path.join(dir, 'gone') }, ground)).rejects.toMatchObject({
      code: 'model/missing',
    });
  });

  it('keeps the shape of the earlier net, and starts anew where the recipe would now make a larger one', () => {
    const asked = { width: 0, epochs: 5 };
    const of = (width: number) => ({ width, epochs: 9 });
    expect(keepSettled(asked, { width: 32, epochs: 5 }, of(96))).toEqual({ width: 96, epochs: 5 });
    expect(keepSettled(asked, { width: 96, epochs: 5 }, of(32))).toBeUndefined();
    expect(keepSettled(asked, asked, of(32))).toEqual(asked);
    // A net of a version without such a choice: left open it is as it was.
    expect(keepSettled({ near: 0 }, { near: 1 }, {})).toEqual({ near: 0 });
    expect(keepSettled({ columns: [] }, { columns: ['boat'] }, { columns: ['depth'] })).toBeUndefined();
    expect(keepSettled({ columns: [] }, { columns: ['boat'] }, { columns: ['boat'] })).toEqual({
      columns: ['boat'],
    });
  });

  it('starts anew, and says nothing of an old figure, when the weights are those of another net', async () => {
    const wider = plan('wider', 'gap-head');
    await runTraining(wider, {});
    const { weights } = await readModel(path.join(dir, 'wider'));
    const run = await runTraining(
      { ...plan('anew'), startFrom: path.join(dir, 'wider'), warmWeights: weights },
      {},
    );
    const plain = await runTraining(plan('plain'), {});
    expect(run).not.toHaveProperty('startMetrics');
    expect(run.weightsHash).toBe(plain.weightsHash);
  });
});
