/** How boxes change under the hand: drawn, moved, resized, always inside the image. Pure functions in image pixels. */
import type { PixelBox, Point, Size } from '../core/geometry.ts';
import type { BoxRecord } from '../core/records.ts';
import type { EditorContext, HandleId, PointerInput } from './types.ts';

/** Handles clockwise from the top left, with where they sit as fractions of the box. */
export const handles: readonly { readonly id: HandleId; readonly fx: number; readonly fy: number }[] = [
  { id: 'nw', fx: 0, fy: 0 },
  { id: 'n', fx: 0.5, fy: 0 },
  { id: 'ne', fx: 1, fy: 0 },
  { id: 'e', fx: 1, fy: 0.5 },
  { id: 'se', fx: 1, fy: 1 },
  { id: 's', fx: 0.5, fy: 1 },
  { id: 'sw', fx: 0, fy: 1 },
  { id: 'w', fx: 0, fy: 0.5 },
];

/** How a drawn box is shaped. */
export interface DrawShape {
  readonly isSquare: boolean;
  readonly isFromCentre: boolean;
}

/**
 * Rounds to 1/64 pixel. Multiples of a power of two add and subtract exactly in floating point, so an edge put on the image's border is on it,
 * and undo, export and tests see no dust such as 99.99999999999999.
 */
export function roundPx(value: number): number {
  return Math.round(value * 64) / 64;
}

/** The nearest point inside the image. */
export function clampPoint(atPx: Point, size: Size): Point {
  return {
    x: Math.min(Math.max(roundPx(atPx.x), 0), size.widthPx),
    y: Math.min(Math.max(roundPx(atPx.y), 0), size.heightPx),
  };
}

/** Each side rounded as points are, still inside the image. */
export function roundBox(box: PixelBox, size: Size): PixelBox {
  const from = clampPoint(box, size);
  const to = clampPoint({ x: box.x + box.w, y: box.y + box.h }, size);
  return { x: from.x, y: from.y, w: to.x - from.x, h: to.y - from.y };
}

/** The image point under the pointer, put on the image's edge when it is nearly there; with Ctrl it stays where it is. */
export function snapPoint(input: PointerInput, context: EditorContext): Point {
  const size = context.size();
  const at = clampPoint(context.toImage(input.atView), size);
  const slackPx = snapSlackPx(input, context);
  return {
    x: at.x + snapOffset([at.x], size.widthPx, slackPx),
    y: at.y + snapOffset([at.y], size.heightPx, slackPx),
  };
}

/** How near to the image's edge draws on it, image pixels: the same on the screen at every zoom, nothing with Ctrl. */
export function snapSlackPx(input: PointerInput, context: EditorContext): number {
  return input.ctrl || input.meta ? 0 : context.settings.snapView / context.view().camera.scale;
}

/** How far to move so that the nearest of these coordinates lies on 0 or on the limit; 0 when none is within the slack. */
export function snapOffset(values: readonly number[], limit: number, slackPx: number): number {
  let best = 0;
  let nearest = slackPx;
  for (const value of values) {
    for (const offset of [-value, limit - value]) {
      if (Math.abs(offset) > nearest) continue;
      nearest = Math.abs(offset);
      best = offset;
    }
  }
  return best;
}

/** A box as a person draws it. */
export function newBoxRecord(id: string, imageId: string, classId: string, box: PixelBox): BoxRecord {
  const { x, y, w, h } = box;
  return {
    ...{ id, imageId, classId, x, y, w, h, source: 'person', modelId: null, score: null },
    ...{ attributes: {}, head: null, tail: null },
  };
}

/** The box drawn from an anchor to the pointer, clipped to the image; square and centred boxes shrink to the room there is. May have no area. */
export function drawBox(anchorPx: Point, toPx: Point, size: Size, shape: DrawShape): PixelBox {
  const anchor = clampPoint(anchorPx, size);
  const dx = roundPx(toPx.x) - anchor.x;
  const dy = roundPx(toPx.y) - anchor.y;
  const signX = dx < 0 ? -1 : 1;
  const signY = dy < 0 ? -1 : 1;
  const room = (at: number, sign: number, length: number): number => {
    if (shape.isFromCentre) return Math.min(at, length - at);
    return sign > 0 ? length - at : at;
  };
  const roomX = room(anchor.x, signX, size.widthPx);
  const roomY = room(anchor.y, signY, size.heightPx);
  const side = Math.min(Math.max(Math.abs(dx), Math.abs(dy)), roomX, roomY);
  const w = shape.isSquare ? side : Math.min(Math.abs(dx), roomX);
  const h = shape.isSquare ? side : Math.min(Math.abs(dy), roomY);
  if (shape.isFromCentre) return { x: anchor.x - w, y: anchor.y - h, w: 2 * w, h: 2 * h };
  return { x: signX > 0 ? anchor.x : anchor.x - w, y: signY > 0 ? anchor.y : anchor.y - h, w, h };
}

/** A wanted offset drawn onto the image's edges where the boxes, moved together, nearly touch one. */
export function snapMove(boxes: readonly PixelBox[], wantedPx: Point, size: Size, slackPx: number): Point {
  const left = Math.min(...boxes.map((box) => box.x)) + wantedPx.x;
  const right = Math.max(...boxes.map((box) => box.x + box.w)) + wantedPx.x;
  const top = Math.min(...boxes.map((box) => box.y)) + wantedPx.y;
  const bottom = Math.max(...boxes.map((box) => box.y + box.h)) + wantedPx.y;
  return {
    x: wantedPx.x + snapOffset([left, right], size.widthPx, slackPx),
    y: wantedPx.y + snapOffset([top, bottom], size.heightPx, slackPx),
  };
}

/** The offset of a handle drawn onto the image's edges where the edges it moves nearly touch one. */
export function snapResize(
  box: PixelBox,
  handle: HandleId,
  offsetPx: Point,
  size: Size,
  slackPx: number,
): Point {
  const x = handle.includes('w') ? [box.x] : handle.includes('e') ? [box.x + box.w] : [];
  const y = handle.includes('n') ? [box.y] : handle.includes('s') ? [box.y + box.h] : [];
  const snap = (values: readonly number[], offset: number, limit: number): number =>
    offset +
    snapOffset(
      values.map((value) => value + offset),
      limit,
      slackPx,
    );
  return { x: snap(x, offsetPx.x, size.widthPx), y: snap(y, offsetPx.y, size.heightPx) };
}

/** The offset nearest to the wanted one that keeps every box inside the image; boxes move together. */
export function clampMove(boxes: readonly PixelBox[], wantedPx: Point, size: Size): Point {
  const low = { x: Number.NEGATIVE_INFINITY, y: Number.NEGATIVE_INFINITY };
  const high = { x: Number.POSITIVE_INFINITY, y: Number.POSITIVE_INFINITY };
  for (const box of boxes) {
    low.x = Math.max(low.x, -box.x);
    low.y = Math.max(low.y, -box.y);
    high.x = Math.min(high.x, size.widthPx - box.x - box.w);
    high.y = Math.min(high.y, size.heightPx - box.y - box.h);
  }
  return {
    x: clampOffset(roundPx(wantedPx.x), low.x, high.x),
    y: clampOffset(roundPx(wantedPx.y), low.y, high.y),
  };
}

/** The box with the handle's edges moved by an offset. Edges stop at the image's border and `minPx` before the opposite edge; square keeps the sides equal on corners. */
export function resizeBox(
  box: PixelBox,
  handle: HandleId,
  offsetPx: Point,
  size: Size,
  options: { readonly minPx: number; readonly isSquare: boolean },
): PixelBox {
  const x = moveEdges(
    box.x,
    box.w,
    { from: handle.includes('w'), to: handle.includes('e') },
    offsetPx.x,
    size.widthPx,
    options.minPx,
  );
  const y = moveEdges(
    box.y,
    box.h,
    { from: handle.includes('n'), to: handle.includes('s') },
    offsetPx.y,
    size.heightPx,
    options.minPx,
  );
  if (!options.isSquare || handle.length !== 2) return { x: x.at, y: y.at, w: x.length, h: y.length };
  const isLeft = handle.includes('w');
  const isTop = handle.includes('n');
  const fixed = { x: isLeft ? box.x + box.w : box.x, y: isTop ? box.y + box.h : box.y };
  const roomX = isLeft ? fixed.x : size.widthPx - fixed.x;
  const roomY = isTop ? fixed.y : size.heightPx - fixed.y;
  const side = Math.min(Math.max(x.length, y.length), roomX, roomY);
  return { x: isLeft ? fixed.x - side : fixed.x, y: isTop ? fixed.y - side : fixed.y, w: side, h: side };
}

/** A box moved by an offset, with its head and tail. */
export function moveRecord(box: BoxRecord, offsetPx: Point): BoxRecord {
  const shift = (point: Point | null): Point | null =>
    point === null ? null : { x: point.x + offsetPx.x, y: point.y + offsetPx.y };
  return {
    ...box,
    x: box.x + offsetPx.x,
    y: box.y + offsetPx.y,
    head: shift(box.head),
    tail: shift(box.tail),
  };
}

function moveEdges(
  at: number,
  length: number,
  moves: { readonly from: boolean; readonly to: boolean },
  offset: number,
  limit: number,
  minPx: number,
): { at: number; length: number } {
  const min = Math.min(minPx, length);
  if (moves.from) {
    const end = at + length;
    const start = Math.min(Math.max(roundPx(at + offset), 0), end - min);
    return { at: start, length: end - start };
  }
  if (moves.to) {
    const end = Math.max(Math.min(roundPx(at + length + offset), limit), at + min);
    return { at, length: end - at };
  }
  return { at, length };
}

/** A box that already sticks out has no room either way: it stays rather than jump. */
function clampOffset(wanted: number, low: number, high: number): number {
  if (low > high) return 0;
  return Math.min(Math.max(wanted, Math.min(low, 0)), Math.max(high, 0));
}
