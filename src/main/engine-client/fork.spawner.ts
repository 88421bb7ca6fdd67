/** Starts the engine as a child of plain Node, over the channel of `child_process.fork` with structured clone. */
import { type ChildProcess, fork } from 'node:child_process';
import type { EngineExit, EngineProcess, Spawner } from './spawner.ts';

export interface ForkOptions {
  /** Absolute path of the engine's entry: TypeScript in a checkout, JavaScript in a build. */
  readonly entry: string;
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * A group of its own keeps a terminal's Ctrl+C from the engine: the host decides what ends when, and while a product runs oneDNN has its stack on
 * the heap, where a signal's frame would overwrite what lies below, weights perhaps. On Windows a Ctrl+C is told in a thread of its own.
 */
const hasOwnGroup = process.platform !== 'win32';

/** Each spawn is a fresh process with the host’s standard output, and no input. It ends when the channel to its host does. */
export function createForkSpawner(options: ForkOptions): Spawner {
  return {
    spawn: () =>
      processOf(
        fork(options.entry, [], {
          serialization: 'advanced',
          detached: hasOwnGroup,
          execArgv: ['--disable-warning=ExperimentalWarning', '--disable-warning=DEP0044'],
          stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
          ...(options.env === undefined ? {} : { env: options.env }),
        }),
      ),
  };
}

function processOf(child: ChildProcess): EngineProcess {
  return {
    get pid() {
      return child.pid;
    },
    send: (message) => {
      // A channel that closes meanwhile is told by the exit, not by each message that came too late.
      if (child.connected) child.send(message as object, () => undefined);
    },
    onMessage: (listener) => void child.on('message', listener),
    onExit: (listener) => {
      let told = false;
      const tell = (exit: EngineExit): void => {
        if (told) return;
        told = true;
        listener(exit);
      };
      child.once('exit', (code, signal) => tell({ code, signal, reason: null }));
      child.once('error', (error) => tell({ code: null, signal: null, reason: error.message }));
    },
    kill: () => void child.kill('SIGKILL'),
  };
}
