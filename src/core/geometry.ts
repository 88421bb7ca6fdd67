/** Boxes and points in named coordinate spaces. Numbers are floats; edges are continuous: the first pixel spans 0..1. */

declare const space: unique symbol;

/** A box in upright image pixels (EXIF orientation applied): left, top, width, height. */
export interface PixelBox {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
  readonly [space]?: 'pixel';
}

/** A box as fractions of the image: centre x, centre y, width, height, each 0..1. */
export interface NormBox {
  readonly cx: number;
  readonly cy: number;
  readonly w: number;
  readonly h: number;
  readonly [space]?: 'norm';
}

/** A box on the screen, in CSS pixels relative to the canvas. */
export interface ViewBox {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
  readonly [space]?: 'view';
}

/** A point; its space is told by the name of the variable that holds it (`atPx`, `atView`). */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Width and height, both > 0. */
export interface Size {
  readonly widthPx: number;
  readonly heightPx: number;
}

/** Intersection over union of two boxes of the same space, 0..1. Two empty boxes give 0. */
export function computeIou(a: PixelBox, b: PixelBox): number {
  const w = Math.min(a.x + a.w, b.x + b.w) - Math.max(a.x, b.x);
  const h = Math.min(a.y + a.h, b.y + b.h) - Math.max(a.y, b.y);
  if (w <= 0 || h <= 0) return 0;
  const overlap = w * h;
  const union = a.w * a.h + b.w * b.h - overlap;
  return union > 0 ? overlap / union : 0;
}

/** The box spanned by two corners in any order. */
export function boxFromCorners(a: Point, b: Point): PixelBox {
  return { x: Math.min(a.x, b.x), y: Math.min(a.y, b.y), w: Math.abs(a.x - b.x), h: Math.abs(a.y - b.y) };
}

/** The part of a box that lies inside the image, or undefined when none does or a number is not finite. */
export function clipBox(box: PixelBox, size: Size): PixelBox | undefined {
  if (
    !Number.isFinite(box.x) ||
    !Number.isFinite(box.y) ||
    !Number.isFinite(box.w) ||
    !Number.isFinite(box.h)
  )
    return undefined;
  const x = Math.max(0, box.x);
  const y = Math.max(0, box.y);
  const right = Math.min(size.widthPx, box.x + box.w);
  const bottom = Math.min(size.heightPx, box.y + box.h);
  if (right <= x || bottom <= y) return undefined;
  if (x === box.x && y === box.y && right === box.x + box.w && bottom === box.y + box.h) return box;
  return { x, y, w: right - x, h: bottom - y };
}

/** Fractions of the image to pixels. */
export function toPixelBox(box: NormBox, size: Size): PixelBox {
  return {
    x: (box.cx - box.w / 2) * size.widthPx,
    y: (box.cy - box.h / 2) * size.heightPx,
    w: box.w * size.widthPx,
    h: box.h * size.heightPx,
  };
}

/** Share of the distance between head and tail that a box keeps clear around them: a fish is wider than its axis. */
const LINE_MARGIN_FRAC = 0.15;

/** The box around the line from head to tail with a margin on every side, in the pixels of the points; may reach outside the image. */
export function boxAroundLine(head: Point, tail: Point): PixelBox {
  const margin = LINE_MARGIN_FRAC * Math.hypot(head.x - tail.x, head.y - tail.y);
  const { x, y, w, h } = boxFromCorners(head, tail);
  return { x: x - margin, y: y - margin, w: w + 2 * margin, h: h + 2 * margin };
}
