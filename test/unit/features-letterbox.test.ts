import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  PLAIN_VIEW,
  placeImage,
  toCanvasBox,
  toImageBox,
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
});

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
