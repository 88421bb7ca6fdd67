/** The engine's side of the message contract: checks what comes in, runs procedures, tells progress, answers every call exactly once. */
import { AppError, toAppErrorData } from '../core/errors.ts';
import type { JobProgress } from '../core/jobs.ts';
import { createThrottle } from '../core/throttle.ts';
import {
  type EngineMethod,
  engineProcedures,
  type FromEngine,
  type ToEngine,
  toEngineSchema,
} from './messages.ts';
import type { ProcedureContext, Procedures } from './procedures/procedure.ts';

/** Ten a second: enough for an eye, little enough for every window that listens. */
const PROGRESS_INTERVAL_MS = 100;

/** What carries messages to the host. */
export interface EnginePort {
  send(message: FromEngine): void;
}

export interface EngineLoop {
  /** Takes one message from the host, whatever it is. Never throws. */
  receive(message: unknown): void;
  /** Asks all calls under way to stop. */
  cancelAll(): void;
}

/** `onExit` is called when the host asks the engine to end. */
export function createEngineLoop(port: EnginePort, procedures: Procedures, onExit: () => void): EngineLoop {
  const running = new Map<number, AbortController>();
  const fail = (callId: number, error: unknown): void => {
    const data = toAppErrorData(error);
    port.send({ type: 'failed', callId, error: { ...data, details: { ...data.details } } });
  };
  const start = async (call: Extract<ToEngine, { type: 'call' }>): Promise<void> => {
    const controller = new AbortController();
    running.set(call.callId, controller);
    const progress = createThrottle<JobProgress>(
      (value) => port.send({ type: 'progress', callId: call.callId, progress: value }),
      PROGRESS_INTERVAL_MS,
    );
    try {
      const output = await runProcedure(procedures, call, {
        signal: controller.signal,
        onProgress: progress.push,
        onCurve: (point) => port.send({ type: 'curve', callId: call.callId, point }),
        onItems: (items) => port.send({ type: 'items', callId: call.callId, items }),
      });
      progress.flush();
      port.send({ type: 'done', callId: call.callId, output });
    } catch (error) {
      progress.flush();
      fail(call.callId, error);
    } finally {
      running.delete(call.callId);
    }
  };
  const cancelAll = (): void => {
    for (const controller of running.values()) controller.abort();
  };
  return {
    receive: (message) => {
      const parsed = toEngineSchema.safeParse(message);
      if (!parsed.success)
        return fail(callIdOf(message), badMessage('It is not a message of the engine contract.'));
      const wanted = parsed.data;
      if (wanted.type === 'exit') {
        cancelAll();
        onExit();
      } else if (wanted.type === 'cancel') running.get(wanted.callId)?.abort();
      else if (running.has(wanted.callId))
        fail(wanted.callId, badMessage('A call with this number is running.'));
      else void start(wanted);
    },
    cancelAll,
  };
}

async function runProcedure(
  procedures: Procedures,
  call: Extract<ToEngine, { type: 'call' }>,
  context: ProcedureContext,
): Promise<unknown> {
  if (!Object.hasOwn(engineProcedures, call.method)) {
    throw new AppError({
      code: 'engine/unknown-method',
      message: 'The engine was asked for something it does not do. Nothing was changed.',
      hint: 'Host and engine may be of different versions: install the studio again.',
      details: { method: call.method },
    });
  }
  const method = call.method as EngineMethod;
  const input = engineProcedures[method].input.safeParse(call.input);
  if (!input.success) {
    throw new AppError({
      code: 'engine/bad-input',
      message: 'The engine was asked with values it cannot use. Nothing was changed.',
      hint: 'Report this with the details: the studio should have refused these values earlier.',
      details: {
        method,
        issues: input.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`),
      },
    });
  }
  const run = procedures[method] as (input: unknown, context: ProcedureContext) => Promise<unknown>;
  return engineProcedures[method].output.parse(await run(input.data, context));
}

/** The number a broken message meant, so that its caller is not left waiting; -1 when it names none. */
function callIdOf(message: unknown): number {
  if (typeof message !== 'object' || message === null || !('callId' in message)) return -1;
  return Number.isSafeInteger(message.callId) ? (message.callId as number) : -1;
}

function badMessage(reason: string): AppError {
  return new AppError({
    code: 'engine/bad-message',
    message: 'The engine received a message it does not understand and left it aside. Nothing was changed.',
    hint: 'Host and engine may be of different versions: install the studio again.',
    details: { reason },
  });
}
