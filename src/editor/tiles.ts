/** Which tiles of a large photograph are needed to show what is in sight. */
import type { Size } from '../core/geometry.ts';
import { lastLevel, type Tile, tileSidePx } from '../core/tiles.ts';
import { computeVisibleBox } from './camera.ts';
import type { Camera, Viewport } from './types.ts';

/** The level whose pixels are just as fine as the screen's, or finer. */
export function chooseLevel(size: Size, camera: Camera, viewport: Viewport): number {
  const fitting = Math.floor(Math.log2(1 / (camera.scale * viewport.dpr)));
  return Math.min(Math.max(fitting, 0), lastLevel(size));
}

/** The tiles of a level that are in sight, those nearest to the middle first. */
export function listTiles(size: Size, camera: Camera, viewport: Viewport, level: number): Tile[] {
  const seen = computeVisibleBox(camera, viewport);
  const sidePx = tileSidePx * 2 ** level;
  const range = (from: number, length: number, whole: number): [number, number] => [
    Math.max(0, Math.floor(from / sidePx)),
    Math.min(Math.ceil(whole / sidePx), Math.ceil((from + length) / sidePx)) - 1,
  ];
  const [x0, x1] = range(seen.x, seen.w, size.widthPx);
  const [y0, y1] = range(seen.y, seen.h, size.heightPx);
  const tiles: Tile[] = [];
  for (let y = y0; y <= y1; y += 1) for (let x = x0; x <= x1; x += 1) tiles.push({ level, x, y });
  const farness = ({ x, y }: Tile): number => Math.hypot(2 * x - x0 - x1, 2 * y - y0 - y1);
  return tiles.sort((a, b) => farness(a) - farness(b));
}
