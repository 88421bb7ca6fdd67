/** Models that learn from other models, or are made of them: which photographs they learn, and which are left to judge; a scripted engine on a real database. */
import { describe, expect, it } from 'vitest';
import type { EngineInput } from '../../src/engine/messages.ts';
import { recipeCards } from '../../src/engine/recipes/list.ts';
import { describeRecipe } from '../../src/engine/recipes/recipe.ts';
import { openProjectDatabase } from '../../src/main/db/project-database.ts';
import { createScriptedEngine, type ScriptedEngine } from '../helpers/scripted-engine.ts';
import { labelImage, makeProject, startTestHost, whenOver } from '../helpers/test-host.ts';

const request = (parameters: Record<string, unknown>, recipe = 'gap-head', seed = 1) => ({
  recipe,
  parameters,
  seed,
  minutes: null,
});

/**
 * Thirteen photographs of two boats: 0..5 labelled to learn from, 6 and 7 of the other boat to judge, 8 set aside for tests, 9..11 unseen, 12
 * unseen and of the boat that judges; and a model of the first six.
 */
async function start() {
  const engine: ScriptedEngine = createScriptedEngine();
  engine.recipes = recipeCards.map(describeRecipe);
  const test = await startTestHost({ engine, images: 13 });
  const { classIds } = await makeProject(test);
  const { items } = await test.api.listImages({ filter: {}, offset: 0, limit: 100 });
  const ids = items
    .toSorted((a, b) => a.path.localeCompare(b.path, 'en', { numeric: true }))
    .map(({ id }) => id);
  for (const [i, id] of ids.slice(0, 8).entries()) await labelImage(test, id, classIds[i % 2] ?? '');
  const { path } = (await test.api.currentProject()) ?? { path: '' };
  await test.api.closeProject();
  const db = openProjectDatabase(path, { create: false, nowMs: 0 });
  for (const [i, id] of ids.entries()) {
    const split = i < 6 ? 'train' : i < 8 ? 'valid' : i === 8 ? 'test' : null;
    db.images.update(id, { split, group: [6, 7, 12].includes(i) ? 'other boat' : 'boat' });
  }
  db.close();
  await test.api.openProject({ path });
  const trained = await whenOver(test.api, (await test.api.startTraining(request({}))).jobId);
  return { test, engine, ids, classIds, modelId: String(trained.result?.modelId) };
}

const lastTraining = (engine: ScriptedEngine): EngineInput<'train'> =>
  engine.calls.findLast(({ method }) => method === 'train')?.input as EngineInput<'train'>;

describe('a training with photographs that nobody labelled', () => {
  it('asks the earlier model about those alone that neither judge nor are set aside, and learns what it is sure of', async () => {
    const { test, engine, ids, modelId } = await start();
    await using _ = test;
    // Nearly sure of all but the last.
    engine.imageProbabilities = (id) => (id === ids[11] ? [0.4, 0.3, 0.3] : [0.1, 0.8, 0.1]);
    const parameters = { pseudoShare: 0.1, pseudoModel: modelId, pseudoConfidence: 0.5 };
    const plan = await test.api.planTraining(request(parameters));
    expect(plan).toMatchObject({ trainImages: 6, validImages: 2, pseudoImages: 3 });
    const job = await whenOver(test.api, (await test.api.startTraining(request(parameters))).jobId);
    expect(job.state.status).toBe('done');
    const asked = engine.calls.findLast(({ method }) => method === 'predict')
      ?.input as EngineInput<'predict'>;
    expect(asked.images.map(({ id }) => id).sort()).toEqual([ids[9], ids[10], ids[11]].sort());
    const { samples } = lastTraining(engine);
    const of = (split: string) => samples.filter((sample) => sample.split === split);
    expect([of('train').length, of('valid').length]).toEqual([6, 2]);
    expect(
      of('pseudo')
        .map(({ image }) => image.id)
        .sort(),
    ).toEqual([ids[9], ids[10]].sort());
    for (const sample of of('pseudo'))
      expect(sample).toMatchObject({ boxes: [], probabilities: [0.1, 0.8, 0.1] });
    // The sides an evaluation asks for know nothing of photographs without labels.
    engine.imageProbabilities = () => [0.5, 0.3, 0.2];
    const report = await test.api.evaluate({ modelId: String(job.result?.modelId), split: 'valid' });
    expect(report.n).toBe(2);
  });

  it('is refused when the earlier model learnt from a photograph that judges, however many models lie between', async () => {
    const { test, engine, modelId } = await start();
    await using _ = test;
    engine.imageProbabilities = () => [0.1, 0.8, 0.1];
    const taught = { pseudoShare: 0.1, pseudoModel: modelId, pseudoConfidence: 0.5 };
    const second = await whenOver(test.api, (await test.api.startTraining(request(taught))).jobId);
    // On another division, photographs the first model learnt from come to judge.
    for (const teacher of [modelId, String(second.result?.modelId)]) {
      const leaky = { ...request({ ...taught, pseudoModel: teacher }), splitBy: 'random' as const };
      await expect(test.api.startTraining(leaky)).rejects.toMatchObject({
        code: 'pseudo/leak',
        message: expect.stringContaining('photographs that are to judge'),
      });
    }
    await test.api.deleteModel({ id: modelId });
    await expect(
      test.api.planTraining(request({ ...taught, pseudoModel: String(second.result?.modelId) })),
    ).rejects.toMatchObject({ code: 'pseudo/unknown-training' });
  });

  it('is refused in a sentence without a model, with one of boxes, with other classes, and when it is sure of nothing', async () => {
    const { test, engine, modelId } = await start();
    await using _ = test;
    const wish = (pseudoModel: string, pseudoConfidence = 0.5) =>
      request({ pseudoShare: 0.1, pseudoModel, pseudoConfidence });
    await expect(test.api.planTraining(wish(''))).rejects.toMatchObject({ code: 'pseudo/no-model' });
    await expect(test.api.planTraining(wish('gone'))).rejects.toMatchObject({ code: 'pseudo/no-model' });
    const boxes = await whenOver(test.api, (await test.api.startTraining(request({}, 'detector'))).jobId);
    await expect(test.api.planTraining(wish(String(boxes.result?.modelId)))).rejects.toMatchObject({
      code: 'pseudo/no-classes',
    });
    engine.imageProbabilities = () => [0.4, 0.3, 0.3];
    const unsure = await whenOver(test.api, (await test.api.startTraining(wish(modelId, 0.9))).jobId);
    expect(unsure.state).toMatchObject({ status: 'failed', error: { code: 'pseudo/not-sure' } });
    const added = { id: 'new', name: 'New', color: '#123456', key: null, scientificName: null, position: 2 };
    await test.api.applyGesture({
      id: 'g-class',
      kind: 'do',
      of: null,
      label: 'Class',
      imageId: null,
      source: 'person',
      diffs: [{ table: 'classes', id: 'new', before: null, after: added }],
    });
    await expect(test.api.planTraining(wish(modelId))).rejects.toMatchObject({
      code: 'pseudo/other-classes',
    });
  });
});

describe('an ensemble', () => {
  it('is judged on what none of its models learnt from, and counts as a model like any other', async () => {
    const { test, engine, ids, classIds, modelId } = await start();
    await using _ = test;
    // The second model learns two of the first one's photographs less; then a photograph nobody learnt is labelled.
    const random = { ...request({}), seed: 5, splitBy: 'random' as const };
    const second = String(
      (await whenOver(test.api, (await test.api.startTraining(random)).jobId)).result?.modelId,
    );
    const taught = new Set(ids.slice(0, 6));
    for (const { image, split } of lastTraining(engine).samples) if (split === 'train') taught.add(image.id);
    await labelImage(test, ids[9] ?? '', classIds[0] ?? '');
    const join = request({ members: `${modelId},${second}` }, 'ensemble');
    const plan = await test.api.planTraining(join);
    const untaught = [...ids.slice(0, 8), ids[9]].filter((id) => !taught.has(id ?? ''));
    expect(plan.validImages).toBe(untaught.length);
    const job = await whenOver(test.api, (await test.api.startTraining(join)).jobId);
    const judges = lastTraining(engine).samples.filter(({ split }) => split === 'valid');
    expect(judges.map(({ image }) => image.id).sort()).toEqual(untaught.sort());
    const made = (await test.api.listModels()).find(({ id }) => id === job.result?.modelId);
    expect(made).toMatchObject({ recipe: 'ensemble', parameters: { members: `${modelId},${second}` } });

    engine.imageProbabilities = () => [0.2, 0.7, 0.1];
    const report = await test.api.evaluate({ modelId: made?.id, split: 'valid' });
    expect(report).toMatchObject({ map50: null });
    expect(
      (await whenOver(test.api, (await test.api.startPrediction({ modelId: made?.id })).jobId)).state.status,
    ).toBe('done');
    const kaggle = { modelId: made?.id, split: 'all' as const, file: `${test.dir}/all.csv` };
    expect((await whenOver(test.api, (await test.api.startPredictionFile(kaggle)).jobId)).state.status).toBe(
      'done',
    );
  });

  it('is refused by the name of the model that does not fit, before anything is begun', async () => {
    const { test, engine, modelId } = await start();
    await using _ = test;
    const boxes = await whenOver(test.api, (await test.api.startTraining(request({}, 'detector'))).jobId);
    const detector = String(boxes.result?.modelId);
    const plan = (members: string, recipe = 'ensemble') =>
      test.api.planTraining(request({ members }, recipe));
    await expect(plan(`${modelId},${detector}`)).rejects.toMatchObject({
      code: 'ensemble/member-unusable',
      message: expect.stringContaining('Detector 1'),
    });
    await expect(plan(`${detector},${modelId}`, 'ensemble-boxes')).rejects.toMatchObject({
      message: expect.stringContaining('suggests no boxes'),
    });
    await expect(plan(`${modelId},gone`)).rejects.toMatchObject({
      code: 'ensemble/unknown-member',
      details: { member: 'gone' },
    });
    expect(engine.calls.filter(({ method }) => method === 'train')).toHaveLength(2);
  });
});
