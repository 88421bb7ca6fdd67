/** Pixels of regions of a photograph at full resolution: one decode a photograph, however many regions are cut from it. */
import type { PixelBox } from '../../core/geometry.ts';
import type { Canvas } from '../../core/learning.ts';
import { greyToRgb, sharp } from '../features/decode.ts';
import { decodeFault } from '../features/decode-faults.ts';
import { PADDING, recolour } from '../features/lay-down.ts';
import type { SizePx } from '../features/letterbox.ts';
import { mirrorCanvas } from '../features/turn-canvas.ts';
import { boundRegion, type CropRegion, toPhotograph } from './region.ts';

/** A region as the backbone shall see it. */
export interface CropView {
  readonly region: CropRegion;
  /** Mirrors the finished canvas left to right. */
  readonly flip: boolean;
  /** Factor on red, green and blue. */
  readonly gain: readonly [number, number, number];
}

/** RGB pixels of an upright part of a photograph. `x`, `y`, `scaleX`, `scaleY`: photograph pixel → own: `(x − x₀) · scale`. */
interface Part {
  readonly pixels: Uint8Array;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly x: number;
  readonly y: number;
  readonly scaleX: number;
  readonly scaleY: number;
}

/** Pixels kept around a region, so that those at its edge have neighbours. */
const RIM_PX = 2;

/**
 * One canvas `[heightPx, widthPx, 3]`, RGB, a view, in their order; grey where a region reaches beyond the photograph. `image` is the upright
 * size that regions are told in. Throws an item fault (`image/…`).
 */
export async function cutCrops(
  file: string,
  image: SizePx,
  canvas: Canvas,
  views: readonly CropView[],
): Promise<Uint8Array[]> {
  if (views.length === 0) return [];
  try {
    const whole = await decodePart(file, image, joinBounds(views.map(({ region }) => boundRegion(region))));
    return await Promise.all(views.map((view) => cutOne(whole, canvas, view)));
  } catch (error) {
    throw await decodeFault(error, file);
  }
}

function joinBounds(boxes: readonly PixelBox[]): PixelBox {
  const x = Math.min(...boxes.map((box) => box.x));
  const y = Math.min(...boxes.map((box) => box.y));
  const right = Math.max(...boxes.map((box) => box.x + box.w));
  const bottom = Math.max(...boxes.map((box) => box.y + box.h));
  return { x, y, w: right - x, h: bottom - y };
}

/** The part of a photograph that `wanted` covers, as it is on disk; empty where it covers none. */
async function decodePart(file: string, image: SizePx, wanted: PixelBox): Promise<Part> {
  const upright = sharp()(file, { failOn: 'truncated', autoOrient: true });
  const { autoOrient } = await sharp()(file).metadata();
  // The size on disk counts; it differs from the project's only where the file was replaced.
  const scaleX = autoOrient.width / image.widthPx;
  const scaleY = autoOrient.height / image.heightPx;
  const rect = coverPixels(
    { x: wanted.x * scaleX, y: wanted.y * scaleY, w: wanted.w * scaleX, h: wanted.h * scaleY },
    { widthPx: autoOrient.width, heightPx: autoOrient.height },
  );
  const place = { x: (rect?.left ?? 0) / scaleX, y: (rect?.top ?? 0) / scaleY, scaleX, scaleY };
  if (rect === null) return { pixels: new Uint8Array(0), widthPx: 0, heightPx: 0, ...place };
  const { data, info } = await upright
    .extract(rect)
    .toColourspace('srgb')
    .removeAlpha()
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  const pixels = info.channels === 3 ? data : greyToRgb(data, info.channels);
  return { pixels, widthPx: info.width, heightPx: info.height, ...place };
}

/** Whole pixels that hold a box and a rim around it, inside the size; null where none do. */
function coverPixels(
  box: PixelBox,
  size: SizePx,
): { left: number; top: number; width: number; height: number } | null {
  const left = Math.max(0, Math.floor(box.x) - RIM_PX);
  const top = Math.max(0, Math.floor(box.y) - RIM_PX);
  const width = Math.min(size.widthPx, Math.ceil(box.x + box.w) + RIM_PX) - left;
  const height = Math.min(size.heightPx, Math.ceil(box.y + box.h) + RIM_PX) - top;
  return width > 0 && height > 0 ? { left, top, width, height } : null;
}

async function cutOne(whole: Part, canvas: Canvas, { region, flip, gain }: CropView): Promise<Uint8Array> {
  const out = sampleRegion(await shrinkTo(whole, region, canvas), region, canvas);
  const lit = gain.every((factor) => factor === 1) ? out : recolour(out, gain);
  return flip ? mirrorCanvas(lit, canvas) : lit;
}

/** The part around a region at about the canvas' scale where that is smaller: every pixel of the photograph counts. */
async function shrinkTo(whole: Part, region: CropRegion, canvas: Canvas): Promise<Part> {
  const bound = boundRegion(region);
  const rect = coverPixels(
    {
      x: (bound.x - whole.x) * whole.scaleX,
      y: (bound.y - whole.y) * whole.scaleY,
      w: bound.w * whole.scaleX,
      h: bound.h * whole.scaleY,
    },
    whole,
  );
  const scale = canvas.widthPx / (region.w * whole.scaleX);
  if (rect === null || scale >= 1) return whole;
  const widthPx = Math.max(1, Math.round(rect.width * scale));
  const heightPx = Math.max(1, Math.round(rect.height * scale));
  const pixels = await sharp()(whole.pixels, {
    raw: { width: whole.widthPx, height: whole.heightPx, channels: 3 },
  })
    .extract(rect)
    .resize(widthPx, heightPx, { fit: 'fill', kernel: 'linear' })
    .raw()
    .toBuffer();
  return {
    pixels,
    widthPx,
    heightPx,
    x: whole.x + rect.left / whole.scaleX,
    y: whole.y + rect.top / whole.scaleY,
    scaleX: (whole.scaleX * widthPx) / rect.width,
    scaleY: (whole.scaleY * heightPx) / rect.height,
  };
}

/** Reads each pixel of the canvas between the four of the part that lie around it. */
function sampleRegion(part: Part, region: CropRegion, canvas: Canvas): Uint8Array {
  const { widthPx, heightPx } = canvas;
  const out = new Uint8Array(widthPx * heightPx * 3).fill(PADDING);
  const start = toPhotograph(region, {
    x: (0.5 * region.w) / widthPx,
    y: (0.5 * region.h) / heightPx,
  });
  const angle = (region.angleDeg * Math.PI) / 180;
  const [stepX, stepY] = [region.w / widthPx, region.h / heightPx];
  // What one pixel to the right, and one down, moves in the part.
  const right = {
    x: stepX * Math.cos(angle) * part.scaleX,
    y: stepX * Math.sin(angle) * part.scaleY,
  };
  const down = { x: -stepY * Math.sin(angle) * part.scaleX, y: stepY * Math.cos(angle) * part.scaleY };
  const [startX, startY] = [(start.x - part.x) * part.scaleX, (start.y - part.y) * part.scaleY];
  for (let row = 0; row < heightPx; row++) {
    for (let column = 0; column < widthPx; column++) {
      const x = startX + column * right.x + row * down.x;
      const y = startY + column * right.y + row * down.y;
      if (x < 0 || y < 0 || x >= part.widthPx || y >= part.heightPx) continue;
      readBetween(part, x - 0.5, y - 0.5, out, (row * widthPx + column) * 3);
    }
  }
  return out;
}

/** Bilinear, `x` and `y` counted from the middle of the first pixel; beyond the edge the edge goes on. */
function readBetween(part: Part, x: number, y: number, out: Uint8Array, at: number): void {
  const { pixels, widthPx, heightPx } = part;
  const column = Math.floor(x);
  const row = Math.floor(y);
  const [fx, fy] = [x - column, y - row];
  const left = Math.max(0, column);
  const right = Math.min(widthPx - 1, column + 1);
  const above = Math.max(0, row) * widthPx;
  const below = Math.min(heightPx - 1, row + 1) * widthPx;
  for (let c = 0; c < 3; c++) {
    const [a, b] = [pixels[(above + left) * 3 + c] as number, pixels[(above + right) * 3 + c] as number];
    const [d, e] = [pixels[(below + left) * 3 + c] as number, pixels[(below + right) * 3 + c] as number];
    out[at + c] = Math.round((a + (b - a) * fx) * (1 - fy) + (d + (e - d) * fx) * fy);
  }
}
