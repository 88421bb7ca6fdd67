import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { AppError } from '../../src/core/errors.ts';
import type { JobProgress } from '../../src/core/jobs.ts';
import { createEngineLoop } from '../../src/engine/engine-loop.ts';
import { type FromEngine, fromEngineSchema } from '../../src/engine/messages.ts';
import type { Procedures } from '../../src/engine/procedures/procedure.ts';
import { eventually } from '../helpers/eventually.ts';

const notHere = () => Promise.reject(new AppError({ code: 'test/not-here', message: 'not in this test' }));

function loopWith(overrides: Partial<Procedures>) {
  const sent: FromEngine[] = [];
  const onExit = vi.fn();
  const procedures: Procedures = {
    status: notHere,
    recipes: notHere,
    checkParameters: notHere,
    forecast: notHere,
    features: notHere,
    train: notHere,
    predict: notHere,
    embed: notHere,
    embedBoxes: notHere,
    embedSurroundings: notHere,
    explain: notHere,
    exportModel: notHere,
    backbones: notHere,
    addBackbone: notHere,
    removeBackbone: notHere,
    installNative: notHere,
    uninstallNative: notHere,
    ...overrides,
  };
  const loop = createEngineLoop({ send: (message) => sent.push(message) }, procedures, onExit);
  return { loop, sent, onExit };
}

const call = (callId: number, method: string, input: unknown) => ({ type: 'call', callId, method, input });
const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

describe('the engine listening to its host', () => {
  it('answers a call once with its output', async () => {
    const { loop, sent } = loopWith({ uninstallNative: () => Promise.resolve({ removed: true }) });
    loop.receive(call(7, 'uninstallNative', {}));
    await settled();
    expect(sent).toEqual([{ type: 'done', callId: 7, output: { removed: true } }]);
  });

  it('answers whatever it is sent with contract messages and never falls over', async () => {
    const { loop, sent, onExit } = loopWith({});
    const messages = fc.oneof(
      fc.anything(),
      fc.record({
        type: fc.constantFrom('call', 'cancel', 'nonsense'),
        callId: fc.anything(),
        method: fc.anything(),
        input: fc.anything(),
      }),
      fc.record({
        type: fc.constant('call'),
        callId: fc.integer(),
        method: fc.constantFrom('__proto__', 'constructor', 'toString', 'train', 'features'),
        input: fc.anything(),
      }),
    );
    fc.assert(
      fc.property(messages, (message) => loop.receive(message)),
      { numRuns: 300 },
    );
    await settled();
    expect(sent.length).toBeGreaterThan(0);
    for (const message of sent) {
      expect(fromEngineSchema.safeParse(message).success).toBe(true);
      expect(message.type).toBe('failed');
    }
    expect(onExit).not.toHaveBeenCalled();
  });

  it('says which values of a call it cannot use', async () => {
    const { loop, sent } = loopWith({});
    loop.receive(
      call(1, 'features', { images: [], featuresDir: '/x', canvas: { widthPx: -5, heightPx: 32 } }),
    );
    loop.receive(call(2, 'meltdown', {}));
    await settled();
    expect(sent).toMatchObject([
      {
        callId: 1,
        error: { code: 'engine/bad-input', details: { issues: [expect.stringContaining('canvas.widthPx')] } },
      },
      { callId: 2, error: { code: 'engine/unknown-method' } },
    ]);
  });

  it('refuses a second call under the number of a running one, and lets the first go on', async () => {
    const gate = Promise.withResolvers<{ removed: boolean }>();
    const { loop, sent } = loopWith({ uninstallNative: () => gate.promise });
    loop.receive(call(3, 'uninstallNative', {}));
    loop.receive(call(3, 'uninstallNative', {}));
    gate.resolve({ removed: false });
    await settled();
    expect(sent.map((message) => message.type)).toEqual(['failed', 'done']);
  });

  it('passes a cancel on to the call it names and to no other', async () => {
    const signals: AbortSignal[] = [];
    const { loop, sent } = loopWith({
      uninstallNative: (_, { signal }) => {
        signals.push(signal);
        return new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () =>
            reject(new AppError({ code: 'job/cancelled', message: 'stopped' })),
          );
        });
      },
    });
    loop.receive(call(1, 'uninstallNative', {}));
    loop.receive(call(2, 'uninstallNative', {}));
    loop.receive({ type: 'cancel', callId: 2 });
    loop.receive({ type: 'cancel', callId: 99 });
    await settled();
    expect(signals.map((signal) => signal.aborted)).toEqual([false, true]);
    expect(sent).toMatchObject([{ type: 'failed', callId: 2, error: { code: 'job/cancelled' } }]);
  });

  it('tells at most ten steps of progress a second, and the last one always before the answer', async () => {
    const progress = (done: number): JobProgress => ({
      phase: 'x',
      done,
      total: 500,
      unit: 'images',
      etaMs: null,
    });
    const { loop, sent } = loopWith({
      uninstallNative: async (_, { onProgress }) => {
        for (let done = 1; done <= 500; done++) {
          onProgress(progress(done));
          if (done % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 30));
        }
        return { removed: true };
      },
    });
    loop.receive(call(1, 'uninstallNative', {}));
    await eventually(() => sent.at(-1)?.type).toBe('done');
    const told = sent
      .filter((message) => message.type === 'progress')
      .map((message) => message.progress.done);
    expect(told.length).toBeLessThanOrEqual(5);
    expect(told.at(0)).toBe(1);
    expect(told.at(-1)).toBe(500);
  });

  it('ends when the host asks, after telling running calls to stop', async () => {
    let signal: AbortSignal | undefined;
    const { loop, onExit } = loopWith({
      uninstallNative: (_, context) => {
        signal = context.signal;
        return new Promise(() => undefined);
      },
    });
    loop.receive(call(1, 'uninstallNative', {}));
    loop.receive({ type: 'exit' });
    expect(signal?.aborted).toBe(true);
    expect(onExit).toHaveBeenCalledOnce();
  });
});
