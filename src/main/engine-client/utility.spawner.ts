/**
 * Starts the engine from a host that is an Electron utility process. Only Electron's main process may start further ones, so the host asks
 * it (`spawn-engine`) and is handed one end of a message channel whose other end the engine holds.
 */
import type { EngineExit, EnginePriority, EngineProcess, Spawner } from './spawner.ts';

/** The part of Electron's `MessagePortMain` in use here. */
export interface UtilityMessagePort {
  on(event: 'message', listener: (event: { data: unknown; ports?: UtilityMessagePort[] }) => void): unknown;
  postMessage(message: unknown): void;
  start?(): void;
  close?(): void;
}

interface BrokerMessage {
  readonly type: 'engine-port' | 'engine-exit';
  readonly id: number;
  readonly code?: number | null;
}

function isBrokerMessage(value: unknown): value is BrokerMessage {
  if (typeof value !== 'object' || value === null) return false;
  const { type, id } = value as { type?: unknown; id?: unknown };
  return (type === 'engine-port' || type === 'engine-exit') && typeof id === 'number';
}

/** What the spawner keeps of one engine between the broker's messages. */
interface Brokered {
  port: UtilityMessagePort | undefined;
  readonly unsent: unknown[];
  readonly onMessage: ((message: unknown) => void)[];
  readonly onExit: ((exit: EngineExit) => void)[];
  over: boolean;
}

/** Engines asked for through each port: two spawners of one host must not give the same number twice. */
const asked = new WeakMap<UtilityMessagePort, number>();

/** `parent` is `process.parentPort` of the host's utility process. */
export function createUtilitySpawner(
  parent: UtilityMessagePort,
  priority: EnginePriority = 'normal',
): Spawner {
  const engines = new Map<number, Brokered>();
  parent.on('message', ({ data, ports }) => {
    if (!isBrokerMessage(data)) return;
    const engine = engines.get(data.id);
    if (engine === undefined) return;
    if (data.type === 'engine-exit') {
      engines.delete(data.id);
      engine.over = true;
      engine.port?.close?.();
      for (const listener of engine.onExit) listener({ code: data.code ?? null, signal: null, reason: null });
    } else if (ports?.[0] !== undefined) connect(engine, ports[0]);
  });
  return {
    spawn: () => {
      const id = (asked.get(parent) ?? 0) + 1;
      asked.set(parent, id);
      const engine: Brokered = { port: undefined, unsent: [], onMessage: [], onExit: [], over: false };
      engines.set(id, engine);
      parent.postMessage({ type: 'spawn-engine', id, ...(priority === 'low' && { priority }) });
      return processOf(engine, () => parent.postMessage({ type: 'kill-engine', id }));
    },
  };
}

function connect(engine: Brokered, port: UtilityMessagePort): void {
  engine.port = port;
  port.on('message', ({ data }) => {
    for (const listener of engine.onMessage) listener(data);
  });
  port.start?.();
  for (const message of engine.unsent.splice(0)) port.postMessage(message);
}

function processOf(engine: Brokered, kill: () => void): EngineProcess {
  return {
    pid: undefined,
    send: (message) => {
      if (engine.over) return;
      if (engine.port === undefined) engine.unsent.push(message);
      else engine.port.postMessage(message);
    },
    onMessage: (listener) => void engine.onMessage.push(listener),
    onExit: (listener) => void engine.onExit.push(listener),
    kill,
  };
}
