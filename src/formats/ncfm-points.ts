/** The other community set of the fisheries contest: two points for each fish, head and tail, in place of a rectangle. */
import { boxFromCorners, type PixelBox, type Point } from '../core/geometry.ts';
import { own, toFinite } from './text.ts';

export interface PointPair {
  readonly head: Point;
  readonly tail: Point;
}

/** Share of the distance between the points that a box keeps clear around them: a fish is wider than its axis. */
const MARGIN_FRAC = 0.15;

/** Head and tail when the shapes of an image are exactly two points; undefined for anything else. */
export function readPointPair(shapes: readonly unknown[]): PointPair | undefined {
  const points = shapes.map((shape) => {
    if (own(shape, 'class') !== 'point') return undefined;
    const [x, y] = [toFinite(own(shape, 'x')), toFinite(own(shape, 'y'))];
    return x === undefined || y === undefined ? undefined : { x, y };
  });
  const [head, tail] = points;
  return points.length === 2 && head !== undefined && tail !== undefined ? { head, tail } : undefined;
}

/** The box around both points with a margin on every side, in the pixels of the points. */
export function computePaddedBox({ head, tail }: PointPair): PixelBox {
  const margin = MARGIN_FRAC * Math.hypot(head.x - tail.x, head.y - tail.y);
  const { x, y, w, h } = boxFromCorners(head, tail);
  return { x: x - margin, y: y - margin, w: w + 2 * margin, h: h + 2 * margin };
}
