/** Several windows of one browser on one line to the host: who listens, who is told, and who takes over. */
import { describe, expect, it } from 'vitest';
import { type LineBrowser, type LineSink, shareLine } from '../../src/renderer/api/shared-line.ts';

/** Locks and channels as a browser shares them between the windows of one address. */
function createBrowser(): LineBrowser {
  const waiting: (() => void)[] = [];
  let isHeld = false;
  const channels = new Set<(event: MessageEvent) => void>();
  const request = async (
    _name: string,
    options: { signal: AbortSignal },
    run: () => Promise<void>,
  ): Promise<void> => {
    if (isHeld) await new Promise<void>((resolve) => waiting.push(resolve));
    if (options.signal.aborted) {
      waiting.shift()?.();
      return;
    }
    isHeld = true;
    await run();
    isHeld = false;
    waiting.shift()?.();
  };
  return {
    locks: { request } as unknown as LineBrowser['locks'],
    createChannel: () => {
      let mine: ((event: MessageEvent) => void) | undefined;
      return {
        addEventListener: (_type: string, listener: unknown) => {
          mine = listener as (event: MessageEvent) => void;
          channels.add(mine);
        },
        postMessage: (data: unknown) => {
          for (const other of channels) if (other !== mine) other({ data } as MessageEvent);
        },
        close: () => void (mine !== undefined && channels.delete(mine)),
      } as unknown as ReturnType<LineBrowser['createChannel']>;
    },
  };
}

const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

function openWindows(browser: LineBrowser) {
  const lines: LineSink<string>[] = [];
  const open = (heard: string[]) =>
    shareLine<string>(
      (sink) => {
        lines.push(sink);
        sink.onState('open');
        return () => void lines.splice(lines.indexOf(sink), 1);
      },
      { onEvent: (event) => heard.push(event), onState: (state) => heard.push(`line ${state}`) },
      browser,
    );
  return { lines, open };
}

describe('the line that windows share', () => {
  it('is opened once, and what it brings reaches every window, the late ones too', async () => {
    const { lines, open } = openWindows(createBrowser());
    const heard: string[][] = [[], [], []];
    for (const each of heard) {
      open(each);
      await settle();
    }
    expect(lines.length).toBe(1);
    lines[0]?.onEvent('a box');
    lines[0]?.onState('lost');
    expect(heard).toEqual(heard.map(() => ['line open', 'a box', 'line lost']));
  });

  it('is taken over when the window that listened closes, and told as cut, so that nothing missed stays unknown', async () => {
    const { lines, open } = openWindows(createBrowser());
    const heard: string[][] = [[], [], []];
    const close = heard.map((each) => open(each));
    await settle();
    close[0]?.();
    await settle();
    expect(lines.length).toBe(1);
    lines[0]?.onEvent('a box');
    const told = ['line open', 'line lost', 'line open', 'a box'];
    expect(heard).toEqual([['line open'], told, told]);
  });

  it('skips a window that closed before its turn', async () => {
    const { lines, open } = openWindows(createBrowser());
    const heard: string[][] = [[], [], []];
    const close = heard.map((each) => open(each));
    await settle();
    close[1]?.();
    close[0]?.();
    await settle();
    expect(lines.length).toBe(1);
    expect(heard[2]?.at(-1)).toBe('line open');
  });

  it('is each window’s own where the browser has no locks', () => {
    const { lines, open } = openWindows({ ...createBrowser(), locks: undefined });
    open([]);
    open([]);
    expect(lines.length).toBe(2);
  });
});
