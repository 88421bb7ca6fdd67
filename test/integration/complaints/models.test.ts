/** Complaints 17 to 23 of docs/complaints.md: models and graphics cards. With the real engine process on a backbone of a few hundred bytes. */
import { mkdtempSync } from 'node:fs';
import { chmod, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { AppError } from '../../../src/core/errors.ts';
import { forgetSelection, selectBackend } from '../../../src/engine/backends/select-backend.ts';
import { installNativeTensorFlow } from '../../../src/engine/install/install-native.ts';
import { listInstalled } from '../../../src/engine/install/manifest.ts';
import { runCommand } from '../../../src/engine/install/run-command.ts';
import { createEngineClient } from '../../../src/main/engine-client/engine-client.ts';
import { createForkSpawner } from '../../../src/main/engine-client/fork.spawner.ts';
import type { Spawner } from '../../../src/main/engine-client/spawner.ts';
import type { EnginePort } from '../../../src/main/host/engine-port.ts';
import { squeezeNet } from '../../helpers/classifiers.ts';
import { drawHalves } from '../../helpers/drawn-photographs.ts';
import { readLabels, sitDown } from '../../helpers/person-at-host.ts';
import { createScriptedEngine } from '../../helpers/scripted-engine.ts';
import { labelImage, makeProject, startTestHost, type TestHost, whenOver } from '../../helpers/test-host.ts';
import { writeTinyBackbone } from '../../helpers/tiny-backbone.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'catchlight-complaints-'));
const request = { recipe: 'box-and-class', parameters: { epochs: 15 }, seed: 3, minutes: null };
const asked: string[] = [];
let test: TestHost;
let imageIds: string[] = [];

/** The real engine, with a note of what it was asked. */
function noting(engine: EnginePort): EnginePort {
  return {
    call: (method, input, options) => {
      asked.push(method);
      return engine.call(method, input, options);
    },
    restart: () => engine.restart(),
    close: () => engine.close(),
  };
}

/** The real engine in a process of its own. */
function startEngine(env: Record<string, string>): EnginePort {
  const all = {
    ...process.env,
    CATCHLIGHT_BACKEND: 'wasm',
    CATCHLIGHT_CACHE: path.join(folder, 'cache'),
    ...env,
  };
  const entry = path.resolve('src/engine/engine-process.ts');
  return createEngineClient({ spawner: createForkSpawner({ entry, env: all }) });
}

beforeAll(async () => {
  const backbone = await writeTinyBackbone(path.join(folder, 'backbone'));
  test = await startTestHost({ images: 0, engine: noting(startEngine({ CATCHLIGHT_BACKBONE: backbone })) });
  for (let i = 0; i < 24; i += 1)
    await drawHalves(test.imagesDir, `fish-${i}.png`, 64, 48, { r: 130 + 4 * i, g: 0, b: 0 });
  ({ imageIds } = await makeProject(test));
});
afterAll(async () => {
  await test?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

it('18: draw, train, answer suggestions with Enter and X, their score beside them: nothing to deploy before', async () => {
  for (const id of imageIds.slice(0, 6)) {
    const person = await sitDown(test.api, id);
    person.press('W');
    person.drag({ x: 1, y: 1 }, { x: 32, y: 47 });
    await person.settle();
  }
  const trained = await whenOver(test.api, (await test.api.startTraining(request)).jobId);
  expect(trained.state.status).toBe('done');
  expect((await test.api.listCurve({ jobId: trained.id })).length).toBeGreaterThan(0);
  await whenOver(test.api, (await test.api.startPrediction({})).jobId);
  const { items } = await test.api.reviewQueue({ order: 'highest-score', minScore: 0, limit: 100 });
  const [best, second] = items;
  if (best === undefined || second === undefined) throw new Error('The model suggested nothing.');
  expect(best.prediction.score).toBeGreaterThan(0);
  expect(best.prediction.score).toBeLessThanOrEqual(1);
  const person = await sitDown(test.api, best.image.id);
  person.editor.setCutScore(0);
  person.editor.selectPrediction(best.prediction.id);
  person.press('Enter');
  await person.goTo(second.image.id);
  person.editor.selectPrediction(second.prediction.id);
  person.press('X');
  await person.settle();
  const after = await Promise.all([best, second].map(({ image }) => test.api.getImage({ id: image.id })));
  const status = (index: number, id: string) =>
    after[index]?.predictions.find((one) => one.id === id)?.status;
  expect([status(0, best.prediction.id), status(1, second.prediction.id)]).toEqual(['accepted', 'rejected']);
  expect(after[0]?.boxes.find(({ source }) => source === 'model')?.score).toBe(best.prediction.score);
}, 180_000);

it('17: the loop around the net asks once for all images, and computes the features of a photograph once', async () => {
  await whenOver(test.api, (await test.api.startFeatures()).jobId);
  asked.length = 0;
  const features = await whenOver(test.api, (await test.api.startFeatures()).jobId);
  expect(features.result).toMatchObject({ computed: 0, reused: imageIds.length });
  const predicted = await whenOver(test.api, (await test.api.startPrediction({})).jobId);
  expect(predicted.result).toMatchObject({ images: imageIds.length, failed: [] });
  expect(asked.filter((method) => method === 'predict')).toHaveLength(1);
  expect(asked.filter((method) => method === 'features').length).toBeLessThanOrEqual(2);
});

it('19: a net of one’s own is loaded when it fits, and otherwise refused with the reason, leaving nothing behind', async () => {
  await using own = await startTestHost({ images: 2, engine: startEngine({ CATCHLIGHT_BACKBONE: '' }) });
  await makeProject(own);
  const { net, output } = squeezeNet({ width: 1 / 32, classes: 3 });
  const file = path.join(folder, 'mine.onnx');
  await writeFile(file, net.toOnnx(output));
  await writeFile(path.join(folder, 'torn.onnx'), (net.toOnnx(output) as Uint8Array).subarray(0, 400));
  await writeFile(path.join(folder, 'model.pb'), 'not a net at all');
  for (const name of ['torn.onnx', 'model.pb', 'gone.onnx']) {
    const from = path.join(folder, name);
    const job = await whenOver(
      own.api,
      (await own.api.startBackboneAdd({ from, normalisation: 'unit' })).jobId,
    );
    if (job.state.status !== 'failed') throw new Error(`${name} was taken for a net.`);
    expect(job.state.error.code, name).toMatch(/^(backbone|onnx|file|download)\//);
    expect(job.state.error.message.length * job.state.error.hint.length, name).toBeGreaterThan(0);
  }
  expect((await own.api.listBackbones()).filter(({ embedded }) => !embedded)).toEqual([]);
  const added = await whenOver(
    own.api,
    (await own.api.startBackboneAdd({ from: file, normalisation: 'unit' })).jobId,
  );
  expect(added.result).toMatchObject({ id: 'mine', error: null });
  await own.api.chooseBackbone({ id: 'mine' });
  const features = await whenOver(own.api, (await own.api.startFeatures()).jobId);
  expect(features.result).toMatchObject({ computed: 2 });
});

it('20: a training that stops is said with its reason, keeps its curve, and goes on from there', async () => {
  const engine = createScriptedEngine();
  await using host = await startTestHost({ engine });
  const { imageIds: ids, classIds } = await makeProject(host);
  await labelImage(host, ids[0] ?? '', classIds[0] ?? '');
  engine.next.train = async (options) => {
    for (let epoch = 1; epoch <= 30; epoch += 1)
      options.onCurve?.({ step: epoch, epoch, elapsedMs: epoch, values: { 'loss/total': 1 / epoch } });
    options.onProgress?.({ phase: 'Training', done: 30, total: 100, unit: 'epochs', etaMs: 1000 });
    throw new AppError({ code: 'engine/crashed', message: 'The engine process ended.', hint: 'Resume it.' });
  };
  const stopped = await whenOver(host.api, (await host.api.startTraining(request)).jobId);
  expect(stopped.state).toMatchObject({
    status: 'failed',
    error: { code: 'engine/crashed', hint: 'Resume it.' },
  });
  expect(await host.api.listCurve({ jobId: stopped.id })).toHaveLength(30);
  const { jobId } = await host.api.resumeJob({ id: stopped.id });
  expect((await whenOver(host.api, jobId)).state.status).toBe('done');
  const calls = engine.calls
    .filter(({ method }) => method === 'train')
    .map(({ input }) => input as { resume: boolean });
  expect(calls.map(({ resume }) => resume)).toEqual([false, true]);
});

it('21: with no library and no card installed it trains all the same, and says of each better way what is missing', async () => {
  const cacheDir = path.join(folder, 'empty-cache');
  forgetSelection();
  const { backend, backends } = await selectBackend({ cacheDir, env: {} });
  forgetSelection();
  expect(backend).toBe('wasm');
  expect(backends.map(({ id, available }) => [id, available])).toEqual([
    ['native-gpu', false],
    ['native', false],
    ['wasm', true],
    ['cpu', true],
  ]);
  for (const { reason } of backends) expect(reason.length).toBeGreaterThan(20);
});

it('22: no card, or a driver that hangs, is said at once, and an engine that never answers is not waited for', async () => {
  if (process.platform !== 'win32') {
    const driver = path.join(folder, 'nvidia-smi');
    await writeFile(
      driver,
      `#!${process.execPath}\nconsole.error('No devices were found'); process.exit(6);`,
    );
    await chmod(driver, 0o755);
    const cacheDir = path.join(folder, 'card-cache');
    const running = installNativeTensorFlow({ cacheDir, variant: 'cuda', driverCandidates: [driver] });
    await expect(running).rejects.toMatchObject({ code: 'engine-install/no-driver' });
    expect(listInstalled(cacheDir)).toEqual([]);
    // One that hangs is ended at its limit.
    await writeFile(driver, `#!${process.execPath}\nsetInterval(() => undefined, 1000);`);
    const hung = await runCommand(driver, [], { timeoutMs: 500 });
    expect(hung).toMatchObject({ timedOut: true, exitCode: null });
  }
  vi.useFakeTimers();
  try {
    const silent: Spawner = {
      spawn: () => {
        let end: (exit: { code: null; signal: 'SIGKILL'; reason: null }) => void = () => undefined;
        return {
          pid: 1,
          send: () => undefined,
          onMessage: () => undefined,
          onExit: (listener) => {
            end = listener;
          },
          kill: () => end({ code: null, signal: 'SIGKILL', reason: null }),
        };
      },
    };
    const client = createEngineClient({ spawner: silent, startTimeoutMs: 5000 });
    const answer = client.call('status', {}).catch((error: unknown) => error);
    vi.advanceTimersByTime(5001);
    expect(await answer).toMatchObject({ code: 'engine/crashed' });
    await client.close();
  } finally {
    vi.useRealTimers();
  }
});

it('23: an engine that runs out of memory takes no label and no window along, and the next call finds a fresh one', async () => {
  // A process of a few megabytes of heap dies of its first real work, as one does on a small card or with too many photographs.
  const spawner = createForkSpawner({
    entry: path.resolve('src/engine/engine-process.ts'),
    env: { ...process.env, NODE_OPTIONS: '--max-old-space-size=6 --max-semi-space-size=1' },
  });
  await using host = await startTestHost({ engine: createEngineClient({ spawner, startTimeoutMs: 20_000 }) });
  const { imageIds: ids } = await makeProject(host);
  const person = await sitDown(host.api, ids[0] ?? '');
  person.press('W');
  person.drag({ x: 4, y: 4 }, { x: 30, y: 30 });
  await person.settle();
  const failed = await whenOver(host.api, (await host.api.startFeatures()).jobId);
  expect(failed.state).toMatchObject({ status: 'failed', error: { code: 'engine/crashed' } });
  person.drag({ x: 30, y: 4 }, { x: 50, y: 30 });
  await person.settle();
  expect((await readLabels(host.api, ids))[0]?.boxes).toHaveLength(2);
});
