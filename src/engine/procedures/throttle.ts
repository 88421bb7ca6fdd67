/** Thins a stream of values: the newest one goes out, at most one in an interval. */

export interface Throttle<T> {
  push(value: T): void;
  /** Sends what is held back, if anything, at once. */
  flush(): void;
}

/** `send` is called at most once in `intervalMs`, except by `flush`. Values that were overtaken are never sent. */
export function createThrottle<T>(
  send: (value: T) => void,
  intervalMs: number,
  now: () => number = () => performance.now(),
): Throttle<T> {
  let lastMs = Number.NEGATIVE_INFINITY;
  let held: { value: T } | undefined;
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (held === undefined) return;
    const { value } = held;
    held = undefined;
    lastMs = now();
    send(value);
  };
  return {
    push: (value) => {
      held = { value };
      const waitMs = lastMs + intervalMs - now();
      if (waitMs <= 0) flush();
      else timer ??= setTimeout(flush, waitMs);
    },
    flush,
  };
}
