/** How an engine process is started and spoken to: hides `child_process.fork` and Electron's utility processes from the client. */

/** One running engine process and the channel to it. */
export interface EngineProcess {
  /** Undefined until the process has started, where the platform tells it at all. */
  readonly pid: number | undefined;
  /** Sends a message by structured clone. Does nothing once the process has ended. */
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Called once, when the process has ended, however that came. */
  onExit(listener: (exit: EngineExit) => void): void;
  /** Ends the process at once, without asking it. */
  kill(): void;
}

/** How a process ended: with a code, by a signal, or because it never started. */
export interface EngineExit {
  readonly code: number | null;
  readonly signal: string | null;
  readonly reason: string | null;
}

/** `low`: its threads give way to everything else; for work that nobody waits for. The engine reads it from `CATCHLIGHT_ENGINE_PRIORITY`. */
export type EnginePriority = 'normal' | 'low';

export interface Spawner {
  /** Starts an engine process. A process that cannot start tells so through `onExit`. */
  spawn(): EngineProcess;
}
