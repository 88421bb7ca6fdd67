/** Runs one outside program to its end: output collected, cancellable, never longer than its time limit. */
import { type ChildProcess, spawn } from 'node:child_process';
import { AppError } from '../../core/errors.ts';

/** How a program ended. `exitCode` is null when a signal ended it; `timedOut` says it was ours. */
export interface CommandResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
  /** Set when the program could not be started at all: `ENOENT`, `EACCES`. */
  readonly startError: string | undefined;
}

export interface CommandOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

const keptCharacters = 64_000;

/**
 * Runs `file` with `args`, without a shell. The last 64,000 characters of each stream are kept. Never rejects for what the program
 * does; throws `job/cancelled` when `signal` fires, after the program and its children have ended.
 */
export async function runCommand(
  file: string,
  args: readonly string[],
  options: CommandOptions,
): Promise<CommandResult> {
  if (isAborted(options.signal)) throw cancelled();
  const ownGroup = process.platform !== 'win32';
  const child = spawn(file, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: ownGroup,
    windowsHide: true,
  });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8');
    child[name].on('data', (text: string) => {
      output[name] = (output[name] + text).slice(-keptCharacters);
    });
  }
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    endProcess(child, ownGroup);
  }, options.timeoutMs);
  const onAbort = (): void => endProcess(child, ownGroup);
  options.signal?.addEventListener('abort', onAbort, { once: true });
  try {
    const end = await waitForEnd(child);
    if (isAborted(options.signal)) throw cancelled();
    return { ...output, ...end, timedOut };
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', onAbort);
  }
}

/** The error of a cancelled job. */
export function cancelled(): AppError {
  return new AppError({
    code: 'job/cancelled',
    message: 'The step was cancelled. What was finished before is kept.',
    hint: 'Start it again to go on.',
  });
}

function waitForEnd(
  child: ChildProcess,
): Promise<{ exitCode: number | null; startError: string | undefined }> {
  return new Promise((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      resolve({ exitCode: null, startError: error.code ?? error.message });
    });
    child.once('close', (exitCode) => resolve({ exitCode, startError: undefined }));
  });
}

function endProcess(child: ChildProcess, ownGroup: boolean): void {
  if (child.pid === undefined) return;
  try {
    // A compiler or pip has children of its own: the whole group ends, by the id we started.
    if (ownGroup) process.kill(-child.pid, 'SIGKILL');
    else child.kill('SIGKILL');
  } catch (error) {
    // ESRCH: it ended by itself in the meantime.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted ?? false;
}
