/** What an input costs a page: how long until the frame after it is ready, and how much time of the processor the page's own thread takes. */
import type { CDPSession, Page } from 'playwright-core';

export interface Meter {
  /** Runs inputs and tells what they cost. `inputs`: how many the costs are shared by. */
  measure(inputs: number, run: () => Promise<void>): Promise<Cost>;
}

export interface Cost {
  /** From each input to the end of the frame that follows it, ms: with the wait for the screen, up to 17 ms, and for other programs. */
  readonly untilFrameMs: readonly number[];
  /** Time of the processor that the page's main thread took for each input, frames and all that was put off included, ms. */
  readonly workMs: number;
}

declare global {
  interface Window {
    metered: number[];
  }
}

/** Has to be called before the page is opened. */
export async function createMeter(page: Page): Promise<Meter> {
  await page.addInitScript(() => {
    window.metered = [];
    const channel = new MessageChannel();
    let startedMs: number | null = null;
    // Posted from within a frame, it arrives when the frame is laid out and painted.
    channel.port1.onmessage = () => {
      if (startedMs !== null) window.metered.push(performance.now() - startedMs);
      startedMs = null;
    };
    const note = (event: Event): void => {
      if (startedMs !== null) return;
      startedMs = event.timeStamp;
      requestAnimationFrame(() => channel.port2.postMessage(null));
    };
    for (const type of ['pointerdown', 'pointermove', 'pointerup', 'wheel'])
      window.addEventListener(type, note, { capture: true, passive: true });
  });
  const tools = await page.context().newCDPSession(page);
  await tools.send('Performance.enable', { timeDomain: 'threadTicks' });
  return {
    measure: async (inputs, run) => {
      await settle(page);
      await page.evaluate(() => {
        window.metered.length = 0;
      });
      const before = await readWorkMs(tools);
      await run();
      await settle(page);
      const workMs = ((await readWorkMs(tools)) - before) / inputs;
      return { untilFrameMs: await page.evaluate(() => [...window.metered]), workMs };
    },
  };
}

/** What is put off until a hand rests comes within this; it belongs to what the hand did. */
const restMs = 300;

/** Until the page has nothing left to do. */
async function settle(page: Page): Promise<void> {
  await page.waitForTimeout(restMs);
  await page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        requestAnimationFrame(() => requestIdleCallback(() => resolve(), { timeout: 5000 }));
      }),
  );
}

async function readWorkMs(tools: CDPSession): Promise<number> {
  const { metrics } = await tools.send('Performance.getMetrics');
  return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0) * 1000;
}
