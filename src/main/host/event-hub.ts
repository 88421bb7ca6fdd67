/** Tells every open window what happens. A window that reads slowly gets the newest of each thing instead of a growing backlog. */
import type { HostEvent } from '../../contract/schemas.ts';

export interface EventHub {
  emit(event: HostEvent): void;
  /** Listens from this call on, not from the first read: nothing in between is missed. Ends with the signal or with `close`. */
  subscribe(signal: AbortSignal, first: readonly HostEvent[]): AsyncIterableIterator<HostEvent>;
  close(): void;
}

interface Subscriber {
  push(event: HostEvent): void;
  end(): void;
}

/** Events of one key replace each other while unread; null: each one counts. */
function coalesceKey(event: HostEvent): string | null {
  if (event.type === 'job') return `job:${event.job.id}`;
  if (event.type === 'project') return 'project';
  return null;
}

/** A hub without listeners. */
export function createEventHub(): EventHub {
  const subscribers = new Set<Subscriber>();
  return {
    emit: (event) => {
      for (const subscriber of subscribers) subscriber.push(event);
    },
    subscribe: (signal, first) => {
      const { subscriber, iterator } = createSubscriber(first, () => subscribers.delete(subscriber));
      subscribers.add(subscriber);
      if (signal.aborted) subscriber.end();
      else signal.addEventListener('abort', () => subscriber.end(), { once: true });
      return iterator;
    },
    close: () => {
      for (const subscriber of [...subscribers]) subscriber.end();
    },
  };
}

function createSubscriber(
  first: readonly HostEvent[],
  onEnd: () => void,
): { subscriber: Subscriber; iterator: AsyncIterableIterator<HostEvent> } {
  const queue: HostEvent[] = [...first];
  let ended = false;
  let wake: (() => void) | undefined;
  const subscriber: Subscriber = {
    push: (event) => {
      const key = coalesceKey(event);
      const index = key === null ? -1 : queue.findIndex((entry) => coalesceKey(entry) === key);
      if (index >= 0) queue.splice(index, 1);
      queue.push(event);
      wake?.();
    },
    end: () => {
      if (ended) return;
      ended = true;
      onEnd();
      wake?.();
    },
  };
  const next = async (): Promise<IteratorResult<HostEvent>> => {
    for (;;) {
      const event = queue.shift();
      if (event !== undefined) return { done: false, value: event };
      if (ended) return { done: true, value: undefined };
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
      wake = undefined;
    }
  };
  const iterator: AsyncIterableIterator<HostEvent> = {
    next,
    return: async () => {
      subscriber.end();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]: () => iterator,
  };
  return { subscriber, iterator };
}
