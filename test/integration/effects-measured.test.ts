/**
 * What each switch brings, through a real host and a real engine process on drawn photographs: augmentation, photographs without labels,
 * an ensemble. Every figure that is shown is the one that judging the model by itself gives.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EffectRequest, effectSchema } from '../../src/contract/contrast.ts';
import { createEngineClient, type EngineClient } from '../../src/main/engine-client/engine-client.ts';
import { createForkSpawner } from '../../src/main/engine-client/fork.spawner.ts';
import { entryPath } from '../../src/main/entries.ts';
import { writeConvBackbone } from '../helpers/conv-backbone.ts';
import { drawHalves } from '../helpers/drawn-photographs.ts';
import { labelImage, startTestHost, type TestHost, whenOver } from '../helpers/test-host.ts';

const count = 20;
const labelled = 14;

describe('what a switch brings', () => {
  let dir = '';
  let engine: EngineClient;
  let test: TestHost;
  beforeAll(async () => {
    dir = mkdtempSync(path.join(tmpdir(), 'catchlight-effect-'));
    const env = {
      ...process.env,
      CATCHLIGHT_BACKBONE: await writeConvBackbone(path.join(dir, 'backbone')),
      CATCHLIGHT_BACKEND: 'wasm',
    };
    engine = createEngineClient({ spawner: createForkSpawner({ entry: entryPath('engine'), env }) });
    test = await startTestHost({ images: 0, engine });
    const photographs = path.join(dir, 'photographs');
    mkdirSync(photographs);
    // Red or green on the left tells the class.
    for (let i = 0; i < count; i++)
      await drawHalves(photographs, `p_${String(i).padStart(2, '0')}.png`, 64, 48 + i, {
        r: i % 2 === 0 ? 220 - i : 20 + i,
        g: i % 2 === 0 ? 20 + i : 220 - i,
        b: 0,
      });
    const { jobId } = await test.api.createProject({
      imagesDir: photographs,
      dir: path.join(dir, 'effect.catchlight'),
      classes: ['ALB', 'YFT'],
    });
    await whenOver(test.api, jobId);
    const { items } = await test.api.listImages({ filter: {}, offset: 0, limit: 100 });
    const classIds = (await test.api.listClasses()).map(({ id }) => id);
    const byPath = items.toSorted((a, b) => a.path.localeCompare(b.path));
    for (const [i, { id }] of byPath.slice(0, labelled).entries())
      await labelImage(test, id, classIds[i % 2] ?? '');
  }, 180_000);
  afterAll(async () => {
    await test?.[Symbol.asyncDispose]();
    rmSync(dir, { recursive: true, force: true });
  });

  const request = (parameters: Record<string, unknown>, seed = 1) => ({
    recipe: 'gap-head',
    parameters: { epochs: 3, ...parameters },
    seed,
    divideSeed: 1,
    minutes: null,
  });
  const train = async (asked: Parameters<TestHost['api']['startTraining']>[0]): Promise<string> => {
    const job = await whenOver(test.api, (await test.api.startTraining(asked)).jobId);
    expect(job.state).toMatchObject({ status: 'done' });
    return String(job.result?.modelId);
  };
  const judge = async (modelId: string) => await test.api.evaluate({ modelId, split: 'valid' });
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;

  /** Measures, and holds what is told against models judged one by one. */
  const measure = async (asked: EffectRequest) => {
    const job = await whenOver(test.api, (await test.api.startEffect(asked)).jobId);
    expect(job.state).toMatchObject({ status: 'done' });
    const effect = effectSchema.parse(job.result);
    const sides = [effect.withoutIds, effect.withIds];
    const [without = [], withSwitch = []] = await Promise.all(
      sides.map((ids) => Promise.all(ids.map(judge))),
    );
    const told = effect.contrast.figures.find(({ name }) => name === 'logLoss');
    const lossOf = (reports: typeof without): number =>
      mean(reports.map(({ logLoss }) => logLoss ?? Number.NaN));
    expect(told?.first).toBeCloseTo(lossOf(without), 5);
    expect(told?.second).toBeCloseTo(lossOf(withSwitch), 5);
    expect(told?.gain).toBeCloseTo(lossOf(withSwitch) - lossOf(without), 5);
    // A range that holds what was measured, over the photographs that taught neither.
    expect(effect.contrast.n).toBe(without[0]?.n);
    expect(told?.interval?.low).toBeLessThanOrEqual(told?.gain ?? Number.NaN);
    expect(told?.interval?.high).toBeGreaterThanOrEqual(told?.gain ?? Number.NaN);
    expect(job.state.status === 'done' && job.state.summary).toContain(`on ${effect.contrast.n} images`);
    return effect;
  };
  const parametersOf = async (id: string | undefined) =>
    (await test.api.listModels()).find((model) => model.id === id)?.parameters;

  it('augmentation: the same training with drawn copies and without', async () => {
    const effect = await measure({ what: 'augmentation', request: request({ copies: 1 }), runs: 1 });
    expect(await parametersOf(effect.withIds[0])).toMatchObject({ copies: 1, flip: true });
    expect(await parametersOf(effect.withoutIds[0])).toMatchObject({ copies: 0, flip: false });
  }, 120_000);

  it('photographs without labels: with what an earlier model says of them and without, and an ensemble against the mean of its members', async () => {
    const members = [await train(request({})), await train(request({}, 2))];
    const taught = { pseudoShare: 0.3, pseudoModel: members[0], pseudoConfidence: 0 };
    const effect = await measure({ what: 'pseudo-labels', request: request(taught), runs: 1 });
    expect(await parametersOf(effect.withIds[0])).toMatchObject({ pseudoShare: 0.3 });
    expect(await parametersOf(effect.withoutIds[0])).toMatchObject({ pseudoShare: 0 });

    const joined = await train({
      ...request({}),
      recipe: 'ensemble',
      parameters: { members: members.join(',') },
    });
    const together = await measure({ what: 'ensemble', modelId: joined });
    expect([together.withIds, together.withoutIds.toSorted()]).toEqual([[joined], members.toSorted()]);
  }, 180_000);
});
