/** Limits how often something is told: the first at once, then at most one per interval, and always the last. */

export interface Throttle<T> {
  push(value: T): void;
  /** Tells the last value held back, if any, now. */
  flush(): void;
}

/** Clock and timer are passed in so that tests need no waiting. */
export interface ThrottleTime {
  now(): number;
  setTimer(run: () => void, afterMs: number): () => void;
}

/** The process' own clock. Its timers keep no process alive: what is still held back at the end is told by `flush`. */
export const realTime: ThrottleTime = {
  now: () => performance.now(),
  setTimer: (run, afterMs) => {
    const timer = setTimeout(run, afterMs);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/** `tell` is called at most once in `intervalMs`, except by `flush`. Values that were overtaken are never told. */
export function createThrottle<T>(
  tell: (value: T) => void,
  intervalMs: number,
  time: ThrottleTime = realTime,
): Throttle<T> {
  let lastMs = Number.NEGATIVE_INFINITY;
  let held: { value: T } | undefined;
  let stopTimer: (() => void) | undefined;
  const release = (): void => {
    stopTimer?.();
    stopTimer = undefined;
    if (held === undefined) return;
    const { value } = held;
    held = undefined;
    lastMs = time.now();
    tell(value);
  };
  return {
    push: (value) => {
      held = { value };
      const waitMs = lastMs + intervalMs - time.now();
      if (waitMs <= 0) release();
      else stopTimer ??= time.setTimer(release, waitMs);
    },
    flush: release,
  };
}
