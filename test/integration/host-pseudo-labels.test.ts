/** Which photographs without labels are learnt, who says what is on them, and that no judge is among them; a scripted engine on a real database. */
import { describe, expect, it } from 'vitest';
import type { RecordDiff } from '../../src/core/diffs.ts';
import type { EngineInput } from '../../src/engine/messages.ts';
import { recipes } from '../../src/engine/recipes/list.ts';
import { describeRecipe } from '../../src/engine/recipes/recipe.ts';
import { openProjectDatabase } from '../../src/main/db/project-database.ts';
import { createScriptedEngine, type ScriptedEngine } from '../helpers/scripted-engine.ts';
import { makeBox, makeProject, startTestHost, type TestHost, whenOver } from '../helpers/test-host.ts';

const label = async (test: TestHost, imageId: string, classId: string): Promise<void> => {
  const box = makeBox({ id: `box-${imageId.slice(0, 20)}`, imageId, classId });
  const diffs: RecordDiff[] = [
    { table: 'boxes', id: box.id, before: null, after: box },
    {
      table: 'images',
      id: imageId,
      before: { id: imageId, state: 'unseen' },
      after: { id: imageId, state: 'labelled' },
    },
  ];
  await test.api.applyGesture({
    id: `g-${imageId.slice(0, 20)}`,
    kind: 'do',
    of: null,
    label: 'Draw',
    imageId,
    source: 'person',
    diffs,
  });
};

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
  engine.recipes = recipes.map(describeRecipe);
  const test = await startTestHost({ engine, images: 13 });
  const { classIds } = await makeProject(test);
  const { items } = await test.api.listImages({ filter: {}, offset: 0, limit: 100 });
  const ids = items
    .toSorted((a, b) => a.path.localeCompare(b.path, 'en', { numeric: true }))
    .map(({ id }) => id);
  for (const [i, id] of ids.slice(0, 8).entries()) await label(test, id, classIds[i % 2] ?? '');
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
  return { test, engine, ids, modelId: String(trained.result?.modelId) };
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
