/** Where a photograph lies in the project's canvas: pure geometry, both ways. The canvas is what the backbone sees. */
import type { Canvas } from '../../core/learning.ts';

/** Upright pixels, 0-based continuous edges: the box of a whole w × h image is {0, 0, w, h}. */
export interface RectPx {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export interface PointPx {
  readonly x: number;
  readonly y: number;
}

export interface SizePx {
  readonly widthPx: number;
  readonly heightPx: number;
}

/** How a copy of a photograph is laid into the canvas. Zoom 1 and no shift: the plain letterbox. */
export interface View {
  /** Mirrors the finished canvas left to right. */
  readonly flip: boolean;
  /** 1 fits the photograph into the canvas, 2 shows half of its width and height, 0.5 leaves a wide margin. */
  readonly zoom: number;
  /** Moves the photograph's middle, as a fraction of the canvas. */
  readonly shiftXFrac: number;
  readonly shiftYFrac: number;
  /** Turns the canvas clockwise about its middle, before it is mirrored. */
  readonly rotationDeg: number;
}

export const PLAIN_VIEW: View = { flip: false, zoom: 1, shiftXFrac: 0, shiftYFrac: 0, rotationDeg: 0 };

/** The mapping image → canvas: `canvasX = x · scaleX + offsetXPx`, turned about the canvas' middle, then mirrored when `flip`. */
export interface Placement {
  readonly canvas: Canvas;
  readonly image: SizePx;
  readonly scaleX: number;
  readonly scaleY: number;
  /** Left and top edge of the scaled photograph in the unmirrored canvas; whole pixels, negative when cut off. */
  readonly offsetXPx: number;
  readonly offsetYPx: number;
  /** Size of the scaled photograph in canvas pixels, whole numbers ≥ 1. */
  readonly scaledWidthPx: number;
  readonly scaledHeightPx: number;
  readonly flip: boolean;
  readonly rotationDeg: number;
}

/** Lays an upright image into the canvas. Sizes must be positive. The scaled size is whole pixels, so the two scales may differ by a hair. */
export function placeImage(image: SizePx, canvas: Canvas, view: View = PLAIN_VIEW): Placement {
  if (!(image.widthPx > 0 && image.heightPx > 0)) throw new RangeError('An image needs a positive size');
  const fit = Math.min(canvas.widthPx / image.widthPx, canvas.heightPx / image.heightPx) * view.zoom;
  const scaledWidthPx = Math.max(1, Math.round(image.widthPx * fit));
  const scaledHeightPx = Math.max(1, Math.round(image.heightPx * fit));
  return {
    canvas,
    image: { widthPx: image.widthPx, heightPx: image.heightPx },
    scaleX: scaledWidthPx / image.widthPx,
    scaleY: scaledHeightPx / image.heightPx,
    offsetXPx: Math.floor((canvas.widthPx - scaledWidthPx) / 2 + view.shiftXFrac * canvas.widthPx),
    offsetYPx: Math.floor((canvas.heightPx - scaledHeightPx) / 2 + view.shiftYFrac * canvas.heightPx),
    scaledWidthPx,
    scaledHeightPx,
    flip: view.flip,
    rotationDeg: view.rotationDeg,
  };
}

/**
 * A box of the upright image in canvas pixels. Not clipped: what lies outside the canvas is the caller's to judge. Where the canvas is
 * turned, the upright box around the turned one: for a long fish somewhat larger than the fish.
 */
export function toCanvasBox(placement: Placement, box: RectPx): RectPx {
  const w = box.w * placement.scaleX;
  const h = box.h * placement.scaleY;
  const left = box.x * placement.scaleX + placement.offsetXPx;
  const top = box.y * placement.scaleY + placement.offsetYPx;
  const turned = turnBox({ x: left, y: top, w, h }, placement.rotationDeg, placement.canvas);
  return { ...turned, x: placement.flip ? placement.canvas.widthPx - turned.x - turned.w : turned.x };
}

/**
 * A box of the canvas in upright image pixels, not clipped to the image: the inverse of {@link toCanvasBox} where the canvas is not
 * turned, else the upright box around the box turned back.
 */
export function toImageBox(placement: Placement, box: RectPx): RectPx {
  const left = placement.flip ? placement.canvas.widthPx - box.x - box.w : box.x;
  const level = turnBox({ ...box, x: left }, -placement.rotationDeg, placement.canvas);
  return {
    x: (level.x - placement.offsetXPx) / placement.scaleX,
    y: (level.y - placement.offsetYPx) / placement.scaleY,
    w: level.w / placement.scaleX,
    h: level.h / placement.scaleY,
  };
}

/** A point of the upright image in canvas pixels. */
export function toCanvasPoint(placement: Placement, { x, y }: PointPx): PointPx {
  const at = toCanvasBox(placement, { x, y, w: 0, h: 0 });
  return { x: at.x, y: at.y };
}

/** A point of the canvas in upright image pixels: the inverse of {@link toCanvasPoint}, however it is turned. */
export function toImagePoint(placement: Placement, { x, y }: PointPx): PointPx {
  const at = toImageBox(placement, { x, y, w: 0, h: 0 });
  return { x: at.x, y: at.y };
}

/** The upright box around a box turned clockwise about the middle of the canvas. */
function turnBox(box: RectPx, degrees: number, canvas: Canvas): RectPx {
  if (degrees === 0) return box;
  const angle = (degrees * Math.PI) / 180;
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  const middleX = canvas.widthPx / 2;
  const middleY = canvas.heightPx / 2;
  const dx = box.x + box.w / 2 - middleX;
  const dy = box.y + box.h / 2 - middleY;
  const w = box.w * Math.abs(cos) + box.h * Math.abs(sin);
  const h = box.w * Math.abs(sin) + box.h * Math.abs(cos);
  return { x: middleX + dx * cos - dy * sin - w / 2, y: middleY + dx * sin + dy * cos - h / 2, w, h };
}

/**
 * The part of the canvas (mirrored where `flip`) that shows photograph and not padding; where it is turned, the upright box around that
 * part. Null when nothing of it is seen.
 */
export function visibleCanvasRect(placement: Placement): RectPx | null {
  const whole = toCanvasBox(placement, {
    x: 0,
    y: 0,
    w: placement.image.widthPx,
    h: placement.image.heightPx,
  });
  const x = Math.max(0, whole.x);
  const y = Math.max(0, whole.y);
  const w = Math.min(placement.canvas.widthPx, whole.x + whole.w) - x;
  const h = Math.min(placement.canvas.heightPx, whole.y + whole.h) - y;
  return w > 0 && h > 0 ? { x, y, w, h } : null;
}
