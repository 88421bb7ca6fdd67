/** A run of key presses that counts as one gesture: presses of one kind join until a pause, or until something else happens. */

export interface KeyRun {
  /** True while a run of that key is open and the last press is less than a pause ago. */
  accepts(key: string): boolean;
  /** Notes a press: opens a run or prolongs the one that is open. */
  press(key: string): void;
  /** Ends the run. False when none was open. */
  end(): boolean;
}

/** Creates it without a run. `onPause` is called when nothing was pressed for `pauseMs`; it should call `end`. */
export function createKeyRun(options: {
  readonly nowMs: () => number;
  readonly schedule: (task: () => void, delayMs: number) => () => void;
  readonly pauseMs: number;
  readonly onPause: () => void;
}): KeyRun {
  const { nowMs, schedule, pauseMs, onPause } = options;
  let run: { key: string; atMs: number; stop: () => void } | null = null;
  return {
    // Timers run late in a busy or hidden window; the clock decides.
    accepts: (key) => run?.key === key && nowMs() - run.atMs < pauseMs,
    press(key) {
      run?.stop();
      run = { key, atMs: nowMs(), stop: schedule(onPause, pauseMs) };
    },
    end() {
      if (run === null) return false;
      run.stop();
      run = null;
      return true;
    },
  };
}
