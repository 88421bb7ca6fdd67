/**
 * What is drawn is a sheet that can be moved and stretched as a whole: while a hand zooms or pans, the browser's compositor lays the sheet
 * where it belongs now, and it is drawn anew when it no longer serves, and when the hand rests.
 */
import type { Size, ViewBox } from '../../core/geometry.ts';
import { isPixelated } from '../../editor/camera.ts';
import type { Camera, Viewport } from '../../editor/types.ts';

/** CSS pixels drawn beyond each edge of the canvas where the photograph goes on, so that a pan uncovers nothing bare. */
const BEYOND_VIEW = 96;
/** Lines and names are drawn at one size on the screen; stretched further than this one would see it. */
const STRETCH_AT_MOST = 1.3;
/** Half a device pixel: below it nothing is uncovered. */
const SLACK_VIEW = 0.5;

/** How a sheet lies on the canvas: a point of it at `x` is seen at `scale * x + xView`. */
export interface SheetPlace {
  readonly scale: number;
  readonly xView: number;
  readonly yView: number;
}

/** How far a sheet drawn for this camera has to reach beyond the canvas, CSS pixels. Nothing where the whole photograph is in sight. */
export function computeMargin(camera: Camera, size: Size, viewport: Viewport): number {
  const { widthView, heightView, dpr } = viewport;
  const isWhole =
    camera.xView >= 0 &&
    camera.yView >= 0 &&
    camera.xView + size.widthPx * camera.scale <= widthView &&
    camera.yView + size.heightPx * camera.scale <= heightView;
  return isWhole ? 0 : Math.round(BEYOND_VIEW * dpr) / dpr;
}

/**
 * Where a sheet that was drawn for one camera lies for another, or null where it has to be drawn anew: stretched too far, or a part of the
 * photograph would be bare. `marginView` is what was drawn beyond the canvas.
 */
export function placeSheet(
  drawn: Camera,
  now: Camera,
  size: Size,
  viewport: Viewport,
  marginView: number,
): SheetPlace | null {
  const scale = now.scale / drawn.scale;
  if (scale > STRETCH_AT_MOST || scale < 1 / STRETCH_AT_MOST) return null;
  if (isPixelated(drawn, viewport) !== isPixelated(now, viewport)) return null;
  // Moved by whole device pixels, nothing is blurred.
  const snap = (view: number): number =>
    scale === 1 ? Math.round(view * viewport.dpr) / viewport.dpr : view;
  const xView = snap(now.xView - scale * drawn.xView);
  const yView = snap(now.yView - scale * drawn.yView);
  const covers = (offset: number, canvasView: number, imageFrom: number, imageView: number): boolean => {
    const from = scale * -marginView + offset;
    const to = scale * (canvasView + marginView) + offset;
    return (
      Math.max(0, imageFrom) >= from - SLACK_VIEW &&
      Math.min(canvasView, imageFrom + imageView) <= to + SLACK_VIEW
    );
  };
  const isCovered =
    covers(xView, viewport.widthView, now.xView, size.widthPx * now.scale) &&
    covers(yView, viewport.heightView, now.yView, size.heightPx * now.scale);
  return isCovered ? { scale, xView, yView } : null;
}

/** The box with its edges moved outwards to whole device pixels: between them, a part would be seen to be one, and a canvas would be blurred. */
export function alignBox({ x, y, w, h }: ViewBox, dpr: number): ViewBox {
  const down = (view: number): number => Math.floor(view * dpr) / dpr;
  const up = (view: number): number => Math.ceil(view * dpr) / dpr;
  return { x: down(x), y: down(y), w: up(x + w) - down(x), h: up(y + h) - down(y) };
}

/** The smallest box around two. */
export function joinBoxes(a: ViewBox, b: ViewBox): ViewBox {
  const x = Math.min(a.x, b.x);
  const y = Math.min(a.y, b.y);
  return { x, y, w: Math.max(a.x + a.w, b.x + b.w) - x, h: Math.max(a.y + a.h, b.y + b.h) - y };
}

/** What two boxes share; without width and height where they share nothing. */
export function cutBox(a: ViewBox, b: ViewBox): ViewBox {
  const x = Math.max(a.x, b.x);
  const y = Math.max(a.y, b.y);
  const w = Math.min(a.x + a.w, b.x + b.w) - x;
  const h = Math.min(a.y + a.h, b.y + b.h) - y;
  return w < 0 || h < 0 ? { x, y, w: 0, h: 0 } : { x, y, w, h };
}
