/** Camera arithmetic: zoom at a point, pan, fit, and the way between image pixels and the screen. Pure functions. */
import type { PixelBox, Point, Size, ViewBox } from '../core/geometry.ts';
import type { Camera, Viewport } from './types.ts';

/** CSS pixels left free around a fitted image. */
const FIT_MARGIN_VIEW = 16;
/** CSS pixels of the image that always stay on the canvas, so that it cannot be lost. */
const KEEP_VISIBLE_VIEW = 48;
/** Device pixels one image pixel may cover at most. */
const MAX_DEVICE_PX_PER_PX = 64;

/** Image pixels to CSS pixels. */
export function toView(camera: Camera, atPx: Point): Point {
  return { x: atPx.x * camera.scale + camera.xView, y: atPx.y * camera.scale + camera.yView };
}

/** CSS pixels to image pixels; may lie outside the image. */
export function toImage(camera: Camera, atView: Point): Point {
  return { x: (atView.x - camera.xView) / camera.scale, y: (atView.y - camera.yView) / camera.scale };
}

/** A box of the image as it lies on the canvas. */
export function toViewBox(camera: Camera, box: PixelBox): ViewBox {
  return {
    x: box.x * camera.scale + camera.xView,
    y: box.y * camera.scale + camera.yView,
    w: box.w * camera.scale,
    h: box.h * camera.scale,
  };
}

/** The part of the plane that the canvas shows, in image pixels. */
export function computeVisibleBox(camera: Camera, viewport: Viewport): PixelBox {
  const from = toImage(camera, { x: 0, y: 0 });
  return {
    x: from.x,
    y: from.y,
    w: viewport.widthView / camera.scale,
    h: viewport.heightView / camera.scale,
  };
}

/** The camera that shows the whole image, centred. A canvas without size counts as 1 × 1. */
export function fitCamera(size: Size, viewport: Viewport): Camera {
  const widthView = Math.max(1, viewport.widthView);
  const heightView = Math.max(1, viewport.heightView);
  const margin = Math.min(FIT_MARGIN_VIEW, widthView / 8, heightView / 8);
  const fit = Math.min((widthView - 2 * margin) / size.widthPx, (heightView - 2 * margin) / size.heightPx);
  return centre(Math.min(fit, MAX_DEVICE_PX_PER_PX / viewport.dpr), size, viewport);
}

/** The camera at which one image pixel is one device pixel, keeping the middle of the canvas where it is. */
export function actualSizeCamera(camera: Camera, size: Size, viewport: Viewport): Camera {
  const middle = { x: viewport.widthView / 2, y: viewport.heightView / 2 };
  return zoomAt(camera, middle, 1 / viewport.dpr / camera.scale, size, viewport);
}

/** The camera that shows a box with room around it, never closer than 8 device pixels a pixel. */
export function boxCamera(box: PixelBox, size: Size, viewport: Viewport): Camera {
  const wanted = Math.min(viewport.widthView / (box.w * 2), viewport.heightView / (box.h * 2));
  return lookAt(box, Math.min(wanted, 8 / viewport.dpr), size, viewport);
}

/** The camera in which this area fills the canvas, as near as the scale's limits allow. */
export function areaCamera(area: PixelBox, size: Size, viewport: Viewport): Camera {
  const wanted = Math.min(viewport.widthView / area.w, viewport.heightView / area.h);
  return lookAt(area, wanted, size, viewport);
}

/** Zooms by a factor so that the image point under `atView` stays there. The scale is held within its limits. */
export function zoomAt(
  camera: Camera,
  atView: Point,
  factor: number,
  size: Size,
  viewport: Viewport,
): Camera {
  const { min, max } = scaleLimits(size, viewport);
  const scale = Math.min(Math.max(camera.scale * factor, min), max);
  const atPx = toImage(camera, atView);
  const zoomed = { scale, xView: atView.x - atPx.x * scale, yView: atView.y - atPx.y * scale };
  return clampCamera(zoomed, size, viewport);
}

/** Moves the image by CSS pixels. */
export function panBy(
  camera: Camera,
  dxView: number,
  dyView: number,
  size: Size,
  viewport: Viewport,
): Camera {
  const moved = { scale: camera.scale, xView: camera.xView + dxView, yView: camera.yView + dyView };
  return clampCamera(moved, size, viewport);
}

/** Brings an image point into the middle of the canvas at the same scale. */
export function centreOn(camera: Camera, atPx: Point, size: Size, viewport: Viewport): Camera {
  const onView = toView(camera, atPx);
  return panBy(camera, viewport.widthView / 2 - onView.x, viewport.heightView / 2 - onView.y, size, viewport);
}

/** Two fingers went from one pair of places to another (CSS pixels): the image follows them, spread and shift in one. */
export function pinchCamera(
  camera: Camera,
  from: readonly [Point, Point],
  to: readonly [Point, Point],
  size: Size,
  viewport: Viewport,
): Camera {
  const middle = ([a, b]: readonly [Point, Point]): Point => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
  const spread = ([a, b]: readonly [Point, Point]): number => Math.max(1, Math.hypot(a.x - b.x, a.y - b.y));
  const start = middle(from);
  const end = middle(to);
  const moved = panBy(camera, end.x - start.x, end.y - start.y, size, viewport);
  return zoomAt(moved, end, spread(to) / spread(from), size, viewport);
}

/** Keeps the image point in the middle of the canvas there when the canvas changes its size. */
export function resizeCamera(camera: Camera, size: Size, from: Viewport, to: Viewport): Camera {
  return panBy(camera, (to.widthView - from.widthView) / 2, (to.heightView - from.heightView) / 2, size, to);
}

/** True from 400 % on: pixels are then drawn as squares, since smoothing would invent detail. */
export function isPixelated(camera: Camera, viewport: Viewport): boolean {
  return camera.scale * viewport.dpr >= 4;
}

function lookAt(area: PixelBox, wantedScale: number, size: Size, viewport: Viewport): Camera {
  const { min, max } = scaleLimits(size, viewport);
  const scale = Math.min(Math.max(wantedScale, min), max);
  const xView = viewport.widthView / 2 - (area.x + area.w / 2) * scale;
  const yView = viewport.heightView / 2 - (area.y + area.h / 2) * scale;
  return clampCamera({ scale, xView, yView }, size, viewport);
}

function scaleLimits(size: Size, viewport: Viewport): { min: number; max: number } {
  const fit = fitCamera(size, viewport).scale;
  return { min: Math.min(fit, 1 / viewport.dpr) / 2, max: MAX_DEVICE_PX_PER_PX / viewport.dpr };
}

function clampCamera(camera: Camera, size: Size, viewport: Viewport): Camera {
  const clampAxis = (offset: number, imageView: number, canvasView: number): number => {
    const keep = Math.min(KEEP_VISIBLE_VIEW, imageView, canvasView);
    return Math.min(Math.max(offset, keep - imageView), canvasView - keep);
  };
  return {
    scale: camera.scale,
    xView: clampAxis(camera.xView, size.widthPx * camera.scale, viewport.widthView),
    yView: clampAxis(camera.yView, size.heightPx * camera.scale, viewport.heightView),
  };
}

function centre(scale: number, size: Size, viewport: Viewport): Camera {
  return {
    scale,
    xView: (viewport.widthView - size.widthPx * scale) / 2,
    yView: (viewport.heightView - size.heightPx * scale) / 2,
  };
}
