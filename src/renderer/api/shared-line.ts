/**
 * One line to the host for all windows of a browser. A browser opens six connections to one address, and a stream of events keeps one for
 * good: with a line each, the sixth window would leave none for questions, and every window would hang. So the window that holds a lock
 * listens, and tells the others over a channel; when it closes, the next one in the queue takes over.
 */

/** What goes from the window that listens to the others. `ask`: a new window wants to know how the line is. */
export type LineMessage<E> =
  | { readonly type: 'event'; readonly event: E }
  | { readonly type: 'state'; readonly state: LineState }
  | { readonly type: 'ask' };

export type LineState = 'open' | 'lost';

/** What a line reports to whoever listens on it. */
export interface LineSink<E> {
  onEvent(event: E): void;
  onState(state: LineState): void;
}

/** Opens the real line; the returned function closes it. */
export type OpenLine<E> = (sink: LineSink<E>) => () => void;

/** The parts of a browser in use here; a test brings its own. */
export interface LineBrowser {
  /** Undefined where the page may not use locks: then each window has its own line. */
  readonly locks: Pick<LockManager, 'request'> | undefined;
  createChannel(): Pick<BroadcastChannel, 'postMessage' | 'addEventListener' | 'close'>;
}

const name = 'catchlight-events';

export const thisBrowser: LineBrowser = {
  get locks() {
    return typeof BroadcastChannel === 'undefined' ? undefined : navigator.locks;
  },
  createChannel: () => new BroadcastChannel(name),
};

/** Listens through the shared line until the returned function is called. A take-over is told as `lost`, then `open`. */
export function shareLine<E>(
  open: OpenLine<E>,
  sink: LineSink<E>,
  browser: LineBrowser = thisBrowser,
): () => void {
  const { locks } = browser;
  if (locks === undefined) return open(sink);
  const channel = browser.createChannel();
  const ending = new AbortController();
  const send = (message: LineMessage<E>): void => channel.postMessage(message);
  let isListening = false;
  let state: LineState | null = null;
  const take = (next: LineState): void => {
    state = next;
    sink.onState(next);
  };
  channel.addEventListener('message', ({ data }: MessageEvent<LineMessage<E>>) => {
    if (ending.signal.aborted) return;
    if (data.type === 'ask') {
      if (isListening && state !== null) send({ type: 'state', state });
    } else if (!isListening) {
      if (data.type === 'event') sink.onEvent(data.event);
      else if (data.state !== state) take(data.state);
    }
  });
  const listen = (): Promise<void> => {
    isListening = true;
    const tell = (next: LineState): void => {
      take(next);
      send({ type: 'state', state: next });
    };
    // What was told between the old line's end and the new one's beginning is missing.
    if (state === 'open') tell('lost');
    const close = open({
      onEvent: (event) => {
        sink.onEvent(event);
        send({ type: 'event', event });
      },
      onState: tell,
    });
    return new Promise((resolve) => {
      ending.signal.addEventListener('abort', () => {
        close();
        resolve();
      });
    });
  };
  locks.request(name, { signal: ending.signal }, listen).catch(() => {
    // Left before its turn came.
  });
  send({ type: 'ask' });
  return () => {
    ending.abort();
    channel.close();
  };
}
