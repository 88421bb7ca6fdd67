/** Saves gestures one after the other, in order, and keeps trying while the host does not answer: nothing drawn is lost to a cut line. */
import type { Gesture } from '../../core/diffs.ts';
import type { AppErrorData } from '../../core/errors.ts';

export interface SaveQueueOptions {
  readonly send: (gesture: Gesture) => Promise<unknown>;
  readonly readError: (thrown: unknown) => AppErrorData;
  readonly wait: (delayMs: number) => Promise<void>;
}

export interface SaveQueue {
  /** Resolves when the gesture is durable; rejects with AppError data when the host refused it. */
  save(gesture: Gesture): Promise<void>;
  /** Resolves when nothing waits any more. */
  idle(): Promise<void>;
  pending(): number;
}

const retryMs = 800;

/** The host saves a repeated gesture once, so asking again after a lost answer is safe. */
export function createSaveQueue(options: SaveQueueOptions): SaveQueue {
  let tail: Promise<void> = Promise.resolve();
  let count = 0;
  const attempt = async (gesture: Gesture): Promise<void> => {
    for (;;) {
      try {
        await options.send(gesture);
        return;
      } catch (thrown) {
        const error = options.readError(thrown);
        if (error.code !== 'connection/lost') throw error;
        await options.wait(retryMs);
      }
    }
  };
  return {
    save: (gesture) => {
      count += 1;
      const saved = tail.then(() => attempt(gesture));
      const settled = (): void => {
        count -= 1;
      };
      tail = saved.then(settled, settled);
      return saved;
    },
    idle: () => tail,
    pending: () => count,
  };
}
