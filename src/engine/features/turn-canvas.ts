/** Turns the pixels of a canvas by a few degrees. The photograph around the canvas turns into its corners, so a larger canvas is laid first. */
import type { Canvas } from '../../core/learning.ts';
import { mirrorRow } from './lay-down.ts';
import type { Placement } from './letterbox.ts';

/** The same placement in a canvas so much larger on each side that it holds every pixel the turned canvas shows. */
export function spreadPlacement(placement: Placement): Placement {
  const { widthPx, heightPx } = placement.canvas;
  const angle = (placement.rotationDeg * Math.PI) / 180;
  const cos = Math.abs(Math.cos(angle));
  const sin = Math.abs(Math.sin(angle));
  // One pixel more: a value is read between four.
  const marginX = Math.max(0, Math.ceil((widthPx * cos + heightPx * sin - widthPx) / 2)) + 1;
  const marginY = Math.max(0, Math.ceil((widthPx * sin + heightPx * cos - heightPx) / 2)) + 1;
  return {
    ...placement,
    canvas: { widthPx: widthPx + 2 * marginX, heightPx: heightPx + 2 * marginY },
    offsetXPx: placement.offsetXPx + marginX,
    offsetYPx: placement.offsetYPx + marginY,
  };
}

/**
 * The middle of `pixels` (RGB, of the size `spread`) turned clockwise by the placement's angle: RGB of the placement's canvas. Each value is
 * read between the four pixels around its place (bilinear).
 */
export function turnCanvas(
  pixels: Uint8Array,
  spread: Canvas,
  { canvas, rotationDeg }: Pick<Placement, 'canvas' | 'rotationDeg'>,
): Uint8Array {
  const { widthPx, heightPx } = canvas;
  const angle = (rotationDeg * Math.PI) / 180;
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  const rowBytes = spread.widthPx * 3;
  const out = new Uint8Array(widthPx * heightPx * 3);
  let to = 0;
  for (let y = 0; y < heightPx; y++) {
    const dy = y + 0.5 - heightPx / 2;
    for (let x = 0; x < widthPx; x++) {
      const dx = x + 0.5 - widthPx / 2;
      // Turned back to where the pixel came from, in the larger canvas; pixel middles lie at halves.
      const fromX = Math.max(0, dx * cos + dy * sin + spread.widthPx / 2 - 0.5);
      const fromY = Math.max(0, dy * cos - dx * sin + spread.heightPx / 2 - 0.5);
      const column = Math.min(spread.widthPx - 2, Math.floor(fromX));
      const row = Math.min(spread.heightPx - 2, Math.floor(fromY));
      const right = fromX - column;
      const below = fromY - row;
      let at = row * rowBytes + column * 3;
      for (let c = 0; c < 3; c++, at++, to++) {
        const upper = (pixels[at] as number) * (1 - right) + (pixels[at + 3] as number) * right;
        const lower =
          (pixels[at + rowBytes] as number) * (1 - right) + (pixels[at + rowBytes + 3] as number) * right;
        out[to] = upper * (1 - below) + lower * below + 0.5;
      }
    }
  }
  return out;
}

/** A canvas mirrored left to right. */
export function mirrorCanvas(pixels: Uint8Array, { widthPx, heightPx }: Canvas): Uint8Array {
  const out = new Uint8Array(pixels.length);
  const rowBytes = widthPx * 3;
  for (let y = 0; y < heightPx; y++) mirrorRow(pixels, y * rowBytes, rowBytes, out, (y + 1) * rowBytes);
  return out;
}
