/** What close-ups add to what was seen in the whole photograph: small fish, and those whole. */
import { type Placement, type RectPx, toCanvasBox } from '../features/letterbox.ts';
import { OTHER_CLASS_IOU, suppressOverlaps } from '../parts/nms.ts';
import type { CanvasDetection } from '../recipes/recipe.ts';

/** Suggestions read in one close-up, in image pixels, and how the photograph lay in it. */
export interface CloseView<Detection extends RectPx = RectPx> {
  readonly detections: readonly Detection[];
  readonly placement: Placement;
}

/** √ of area in canvas pixels of the close-up: what is larger is seen better in the whole. */
const MOST_SIDE_PX = 100;
/** A close-up shows less around a fish, and errs more often about what is none: its word counts a little less. */
const TRUST = 0.9;
/** So near the canvas' side, in canvas pixels, a box ends there because the canvas does. */
const EDGE_PX = 2;

/**
 * Suggestions of the whole photograph and of its close-ups as one list, surest first, at most `most`: of overlapping ones (IoU above `overlapCut` in
 * a class) the surest stays. Left out are boxes that a close-up cuts off and large ones: the whole shows them better.
 */
export function joinCloseUps<Detection extends Omit<CanvasDetection, 'line'>>(
  whole: readonly Detection[],
  closeUps: readonly CloseView<Detection>[],
  overlapCut: number,
  most: number,
): Detection[] {
  const further = closeUps.flatMap(({ detections, placement }) =>
    detections
      .filter((detection) => {
        const box = toCanvasBox(placement, detection);
        return Math.sqrt(box.w * box.h) < MOST_SIDE_PX && !isCutOff(box, placement);
      })
      .map((detection) => ({
        ...detection,
        score: detection.score * TRUST,
        probabilities: detection.probabilities.map((share) => share * TRUST),
      })),
  );
  return suppressOverlaps([...whole, ...further], {
    sameClassIou: overlapCut,
    otherClassIou: OTHER_CLASS_IOU,
    maxDetections: most,
  });
}

/** True where the box reaches a side of the canvas behind which the photograph goes on. */
function isCutOff({ x, y, w, h }: RectPx, placement: Placement): boolean {
  const { canvas, offsetXPx, offsetYPx, scaledWidthPx, scaledHeightPx } = placement;
  const { widthPx, heightPx } = canvas;
  return (
    (offsetXPx < 0 && x <= EDGE_PX) ||
    (offsetYPx < 0 && y <= EDGE_PX) ||
    (offsetXPx + scaledWidthPx > widthPx && x + w >= widthPx - EDGE_PX) ||
    (offsetYPx + scaledHeightPx > heightPx && y + h >= heightPx - EDGE_PX)
  );
}
