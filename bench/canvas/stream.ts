/** The same hand on two canvases: zoom, pan, and boxes that are clicked and dragged. Real mouse events of the browser. */
import type { Page } from 'playwright-core';
import type { PixelBox, Point } from '../../src/core/geometry.ts';
import type { Cost, Meter } from './meter.ts';

/** A canvas that shows the whole photograph. */
export interface Surface {
  readonly page: Page;
  readonly meter: Meter;
  /** Image pixels to CSS pixels of the page, while the whole photograph is shown. */
  toPage(at: Point): Promise<Point>;
  /** Makes a drag move the photograph, and back. */
  startPan(): Promise<void>;
  stopPan(): Promise<void>;
  /** Where a box is now, image pixels. */
  findBox(index: number): Promise<PixelBox>;
}

export const photograph = { widthPx: 4000, heightPx: 3000 } as const;

/** Boxes in rows over the whole photograph, none over another. */
export function layOutBoxes(count: number): PixelBox[] {
  const columns = Math.ceil(Math.sqrt((count * 4) / 3));
  const rows = Math.ceil(count / columns);
  const [w, h] = [photograph.widthPx / columns, photograph.heightPx / rows];
  return Array.from({ length: count }, (_, i) => ({
    x: Math.round((i % columns) * w + 0.1 * w),
    y: Math.round(Math.floor(i / columns) * h + 0.1 * h),
    w: Math.round(0.8 * w),
    h: Math.round(0.8 * h),
  }));
}

const moves = 12;
/** CSS pixels a move. */
const stepView = 2;
const wheelSteps = 20;

export type StreamCosts = Readonly<Record<'select' | 'drag' | 'zoom' | 'pan', Cost>>;

/** Clicks and drags these boxes, then zooms in and out in the middle with a pan between. Says when a box was not moved. */
export async function playStream(
  surface: Surface,
  boxes: readonly PixelBox[],
  chosen: readonly number[],
): Promise<StreamCosts> {
  const { page, meter } = surface;
  const { mouse } = page;
  const select: Cost[] = [];
  const drag: Cost[] = [];
  for (const index of chosen) {
    const box = boxes[index];
    if (box === undefined) throw new RangeError(`there is no box ${index}`);
    const at = await surface.toPage({ x: box.x + box.w / 2, y: box.y + box.h / 2 });
    await mouse.move(at.x, at.y);
    select.push(
      await meter.measure(1, async () => {
        await mouse.down();
        await mouse.up();
      }),
    );
    drag.push(
      await meter.measure(moves + 2, async () => {
        await mouse.down();
        for (let i = 1; i <= moves; i += 1) await mouse.move(at.x + i * stepView, at.y + i);
        await mouse.up();
      }),
    );
    const moved = await surface.findBox(index);
    if (!(moved.x > box.x)) throw new Error(`the drag did not move box ${index}`);
  }
  const middle = await surface.toPage({ x: photograph.widthPx / 2, y: photograph.heightPx / 2 });
  await mouse.move(middle.x, middle.y);
  const wheel = (delta: number) => async (): Promise<void> => {
    await page.keyboard.down('Control');
    for (let i = 0; i < wheelSteps; i += 1) await mouse.wheel(0, delta);
    await page.keyboard.up('Control');
  };
  const zoomIn = await meter.measure(wheelSteps, wheel(-6));
  await surface.startPan();
  const pan = await meter.measure(2 * wheelSteps, async () => {
    await mouse.down();
    for (let i = 1; i <= 2 * wheelSteps; i += 1)
      await mouse.move(middle.x + 60 * Math.sin(i / 6), middle.y + 40 * Math.sin(i / 4));
    await mouse.up();
  });
  await surface.stopPan();
  const zoomOut = await meter.measure(wheelSteps, wheel(6));
  return { select: joinCosts(select), drag: joinCosts(drag), zoom: joinCosts([zoomIn, zoomOut]), pan };
}

/** Costs of several runs of as many inputs each. */
export function joinCosts(costs: readonly Cost[]): Cost {
  return {
    untilFrameMs: costs.flatMap(({ untilFrameMs }) => untilFrameMs),
    workMs: costs.reduce((sum, { workMs }) => sum + workMs, 0) / costs.length,
  };
}
