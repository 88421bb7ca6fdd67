/** Models against each other on the host: measured switches, the contrast of two, training again, and deletions taken back. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { effectSchema } from '../../src/contract/contrast.ts';
import { getRecipe } from '../../src/engine/recipes/list.ts';
import { describeRecipe } from '../../src/engine/recipes/recipe.ts';
import { createScriptedEngine, type ScriptedEngine } from '../helpers/scripted-engine.ts';
import { labelImage, makeProject, startTestHost, type TestHost, whenOver } from '../helpers/test-host.ts';

const request = { recipe: 'detector', parameters: {}, seed: 4, minutes: null };

describe('models against each other', () => {
  let test: TestHost;
  let engine: ScriptedEngine;
  let imageIds: string[] = [];
  beforeAll(async () => {
    engine = createScriptedEngine();
    engine.recipes = [describeRecipe(getRecipe('detector'))];
    engine.predictions = () => [
      { classIndex: 0, x: 4, y: 4, w: 10, h: 8, score: 0.9, probabilities: [0.9, 0.1] },
    ];
    test = await startTestHost({ engine, images: 12 });
    const project = await makeProject(test);
    imageIds = project.imageIds;
    for (const id of imageIds) await labelImage(test, id, project.classIds[0] ?? '');
  });
  afterAll(() => test[Symbol.asyncDispose]());

  const models = () => test.api.listModels();
  const train = async (seed: number) =>
    String(
      (await whenOver(test.api, (await test.api.startTraining({ ...request, seed })).jobId)).result?.modelId,
    );

  it('a switch is measured by training with and without it from the same seeds, and none of these models suggests', async () => {
    const { jobId } = await test.api.startEffect({ what: 'augmentation', request, runs: 2 });
    const job = await whenOver(test.api, jobId);
    expect(job.state).toMatchObject({ status: 'done' });
    const effect = effectSchema.parse(job.result);
    expect([effect.withIds.length, effect.withoutIds.length]).toEqual([2, 2]);
    expect(effect.contrast.figures[0]).toMatchObject({ name: 'map50', first: 1, second: 1, gain: 0 });
    expect(effect.contrast.figures[0]?.runs).toEqual([0, 0]);
    const made = await models();
    expect(made.map(({ seed, parameters }) => [seed, parameters.copies ?? 'as needed'])).toEqual(
      expect.arrayContaining([
        [4, 0],
        [4, 'as needed'],
        [5, 0],
        [5, 'as needed'],
      ]),
    );
    expect(made.some(({ pinned }) => pinned)).toBe(false);
    expect(new Set(made.map(({ notes }) => notes))).toEqual(
      new Set(['augmentation: with', 'augmentation: without']),
    );
  });

  it('a switch that a recipe lacks, or that changes nothing, is refused before anything is trained', async () => {
    const before = (await models()).length;
    await expect(test.api.startEffect({ what: 'pseudo-labels', request, runs: 1 })).rejects.toMatchObject({
      code: 'effect/no-switch',
    });
    const [model] = await models();
    await expect(test.api.startEffect({ what: 'ensemble', modelId: model?.id ?? '' })).rejects.toMatchObject({
      code: 'effect/no-members',
    });
    expect(await models()).toHaveLength(before);
  });

  it('two models are set against each other once both were judged, on images that taught neither', async () => {
    const [first, second] = [await train(1), await train(1)];
    const ask = () => test.api.contrastModels({ first, second, split: 'valid' });
    await expect(ask()).rejects.toMatchObject({
      code: 'contrast/not-judged',
      details: { modelIds: [first, second] },
    });
    for (const modelId of [first, second]) await test.api.evaluate({ modelId, split: 'valid' });
    const contrast = await ask();
    expect(contrast.n).toBeGreaterThan(0);
    expect(contrast.images.map(({ image }) => image.id).sort()).not.toEqual([...imageIds].sort());
    expect([contrast.leftOut, contrast.isStale]).toEqual([0, false]);
  });

  it('side by side, two models that divided the images differently are told of on those that validate both', async () => {
    let marked: readonly number[] = [];
    const mark = async (indices: readonly number[]): Promise<void> => {
      const diffs = [...new Set([...marked, ...indices])].map((index) => {
        const id = imageIds[index] ?? '';
        const at = (list: readonly number[]) => ({
          id,
          state: 'labelled' as const,
          split: list.includes(index) ? ('valid' as const) : null,
        });
        return { table: 'images' as const, id, before: at(marked), after: at(indices) };
      });
      await test.api.applyGesture({
        id: `mark ${indices.join()}`,
        kind: 'do',
        of: null,
        label: 'Mark',
        imageId: null,
        source: 'person',
        diffs,
      });
      marked = indices;
    };
    const models: string[] = [];
    for (const indices of [[0, 1], [1, 2], [3]]) {
      await mark(indices);
      models.push(await train(1));
    }
    // Without a mark each goes by its own division.
    await mark([]);
    for (const modelId of models)
      await whenOver(test.api, (await test.api.startPrediction({ modelId })).jobId);
    const [first = '', second = '', third = ''] = models;
    const compare = (modelId: string, beside: string) =>
      test.api.compare({ modelId, beside, split: 'valid', minScore: 0, limit: 100 });
    for (const known of [await compare(first, second), await compare(second, first)]) {
      expect(new Set(known.pairs.map(({ image }) => image.id))).toEqual(new Set([imageIds[1]]));
      expect([known.totals.images, known.leftOut]).toEqual([1, 1]);
    }
    await expect(compare(first, third)).rejects.toMatchObject({ code: 'compare/nothing-common' });
    expect(
      (await test.api.compare({ modelId: first, split: 'valid', minScore: 0, limit: 100 })).totals.images,
    ).toBe(2);
  });

  it('a deleted model comes back with its files, its suggestions and its place as the one that suggests', async () => {
    const id = await train(9);
    await test.api.updateModel({ id, pinned: true });
    await whenOver(test.api, (await test.api.startPrediction({ modelId: id })).jobId);
    const said = (await test.api.getImage({ id: imageIds[1] ?? '', modelId: id })).predictions.map(
      (prediction) => prediction.id,
    );
    expect(said).toHaveLength(1);
    await test.api.deleteModel({ id });
    expect((await models()).map((model) => model.id)).not.toContain(id);
    const project = await test.api.currentProject();
    const folder = path.join(project?.path ?? '', 'models', id);
    expect(existsSync(folder)).toBe(false);
    const model = await test.api.restoreModel({ id });
    expect(model).toMatchObject({ id, pinned: true });
    expect(existsSync(folder)).toBe(true);
    const again = await test.api.getImage({ id: imageIds[1] ?? '', modelId: id });
    expect(again.predictions.map((prediction) => prediction.id)).toEqual(said);
    for (const name of [id, 'unknown', '../..', ''])
      await expect(test.api.restoreModel({ id: name })).rejects.toMatchObject({ code: 'model/not-deleted' });
  });

  it('a model is trained again from its record, seed and division included', async () => {
    const { jobId } = await test.api.startTraining({ ...request, seed: 21, splitBy: 'random' });
    const first = (await whenOver(test.api, jobId)).result?.modelId;
    const again = await whenOver(test.api, (await test.api.trainAgain({ id: String(first) })).jobId);
    const [a, b] = await Promise.all(
      [first, again.result?.modelId].map(async (id) => (await models()).find((model) => model.id === id)),
    );
    expect(b?.id).not.toBe(a?.id);
    expect([b?.seed, b?.parameters, b?.plan]).toEqual([a?.seed, a?.parameters, a?.plan]);
  });
});
