/** The engine process of a host that was not given one: a fork under plain Node, a utility process inside Electron. */
import { createEngineClient } from '../engine-client/engine-client.ts';
import { createForkSpawner } from '../engine-client/fork.spawner.ts';
import type { EnginePriority } from '../engine-client/spawner.ts';
import { createUtilitySpawner, type UtilityMessagePort } from '../engine-client/utility.spawner.ts';
import { entryPath } from '../entries.ts';
import type { EnginePort } from './engine-port.ts';

/** Starts nothing yet: the process begins with the first call. `low` priority gives way to whatever else the machine has to do. */
export function createDefaultEngine(priority: EnginePriority = 'normal'): EnginePort {
  const parent = electronParentPort();
  const spawner =
    parent === undefined
      ? createForkSpawner({
          entry: entryPath('engine'),
          ...(priority === 'low' && { env: { ...process.env, CATCHLIGHT_ENGINE_PRIORITY: priority } }),
        })
      : createUtilitySpawner(parent, priority);
  return createEngineClient({ spawner });
}

/** The port to Electron's main process; only a utility process has one. */
export function electronParentPort(): UtilityMessagePort | undefined {
  return (process as { parentPort?: UtilityMessagePort }).parentPort;
}
