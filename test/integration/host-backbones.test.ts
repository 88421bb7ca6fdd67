/** Bringing one's own net: from the command line into the cache, and from there into the features of a project. */
import { mkdtempSync } from 'node:fs';
import { readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engineProcedures } from '../../src/engine/messages.ts';
import { createEngineClient } from '../../src/main/engine-client/engine-client.ts';
import { createForkSpawner } from '../../src/main/engine-client/fork.spawner.ts';
import { squeezeNet } from '../helpers/classifiers.ts';
import { runCli } from '../helpers/run-cli.ts';
import { createScriptedEngine } from '../helpers/scripted-engine.ts';
import { makeBox, makeProject, startTestHost, type TestHost, whenOver } from '../helpers/test-host.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'catchlight-backbones-'));
const file = path.join(folder, 'Small Net.onnx');
const env = { ...process.env, CATCHLIGHT_CACHE: path.join(folder, 'cache'), CATCHLIGHT_BACKBONE: '' };

beforeAll(async () => {
  const { net, output } = squeezeNet({ width: 1 / 32, classes: 3 });
  await writeFile(file, net.toOnnx(output));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('backbones from the command line', () => {
  const cli = (...args: string[]) => runCli(path.join(folder, 'home'), [...args, '--json'], { env });

  it('are added with what a person says of their pixels', async () => {
    const [wrong, added] = await Promise.all([
      cli('backbone', 'add', file, '--mean', '1,2'),
      cli('backbone', 'add', file, '--normalisation', 'caffe', '--licence', 'MIT', '--id', 'from-the-shell'),
    ]);
    expect([wrong.code, wrong.json()]).toMatchObject([2, { error: { code: 'usage/option' } }]);
    expect(added.json()).toMatchObject({
      id: 'from-the-shell',
      licence: 'MIT',
      from: 'Small Net.onnx',
      taps: [
        { name: 's8', stride: 8, channels: 8 },
        { name: 's16', stride: 16, channels: 16 },
        { name: 's32', stride: 32, channels: 16 },
      ],
      normalisation: expect.stringContaining('BGR 0..255, mean 103.939') as unknown,
    });
    expect(await readdir(path.join(folder, 'cache', 'backbones'))).toEqual(['from-the-shell']);
  });
});

describe('the backbone of a project', () => {
  const startEngine = () =>
    createEngineClient({
      spawner: createForkSpawner({ entry: path.resolve('src/engine/engine-process.ts'), env }),
    });
  const featuresOf = async ({ api }: TestHost) => {
    const job = await whenOver(api, (await api.startFeatures()).jobId);
    return job.state.status === 'failed' ? job.state.error.code : job.result;
  };

  it('gives its features from then on, beside those of the other, and its absence is told', async () => {
    await using test = await startTestHost({ images: 2, engine: startEngine() });
    await makeProject(test);
    const { api } = test;
    const unsaid = await whenOver(api, (await api.startBackboneAdd({ from: file })).jobId);
    expect(unsaid.state).toMatchObject({ error: { code: 'backbone/normalisation-unknown' } });
    const job = await whenOver(
      api,
      (await api.startBackboneAdd({ from: file, normalisation: 'unit' })).jobId,
    );
    expect(job.result).toMatchObject({ id: 'small-net', embedded: false, error: null });

    expect(await featuresOf(test)).toMatchObject({ computed: 2, reused: 0 });
    await expect(api.chooseBackbone({ id: 'nowhere' })).rejects.toMatchObject({ code: 'backbone/not-added' });
    expect((await api.currentProject())?.backbone).toBeNull();
    expect((await api.chooseBackbone({ id: 'small-net' })).backbone).toBe('small-net');
    expect(await featuresOf(test)).toMatchObject({ computed: 2, reused: 0 });
    expect(await featuresOf(test)).toMatchObject({ computed: 0, reused: 2 });
    const project = (await api.currentProject())?.path ?? '';
    expect(await readdir(path.join(project, 'features'))).toHaveLength(2);

    await api.removeBackbone({ id: 'small-net' });
    expect(await featuresOf(test)).toBe('backbone/not-added');
    expect((await api.chooseBackbone({ id: null })).backbone).toBeNull();
    expect(await featuresOf(test)).toMatchObject({ computed: 0, reused: 2 });
  });

  /** A scripted engine that lists a backbone which fits the test's canvas, and one that does not. */
  function scriptBackbones() {
    const engine = createScriptedEngine();
    const listed = {
      id: 'mine',
      version: '1',
      licence: '',
      embedded: false,
      taps: [{ name: 's8', stride: 8, channels: 4 }],
      multipleOf: 8,
      normalisation: '',
      from: null,
      error: null,
    };
    const scripted = {
      ...engine,
      call: (async (method: string, input: never, options: never) =>
        method === 'backbones'
          ? [listed, { ...listed, id: 'wide', multipleOf: 96 }]
          : await engine.call(method as never, input, options)) as typeof engine.call,
    };
    return { engine, scripted };
  }

  /** A project whose first image has a box. */
  async function makeLabelled(test: TestHost): Promise<void> {
    const { imageIds, classIds } = await makeProject(test);
    const [imageId = ''] = imageIds;
    const box = makeBox({ id: 'box', imageId, classId: classIds[0] ?? '' });
    await test.api.applyGesture({
      id: 'g',
      kind: 'do',
      of: null,
      label: 'Test',
      imageId: null,
      source: 'person',
      diffs: [
        { table: 'boxes', id: box.id, before: null, after: box },
        {
          table: 'images',
          id: imageId,
          before: { id: imageId, state: 'unseen' },
          after: { id: imageId, state: 'labelled' },
        },
      ],
    });
  }
  const request = { recipe: 'any', parameters: {}, seed: 1, minutes: null };

  it('goes with every call that rests on it', async () => {
    const { engine, scripted } = scriptBackbones();
    await using test = await startTestHost({ images: 2, engine: scripted });
    await makeLabelled(test);
    const { api } = test;
    await expect(api.chooseBackbone({ id: 'wide' })).rejects.toMatchObject({ code: 'backbone/does-not-fit' });
    await api.chooseBackbone({ id: 'mine' });
    await featuresOf(test);
    const { jobId } = await api.startTraining(request);
    expect((await whenOver(api, jobId)).state.status).toBe('done');
    await whenOver(api, (await api.startPrediction({})).jobId);
    const resting = engine.calls.filter(({ input }) => 'canvas' in (input as object));
    expect(new Set(resting.map(({ method }) => method))).toEqual(
      new Set(['features', 'forecast', 'train', 'predict']),
    );
    for (const { input } of resting) expect(input).toMatchObject({ backbone: 'mine' });
  });

  it('that a training began on stays its own when it goes on after a stop', async () => {
    const { engine, scripted } = scriptBackbones();
    await using test = await startTestHost({ images: 2, engine: scripted });
    await makeLabelled(test);
    const { api } = test;
    engine.next.train = () => Promise.reject(new Error('the power went'));
    const { id } = await whenOver(api, (await api.startTraining(request)).jobId);
    await api.chooseBackbone({ id: 'mine' });
    const events = api.events(new AbortController().signal);
    await api.resumeJob({ id });
    for await (const event of events)
      if (event.type === 'job' && event.job.id === id && event.job.state.status === 'done') break;
    const [begun, resumed] = engine.calls.filter(({ method }) => method === 'train');
    expect(begun?.input).toMatchObject({ backbone: null, resume: false });
    expect(resumed?.input).toMatchObject({ backbone: null, resume: true });
  });

  it('can be named in every call that has a canvas', () => {
    const silent = Object.entries(engineProcedures).filter(
      ([, { input }]) => 'canvas' in input.shape && !('backbone' in input.shape),
    );
    expect(silent).toEqual([]);
  });
});
