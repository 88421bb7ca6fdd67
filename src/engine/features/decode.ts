/** From a photograph on disk to the pixels of a canvas: decode, turn upright, scale, lay down. Decoding runs in sharp's own threads. */
import { createRequire } from 'node:module';
import type sharpModule from 'sharp';
import type { Canvas } from '../../core/learning.ts';
import { decodeFault } from './decode-faults.ts';
import { emptyCanvas, layDown, visibleWindow, type Window } from './lay-down.ts';
import { type Placement, placeImage, type SizePx } from './letterbox.ts';
import { mirrorCanvas, spreadPlacement, turnCanvas } from './turn-canvas.ts';
import type { FeatureVariant } from './variants.ts';

const require = createRequire(import.meta.url);
let loaded: typeof sharpModule | undefined;

/** sharp set up for this work: one thread a picture, because several pictures are decoded at once; no cache, each is read once. */
export function sharp(): typeof sharpModule {
  if (loaded === undefined) {
    loaded = require('sharp') as typeof sharpModule;
    loaded.concurrency(1);
    loaded.cache(false);
  }
  return loaded;
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
  const lay = async (variant: FeatureVariant, placement: Placement): Promise<Uint8Array> => {
    const window = visibleWindow(placement);
    if (window === null) return emptyCanvas(placement);
    const key = `${variant.zoom}/${variant.shiftXFrac}/${variant.shiftYFrac}/${variant.rotationDeg}`;
    const pixels = scaled.get(key) ?? decodeWindow(file, placement, window);
    scaled.set(key, pixels);
    return layDown(await pixels, placement, window, variant);
  };
  return await Promise.all(
    variants.map(async (variant) => {
      const placement = placeImage(image, canvas, { ...variant, flip: false });
      if (variant.rotationDeg === 0) return await lay(variant, placement);
      const spread = spreadPlacement(placement);
      const turned = turnCanvas(await lay({ ...variant, flip: false }, spread), spread.canvas, placement);
      return variant.flip ? mirrorCanvas(turned, canvas) : turned;
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
export function greyToRgb(data: Uint8Array, channels: number): Uint8Array {
  const count = data.length / channels;
  const out = new Uint8Array(count * 3);
  for (let i = 0; i < count; i++) out.fill(data[i * channels] as number, i * 3, i * 3 + 3);
  return out;
}
