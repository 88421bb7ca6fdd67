/** In which pixels a source's boxes are: the photograph as seen, as stored, or at another size. */
import type { PixelBox } from '../core/geometry.ts';
import type { KnownImage } from './image-lookup.ts';
import { getRawSize, swapsSides, toUprightBox } from './orientation.ts';

export interface CoordinateFrame {
  readonly kind: 'upright' | 'raw';
  /** Factors from the source's pixels to the photograph's. */
  readonly scaleX: number;
  readonly scaleY: number;
}

/** Sizes that differ by this many pixels are the same size, rounded differently. */
const SAME_PX = 1;
/** Largest relative difference of aspect ratios for a photograph that was only resized. */
const SAME_ASPECT_FRAC = 0.01;

/** Shared by all images that were labelled at their own size: hundreds of thousands of equal frames are memory, too. */
const unscaled: Readonly<Record<CoordinateFrame['kind'], CoordinateFrame>> = {
  upright: { kind: 'upright', scaleX: 1, scaleY: 1 },
  raw: { kind: 'raw', scaleX: 1, scaleY: 1 },
};

/**
 * The frame of one image's boxes, from the size the source gives (0 when it gives none). A stored size with boxes that only fit
 * upright is taken as upright, since some tools write it so. Returns a sentence when the size fits neither way.
 */
export function chooseFrame(
  given: { readonly widthPx: number; readonly heightPx: number },
  image: KnownImage,
  coordinates: 'auto' | 'upright' | 'raw',
  bboxes: readonly unknown[],
): CoordinateFrame | string {
  const raw = getRawSize(image);
  const target = coordinates === 'raw' ? raw : image;
  const kind = coordinates === 'raw' ? 'raw' : 'upright';
  if (given.widthPx <= 0 || given.heightPx <= 0 || image.widthPx <= 0) return unscaled[kind];
  if (isSame(given, target)) return unscaled[kind];
  if (coordinates === 'auto' && swapsSides(image.orientation) && isSame(given, raw)) {
    const fits = (w: number, h: number): boolean => bboxes.every((bbox) => fitsInside(bbox, w, h));
    const onlyUpright = !fits(raw.widthPx, raw.heightPx) && fits(image.widthPx, image.heightPx);
    return unscaled[onlyUpright ? 'upright' : 'raw'];
  }
  const scaleX = target.widthPx / given.widthPx;
  const scaleY = target.heightPx / given.heightPx;
  if (Math.abs(scaleX / scaleY - 1) <= SAME_ASPECT_FRAC) return { kind, scaleX, scaleY };
  return `the labels are for a picture of ${given.widthPx} × ${given.heightPx} px, the photograph has ${image.widthPx} × ${image.heightPx} px`;
}

/** A box of the source, in the photograph's upright pixels. A box without extent gives a point. */
export function toUprightInFrame(box: PixelBox, frame: CoordinateFrame, image: KnownImage): PixelBox {
  const scaled =
    frame.scaleX === 1 && frame.scaleY === 1
      ? box
      : {
          x: box.x * frame.scaleX,
          y: box.y * frame.scaleY,
          w: box.w * frame.scaleX,
          h: box.h * frame.scaleY,
        };
  return frame.kind === 'raw' ? toUprightBox(scaled, getRawSize(image), image.orientation) : scaled;
}

function isSame(a: { widthPx: number; heightPx: number }, b: { widthPx: number; heightPx: number }): boolean {
  return Math.abs(a.widthPx - b.widthPx) <= SAME_PX && Math.abs(a.heightPx - b.heightPx) <= SAME_PX;
}

function fitsInside(bbox: unknown, widthPx: number, heightPx: number): boolean {
  if (!Array.isArray(bbox) || bbox.length !== 4) return true;
  const [x, y, w, h] = bbox.map(Number) as [number, number, number, number];
  return !(x + w > widthPx + SAME_PX || y + h > heightPx + SAME_PX);
}
