/** Where a crop lies in its photograph: an upright or turned rectangle around a fish, of the shape of the crops' canvas. Pure. */
import type { PixelBox, Point } from '../../core/geometry.ts';
import type { Canvas } from '../../core/learning.ts';
import type { View } from '../features/letterbox.ts';

/** A rectangle of a photograph, upright image pixels; may reach beyond it. Its rows run along `angleDeg`, clockwise from the x axis. */
export interface CropRegion {
  readonly cx: number;
  readonly cy: number;
  readonly w: number;
  readonly h: number;
  readonly angleDeg: number;
}

/** How a fish lies: angle of its axis, −90 < angle ≤ 90, and its length. Head and tail may change places. */
export interface FishLie {
  readonly angleDeg: number;
  readonly lengthPx: number;
}

/** The smallest side of a region, so that a sliver of a box still shows something. */
const LEAST_SIDE_PX = 4;
/** A fish fills its box from corner to corner at most, and not much less than this of it: what a poor line says beyond is not believed. */
const SHORTEST_OF_DIAGONAL = 0.6;

/** The lie of a line; null where its ends are the same or not finite. The smaller turn of the two that lay it level. */
export function readLie(head: Point, tail: Point): FishLie | null {
  const lengthPx = Math.hypot(tail.x - head.x, tail.y - head.y);
  if (!(lengthPx > 0) || !Number.isFinite(lengthPx)) return null;
  const degrees = (Math.atan2(tail.y - head.y, tail.x - head.x) * 180) / Math.PI;
  const angleDeg = degrees > 90 ? degrees - 180 : degrees <= -90 ? degrees + 180 : degrees;
  return { angleDeg, lengthPx };
}

/** Length and thickness of the fish in a box, along and across its rows. */
export function measureFish(box: PixelBox, lie: FishLie | null): { w: number; h: number } {
  if (lie === null) return { w: box.w, h: box.h };
  const diagonal = Math.hypot(box.w, box.h);
  const length = Math.min(diagonal, Math.max(SHORTEST_OF_DIAGONAL * diagonal, lie.lengthPx));
  return { w: length, h: Math.min(box.w, box.h) };
}

/**
 * The region around the fish of a box: its size and `marginFrac` of it on every side, grown to the shape of `canvas`; level along `lie`
 * where there is one. Rounded to tenths, so that equal regions have equal names.
 */
export function surroundFish(
  box: PixelBox,
  { canvas, marginFrac, lie }: { canvas: Canvas; marginFrac: number; lie: FishLie | null },
): CropRegion {
  const { w, h } = measureFish(box, lie);
  const shape = canvas.widthPx / canvas.heightPx;
  const grown = 1 + 2 * marginFrac;
  const side = round(Math.max(LEAST_SIDE_PX, w * grown, h * grown * shape));
  return {
    cx: round(box.x + box.w / 2),
    cy: round(box.y + box.h / 2),
    w: side,
    h: side / shape,
    angleDeg: round(lie?.angleDeg ?? 0),
  };
}

/** What a copy of a crop shows: nearer or farther, moved and turned within the photograph, so that no padding is laid around it. */
export function viewRegion(region: CropRegion, view: View): CropRegion {
  const w = region.w / view.zoom;
  const h = region.h / view.zoom;
  const moved = toPhotograph(region, {
    x: region.w / 2 - view.shiftXFrac * w,
    y: region.h / 2 - view.shiftYFrac * h,
  });
  // Turning the canvas clockwise shows what lies along rows that run the other way.
  return { cx: moved.x, cy: moved.y, w, h, angleDeg: region.angleDeg - view.rotationDeg };
}

/** A point of the region, from its own top left corner along its rows, as a point of the photograph. */
export function toPhotograph({ cx, cy, w, h, angleDeg }: CropRegion, at: Point): Point {
  const angle = (angleDeg * Math.PI) / 180;
  const dx = at.x - w / 2;
  const dy = at.y - h / 2;
  return {
    x: cx + dx * Math.cos(angle) - dy * Math.sin(angle),
    y: cy + dx * Math.sin(angle) + dy * Math.cos(angle),
  };
}

/** The upright box around a region. */
export function boundRegion(region: CropRegion): PixelBox {
  const angle = (region.angleDeg * Math.PI) / 180;
  const [cos, sin] = [Math.abs(Math.cos(angle)), Math.abs(Math.sin(angle))];
  const w = region.w * cos + region.h * sin;
  const h = region.w * sin + region.h * cos;
  return { x: region.cx - w / 2, y: region.cy - h / 2, w, h };
}

/** A name for a region among those of its photograph and canvas: equal names are equal regions. */
export function nameRegion({ cx, cy, w, angleDeg }: CropRegion): string {
  return `crop-${cx}_${cy}_${w}${angleDeg === 0 ? '' : `_r${angleDeg}`}`;
}

function round(value: number): number {
  // −0 would be another name for 0.
  return Math.round(value * 10) / 10 + 0;
}
