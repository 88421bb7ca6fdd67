/** Boxes brought into line with each other. Pure functions in image pixels; what they give lies inside what they were given. */
import type { PixelBox, Point } from '../core/geometry.ts';
import { roundPx } from './box-edits.ts';

export type Alignment = 'left' | 'centre' | 'right' | 'top' | 'middle' | 'bottom';

/** The smallest box around all; there must be one. */
export function boxAround(boxes: readonly PixelBox[]): PixelBox {
  const x = Math.min(...boxes.map((box) => box.x));
  const y = Math.min(...boxes.map((box) => box.y));
  const right = Math.max(...boxes.map((box) => box.x + box.w));
  const bottom = Math.max(...boxes.map((box) => box.y + box.h));
  return { x, y, w: right - x, h: bottom - y };
}

/** How far a box moves so that its edge or middle is that of the frame. */
export function computeAlignOffset(box: PixelBox, frame: PixelBox, alignment: Alignment): Point {
  const across: Partial<Record<Alignment, number>> = {
    left: frame.x - box.x,
    centre: frame.x + (frame.w - box.w) / 2 - box.x,
    right: frame.x + frame.w - box.x - box.w,
  };
  const along: Partial<Record<Alignment, number>> = {
    top: frame.y - box.y,
    middle: frame.y + (frame.h - box.h) / 2 - box.y,
    bottom: frame.y + frame.h - box.y - box.h,
  };
  return { x: roundPx(across[alignment] ?? 0), y: roundPx(along[alignment] ?? 0) };
}

/** How far each box moves so that the gaps between neighbours are equal; the outermost two stay. In the order given. */
export function computeSpreadOffsets(boxes: readonly PixelBox[], axis: 'x' | 'y'): Point[] {
  const side = axis === 'x' ? 'w' : 'h';
  const order = boxes.map((_, index) => index);
  const middle = (index: number): number => (boxes[index]?.[axis] ?? 0) + (boxes[index]?.[side] ?? 0) / 2;
  order.sort((a, b) => middle(a) - middle(b));
  const offsets: Point[] = boxes.map(() => ({ x: 0, y: 0 }));
  const first = boxes[order[0] ?? 0];
  const last = boxes[order.at(-1) ?? 0];
  if (first === undefined || last === undefined || boxes.length < 3) return offsets;
  const filled = order.slice(1, -1).reduce((sum, index) => sum + (boxes[index]?.[side] ?? 0), 0);
  const gap = (last[axis] - (first[axis] + first[side]) - filled) / (boxes.length - 1);
  let at = first[axis] + first[side] + gap;
  for (const index of order.slice(1, -1)) {
    const box = boxes[index];
    if (box === undefined) continue;
    const offset = roundPx(at - box[axis]);
    offsets[index] = axis === 'x' ? { x: offset, y: 0 } : { x: 0, y: offset };
    at += box[side] + gap;
  }
  return offsets;
}
