/** The tiles of a large photograph: a pyramid that halves from level to level, the same arithmetic for who cuts it and who shows it. */
import type { PixelBox, Size } from './geometry.ts';

/** Side of a tile in pixels of its level. The host cuts them by the same number. */
export const tileSidePx = 512;
/** Above this many pixels a photograph is shown by tiles: decoding it whole would take long and much memory. */
const wholePxAtMost = 32_000_000;
/** No browser draws wider pictures on every machine. */
const wholeSidePxAtMost = 8192;

/** A tile: level 0 is full size, each further one half of it; x and y count tiles from the top left. */
export interface Tile {
  readonly level: number;
  readonly x: number;
  readonly y: number;
}

/** True for photographs that are shown by tiles. */
export function needsTiles({ widthPx, heightPx }: Size): boolean {
  return widthPx * heightPx > wholePxAtMost || Math.max(widthPx, heightPx) > wholeSidePxAtMost;
}

/** The coarsest level: it fits into one tile. */
export function lastLevel({ widthPx, heightPx }: Size): number {
  return Math.max(0, Math.ceil(Math.log2(Math.max(widthPx, heightPx) / tileSidePx)));
}

/** The part of the photograph that a tile shows, in upright image pixels. */
export function tileBox({ widthPx, heightPx }: Size, { level, x, y }: Tile): PixelBox {
  const sidePx = tileSidePx * 2 ** level;
  const left = x * sidePx;
  const top = y * sidePx;
  return { x: left, y: top, w: Math.min(sidePx, widthPx - left), h: Math.min(sidePx, heightPx - top) };
}
