/** What is drawn is moved as a whole while a hand zooms or pans: it lies where drawing anew would put it, and never leaves a part of the photograph bare. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { panBy, toImage, toView, zoomAt } from '../../src/editor/camera.ts';
import type { Camera, Viewport } from '../../src/editor/types.ts';
import { computePaintedBox } from '../../src/renderer/canvas/painted-box.ts';
import { computeMargin, cutBox, joinBoxes, placeSheet } from '../../src/renderer/canvas/sheet.ts';

const viewport: Viewport = { widthView: 900, heightView: 700, dpr: 1 };
const size = { widthPx: 4000, heightPx: 3000 };
const near: Camera = { scale: 0.5, xView: -400, yView: -300 };

describe('the sheet', () => {
  it('lies where drawing anew would put every point, within half a device pixel, for any zoom and pan it serves', () => {
    let served = 0;
    fc.assert(
      fc.property(
        fc.record({ x: fc.integer({ min: 0, max: 900 }), y: fc.integer({ min: 0, max: 700 }) }),
        fc.double({ min: 0.7, max: 1.4, noNaN: true }),
        fc.record({
          x: fc.double({ min: -150, max: 150, noNaN: true }),
          y: fc.double({ min: -150, max: 150, noNaN: true }),
        }),
        fc.constantFrom(1, 1.5, 2),
        (atView, factor, by, dpr) => {
          const screen = { ...viewport, dpr };
          const now = panBy(zoomAt(near, atView, factor, size, screen), by.x, by.y, size, screen);
          const margin = computeMargin(near, size, screen);
          const place = placeSheet(near, now, size, screen, margin);
          if (place === null) return;
          served += 1;
          const atPx = toImage(near, atView);
          const wanted = toView(now, atPx);
          expect(Math.abs(place.scale * atView.x + place.xView - wanted.x)).toBeLessThanOrEqual(
            0.5 / dpr + 1e-6,
          );
          expect(Math.abs(place.scale * atView.y + place.yView - wanted.y)).toBeLessThanOrEqual(
            0.5 / dpr + 1e-6,
          );
          // Each corner of the canvas that shows photograph shows some of the sheet.
          for (const corner of [
            { x: 0, y: 0 },
            { x: viewport.widthView, y: viewport.heightView },
          ]) {
            const px = toImage(now, corner);
            if (px.x < 0 || px.y < 0 || px.x > size.widthPx || px.y > size.heightPx) continue;
            const onSheet = {
              x: (corner.x - place.xView) / place.scale,
              y: (corner.y - place.yView) / place.scale,
            };
            expect(onSheet.x).toBeGreaterThanOrEqual(-margin - 1);
            expect(onSheet.y).toBeGreaterThanOrEqual(-margin - 1);
            expect(onSheet.x).toBeLessThanOrEqual(viewport.widthView + margin + 1);
            expect(onSheet.y).toBeLessThanOrEqual(viewport.heightView + margin + 1);
          }
        },
      ),
    );
    expect(served).toBeGreaterThan(10);
  });

  it('is drawn anew when it is stretched too far, when pixels become squares, and when something bare would come into sight', () => {
    const margin = computeMargin(near, size, viewport);
    const at = { x: 450, y: 350 };
    expect(placeSheet(near, zoomAt(near, at, 1.2, size, viewport), size, viewport, margin)).not.toBeNull();
    expect(placeSheet(near, zoomAt(near, at, 1.5, size, viewport), size, viewport, margin)).toBeNull();
    expect(placeSheet(near, panBy(near, 80, 0, size, viewport), size, viewport, margin)).not.toBeNull();
    expect(placeSheet(near, panBy(near, 200, 0, size, viewport), size, viewport, margin)).toBeNull();
    const smooth: Camera = { scale: 3.9, xView: -4000, yView: -4000 };
    expect(placeSheet(smooth, zoomAt(smooth, at, 1.1, size, viewport), size, viewport, margin)).toBeNull();
  });

  it('reaches beyond the canvas only where the photograph does', () => {
    expect(computeMargin({ scale: 0.2, xView: 50, yView: 50 }, size, viewport)).toBe(0);
    expect(computeMargin(near, size, viewport)).toBeGreaterThan(0);
  });
});

describe('boxes on the screen', () => {
  const box = fc.record({
    x: fc.integer({ min: -50, max: 50 }),
    y: fc.integer({ min: -50, max: 50 }),
    w: fc.integer({ min: 1, max: 60 }),
    h: fc.integer({ min: 1, max: 60 }),
  });

  it('are joined and cut: what both have lies in both, and both lie in what is around them', () => {
    fc.assert(
      fc.property(box, box, (a, b) => {
        const both = cutBox(a, b);
        const around = joinBoxes(a, b);
        for (const one of [a, b]) {
          expect(cutBox(around, one)).toEqual(one);
          if (both.w > 0) expect(cutBox(one, both)).toEqual(both);
        }
        const meets = a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
        expect(both.w > 0 && both.h > 0).toBe(meets);
      }),
    );
  });

  it('reach as far as their names: above, pushed down at the top, pushed left at the right edge', () => {
    const plain = { head: null, tail: null };
    const camera: Camera = { scale: 1, xView: 0, yView: 0 };
    const of = (x: number, y: number) =>
      computePaintedBox(camera, viewport, { ...plain, x, y, w: 30, h: 30 }, 'Yellowfin tuna');
    expect(of(300, 300).y).toBeLessThanOrEqual(280);
    expect(of(300, 300).x + of(300, 300).w).toBeGreaterThan(400);
    expect(of(300, 2).y + of(300, 2).h).toBeGreaterThan(20);
    expect(of(880, 300).x).toBeLessThan(780);
    const lined = computePaintedBox(
      camera,
      viewport,
      { x: 300, y: 300, w: 30, h: 30, head: { x: 500, y: 310 }, tail: { x: 300, y: 600 } },
      'A',
    );
    expect(lined.x + lined.w).toBeGreaterThan(505);
    expect(lined.y + lined.h).toBeGreaterThan(608);
  });
});
