/** Training again in the background: when it begins, what it steps aside for, and that nothing changes under a person's hands. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { isJobOver, type Job } from '../../src/core/jobs.ts';
import type { Metrics } from '../../src/core/records.ts';
import type { EngineInput } from '../../src/engine/messages.ts';
import { getRecipe } from '../../src/engine/recipes/list.ts';
import { describeRecipe } from '../../src/engine/recipes/recipe.ts';
import { createHost } from '../../src/main/host/host.ts';
import { eventually } from '../helpers/eventually.ts';
import { createScriptedEngine, type ScriptedEngine } from '../helpers/scripted-engine.ts';
import { labelImage, makeProject, startTestHost, type TestHost, whenOver } from '../helpers/test-host.ts';

const metrics = (map50: number): Metrics => ({
  n: 2,
  split: 'valid',
  classAcc: null,
  logLoss: null,
  meanIou: null,
  map50,
  map: null,
});
const trained = (part: object = {}) => ({
  recipeVersion: 1,
  backend: 'script',
  backboneHash: 'b',
  weightsHash: 'w',
  epochs: 1,
  trainMs: 10,
  imagesPerS: 100,
  metrics: metrics(0.4),
  failed: [],
  ...part,
});
const request = { recipe: 'detector', parameters: {}, seed: 1, minutes: null };

/** A model trained by hand on one of ten photographs, and an engine of its own for the background. */
async function start() {
  const engine = createScriptedEngine();
  const background = createScriptedEngine();
  engine.recipes = [describeRecipe(getRecipe('detector'))];
  const test = await startTestHost({ engine, images: 10, host: { backgroundEngine: background } });
  const { imageIds, classIds } = await makeProject(test);
  const label = (n: number) => labelImage(test, imageIds[n] ?? '', classIds[0] ?? '');
  await label(0);
  const first = await whenOver(test.api, (await test.api.startTraining(request)).jobId);
  return { test, engine, background, imageIds, label, modelId: String(first.result?.modelId) };
}

const isBackground = (job: Job): boolean => job.input.keepsLearning === true;
const findJob = async (test: TestHost): Promise<Job | undefined> =>
  (await test.api.listJobs()).filter(isBackground).sort((a, b) => b.createdAtMs - a.createdAtMs)[0];
const statusOf = async (test: TestHost) => (await findJob(test))?.state.status;
const hold = (engine: ScriptedEngine) => {
  const end = Promise.withResolvers<unknown>();
  engine.next.train = (options) => {
    options.signal?.addEventListener('abort', () => end.reject(options.signal?.reason));
    return end.promise;
  };
  return end;
};

describe('keep learning', () => {
  it('is off until it is wanted, counts photographs and not answers, and then trains from the model in use', async () => {
    const { test, background, label, imageIds, modelId } = await start();
    await using _end = test;
    await label(1);
    expect(await test.api.keepLearning()).toMatchObject({
      settings: { isOn: false },
      answered: 1,
      offer: null,
      obstacle: null,
    });
    background.next.train = async () => trained({ startMetrics: metrics(0.3) });
    await test.api.saveKeepLearning({ isOn: true, every: 3, minutes: 0.5 });
    await label(2);
    expect(await findJob(test)).toBeUndefined();
    await label(3);
    await eventually(() => statusOf(test)).toBe('done');
    const input = background.calls.find(({ method }) => method === 'train')?.input as EngineInput<'train'>;
    const dir = (await test.api.currentProject())?.path ?? '';
    expect(input).toMatchObject({
      minutes: 0.5,
      recipe: 'detector',
      startFrom: path.join(dir, 'models', modelId),
    });
    expect(new Set(input.samples.map(({ image }) => image.id))).toEqual(new Set(imageIds.slice(0, 4)));
    const { offer, answered } = await test.api.keepLearning();
    expect(answered).toBe(0);
    expect(offer).toMatchObject({
      answered: 3,
      before: { map50: 0.3 },
      after: { map50: 0.4 },
      againstName: expect.stringContaining('1'),
    });
    // Announced, not sprung: the model in use is the old one until someone says so.
    expect((await test.api.listModels()).find(({ pinned }) => pinned)?.id).toBe(modelId);
    await test.api.answerOffer({ modelId: offer?.modelId ?? '', use: true });
    expect((await test.api.listModels()).find(({ pinned }) => pinned)?.id).toBe(offer?.modelId);
    expect(
      (await test.api.listJobs()).some(
        ({ kind, input: of }) => kind === 'predict' && of.modelId === offer?.modelId,
      ),
    ).toBe(true);
    await expect(test.api.answerOffer({ modelId: offer?.modelId ?? '', use: true })).rejects.toMatchObject({
      code: 'offer/gone',
    });
  });

  it('takes over by itself only where that was chosen and it is no worse, and forgets a model that nobody answered', async () => {
    const { test, background, label, modelId } = await start();
    await using _end = test;
    background.next.train = async () => trained({ startMetrics: metrics(0.5) });
    await test.api.saveKeepLearning({ isOn: true, every: 1, switching: 'when-not-worse' });
    await label(1);
    await eventually(async () => (await test.api.keepLearning()).offer?.before?.map50).toBe(0.5);
    const worse = (await test.api.keepLearning()).offer?.modelId ?? '';
    expect((await test.api.listModels()).find(({ pinned }) => pinned)?.id).toBe(modelId);
    background.next.train = async () => trained({ startMetrics: metrics(0.1) });
    await label(2);
    await eventually(async () => (await test.api.listModels()).find(({ pinned }) => pinned)?.id).not.toBe(
      modelId,
    );
    // Told of all the same, and taken back with one word.
    const { offer } = await test.api.keepLearning();
    expect(offer).toMatchObject({ isInUse: true, answered: 1, before: { map50: 0.1 } });
    expect((await test.api.listModels()).map(({ id }) => id)).not.toContain(worse);
    const inUse = async () => (await test.api.listModels()).find(({ pinned }) => pinned)?.id;
    expect(await inUse()).toBe(offer?.modelId);
    // No way back is offered to a model that is deleted, until it is there again.
    await test.api.deleteModel({ id: modelId });
    expect((await test.api.keepLearning()).offer).toBeNull();
    await test.api.restoreModel({ id: modelId });
    expect((await test.api.keepLearning()).offer).toMatchObject({ isInUse: true });
    const answered = await test.api.answerOffer({ modelId: offer?.modelId ?? '', use: false });
    expect([answered.offer, await inUse()]).toEqual([null, modelId]);
    const dir = (await test.api.currentProject())?.path ?? '';
    expect(existsSync(path.join(dir, 'models', worse))).toBe(false);
  });

  it('keeps nobody waiting: suggestions are made beside it, and a training by hand ends it', async () => {
    const { test, background, label, modelId } = await start();
    await using _end = test;
    hold(background);
    await test.api.saveKeepLearning({ isOn: true, every: 1 });
    await label(1);
    await eventually(() => statusOf(test)).toBe('running');
    expect((await whenOver(test.api, (await test.api.startPrediction({ modelId })).jobId)).state.status).toBe(
      'done',
    );
    expect(await statusOf(test)).toBe('running');
    // More answers do not start a second one.
    await label(2);
    const byHand = await whenOver(test.api, (await test.api.startTraining(request)).jobId);
    expect(byHand.state.status).toBe('done');
    expect(await statusOf(test)).toBe('cancelled');
    expect((await test.api.listJobs()).filter(isBackground)).toHaveLength(1);
    expect((await test.api.keepLearning()).answered).toBe(0);
  });

  it('goes on where it was after the studio was closed in the middle', async () => {
    const { test, background, engine, label } = await start();
    await using _end = test;
    hold(background);
    await test.api.saveKeepLearning({ isOn: true, every: 1 });
    await label(1);
    await eventually(() => statusOf(test)).toBe('running');
    const dir = (await test.api.currentProject())?.path ?? '';
    await test.host.close();
    const again = createScriptedEngine();
    const host = await createHost({
      shell: 'serve',
      userDataDir: path.join(test.dir, 'home'),
      engine,
      backgroundEngine: again,
    });
    try {
      await host.api.openProject({ path: dir });
      await eventually(async () => (await host.api.listJobs()).find(isBackground)?.state.status).toBe('done');
      const input = again.calls.find(({ method }) => method === 'train')?.input as EngineInput<'train'>;
      expect(input.resume).toBe(true);
      expect((await host.api.listJobs()).filter(isBackground).every(({ state }) => isJobOver(state))).toBe(
        true,
      );
    } finally {
      await host.close();
    }
  });

  it('never judges by a photograph that the model in use learnt from', async () => {
    const { test, engine, background, label, imageIds } = await start();
    await using _end = test;
    for (const n of [1, 2, 3, 4, 5, 6, 7, 8]) await label(n);
    const byHand = await whenOver(test.api, (await test.api.startTraining(request)).jobId);
    const dir = (await test.api.currentProject())?.path ?? '';
    const sidesOf = (modelId: string): Map<string, string> => {
      const file = path.join(dir, 'models', modelId, 'training-set.json');
      const { samples } = JSON.parse(readFileSync(file, 'utf8')) as {
        samples: { image: { id: string }; split: string }[];
      };
      return new Map(samples.map(({ image, split }) => [image.id, split]));
    };
    const before = sidesOf(String(byHand.result?.modelId));
    expect(new Set(before.values())).toEqual(new Set(['train', 'valid']));
    await test.api.saveKeepLearning({ isOn: true, every: 1 });
    await label(9);
    await eventually(() => statusOf(test)).toBe('done');
    const after = sidesOf(String((await findJob(test))?.result?.modelId));
    for (const [id, side] of before) expect([id, after.get(id)]).toEqual([id, side]);
    expect(after.has(imageIds[9] ?? '')).toBe(true);
    expect(
      [engine, background].map(({ calls }) => calls.filter(({ method }) => method === 'train').length),
    ).toEqual([2, 1]);
  });
});
