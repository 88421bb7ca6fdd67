/** How far painting a box may reach: what has to be cleared and painted again when it moves away. */
import type { PixelBox, Point, ViewBox } from '../../core/geometry.ts';
import { toView, toViewBox } from '../../editor/camera.ts';
import type { Camera, Viewport } from '../../editor/types.ts';
import { joinBoxes } from './sheet.ts';

/** Handles, the head of a line, and the thickest stroke reach no further, CSS pixels. */
const AROUND_VIEW = 12;
/** A tag and the line of pixels between it and its box. */
const TAG_VIEW = 20;
/** No letter of a tag is wider, CSS pixels; the rest is its padding, its padlock and a score. */
const LETTER_VIEW = 13;
const TAG_REST_VIEW = 80;

/** More than what is touched rather than less. CSS pixels; may reach beyond the canvas where the box does. */
export function computePaintedBox(
  camera: Camera,
  { widthView, heightView }: Viewport,
  box: PixelBox & { readonly head: Point | null; readonly tail: Point | null },
  name: string,
): ViewBox {
  let body = toViewBox(camera, box);
  for (const end of [box.head, box.tail])
    if (end !== null) body = joinBoxes(body, { ...toView(camera, end), w: 0, h: 0 });
  const { x, y, w, h } = body;
  const around = {
    x: x - AROUND_VIEW,
    y: y - AROUND_VIEW,
    w: w + 2 * AROUND_VIEW,
    h: h + 2 * AROUND_VIEW,
  };
  // The tag is pushed into the canvas where it would be cut.
  const onView = toViewBox(camera, box);
  const tagWidth = Math.min(LETTER_VIEW * name.length + TAG_REST_VIEW, widthView);
  const left = Math.min(Math.max(onView.x - 1, 0), widthView - tagWidth);
  const right = Math.min(Math.max(onView.x, 0) + tagWidth, widthView);
  const top = Math.min(Math.max(onView.y - TAG_VIEW, 0), heightView - TAG_VIEW);
  const bottom = Math.min(Math.max(onView.y + TAG_VIEW, TAG_VIEW), heightView);
  return joinBoxes(around, { x: left, y: top, w: right - left, h: bottom - top });
}
