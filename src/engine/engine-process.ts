/**
 * The engine as a process of its own: a child of `child_process.fork`, or an Electron utility process that is handed a message port.
 * It ends when its parent's end of the channel closes, so it never outlives the host, and may be killed at any time without loss.
 */
import os from 'node:os';
import { createEngineLoop, type EngineLoop, type EnginePort } from './engine-loop.ts';
import { procedures } from './procedures/list.ts';

/** The part of Electron's message ports in use here. */
interface UtilityPort {
  on(event: 'message', listener: (event: { data: unknown; ports?: UtilityPort[] }) => void): void;
  on(event: 'close', listener: () => void): void;
  start?(): void;
  postMessage(message: unknown): void;
}

/** Ends the process at once: everything worth keeping is on disk already. */
function end(code: number): never {
  process.exit(code);
}

function startLoop(port: EnginePort): EngineLoop {
  return createEngineLoop(port, procedures, () => end(0));
}

/** Before any thread is started: on Linux threads take the priority of the one that starts them. */
function giveWay(): void {
  if (process.env.CATCHLIGHT_ENGINE_PRIORITY !== 'low') return;
  try {
    os.setPriority(os.constants.priority.PRIORITY_LOW);
  } catch {
    // A system that forbids it: the training then merely shares the processor like any other program.
  }
}

/** Under plain Node the channel is the one `fork` made. */
function connectFork(): void {
  const loop = startLoop({
    // The callback keeps a send to a parent that just left from throwing; `disconnect` ends the process then.
    send: (message) => void process.send?.(message, undefined, undefined, () => undefined),
  });
  process.on('message', (message) => loop.receive(message));
  process.on('disconnect', () => end(0));
}

/** Under Electron the main process hands over one end of a channel to the host; until then it may speak itself. */
function connectUtility(parent: UtilityPort): void {
  const join = (port: UtilityPort): EngineLoop => {
    const loop = startLoop({ send: (message) => port.postMessage(message) });
    port.on('close', () => end(0));
    port.postMessage({ type: 'ready', pid: process.pid });
    return loop;
  };
  parent.on('message', (event) => {
    const port = event.ports?.[0];
    if (port === undefined) return;
    const loop = join(port);
    port.on('message', (inner) => loop.receive(inner.data));
    port.start?.();
  });
}

giveWay();

// Where a Ctrl+C in a terminal reaches this process all the same (Windows), the host decides what ends when.
process.on('SIGINT', () => undefined);

const parent = (process as unknown as { parentPort?: UtilityPort }).parentPort;
if (parent !== undefined) connectUtility(parent);
else if (process.send !== undefined) {
  connectFork();
  process.send({ type: 'ready', pid: process.pid }, undefined, undefined, () => undefined);
} else {
  process.stderr.write('This program is started by the studio and does nothing by itself.\n');
  end(2);
}
