/** From a photograph on disk to the pixels of a canvas: decode, turn upright, scale, lay down. Decoding runs in sharp's own threads. */
import { createRequire } from 'node:module';
import type sharpModule from 'sharp';
import type { Canvas } from '../../core/learning.ts';
import { decodeFault } from './decode-faults.ts';
import { type Placement, placeImage, type SizePx } from './letterbox.ts';
import type { FeatureVariant } from './variants.ts';

const require = createRequire(import.meta.url);
let loaded: typeof sharpModule | undefined;

/** Grey around a photograph in its canvas, 0..255: the usual middle grey of letterboxed detectors. */
export const PADDING = 114;

/** sharp set up for this work: one thread a picture, because several pictures are decoded at once; no cache, each is read once. */
function sharp(): typeof sharpModule {
  if (loaded === undefined) {
    loaded = require('sharp') as typeof sharpModule;
    loaded.concurrency(1);
    loaded.cache(false);
  }
  return loaded;
}

/** Part of a scaled photograph that falls into the canvas, in scaled pixels. */
interface Window {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

function visibleWindow(placement: Placement): Window | null {
  const left = Math.max(0, -placement.offsetXPx);
  const top = Math.max(0, -placement.offsetYPx);
  const width = Math.min(placement.scaledWidthPx, placement.canvas.widthPx - placement.offsetXPx) - left;
  const height = Math.min(placement.scaledHeightPx, placement.canvas.heightPx - placement.offsetYPx) - top;
  return width > 0 && height > 0 ? { left, top, width, height } : null;
}

/**
 * Pixels of a photograph in its canvas: RGB, `[heightPx, widthPx, 3]`, one array a variant, in their order. Variants that lie alike
 * (a copy and its mirror image) share one decode. `image` is the upright size. Throws an item fault (`image/…`).
 */
export async function decodeToCanvas(
  file: string,
  image: SizePx,
  canvas: Canvas,
  variants: readonly FeatureVariant[],
): Promise<Uint8Array[]> {
  const scaled = new Map<string, Promise<Uint8Array>>();
  return await Promise.all(
    variants.map(async (variant) => {
      const placement = placeImage(image, canvas, { ...variant, flip: false });
      const window = visibleWindow(placement);
      const out = new Uint8Array(canvas.widthPx * canvas.heightPx * 3).fill(PADDING);
      if (window === null) return out;
      const key = `${variant.zoom}/${variant.shiftXFrac}/${variant.shiftYFrac}`;
      const pixels = scaled.get(key) ?? decodeWindow(file, placement, window);
      scaled.set(key, pixels);
      layDown(out, await pixels, placement, window, variant);
      return out;
    }),
  );
}

async function decodeWindow(file: string, placement: Placement, window: Window): Promise<Uint8Array> {
  try {
    let pipeline = sharp()(file, { failOn: 'truncated', autoOrient: true })
      .resize(placement.scaledWidthPx, placement.scaledHeightPx, { fit: 'fill', kernel: 'linear' })
      .toColourspace('srgb')
      .removeAlpha();
    if (window.width !== placement.scaledWidthPx || window.height !== placement.scaledHeightPx) {
      pipeline = pipeline.extract(window);
    }
    const { data, info } = await pipeline.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
    return info.channels === 3 ? data : greyToRgb(data, info.channels);
  } catch (error) {
    throw await decodeFault(error, file);
  }
}

/** Spreads the first of `channels` planes to three: what a grey photograph needs. */
function greyToRgb(data: Uint8Array, channels: number): Uint8Array {
  const count = data.length / channels;
  const out = new Uint8Array(count * 3);
  for (let i = 0; i < count; i++) out.fill(data[i * channels] as number, i * 3, i * 3 + 3);
  return out;
}

/** Copies the window into the canvas, mirrored and recoloured as the variant says. */
function layDown(
  out: Uint8Array,
  pixels: Uint8Array,
  placement: Placement,
  window: Window,
  variant: FeatureVariant,
): void {
  const { widthPx } = placement.canvas;
  const left = Math.max(0, placement.offsetXPx);
  const top = Math.max(0, placement.offsetYPx);
  const plain = variant.gain.every((gain) => gain === 1);
  const tables = variant.gain.map((gain) =>
    Uint8ClampedArray.from({ length: 256 }, (_, value) => value * gain),
  );
  const rowBytes = window.width * 3;
  for (let y = 0; y < window.height; y++) {
    const from = y * rowBytes;
    const row = (top + y) * widthPx * 3;
    if (plain && !variant.flip) {
      out.set(pixels.subarray(from, from + rowBytes), row + left * 3);
      continue;
    }
    for (let x = 0; x < window.width; x++) {
      const column = variant.flip ? widthPx - 1 - left - x : left + x;
      for (let c = 0; c < 3; c++) {
        out[row + column * 3 + c] = (tables[c] as Uint8ClampedArray)[
          pixels[from + x * 3 + c] as number
        ] as number;
      }
    }
  }
}
