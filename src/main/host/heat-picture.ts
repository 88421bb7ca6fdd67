/** Heat maps as PNG files: alone, to lie over a photograph, or on the photograph itself. */
import sharp, { type Sharp } from 'sharp';
import { AppError } from '../../core/errors.ts';
import { type HeatGrid, type HeatStyle, renderHeat } from '../../core/heatmap.ts';
import { maxImagePixels } from './scan/read-image-facts.ts';

/** Longest side of a picture unless told, in pixels: finer than any map that is interpolated. */
export const defaultHeatSidePx = 640;
export const largestHeatSidePx = 2048;

export interface HeatPicture {
  readonly grid: HeatGrid;
  readonly values: Float32Array;
  /** Upright size of the photograph. */
  readonly image: { readonly widthPx: number; readonly heightPx: number };
  readonly style: HeatStyle;
  /** Longest side of the picture. */
  readonly sidePx: number;
}

/** A PNG of the photograph's shape, clear where the value is 0. */
export async function drawHeat(picture: HeatPicture): Promise<Buffer> {
  return toPng(picture).png().toBuffer();
}

/** The same over the photograph in grey, so that all colour is the map's. Throws `image/unreadable` when the photograph cannot be decoded. */
export async function drawHeatOnPhotograph(picture: HeatPicture, file: string): Promise<Buffer> {
  const { widthPx, heightPx } = sizeOf(picture);
  const map = await drawHeat(picture);
  try {
    const grey = await sharp(file, { failOn: 'none', limitInputPixels: maxImagePixels })
      .rotate()
      .resize({ width: widthPx, height: heightPx, fit: 'fill' })
      .flatten({ background: '#808080' })
      .greyscale()
      .toColourspace('srgb')
      .png()
      .toBuffer();
    return await sharp(grey)
      .composite([{ input: map }])
      .png()
      .toBuffer();
  } catch (error) {
    throw new AppError({
      code: 'image/unreadable',
      message: 'The photograph cannot be decoded, so the map was not drawn on it. The file was not changed.',
      hint: 'Ask for the map alone, or restore the photograph.',
      details: { cause: error instanceof Error ? error.message : String(error) },
      cause: error,
    });
  }
}

function toPng(picture: HeatPicture): Sharp {
  const size = sizeOf(picture);
  const bytes = renderHeat({ ...picture, ...size });
  return sharp(Buffer.from(bytes.buffer), {
    raw: { width: size.widthPx, height: size.heightPx, channels: 4 },
  });
}

function sizeOf({ image, sidePx }: HeatPicture): { widthPx: number; heightPx: number } {
  const scale = sidePx / Math.max(image.widthPx, image.heightPx);
  return {
    widthPx: Math.max(1, Math.round(image.widthPx * scale)),
    heightPx: Math.max(1, Math.round(image.heightPx * scale)),
  };
}
