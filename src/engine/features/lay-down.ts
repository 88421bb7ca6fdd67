/** Lays the pixels of a scaled photograph into a canvas: plain, mirrored, recoloured. Written for speed: it runs once a photograph. */
import type { Placement } from './letterbox.ts';
import type { FeatureVariant } from './variants.ts';

/** Grey around a photograph in its canvas, 0..255: the usual middle grey of letterboxed detectors. */
export const PADDING = 114;

/** Part of a scaled photograph that falls into the canvas, in scaled pixels. */
export interface Window {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** The part of the scaled photograph that the canvas shows; null when it shows none. */
export function visibleWindow(placement: Placement): Window | null {
  const left = Math.max(0, -placement.offsetXPx);
  const top = Math.max(0, -placement.offsetYPx);
  const width = Math.min(placement.scaledWidthPx, placement.canvas.widthPx - placement.offsetXPx) - left;
  const height = Math.min(placement.scaledHeightPx, placement.canvas.heightPx - placement.offsetYPx) - top;
  return width > 0 && height > 0 ? { left, top, width, height } : null;
}

/** A canvas of padding alone. */
export function emptyCanvas(placement: Placement): Uint8Array {
  return new Uint8Array(placement.canvas.widthPx * placement.canvas.heightPx * 3).fill(PADDING);
}

/**
 * The canvas `[heightPx, widthPx, 3]` with the window's pixels (RGB, rows of `window.width`) in their place. `placement` is unmirrored;
 * the mirror comes last. `pixels` may be given back as it is when it fills the canvas.
 */
export function layDown(
  pixels: Uint8Array,
  placement: Placement,
  window: Window,
  variant: FeatureVariant,
): Uint8Array {
  const { widthPx, heightPx } = placement.canvas;
  const plain = variant.gain.every((gain) => gain === 1);
  const full = window.width === widthPx && window.height === heightPx;
  if (plain && full && !variant.flip) return pixels;
  const out = full ? new Uint8Array(widthPx * heightPx * 3) : emptyCanvas(placement);
  const source = plain ? pixels : recolour(pixels, variant.gain);
  const left = Math.max(0, placement.offsetXPx);
  const top = Math.max(0, placement.offsetYPx);
  const rowBytes = window.width * 3;
  for (let y = 0; y < window.height; y++) {
    const from = y * rowBytes;
    const row = (top + y) * widthPx * 3;
    if (variant.flip) mirrorRow(source, from, rowBytes, out, row + (widthPx - left) * 3);
    else out.set(source.subarray(from, from + rowBytes), row + left * 3);
  }
  return out;
}

/** Writes a row of RGB pixels backwards; `end` is where the first pixel ends. */
export function mirrorRow(
  source: Uint8Array,
  from: number,
  bytes: number,
  out: Uint8Array,
  end: number,
): void {
  let to = end - 3;
  for (let i = from; i < from + bytes; i += 3) {
    out[to] = source[i] as number;
    out[to + 1] = source[i + 1] as number;
    out[to + 2] = source[i + 2] as number;
    to -= 3;
  }
}

/** Each channel of RGB pixels times its factor; a new array. */
export function recolour(pixels: Uint8Array, gain: FeatureVariant['gain']): Uint8Array {
  const [red, green, blue] = gain.map(gainTable) as [Uint8Array, Uint8Array, Uint8Array];
  const out = new Uint8Array(pixels.length);
  for (let i = 0; i < pixels.length; i += 3) {
    out[i] = red[pixels[i] as number] as number;
    out[i + 1] = green[pixels[i + 1] as number] as number;
    out[i + 2] = blue[pixels[i + 2] as number] as number;
  }
  return out;
}

/** Every value times a factor, clipped to 0..255. */
function gainTable(gain: number): Uint8Array {
  const table = new Uint8ClampedArray(256);
  for (let value = 0; value < 256; value++) table[value] = value * gain;
  return new Uint8Array(table.buffer);
}
