import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  PLAIN_VIEW,
  placeImage,
  toCanvasBox,
  toCanvasPoint,
  toImageBox,
  toImagePoint,
  visibleCanvasRect,
} from '../../src/engine/features/letterbox.ts';

const sizes = fc.record({
  widthPx: fc.integer({ min: 1, max: 9000 }),
  heightPx: fc.integer({ min: 1, max: 9000 }),
});
const canvases = fc.record({
  widthPx: fc.integer({ min: 1, max: 30 }).map((n) => n * 32),
  heightPx: fc.integer({ min: 1, max: 30 }).map((n) => n * 32),
});
const views = fc.record({
  flip: fc.boolean(),
  zoom: fc.double({ min: 0.3, max: 3, noNaN: true }),
  shiftXFrac: fc.double({ min: -0.5, max: 0.5, noNaN: true }),
  shiftYFrac: fc.double({ min: -0.5, max: 0.5, noNaN: true }),
  rotationDeg: fc.constant(0),
});
const turns = fc.double({ min: -45, max: 45, noNaN: true });
const part = fc.double({ min: 0, max: 1, noNaN: true });

describe('placing a photograph in the canvas', () => {
  it('fits a landscape photograph to the width and centres it', () => {
    const placement = placeImage({ widthPx: 1280, heightPx: 720 }, { widthPx: 640, heightPx: 384 });
    expect(placement).toMatchObject({ scaledWidthPx: 640, scaledHeightPx: 360, offsetXPx: 0, offsetYPx: 12 });
    expect(visibleCanvasRect(placement)).toEqual({ x: 0, y: 12, w: 640, h: 360 });
  });

  it('mirrors a box about the middle of the canvas', () => {
    const view = { ...PLAIN_VIEW, flip: true };
    const placement = placeImage({ widthPx: 100, heightPx: 100 }, { widthPx: 64, heightPx: 64 }, view);
    expect(toCanvasBox(placement, { x: 0, y: 0, w: 25, h: 50 })).toEqual({ x: 48, y: 0, w: 16, h: 32 });
  });

  it('gives back every box it was given, whatever the sizes, the zoom, the shift and the mirror', () => {
    fc.assert(
      fc.property(
        sizes,
        canvases,
        views,
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 }),
        (image, canvas, view, [x, y, w, h]) => {
          const box = {
            x: (x as number) * image.widthPx,
            y: (y as number) * image.heightPx,
            w: (w as number) * image.widthPx,
            h: (h as number) * image.heightPx,
          };
          const placement = placeImage(image, canvas, view);
          const back = toImageBox(placement, toCanvasBox(placement, box));
          const near = 1e-9 * Math.max(image.widthPx, image.heightPx, 1) * 1e3;
          for (const side of ['x', 'y', 'w', 'h'] as const)
            expect(Math.abs(back[side] - box[side])).toBeLessThan(near);
        },
      ),
    );
  });

  it('gives back every point of a turned copy, and its boxes hold the points of the box they come from', () => {
    fc.assert(
      fc.property(sizes, canvases, views, turns, part, part, (image, canvas, view, rotationDeg, px, py) => {
        const placement = placeImage(image, canvas, { ...view, rotationDeg });
        const point = { x: px * image.widthPx, y: py * image.heightPx };
        const at = toCanvasPoint(placement, point);
        const back = toImagePoint(placement, at);
        const near = 1e-6 * Math.max(image.widthPx, image.heightPx);
        expect(Math.abs(back.x - point.x)).toBeLessThan(near);
        expect(Math.abs(back.y - point.y)).toBeLessThan(near);
        const whole = toCanvasBox(placement, { x: 0, y: 0, w: image.widthPx, h: image.heightPx });
        const slack = 1e-6 * Math.max(whole.w, whole.h, 1);
        expect(at.x).toBeGreaterThanOrEqual(whole.x - slack);
        expect(at.x).toBeLessThanOrEqual(whole.x + whole.w + slack);
        expect(at.y).toBeGreaterThanOrEqual(whole.y - slack);
        expect(at.y).toBeLessThanOrEqual(whole.y + whole.h + slack);
      }),
    );
  });

  it('turns clockwise about the middle of the canvas, and draws the upright box around the turned one', () => {
    const view = { ...PLAIN_VIEW, rotationDeg: 90 };
    const square = { widthPx: 64, heightPx: 64 };
    const placement = placeImage(square, square, view);
    const point = toCanvasPoint(placement, { x: 0, y: 10 });
    expect(point.x).toBeCloseTo(54, 9);
    expect(point.y).toBeCloseTo(0, 9);
    const box = toCanvasBox(placement, { x: 0, y: 10, w: 20, h: 4 });
    [50, 0, 4, 20].forEach((side, i) => {
      expect([box.x, box.y, box.w, box.h][i]).toBeCloseTo(side, 9);
    });
    const slant = toCanvasBox(placeImage(square, square, { ...view, rotationDeg: 30 }), {
      x: 22,
      y: 27,
      w: 20,
      h: 10,
    });
    // √3 / 2 of one side and half of the other.
    expect(slant.w).toBeCloseTo(20 * 0.8660254 + 10 * 0.5, 5);
    expect(slant.h).toBeCloseTo(20 * 0.5 + 10 * 0.8660254, 5);
    expect(slant.x + slant.w / 2).toBeCloseTo(32, 9);
  });

  it('keeps the whole of a plainly placed photograph inside the canvas', () => {
    fc.assert(
      fc.property(sizes, canvases, (image, canvas) => {
        const seen = visibleCanvasRect(placeImage(image, canvas));
        expect(seen).not.toBeNull();
        if (seen === null) return;
        expect(seen.x).toBeGreaterThanOrEqual(0);
        expect(seen.y).toBeGreaterThanOrEqual(0);
        expect(seen.x + seen.w).toBeLessThanOrEqual(canvas.widthPx + 1e-9);
        expect(seen.y + seen.h).toBeLessThanOrEqual(canvas.heightPx + 1e-9);
      }),
    );
  });

  it('refuses a photograph without a size', () => {
    expect(() => placeImage({ widthPx: 0, heightPx: 4 }, { widthPx: 32, heightPx: 32 })).toThrow(RangeError);
  });
});
