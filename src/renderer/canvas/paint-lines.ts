/** Paints the line from head to tail, and the area that a tool marks. Screen space: sizes are the same at every zoom. */
import type { Point, ViewBox } from '../../core/geometry.ts';
import { toView } from '../../editor/camera.ts';
import type { Camera } from '../../editor/types.ts';

type Paint = CanvasRenderingContext2D;

const HEAD_RADIUS_VIEW = 5;
/** Length of the two strokes of the tail, CSS pixels. */
const FIN_VIEW = 9;
const SHADE = 'rgba(0, 0, 0, 0.55)';

/** The line of a box, if it has one: a filled dot is the head, a fork the tail, so that the two are told apart without colour. */
export function paintLine(
  paint: Paint,
  camera: Camera,
  { head, tail }: { readonly head: Point | null; readonly tail: Point | null },
  color: string,
  dash: readonly number[],
): void {
  if (head === null && tail === null) return;
  const from = head && toView(camera, head);
  const to = tail && toView(camera, tail);
  paint.lineCap = 'round';
  if (from !== null && to !== null) {
    paint.beginPath();
    paint.moveTo(from.x, from.y);
    paint.lineTo(to.x, to.y);
    strokeShaded(paint, color, dash);
  }
  if (to !== null) {
    const angle = from === null ? 0 : Math.atan2(to.y - from.y, to.x - from.x);
    paint.beginPath();
    for (const turn of [-0.6, 0.6]) {
      paint.moveTo(to.x, to.y);
      paint.lineTo(to.x + FIN_VIEW * Math.cos(angle + turn), to.y + FIN_VIEW * Math.sin(angle + turn));
    }
    strokeShaded(paint, color, []);
  }
  if (from !== null) {
    paint.beginPath();
    paint.arc(from.x, from.y, HEAD_RADIUS_VIEW, 0, 2 * Math.PI);
    paint.fillStyle = color;
    paint.fill();
    paint.lineWidth = 1.5;
    paint.strokeStyle = '#000000';
    paint.stroke();
  }
  paint.lineCap = 'butt';
}

/** The area being marked: white and dark dashes show on any water. */
export function paintMarquee(paint: Paint, { x, y, w, h }: ViewBox): void {
  paint.fillStyle = 'rgba(255, 255, 255, 0.1)';
  paint.fillRect(x, y, w, h);
  paint.lineWidth = 1;
  paint.strokeStyle = SHADE;
  paint.strokeRect(x + 0.5, y + 0.5, w, h);
  paint.setLineDash([4, 4]);
  paint.strokeStyle = '#ffffff';
  paint.strokeRect(x + 0.5, y + 0.5, w, h);
  paint.setLineDash([]);
}

function strokeShaded(paint: Paint, color: string, dash: readonly number[]): void {
  paint.setLineDash([]);
  if (dash.length === 0) {
    paint.lineWidth = 4;
    paint.strokeStyle = SHADE;
    paint.stroke();
  }
  paint.setLineDash([...dash]);
  paint.lineWidth = 2;
  paint.strokeStyle = color;
  paint.stroke();
  paint.setLineDash([]);
}
