/** From hand boxes of a photograph to what a recipe sees of one copy of it. Pure. */
import type { Canvas } from '../../core/learning.ts';
import {
  type Placement,
  placeImage,
  type RectPx,
  toCanvasBox,
  toCanvasPoint,
  visibleCanvasRect,
} from '../features/letterbox.ts';
import type { FeatureVariant } from '../features/variants.ts';
import type { EngineBox, TrainingSample } from '../messages.ts';
import { cutToVisible } from '../parts/peaks.ts';
import type { CanvasBox, CanvasLine, CanvasSample } from '../recipes/recipe.ts';

/** A fish of which a copy shows less than this share is left out. */
const LEAST_SEEN_FRAC = 0.35;

/** The boxes of a copy in canvas pixels; those cut off too far become ignored regions beside those the sample has. */
export function placeSample(sample: TrainingSample, canvas: Canvas, variant: FeatureVariant): CanvasSample {
  const placement = placeImage(sample.image, canvas, variant);
  const visible = visibleCanvasRect(placement) ?? { x: 0, y: 0, w: 0, h: 0 };
  const boxes: CanvasBox[] = [];
  const ignored: RectPx[] = [];
  for (const box of sample.boxes) {
    const whole = toCanvasBox(placement, box);
    const seen = cutToVisible(whole, visible);
    if (seen === null) continue;
    if (seen.w * seen.h >= LEAST_SEEN_FRAC * whole.w * whole.h)
      boxes.push({ ...seen, classIndex: box.classIndex, ...placeLine(box, placement, visible) });
    else ignored.push(seen);
  }
  for (const region of sample.ignored ?? []) {
    const seen = cutToVisible(toCanvasBox(placement, region), visible);
    if (seen !== null) ignored.push(seen);
  }
  const soft = sample.probabilities;
  return { boxes, ignored, visible, ...(soft && { soft }) };
}

/** The line of a box in canvas pixels; none where a point is missing or outside what the copy shows. */
function placeLine({ head, tail }: EngineBox, placement: Placement, visible: RectPx): { line?: CanvasLine } {
  if (!head || !tail) return {};
  const line = { head: toCanvasPoint(placement, head), tail: toCanvasPoint(placement, tail) };
  const isSeen = ({ x, y }: CanvasLine['head']): boolean =>
    x >= visible.x && x <= visible.x + visible.w && y >= visible.y && y <= visible.y + visible.h;
  return isSeen(line.head) && isSeen(line.tail) ? { line } : {};
}
