/** Boxes and points between the pixels as stored and the pixels as seen (EXIF orientation 1..8 applied). */
import { boxFromCorners, type PixelBox, type Point, type Size } from '../core/geometry.ts';
import type { KnownImage } from './image-lookup.ts';

/** True when seeing the image swaps its width and height. */
export function swapsSides(orientation: number): boolean {
  return orientation >= 5 && orientation <= 8;
}

/** The size of the stored pixels; when unknown (0) it follows from the upright size. */
export function getRawSize(image: KnownImage): Size {
  if (image.rawWidthPx > 0 && image.rawHeightPx > 0)
    return { widthPx: image.rawWidthPx, heightPx: image.rawHeightPx };
  return swapsSides(image.orientation)
    ? { widthPx: image.heightPx, heightPx: image.widthPx }
    : { widthPx: image.widthPx, heightPx: image.heightPx };
}

/** A point of the stored image, seen upright. `raw` is the stored size. Formulas: EXIF 2.32, tag 0x0112. */
export function toUprightPoint({ x, y }: Point, raw: Size, orientation: number): Point {
  const { widthPx: w, heightPx: h } = raw;
  switch (orientation) {
    case 2:
      return { x: w - x, y };
    case 3:
      return { x: w - x, y: h - y };
    case 4:
      return { x, y: h - y };
    case 5:
      return { x: y, y: x };
    case 6:
      return { x: h - y, y: x };
    case 7:
      return { x: h - y, y: w - x };
    case 8:
      return { x: y, y: w - x };
    default:
      return { x, y };
  }
}

/** The inverse of {@link toUprightPoint}. */
export function toRawPoint({ x, y }: Point, raw: Size, orientation: number): Point {
  const { widthPx: w, heightPx: h } = raw;
  switch (orientation) {
    case 6:
      return { x: y, y: h - x };
    case 7:
      return { x: w - y, y: h - x };
    case 8:
      return { x: w - y, y: x };
    default:
      return toUprightPoint({ x, y }, raw, orientation);
  }
}

/** A box in stored pixels as it stands in the upright image. `raw`: stored size; `orientation`: EXIF, 1 to 8, anything else means upright. */
export function toUprightBox(box: PixelBox, raw: Size, orientation: number): PixelBox {
  if (orientation <= 1 || orientation > 8) return box;
  const corner = { x: box.x + box.w, y: box.y + box.h };
  return boxFromCorners(toUprightPoint(box, raw, orientation), toUprightPoint(corner, raw, orientation));
}

/** The inverse of {@link toUprightBox}. */
export function toRawBox(box: PixelBox, raw: Size, orientation: number): PixelBox {
  if (orientation <= 1 || orientation > 8) return box;
  const corner = { x: box.x + box.w, y: box.y + box.h };
  return boxFromCorners(toRawPoint(box, raw, orientation), toRawPoint(corner, raw, orientation));
}

/** A label's box in the pixels that an export is asked for: `upright` as it is, `raw` on the pixels as stored. */
export function toExportBox(box: PixelBox, image: KnownImage, coordinates: 'upright' | 'raw'): PixelBox {
  return coordinates === 'raw' ? toRawBox(box, getRawSize(image), image.orientation) : box;
}

/** The same for a point. */
export function toExportPoint(point: Point, image: KnownImage, coordinates: 'upright' | 'raw'): Point {
  return coordinates === 'raw' ? toRawPoint(point, getRawSize(image), image.orientation) : point;
}

/** The size of the picture that {@link toExportBox} speaks of. */
export function toExportSize(image: KnownImage, coordinates: 'upright' | 'raw'): Size {
  return coordinates === 'raw' ? getRawSize(image) : { widthPx: image.widthPx, heightPx: image.heightPx };
}
