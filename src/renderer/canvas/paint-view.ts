/** Paints what helps to see: the grid between pixels at high zoom, and hatching over regions that are to be ignored. */
import type { Size, ViewBox } from '../../core/geometry.ts';
import { computeVisibleBox } from '../../editor/camera.ts';
import type { Camera, Viewport } from '../../editor/types.ts';

type Paint = CanvasRenderingContext2D;

/** Below this many device pixels a pixel, lines would hide what they divide. */
const GRID_FROM_DEVICE_PX = 8;
const HATCH_VIEW = 9;

/** Thin lines between the image's pixels, where these are large enough on the screen. */
export function paintPixelGrid(paint: Paint, camera: Camera, size: Size, viewport: Viewport): void {
  if (camera.scale * viewport.dpr < GRID_FROM_DEVICE_PX) return;
  const seen = computeVisibleBox(camera, viewport);
  const from = { x: Math.max(0, Math.floor(seen.x)), y: Math.max(0, Math.floor(seen.y)) };
  const to = {
    x: Math.min(size.widthPx, Math.ceil(seen.x + seen.w)),
    y: Math.min(size.heightPx, Math.ceil(seen.y + seen.h)),
  };
  const place = (px: number, offset: number): number => px * camera.scale + offset;
  paint.beginPath();
  for (let x = from.x; x <= to.x; x += 1) {
    paint.moveTo(place(x, camera.xView), place(from.y, camera.yView));
    paint.lineTo(place(x, camera.xView), place(to.y, camera.yView));
  }
  for (let y = from.y; y <= to.y; y += 1) {
    paint.moveTo(place(from.x, camera.xView), place(y, camera.yView));
    paint.lineTo(place(to.x, camera.xView), place(y, camera.yView));
  }
  paint.lineWidth = 1 / viewport.dpr;
  paint.strokeStyle = 'rgba(128, 128, 128, 0.55)';
  paint.stroke();
}

/** Hatches regions to ignore: told from labels without colour. */
export function paintIgnored(
  paint: Paint,
  regions: readonly ViewBox[],
  viewport: Viewport,
  marginView: number,
): void {
  for (const { x, y, w, h } of regions) {
    const left = Math.max(x, -marginView);
    const right = Math.min(x + w, viewport.widthView + marginView);
    const top = Math.max(y, -marginView);
    const bottom = Math.min(y + h, viewport.heightView + marginView);
    if (left >= right || top >= bottom) continue;
    paint.save();
    paint.beginPath();
    paint.rect(left, top, right - left, bottom - top);
    paint.clip();
    paint.fillStyle = 'rgba(20, 24, 26, 0.35)';
    paint.fillRect(left, top, right - left, bottom - top);
    paint.beginPath();
    // The hatching is fixed to the region, so that it does not swim while the image is moved.
    const first = Math.floor((left - bottom - (x - y)) / HATCH_VIEW) * HATCH_VIEW + (x - y);
    for (let at = first; at < right - top; at += HATCH_VIEW) {
      paint.moveTo(at + top, top);
      paint.lineTo(at + bottom, bottom);
    }
    paint.lineWidth = 1;
    paint.strokeStyle = 'rgba(230, 236, 238, 0.6)';
    paint.stroke();
    paint.restore();
  }
}
