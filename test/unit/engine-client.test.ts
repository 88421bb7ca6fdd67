import { afterEach, describe, expect, it, vi } from 'vitest';
import { createEngineClient } from '../../src/main/engine-client/engine-client.ts';
import type { EngineExit, EngineProcess, Spawner } from '../../src/main/engine-client/spawner.ts';
import {
  createUtilitySpawner,
  type UtilityMessagePort,
} from '../../src/main/engine-client/utility.spawner.ts';

interface Sent {
  type: string;
  callId: number;
}

/** Engine processes made of nothing but two ends of a channel, so that each story can say what the engine answers. */
function fakeSpawner() {
  const processes: FakeProcess[] = [];
  const spawner: Spawner = {
    spawn: () => {
      const made = new FakeProcess();
      processes.push(made);
      return made;
    },
  };
  return { spawner, processes };
}

class FakeProcess implements EngineProcess {
  readonly pid = 4711;
  readonly sent: Sent[] = [];
  killed = false;
  #message: (message: unknown) => void = () => undefined;
  #exit: (exit: EngineExit) => void = () => undefined;
  send(message: unknown): void {
    this.sent.push(message as Sent);
  }
  onMessage(listener: (message: unknown) => void): void {
    this.#message = listener;
  }
  onExit(listener: (exit: EngineExit) => void): void {
    this.#exit = listener;
  }
  kill(): void {
    if (this.killed) return;
    this.killed = true;
    this.exit({ code: null, signal: 'SIGKILL', reason: null });
  }
  answer(message: unknown): void {
    this.#message(message);
  }
  exit(exit: EngineExit): void {
    this.#exit(exit);
  }
}

const failureOf = (call: Promise<unknown>) =>
  call.then(
    () => undefined,
    (error: unknown) => error,
  );

afterEach(() => vi.useRealTimers());

describe('the host calling the engine', () => {
  it('starts no process before the first call, and one for many calls', async () => {
    const { spawner, processes } = fakeSpawner();
    const client = createEngineClient({ spawner });
    expect(processes).toHaveLength(0);
    const calls = [client.call('uninstallNative', {}), client.call('uninstallNative', {})];
    expect(processes).toHaveLength(1);
    for (const { callId } of processes[0]?.sent ?? []) {
      processes[0]?.answer({ type: 'done', callId, output: { removed: callId === 1 } });
    }
    expect(await Promise.all(calls)).toEqual([{ removed: true }, { removed: false }]);
    await client.close();
  });

  it('fails the calls under way when the process dies, and starts a fresh one for the next', async () => {
    const { spawner, processes } = fakeSpawner();
    const client = createEngineClient({ spawner });
    const lost = failureOf(client.call('status', {}));
    processes[0]?.exit({ code: 134, signal: null, reason: null });
    expect(await lost).toMatchObject({ code: 'engine/crashed', details: { code: 134, method: 'status' } });
    const next = client.call('uninstallNative', {});
    expect(processes).toHaveLength(2);
    processes[1]?.answer({ type: 'done', callId: 2, output: { removed: true } });
    expect(await next).toEqual({ removed: true });
    await client.close();
  });

  it('kills an engine that does not answer a cancel', async () => {
    vi.useFakeTimers();
    const { spawner, processes } = fakeSpawner();
    const client = createEngineClient({ spawner, cancelGraceMs: 1500 });
    const controller = new AbortController();
    const stopped = failureOf(client.call('status', {}, { signal: controller.signal }));
    controller.abort();
    expect(processes[0]?.sent.at(-1)).toEqual({ type: 'cancel', callId: 1 });
    vi.advanceTimersByTime(1400);
    expect(processes[0]?.killed).toBe(false);
    vi.advanceTimersByTime(200);
    expect(processes[0]?.killed).toBe(true);
    expect(await stopped).toMatchObject({ code: 'engine/cancelled' });
  });

  it('leaves an engine alone that answers a cancel', async () => {
    vi.useFakeTimers();
    const { spawner, processes } = fakeSpawner();
    const client = createEngineClient({ spawner });
    const controller = new AbortController();
    const stopped = failureOf(client.call('status', {}, { signal: controller.signal }));
    controller.abort();
    processes[0]?.answer({
      type: 'failed',
      callId: 1,
      error: { code: 'job/cancelled', message: 'stopped', hint: '', details: {} },
    });
    vi.advanceTimersByTime(10_000);
    expect(processes[0]?.killed).toBe(false);
    expect(await stopped).toMatchObject({ code: 'engine/cancelled' });
  });

  it('does not ask at all when the signal came first', async () => {
    const { spawner, processes } = fakeSpawner();
    const client = createEngineClient({ spawner });
    const error = await failureOf(client.call('status', {}, { signal: AbortSignal.abort() }));
    expect(error).toMatchObject({ code: 'engine/cancelled' });
    expect(processes).toHaveLength(0);
  });

  it('gives progress, curve and items to the call they belong to', async () => {
    const { spawner, processes } = fakeSpawner();
    const client = createEngineClient({ spawner });
    const [onProgress, onCurve, onItems, others] = [vi.fn(), vi.fn(), vi.fn(), vi.fn()];
    void failureOf(client.call('status', {}, { onProgress: others, onCurve: others, onItems: others }));
    void failureOf(client.call('status', {}, { onProgress, onCurve, onItems }));
    const progress = { phase: 'train', done: 1, total: 2, unit: 'steps', etaMs: null };
    const point = { step: 1, epoch: 0, elapsedMs: 5, values: { 'loss/total': 1 } };
    const items = [{ imageId: 'a', detections: [], imageProbabilities: null }];
    processes[0]?.answer({ type: 'progress', callId: 2, progress });
    processes[0]?.answer({ type: 'curve', callId: 2, point });
    processes[0]?.answer({ type: 'items', callId: 2, items });
    processes[0]?.answer({ type: 'progress', callId: 2, progress: 'hello' });
    expect(onProgress.mock.calls).toEqual([[progress]]);
    expect(onCurve.mock.calls).toEqual([[point]]);
    expect(onItems.mock.calls).toEqual([[items]]);
    expect(others).not.toHaveBeenCalled();
    await client.close();
  });

  it('does not pass on an answer that breaks the contract', async () => {
    const { spawner, processes } = fakeSpawner();
    const client = createEngineClient({ spawner });
    const call = failureOf(client.call('uninstallNative', {}));
    processes[0]?.answer({ type: 'done', callId: 1, output: { removed: 'perhaps' } });
    expect(await call).toMatchObject({ code: 'engine/bad-answer' });
    await client.close();
  });

  it('takes no calls once closed', async () => {
    const { spawner, processes } = fakeSpawner();
    const client = createEngineClient({ spawner });
    const running = failureOf(client.call('status', {}));
    await client.close();
    expect(await running).toMatchObject({ code: 'engine/crashed' });
    expect(await failureOf(client.call('status', {}))).toMatchObject({ code: 'engine/closed' });
    expect(processes).toHaveLength(1);
  });

  it('ends an engine that never says it is ready', async () => {
    vi.useFakeTimers();
    const { spawner, processes } = fakeSpawner();
    const client = createEngineClient({ spawner, startTimeoutMs: 1000 });
    const call = failureOf(client.call('status', {}));
    vi.advanceTimersByTime(1001);
    expect(processes[0]?.killed).toBe(true);
    expect(await call).toMatchObject({ code: 'engine/crashed' });
  });
});

/** One end of an Electron message channel, as far as the spawner uses it. */
class FakePort implements UtilityMessagePort {
  readonly sent: unknown[] = [];
  #listeners: ((event: { data: unknown; ports?: UtilityMessagePort[] }) => void)[] = [];
  on(_event: 'message', listener: (event: { data: unknown; ports?: UtilityMessagePort[] }) => void): void {
    this.#listeners.push(listener);
  }
  postMessage(message: unknown): void {
    this.sent.push(message);
  }
  emit(data: unknown, ports: UtilityMessagePort[] = []): void {
    for (const listener of this.#listeners) listener({ data, ports });
  }
}

describe('a host inside Electron', () => {
  it('asks the main process for an engine and speaks to it over the port it is handed', async () => {
    const parent = new FakePort();
    const client = createEngineClient({ spawner: createUtilitySpawner(parent) });
    const call = client.call('uninstallNative', {});
    expect(parent.sent).toEqual([{ type: 'spawn-engine', id: 1 }]);
    const port = new FakePort();
    parent.emit({ type: 'engine-port', id: 1 }, [port]);
    expect(port.sent).toMatchObject([{ type: 'call', method: 'uninstallNative' }]);
    port.emit({ type: 'done', callId: 1, output: { removed: false } });
    expect(await call).toEqual({ removed: false });
    const lost = failureOf(client.call('status', {}));
    client.kill();
    expect(parent.sent.at(-1)).toEqual({ type: 'kill-engine', id: 1 });
    parent.emit({ type: 'engine-exit', id: 1, code: 9 });
    expect(await lost).toMatchObject({ code: 'engine/crashed', details: { code: 9 } });
  });
});
