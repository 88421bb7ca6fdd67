/**
 * The host's side of the message contract: calls the engine as if it were a set of functions. The process is started by the first call;
 * when it dies, the calls under way fail with `engine/crashed` and the next call starts a fresh one.
 */
import { AppError } from '../../core/errors.ts';
import {
  type EngineInput,
  type EngineMethod,
  type EngineOutput,
  engineProcedures,
  type FromEngine,
  fromEngineSchema,
} from '../../engine/messages.ts';
import type { EngineCallOptions, EnginePort } from '../host/engine-port.ts';
import type { EngineExit, EngineProcess, Spawner } from './spawner.ts';

/** An engine that does not answer a cancel in this time is killed: a person who stops a job sees it stop. */
const CANCEL_GRACE_MS = 1500;
/** Loading native parts from a slow disk takes seconds; beyond this the process hangs. */
const START_TIMEOUT_MS = 30_000;

export interface EngineClient extends EnginePort {
  /** Ends the process at once, without waiting for its end. The next call starts a fresh one. */
  kill(): void;
  /** Process id of the running engine, where known. */
  pid(): number | undefined;
}

interface Pending {
  readonly method: EngineMethod;
  readonly options: EngineCallOptions;
  readonly resolve: (output: never) => void;
  readonly reject: (error: unknown) => void;
  cancelled: boolean;
  cancelTimer: NodeJS.Timeout | undefined;
}

/** One engine process and the calls it works on. */
interface Session {
  readonly process: EngineProcess;
  readonly pending: Map<number, Pending>;
  readonly ended: Promise<void>;
  startTimer: NodeJS.Timeout | undefined;
}

export interface EngineClientOptions {
  readonly spawner: Spawner;
  readonly cancelGraceMs?: number;
  readonly startTimeoutMs?: number;
}

/** Starts no process yet: the first call does. Time limits have working defaults; tests shorten them. */
export function createEngineClient(options: EngineClientOptions): EngineClient {
  const graceMs = options.cancelGraceMs ?? CANCEL_GRACE_MS;
  let session: Session | undefined;
  let closed = false;
  let lastCallId = 0;
  const dropSession = (gone: Session): void => {
    if (session === gone) session = undefined;
  };
  const end = async (): Promise<void> => {
    const ending = session;
    if (ending === undefined) return;
    session = undefined;
    ending.process.kill();
    await ending.ended;
  };
  const call = <M extends EngineMethod>(
    method: M,
    input: EngineInput<M>,
    callOptions: EngineCallOptions = {},
  ): Promise<EngineOutput<M>> =>
    new Promise((resolve, reject) => {
      if (closed) return reject(closedError());
      if (callOptions.signal?.aborted === true) return reject(cancelledError());
      session ??= startSession(options.spawner, dropSession, options.startTimeoutMs ?? START_TIMEOUT_MS);
      const mine = session;
      const callId = ++lastCallId;
      const onAbort = (): void => cancel(mine, callId, graceMs);
      const settle =
        <T>(finish: (value: T) => void) =>
        (value: T): void => {
          callOptions.signal?.removeEventListener('abort', onAbort);
          finish(value);
        };
      mine.pending.set(callId, {
        method,
        options: callOptions,
        resolve: settle(resolve) as (output: never) => void,
        reject: settle(reject),
        cancelled: false,
        cancelTimer: undefined,
      });
      callOptions.signal?.addEventListener('abort', onAbort, { once: true });
      mine.process.send({ type: 'call', callId, method, input });
    });
  return {
    call,
    restart: end,
    kill: () => void end(),
    close: () => {
      closed = true;
      return end();
    },
    pid: () => session?.process.pid,
  };
}

function startSession(spawner: Spawner, onGone: (session: Session) => void, startTimeoutMs: number): Session {
  const process = spawner.spawn();
  const { promise: ended, resolve: markEnded } = Promise.withResolvers<void>();
  const session: Session = { process, pending: new Map(), ended, startTimer: undefined };
  session.startTimer = setTimeout(() => process.kill(), startTimeoutMs);
  session.startTimer.unref();
  process.onMessage((message) => receive(session, message));
  process.onExit((exit) => {
    clearTimeout(session.startTimer);
    onGone(session);
    for (const pending of session.pending.values()) {
      finish(pending, pending.cancelled ? cancelledError() : crashedError(exit, pending.method));
    }
    session.pending.clear();
    markEnded();
  });
  return session;
}

function receive(session: Session, raw: unknown): void {
  const parsed = fromEngineSchema.safeParse(raw);
  if (!parsed.success) return;
  const message = parsed.data;
  if (message.type === 'ready') {
    clearTimeout(session.startTimer);
    return;
  }
  const pending = session.pending.get(message.callId);
  if (pending === undefined) return;
  if (message.type === 'progress') pending.options.onProgress?.(message.progress);
  else if (message.type === 'curve') pending.options.onCurve?.(message.point);
  else if (message.type === 'items') pending.options.onItems?.(message.items);
  else {
    session.pending.delete(message.callId);
    settleCall(pending, message);
  }
}

function settleCall(pending: Pending, message: Extract<FromEngine, { type: 'done' | 'failed' }>): void {
  if (message.type === 'failed') {
    finish(pending, pending.cancelled ? cancelledError() : new AppError(message.error));
    return;
  }
  const output = engineProcedures[pending.method].output.safeParse(message.output);
  clearTimeout(pending.cancelTimer);
  if (output.success) pending.resolve(output.data as never);
  else finish(pending, badAnswer(pending.method, output.error.message));
}

function finish(pending: Pending, error: AppError): void {
  clearTimeout(pending.cancelTimer);
  pending.reject(error);
}

/** Asks the engine to stop a call and, when it does not answer in time, ends the process: files on disk are all it would have kept. */
function cancel(session: Session, callId: number, graceMs: number): void {
  const pending = session.pending.get(callId);
  if (pending === undefined) return;
  pending.cancelled = true;
  session.process.send({ type: 'cancel', callId });
  pending.cancelTimer = setTimeout(() => session.process.kill(), graceMs);
}

function crashedError(exit: EngineExit, method: EngineMethod): AppError {
  const how =
    exit.reason ?? (exit.signal === null ? `exit code ${exit.code ?? 'unknown'}` : `signal ${exit.signal}`);
  return new AppError({
    code: 'engine/crashed',
    message: `The engine process ended unexpectedly (${how}). Labels are safe, and what the job had finished is kept.`,
    hint: 'Start the job again: it goes on where it stopped. If it happens again, run `catchlight doctor`.',
    details: { ...exit, method },
  });
}

function cancelledError(): AppError {
  return new AppError({
    code: 'engine/cancelled',
    message: 'The work was stopped. What it had finished is kept.',
    hint: 'Start it again to go on where it stopped.',
  });
}

function closedError(): AppError {
  return new AppError({
    code: 'engine/closed',
    message: 'The studio is closing, so the engine takes no more work.',
    hint: 'Start the studio again.',
  });
}

function badAnswer(method: EngineMethod, cause: string): AppError {
  return new AppError({
    code: 'engine/bad-answer',
    message: 'The engine answered in a form the studio does not understand, so the answer was not used.',
    hint: 'Host and engine may be of different versions: install the studio again.',
    details: { method, cause },
  });
}
