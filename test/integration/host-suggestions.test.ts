/** From labels to suggestions and back: what the host keeps, offers, hides and compares, with a scripted engine on a real database. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Gesture, RecordDiff } from '../../src/core/diffs.ts';
import { AppError } from '../../src/core/errors.ts';
import type { RecipeInfo } from '../../src/core/learning.ts';
import type { PredictionRecord } from '../../src/core/records.ts';
import { acceptDiffs } from '../../src/core/review.ts';
import type { EngineDetection, EngineInput } from '../../src/engine/messages.ts';
import { getRecipe } from '../../src/engine/recipes/list.ts';
import { describeRecipe } from '../../src/engine/recipes/recipe.ts';
import { createScriptedEngine, type ScriptedEngine } from '../helpers/scripted-engine.ts';
import { makeBox, makeProject, startTestHost, type TestHost, whenOver } from '../helpers/test-host.ts';

const detect = (x: number, score: number, classIndex = 0): EngineDetection => ({
  classIndex,
  x,
  y: 4,
  w: 10,
  h: 8,
  score,
  probabilities: [score, 1 - score],
});
const request = { recipe: 'detector', parameters: {}, seed: 1, minutes: null };
let gestures = 0;
const save = (test: TestHost, diffs: RecordDiff[], part: Partial<Gesture> = {}) =>
  test.api.applyGesture({
    id: `g${++gestures}`,
    kind: 'do',
    of: null,
    label: 'Test',
    imageId: null,
    source: 'person',
    diffs,
    ...part,
  });

/** Three images, the first labelled with one box at x 4, and a model trained on it. */
async function start(recipes: RecipeInfo[] = []): Promise<{
  test: TestHost;
  engine: ScriptedEngine;
  imageIds: string[];
  classIds: string[];
  modelId: string;
}> {
  const engine = createScriptedEngine();
  engine.recipes = recipes;
  const test = await startTestHost({ engine });
  const { imageIds, classIds } = await makeProject(test);
  const [imageId = ''] = imageIds;
  const box = makeBox({ id: 'hand', imageId, classId: classIds[0] ?? '' });
  await save(test, [
    { table: 'boxes', id: box.id, before: null, after: box },
    {
      table: 'images',
      id: imageId,
      before: { id: imageId, state: 'unseen' },
      after: { id: imageId, state: 'labelled' },
    },
  ]);
  const trained = await whenOver(test.api, (await test.api.startTraining(request)).jobId);
  return { test, engine, imageIds, classIds, modelId: String(trained.result?.modelId) };
}

const suggest = async (test: TestHost, modelId: string) =>
  whenOver(test.api, (await test.api.startPrediction({ modelId })).jobId);
const queue = async (test: TestHost) =>
  (await test.api.reviewQueue({ order: 'highest-score', minScore: 0, limit: 100 })).items;
const decide = (
  prediction: PredictionRecord,
  status: PredictionRecord['status'],
  boxId: string | null = null,
): RecordDiff => ({
  table: 'predictions',
  id: prediction.id,
  before: { id: prediction.id, status: prediction.status, boxId: prediction.boxId },
  after: { id: prediction.id, status, boxId },
});

describe('a trained model', () => {
  it('is kept with all that is needed to train it again, and suggests until a person chooses another', async () => {
    const { test, modelId, classIds, imageIds } = await start();
    await using _end = test;
    const [model] = await test.api.listModels();
    expect(model).toMatchObject({
      id: modelId,
      recipe: 'detector',
      seed: 1,
      classIds,
      weightsHash: 'w',
      backboneHash: 'b',
      codeVersion: '0.1.0',
      pinned: true,
      plan: { trainImages: 1, boxes: 1 },
    });
    const dir = (await test.api.currentProject())?.path ?? '';
    const set = JSON.parse(readFileSync(path.join(dir, 'models', modelId, 'training-set.json'), 'utf8'));
    expect(
      set.samples.map((sample: { image: { id: string }; split: string }) => [sample.image.id, sample.split]),
    ).toEqual([[imageIds[0], 'train']]);
    await test.api.updateModel({ id: modelId, pinned: true, notes: 'good on boat 3' });
    await whenOver(test.api, (await test.api.startTraining(request)).jobId);
    expect((await test.api.listModels()).map(({ pinned }) => pinned)).toEqual([false, true]);
    await test.api.deleteModel({ id: modelId });
    expect((await test.api.listModels()).map(({ notes }) => notes)).toEqual(['']);
  });

  it('that tells only the class of whole photographs never takes the place of one that suggests boxes', async () => {
    const { test, engine, modelId, imageIds } = await start([describeRecipe(getRecipe('gap-head'))]);
    await using _end = test;
    engine.imageProbabilities = () => [0.2, 0.7, 0.1];
    const trained = await whenOver(
      test.api,
      (await test.api.startTraining({ ...request, recipe: 'gap-head' })).jobId,
    );
    const wholeId = String(trained.result?.modelId);
    const pinned = (await test.api.listModels()).filter((model) => model.pinned);
    expect(pinned.map(({ id }) => id)).toEqual([modelId]);

    const said = await suggest(test, wholeId);
    expect(said.state).toMatchObject({
      status: 'done',
      summary: expect.stringContaining(`Class probabilities of ${imageIds.length} images`),
    });
    expect(await queue(test)).toEqual([]);
    const judged = await whenOver(
      test.api,
      (await test.api.startEvaluation({ modelId: wholeId, split: 'all' })).jobId,
    );
    // No box was missed: none was promised.
    expect(judged.result).toMatchObject({ n: 1, classAcc: 0, map50: null, map: null, meanIou: null });
    await expect(
      test.api.compare({ modelId: wholeId, split: 'all', minScore: 0, limit: 10 }),
    ).rejects.toMatchObject({ code: 'compare/no-boxes' });

    const file = path.join(test.dir, 'submission.csv');
    await whenOver(
      test.api,
      (await test.api.startPredictionFile({ modelId: wholeId, split: 'all', file })).jobId,
    );
    const [head = '', ...rows] = readFileSync(file, 'utf8').trim().split('\n');
    expect(head.split(',')).toHaveLength(1 + 3);
    expect(rows).toHaveLength(imageIds.length);
    const nothing = head.split(',').indexOf('NoF');
    expect(Number(rows[0]?.split(',')[nothing])).toBeCloseTo(0.1, 2);
  });

  it('is not trained on nothing: an image nobody looked at is not an empty one', async () => {
    const engine = createScriptedEngine();
    await using test = await startTestHost({ engine });
    await makeProject(test);
    await expect(test.api.startTraining(request)).rejects.toMatchObject({ code: 'plan/nothing-to-learn' });
    const plan = await test.api.planTraining(request);
    expect([plan.trainImages, plan.validImages]).toEqual([0, 0]);
    expect(plan.warnings.map((warning) => warning.code)).toContain('plan/few-images');
  });

  it('that crashes the engine is a failed job, and resuming goes on with the same images under the same id', async () => {
    const { test, engine, imageIds } = await start();
    await using _end = test;
    engine.next.train = async () => {
      throw new AppError({ code: 'engine/crashed', message: 'The engine process ended.' });
    };
    const failed = await whenOver(test.api, (await test.api.startTraining(request)).jobId);
    expect(failed.state).toMatchObject({ status: 'failed', error: { code: 'engine/crashed' } });
    const [, second = ''] = imageIds;
    await save(test, [
      {
        table: 'images',
        id: second,
        before: { id: second, state: 'unseen' },
        after: { id: second, state: 'empty' },
      },
    ]);
    const events = test.api.events(new AbortController().signal);
    await test.api.resumeJob({ id: failed.id });
    for await (const event of events)
      if (event.type === 'job' && event.job.id === failed.id && event.job.state.status === 'done') break;
    const calls = engine.calls
      .filter((call) => call.method === 'train')
      .map((call) => call.input as { resume: boolean; modelDir: string; samples: unknown[] });
    expect(calls.at(-1)).toMatchObject({ resume: true, modelDir: calls.at(-2)?.modelDir });
    expect(calls.at(-1)?.samples).toEqual(calls.at(-2)?.samples);
  });
});

describe('suggestions', () => {
  it('keep the head and tail a model saw, and accepting one makes a box that has them', async () => {
    const { test, engine, imageIds, modelId } = await start();
    await using _end = test;
    const [, second = ''] = imageIds;
    const line = { head: { x: 5, y: 8 }, tail: { x: 15, y: 9 } };
    engine.predictions = (id) => (id === second ? [{ ...detect(5, 0.9), ...line }, detect(40, 0.6)] : []);
    await suggest(test, modelId);
    const { image, predictions } = await test.api.getImage({ id: second });
    expect(predictions.map(({ head, tail }) => ({ head, tail }))).toEqual([line, { head: null, tail: null }]);
    const [first] = predictions;
    if (first === undefined) throw new Error('There is a suggestion.');
    await save(test, acceptDiffs(first, image.state, 'lined', image));
    expect((await test.api.getImage({ id: second })).boxes[0]).toMatchObject(line);
  });

  it('never touch labels, are not made where a hand box says the same, and leave complete images alone', async () => {
    const { test, engine, imageIds, modelId } = await start();
    await using _end = test;
    const [first = '', second = '', third = ''] = imageIds;
    await save(test, [
      {
        table: 'images',
        id: third,
        before: { id: third, state: 'unseen' },
        after: { id: third, state: 'empty' },
      },
    ]);
    engine.predictions = () => [detect(5, 0.9), detect(40, 0.6), detect(20, 0.55, 1)];
    const before = await test.api.getImage({ id: first });
    await suggest(test, modelId);
    expect((await test.api.getImage({ id: first })).boxes).toEqual(before.boxes);
    const offered = await queue(test);
    expect(offered.map(({ prediction, image }) => [image.id, prediction.x])).toEqual(
      expect.arrayContaining([
        [first, 40],
        [first, 20],
        [second, 5],
        [second, 40],
        [second, 20],
      ]),
    );
    expect([offered.length, (await test.api.currentProject())?.counts.pendingSuggestions]).toEqual([5, 5]);
    expect(
      (await test.api.listImages({ filter: { hasSuggestions: true }, offset: 0, limit: 9 })).items.map(
        (item) => item.suggestions,
      ),
    ).toEqual([2, 3]);
    expect((await test.api.getImage({ id: third })).predictions).toEqual([]);
  });

  it('are made nearest first: of the photograph that is open before any other, of complete ones last', async () => {
    const { test, engine, imageIds, modelId } = await start();
    await using _end = test;
    const [first = '', second = '', third = ''] = imageIds;
    await test.api.getImage({ id: third });
    await suggest(test, modelId);
    const asked = () => {
      const input = engine.calls.filter(({ method }) => method === 'predict').at(-1)?.input;
      return (input as EngineInput<'predict'>).images.map(({ id }) => id);
    };
    expect(asked()).toEqual([third, second, first]);
    await save(test, [
      {
        table: 'images',
        id: third,
        before: { id: third, state: 'unseen' },
        after: { id: third, state: 'empty' },
      },
    ]);
    await suggest(test, modelId);
    expect(asked()).toEqual([second, first, third]);
  });

  it('disappear when a person draws the same fish, and come back on undo', async () => {
    const { test, engine, imageIds, classIds, modelId } = await start();
    await using _end = test;
    const [, second = ''] = imageIds;
    engine.predictions = (id) => (id === second ? [detect(30, 0.7)] : []);
    await suggest(test, modelId);
    const box = makeBox({ id: 'drawn', imageId: second, classId: classIds[0] ?? '', x: 31 });
    const draw: RecordDiff[] = [
      { table: 'boxes', id: box.id, before: null, after: box },
      {
        table: 'images',
        id: second,
        before: { id: second, state: 'unseen' },
        after: { id: second, state: 'labelled' },
      },
    ];
    await save(test, draw, { id: 'draw' });
    expect(await queue(test)).toEqual([]);
    await save(test, [], { kind: 'undo', of: 'draw' });
    expect((await queue(test)).map(({ prediction }) => prediction.x)).toEqual([30]);
  });

  it('that were decided stay decided when the model looks again, and a rejected one is not asked again by another model', async () => {
    const { test, engine, imageIds, modelId } = await start();
    await using _end = test;
    const [, second = ''] = imageIds;
    engine.predictions = (id) => (id === second ? [detect(5, 0.9), detect(25, 0.8), detect(45, 0.7)] : []);
    await suggest(test, modelId);
    const [good, bad] = (await queue(test)).map(({ prediction }) => prediction);
    if (good === undefined || bad === undefined) throw new Error('Two suggestions are offered.');
    const { x, y, w, h, classId, score } = good;
    const box = makeBox({
      id: 'accepted',
      imageId: second,
      classId,
      x,
      y,
      w,
      h,
      source: 'model',
      modelId,
      score,
    });
    await save(test, [
      { table: 'boxes', id: box.id, before: null, after: box },
      {
        table: 'images',
        id: second,
        before: { id: second, state: 'unseen' },
        after: { id: second, state: 'labelled' },
      },
      decide(good, 'accepted', box.id),
    ]);
    await save(test, [decide(bad, 'rejected')]);
    await expect(save(test, [decide(bad, 'accepted')])).rejects.toMatchObject({ code: 'labels/conflict' });
    await suggest(test, modelId);
    const statuses = (await test.api.getImage({ id: second })).predictions.map((prediction) => [
      prediction.x,
      prediction.status,
    ]);
    expect(statuses).toEqual([
      [5, 'accepted'],
      [25, 'rejected'],
      [45, 'pending'],
    ]);
    const other = await whenOver(test.api, (await test.api.startTraining(request)).jobId);
    await suggest(test, String(other.result?.modelId));
    expect((await queue(test)).map(({ prediction }) => prediction.x)).toEqual([45]);
    expect((await test.api.getImage({ id: second })).boxes).toEqual([box]);
  });

  it('come least sure first, by score, or in a shuffle that stays, above the cut', async () => {
    const { test, engine, imageIds, modelId } = await start();
    await using _end = test;
    engine.predictions = (id) =>
      id === imageIds[1] ? [detect(0, 0.97), detect(12, 0.52), detect(24, 0.3), detect(36, 0.08)] : [];
    await suggest(test, modelId);
    const scores = async (order: 'least-sure' | 'highest-score' | 'random', minScore: number) =>
      (await test.api.reviewQueue({ order, minScore, limit: 9 })).items.map(
        ({ prediction }) => prediction.score,
      );
    expect(await scores('least-sure', 0)).toEqual([0.52, 0.3, 0.08, 0.97]);
    expect(await scores('highest-score', 0.2)).toEqual([0.97, 0.52, 0.3]);
    expect(await scores('random', 0)).toEqual(await scores('random', 0));
  });

  it('outside the image are cut to it, and numbers that are none are left out', async () => {
    const { test, engine, imageIds, modelId } = await start();
    await using _end = test;
    engine.predictions = (id) =>
      id === imageIds[1]
        ? [detect(60, 0.9), detect(200, 0.9), { ...detect(1, 0.8), w: Number.NaN }, detect(2, 0.8, 99)]
        : [];
    expect((await suggest(test, modelId)).state.status).toBe('done');
    expect((await queue(test)).map(({ prediction }) => [prediction.x, prediction.w])).toEqual([[60, 4]]);
  });
});

describe('comparing and evaluating', () => {
  it('pairs hand and model boxes, worst first, with every box in exactly one pair', async () => {
    const { test, engine, imageIds, modelId, classIds } = await start();
    await using _end = test;
    await expect(test.api.compare({ split: 'all', minScore: 0, limit: 9 })).rejects.toMatchObject({
      code: 'compare/not-predicted',
    });
    engine.predictions = (id) => (id === imageIds[0] ? [detect(6, 0.9), detect(40, 0.6, 1)] : []);
    await suggest(test, modelId);
    const { totals, pairs, confusion } = await test.api.compare({ split: 'all', minScore: 0, limit: 9 });
    expect(totals).toEqual({ matched: 1, missed: 0, extra: 1, wrongClass: 0, images: 1 });
    expect(
      pairs.map(({ verdict, hand, predicted }) => [verdict, hand?.id ?? null, predicted?.x ?? null]),
    ).toEqual([
      ['extra', null, 40],
      ['matched', 'hand', 6],
    ]);
    expect(confusion).toEqual({
      classIds,
      counts: [
        [1, 0, 0],
        [0, 0, 0],
        [0, 1, 0],
      ],
    });
    const metrics = await test.api.evaluate({ modelId, split: 'all' });
    expect(metrics).toMatchObject({
      n: 1,
      split: 'all',
      map50: expect.closeTo(1, 9),
      classAcc: null,
      logLoss: null,
    });
    await expect(test.api.evaluate({ modelId, split: 'test' })).rejects.toMatchObject({
      code: 'evaluate/no-images',
    });
  });
});
