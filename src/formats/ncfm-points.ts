/** The other community set of the fisheries contest: two points for each fish, head and tail, in place of a rectangle. */
import type { Point } from '../core/geometry.ts';
import { own, toFinite } from './text.ts';

export interface PointPair {
  readonly head: Point;
  readonly tail: Point;
}

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
