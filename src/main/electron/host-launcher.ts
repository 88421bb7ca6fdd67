/** Starts the host as a child of the desktop shell, restarts it after a crash, and ends it with the window. */
import { type ChildProcess, spawn } from 'node:child_process';
import { MessageChannelMain, type UtilityProcess, utilityProcess } from 'electron';
import type { HostAddress } from './host-proxy.ts';

/** Which program runs the host: Electron's own Node, or another one (`--host-node`, for debugging and tests). */
export interface HostLaunch {
  readonly hostEntry: string;
  readonly engineEntry: string;
  readonly hostNode: string | undefined;
  readonly args: readonly string[];
  /** Told of each start: the address changes with every host process. */
  readonly onReady: (address: HostAddress) => void;
  /** Told when the host has crashed too often to try again. */
  readonly onGiveUp: (reason: string) => void;
}

interface HostChild {
  kill(): void;
  onExit(listener: (code: number | null) => void): void;
}

const maxRestarts = 5;
const restartWindowMs = 60_000;
const startTimeoutMs = 30_000;

interface ReadyMessage {
  readonly type: 'ready';
  readonly socketPath: string;
  readonly token: string;
}

function isReady(message: unknown): message is ReadyMessage {
  return typeof message === 'object' && message !== null && (message as { type?: unknown }).type === 'ready';
}

function startUtility(launch: HostLaunch, onMessage: (message: unknown) => void): HostChild {
  const child: UtilityProcess = utilityProcess.fork(launch.hostEntry, [...launch.args], {
    serviceName: 'Catchlight host',
    stdio: 'inherit',
  });
  const engines = new Set<UtilityProcess>();
  child.on('message', (message: unknown) => {
    if (isSpawnRequest(message)) brokerEngine(child, engines, launch.engineEntry, message);
    else onMessage(message);
  });
  child.on('exit', () => {
    for (const engine of engines) engine.kill();
  });
  return { kill: () => void child.kill(), onExit: (listener) => void child.once('exit', listener) };
}

interface SpawnRequest {
  readonly type: 'spawn-engine';
  readonly id: number;
  readonly priority?: 'low';
}

function isSpawnRequest(message: unknown): message is SpawnRequest {
  return (
    typeof message === 'object' && message !== null && (message as { type?: unknown }).type === 'spawn-engine'
  );
}

/** Only the main process may fork utility processes, so it starts the engine for the host and links the two by a message channel. */
function brokerEngine(
  host: UtilityProcess,
  engines: Set<UtilityProcess>,
  entry: string,
  { id, priority }: SpawnRequest,
): void {
  const engine = utilityProcess.fork(entry, [], {
    serviceName: 'Catchlight engine',
    stdio: 'inherit',
    ...(priority !== undefined && { env: { ...process.env, CATCHLIGHT_ENGINE_PRIORITY: priority } }),
  });
  engines.add(engine);
  const { port1, port2 } = new MessageChannelMain();
  engine.once('spawn', () => engine.postMessage({ type: 'port' }, [port2]));
  host.postMessage({ type: 'engine-port', id }, [port1]);
  const onKill = (message: unknown): void => {
    const asked = message as { type?: unknown; id?: unknown };
    if (asked.type === 'kill-engine' && asked.id === id) engine.kill();
  };
  host.on('message', onKill);
  engine.once('exit', (code) => {
    engines.delete(engine);
    host.off('message', onKill);
    host.postMessage({ type: 'engine-exit', id, code });
  });
}

function startNode(node: string, launch: HostLaunch, onMessage: (message: unknown) => void): HostChild {
  const child: ChildProcess = spawn(node, [launch.hostEntry, ...launch.args], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  child.on('message', onMessage);
  return { kill: () => void child.kill(), onExit: (listener) => void child.once('exit', listener) };
}

/** Starts the host and keeps it running. Returns how to end it for good. */
export function launchHost(launch: HostLaunch): { stop: () => void } {
  let stopped = false;
  let current: HostChild | undefined;
  const crashes: number[] = [];
  const start = (): void => {
    const timer = setTimeout(() => current?.kill(), startTimeoutMs);
    const onMessage = (message: unknown): void => {
      if (!isReady(message)) return;
      clearTimeout(timer);
      launch.onReady({ socketPath: message.socketPath, token: message.token });
    };
    const child =
      launch.hostNode === undefined
        ? startUtility(launch, onMessage)
        : startNode(launch.hostNode, launch, onMessage);
    current = child;
    child.onExit((code) => {
      clearTimeout(timer);
      if (stopped) return;
      const now = Date.now();
      crashes.push(now);
      if (crashes.filter((at) => now - at < restartWindowMs).length > maxRestarts) {
        launch.onGiveUp(
          `The host ended ${maxRestarts} times within a minute (last exit code ${code ?? 'none'}).`,
        );
        return;
      }
      start();
    });
  };
  start();
  return {
    stop: () => {
      stopped = true;
      current?.kill();
    },
  };
}
