/** Tiles of a large photograph: what is in sight is covered, by few of them, at any zoom. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lastLevel, needsTiles, tileBox, tileSidePx } from '../../src/core/tiles.ts';
import {
  computeVisibleBox,
  fitCamera,
  panBy,
  pinchCamera,
  toImage,
  zoomAt,
} from '../../src/editor/camera.ts';
import { chooseLevel, listTiles } from '../../src/editor/tiles.ts';

const size = fc.record({
  widthPx: fc.integer({ min: 1, max: 40_000 }),
  heightPx: fc.integer({ min: 1, max: 40_000 }),
});
const viewport = fc.record({
  widthView: fc.integer({ min: 100, max: 3000 }),
  heightView: fc.integer({ min: 100, max: 2000 }),
  dpr: fc.constantFrom(1, 1.5, 2),
});

test('the tiles in sight cover what is in sight, and are not many more than the screen needs', () => {
  fc.assert(
    fc.property(
      size,
      viewport,
      fc.double({ min: 0.5, max: 400, noNaN: true }),
      fc.double({ min: -3000, max: 3000, noNaN: true }),
      (image, view, factor, shift) => {
        const middle = { x: view.widthView / 3, y: view.heightView / 2 };
        const zoomed = zoomAt(fitCamera(image, view), middle, factor, image, view);
        const camera = panBy(zoomed, shift, -shift, image, view);
        const level = chooseLevel(image, camera, view);
        const tiles = listTiles(image, camera, view, level);
        const seen = computeVisibleBox(camera, view);
        // Random places of what is in sight, as far as the photograph reaches.
        for (const share of [0, 0.3, 0.77, 1]) {
          const at = { x: seen.x + seen.w * share, y: seen.y + seen.h * share };
          const isInside = at.x >= 0 && at.y >= 0 && at.x < image.widthPx && at.y < image.heightPx;
          if (!isInside) continue;
          const isCovered = tiles.some((tile) => {
            const { x, y, w, h } = tileBox(image, tile);
            return at.x >= x && at.x <= x + w && at.y >= y && at.y <= y + h;
          });
          expect(isCovered).toBe(true);
        }
        const side = tileSidePx / 2;
        const screens = ((view.widthView * view.dpr) / side + 2) * ((view.heightView * view.dpr) / side + 2);
        expect(tiles.length).toBeLessThanOrEqual(screens);
      },
    ),
    { numRuns: 300 },
  );
});

test('the coarsest level fits into one tile, and only large photographs are cut at all', () => {
  fc.assert(
    fc.property(size, (image) => {
      const { w, h } = tileBox(image, { level: lastLevel(image), x: 0, y: 0 });
      expect([w, h]).toEqual([image.widthPx, image.heightPx]);
    }),
  );
  expect(needsTiles({ widthPx: 6000, heightPx: 4000 })).toBe(false);
  expect(needsTiles({ widthPx: 10_000, heightPx: 10_000 })).toBe(true);
  expect(needsTiles({ widthPx: 20_000, heightPx: 300 })).toBe(true);
});

test('two fingers keep the points of the image under them', () => {
  const image = { widthPx: 4000, heightPx: 3000 };
  const view = { widthView: 900, heightView: 700, dpr: 2 };
  const camera = fitCamera(image, view);
  const from = [
    { x: 300, y: 300 },
    { x: 500, y: 400 },
  ] as const;
  const to = [
    { x: 250, y: 280 },
    { x: 650, y: 480 },
  ] as const;
  const after = pinchCamera(camera, from, to, image, view);
  for (const i of [0, 1] as const) {
    const [before, now] = [toImage(camera, from[i]), toImage(after, to[i])];
    expect(now.x).toBeCloseTo(before.x, 6);
    expect(now.y).toBeCloseTo(before.y, 6);
  }
});
