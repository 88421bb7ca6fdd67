import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { JobProgress } from '../../src/core/jobs.ts';
import { createEngineClient, type EngineClient } from '../../src/main/engine-client/engine-client.ts';
import { createForkSpawner } from '../../src/main/engine-client/fork.spawner.ts';
import { drawMany } from '../helpers/drawn-photographs.ts';
import { writeTinyBackbone } from '../helpers/tiny-backbone.ts';

const entry = path.resolve(import.meta.dirname, '..', '..', 'src', 'engine', 'engine-process.ts');
const canvas = { widthPx: 64, heightPx: 64 };
let folder: string;
let env: NodeJS.ProcessEnv;
let client: EngineClient | undefined;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'catchlight-engine-'));
  const backbone = await writeTinyBackbone(path.join(folder, 'backbone'));
  env = { ...process.env, CATCHLIGHT_BACKBONE: backbone, CATCHLIGHT_BACKEND: 'cpu' };
});

afterEach(async () => {
  await client?.close();
  client = undefined;
});

afterAll(() => rm(folder, { recursive: true, force: true }));

function startClient(): EngineClient {
  client = createEngineClient({ spawner: createForkSpawner({ entry, env }) });
  return client;
}

const failureOf = (call: Promise<unknown>) =>
  call.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('the engine in its own process', () => {
  it('goes on where it was after it was killed in the middle of its work', async () => {
    const images = await drawMany(folder, 150);
    const input = { images, featuresDir: path.join(folder, 'killed'), canvas };
    const engine = startClient();
    const onProgress = ({ done }: JobProgress): void => {
      const pid = engine.pid();
      if (done >= 20 && pid !== undefined) process.kill(pid, 'SIGKILL');
    };
    expect(await failureOf(engine.call('features', input, { onProgress }))).toMatchObject({
      code: 'engine/crashed',
    });
    const resumed = await engine.call('features', input);
    expect(resumed.failed).toEqual([]);
    expect(resumed.reused).toBeGreaterThanOrEqual(16);
    expect(resumed.computed + resumed.reused).toBe(150);
    expect(resumed.computed).toBeGreaterThan(0);
    expect(await engine.call('features', input)).toMatchObject({ computed: 0, reused: 150 });
  });

  it.skipIf(process.platform === 'win32')(
    'is in a process group of its own, so that a Ctrl+C in the terminal is the host’s to answer',
    async () => {
      const engine = startClient();
      await engine.call('status', {});
      const groupOf = (pid: number): string =>
        execFileSync('ps', ['-o', 'pgid=', '-p', String(pid)], { encoding: 'utf8' }).trim();
      const pid = engine.pid() ?? 0;
      expect(groupOf(pid)).toBe(String(pid));
      expect(groupOf(pid)).not.toBe(groupOf(process.pid));
    },
  );

  it('stops within two seconds of a cancel, keeps what it has, and takes the next call', async () => {
    const images = await drawMany(folder, 150);
    const input = { images, featuresDir: path.join(folder, 'cancelled'), canvas };
    const engine = startClient();
    const controller = new AbortController();
    let cancelledAtMs = 0;
    const onProgress = ({ done }: JobProgress): void => {
      if (done < 20 || cancelledAtMs > 0) return;
      cancelledAtMs = performance.now();
      controller.abort();
    };
    const stopped = await failureOf(
      engine.call('features', input, { signal: controller.signal, onProgress }),
    );
    expect(stopped).toMatchObject({ code: 'engine/cancelled' });
    expect(performance.now() - cancelledAtMs).toBeLessThan(2000);
    const pid = engine.pid();
    const resumed = await engine.call('features', input);
    expect(resumed.reused).toBeGreaterThanOrEqual(20);
    expect(engine.pid()).toBe(pid);
  });

  it('reports each photograph that cannot be read and finishes the others', async () => {
    const [good] = await drawMany(folder, 1);
    const gone = { id: 'gone', file: path.join(folder, 'gone.jpg'), hash: 'gone', widthPx: 9, heightPx: 9 };
    const input = {
      images: [gone, ...(good === undefined ? [] : [good])],
      featuresDir: path.join(folder, 'faults'),
      canvas,
    };
    expect(await startClient().call('features', input)).toMatchObject({
      computed: 1,
      failed: [{ imageId: 'gone', error: { code: 'image/missing' } }],
    });
  });

  it('refuses a canvas the backbone cannot work on', async () => {
    const input = {
      images: [],
      featuresDir: path.join(folder, 'canvas'),
      canvas: { widthPx: 65, heightPx: 64 },
    };
    expect(await failureOf(startClient().call('features', input))).toMatchObject({
      code: 'features/bad-canvas',
    });
  });

  it('starts afresh after a restart, and under another process id', async () => {
    const engine = startClient();
    const input = { images: [], featuresDir: path.join(folder, 'restart'), canvas };
    await engine.call('features', input);
    const first = engine.pid();
    await engine.restart();
    await engine.call('features', input);
    expect(engine.pid()).not.toBe(first);
  });

  it('says what this machine has, and which recipes there are', async () => {
    const engine = startClient();
    const status = await engine.call('status', {});
    expect(status.backend).toBe('cpu');
    expect(status.providers[0]).toBe('cpu');
    expect(status.backbone).toMatchObject({ id: 'tiny', version: '1.0.0' });
    for (const backend of status.backends) expect(backend.reason).not.toBe('');
    const recipes = await engine.call('recipes', {});
    expect(recipes.map((recipe) => recipe.id)).toEqual(expect.arrayContaining(['detector', 'box-and-class']));
    for (const { id, defaults, joins } of recipes) {
      const check = engine.call('checkParameters', { recipe: id, parameters: {} });
      // What joins models has to be told which.
      if (joins !== undefined) await expect(check, id).rejects.toThrow(/two or more/);
      else expect((await check).parameters, id).toEqual(defaults);
    }
    const wrong = failureOf(
      engine.call('checkParameters', { recipe: 'detector', parameters: { nonsense: 1 } }),
    );
    expect(await wrong).toMatchObject({ code: 'recipe/parameters' });
  });
});

/** Messages of a bare engine process, in order, with a way to wait for one. */
function listen(child: ChildProcess) {
  const seen: unknown[] = [];
  const waiting: { test: (message: never) => boolean; resolve: (message: unknown) => void }[] = [];
  child.on('message', (message) => {
    seen.push(message);
    for (const each of waiting.filter(({ test }) => test(message as never))) each.resolve(message);
  });
  return (test: (message: { type: string; callId?: number }) => boolean): Promise<unknown> =>
    new Promise((resolve) => {
      const already = seen.find((message) => test(message as never));
      if (already !== undefined) resolve(already);
      else waiting.push({ test, resolve });
    });
}

describe('an engine process among strangers', () => {
  let child: ChildProcess;
  const exited = () => new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  afterEach(() => void child.kill('SIGKILL'));

  it('answers broken messages with errors and works on', async () => {
    child = fork(entry, [], { serialization: 'advanced', env });
    const heard = listen(child);
    await heard(({ type }) => type === 'ready');
    for (const message of [
      'hello',
      17,
      [],
      { type: 'call' },
      { type: 'call', callId: 4, method: 12 },
      new Uint8Array(9),
    ]) {
      child.send(message);
    }
    expect(await heard(({ callId }) => callId === 4)).toMatchObject({
      error: { code: 'engine/bad-message' },
    });
    child.send({ type: 'call', callId: 5, method: 'constructor', input: {} });
    expect(await heard(({ callId }) => callId === 5)).toMatchObject({
      error: { code: 'engine/unknown-method' },
    });
    child.send({ type: 'call', callId: 6, method: 'train', input: { recipe: null } });
    expect(await heard(({ callId }) => callId === 6)).toMatchObject({ error: { code: 'engine/bad-input' } });
  });

  it('ends with its parent, even in the middle of a job', async () => {
    child = fork(entry, [], { serialization: 'advanced', env });
    const heard = listen(child);
    const input = { images: await drawMany(folder, 100), featuresDir: path.join(folder, 'orphan'), canvas };
    child.send({ type: 'call', callId: 1, method: 'features', input });
    await heard(({ type }) => type === 'progress');
    const gone = exited();
    child.disconnect();
    expect(await gone).toBe(0);
  });

  it('ends when it is asked to', async () => {
    child = fork(entry, [], { serialization: 'advanced', env });
    const gone = exited();
    child.send({ type: 'exit' });
    expect(await gone).toBe(0);
  });

  it('says that it does nothing when started by hand', async () => {
    const { spawn } = await import('node:child_process');
    child = spawn(process.execPath, [entry], { stdio: ['ignore', 'ignore', 'pipe'], env });
    let said = '';
    child.stderr?.on('data', (data: Buffer) => {
      said += data.toString();
    });
    expect(await exited()).toBe(2);
    expect(said).toContain('started by the studio');
  });
});
