/**
 * The head–tail line: two points that say how a fish lies, first its head, then its tail. A line inside a box belongs to that box, the
 * selected one before others, the smallest before larger; any other makes a box around itself, as the import of point files does. Alt
 * makes a box of its own in any case.
 */
import { boxAroundLine, clipBox, type PixelBox, type Point } from '../../core/geometry.ts';
import type { BoxRecord } from '../../core/records.ts';
import { clampPoint, newBoxRecord, roundBox } from '../box-edits.ts';
import type { EditorContext, PointerInput } from '../types.ts';
import { createTwoPointTool } from './two-points.ts';

/** How far outside its box a point may lie and still be meant for it, CSS pixels. */
const SLACK_VIEW = 6;

interface LineDraft {
  readonly headPx: Point;
  /** Boxes that the head lies in, the likeliest first. */
  readonly around: readonly BoxRecord[];
  readonly newBoxId: string;
}

export const lineTool = createTwoPointTool<LineDraft>({
  id: 'line',
  start(input, context) {
    const headPx = clampPoint(context.toImage(input.atView), context.size());
    const around = listBoxesAt(headPx, context);
    if (around.length === 0 && context.view().activeClassId === null) {
      context.notify('class/none');
      return undefined;
    }
    context.begin('Draw head–tail line');
    return { headPx, around, newBoxId: context.newId() };
  },
  write,
  finish(draft, context) {
    const made = context.findBox(draft.newBoxId);
    const owner = made ?? draft.around.find(({ id }) => context.findBox(id)?.head === draft.headPx);
    if (owner !== undefined) context.update({ selectedBoxIds: [owner.id], selectedPredictionId: null });
  },
});

function write(draft: LineDraft, input: PointerInput, context: EditorContext): boolean {
  const { headPx, around, newBoxId } = draft;
  const tailPx = clampPoint(context.toImage(input.atView), context.size());
  // What an earlier move wrote is taken back first: the line may have left the box it began in.
  for (const box of around) if (context.findBox(box.id) !== box) context.putBox(box);
  if (context.findBox(newBoxId) !== undefined) context.deleteBox(newBoxId);
  if (Math.hypot(headPx.x - tailPx.x, headPx.y - tailPx.y) < context.settings.minBoxPx) return false;
  const slackPx = SLACK_VIEW / context.view().camera.scale;
  const owner = input.alt ? undefined : around.find((box) => isInside(tailPx, box, slackPx));
  if (owner !== undefined) {
    context.putBox({ ...owner, head: headPx, tail: tailPx });
    return true;
  }
  const image = context.image();
  const classId = context.view().activeClassId;
  const box = clipBox(boxAroundLine(headPx, tailPx), context.size());
  if (image === null || classId === null || box === undefined) return false;
  const rounded = roundBox(box, context.size());
  if (Math.min(rounded.w, rounded.h) < context.settings.minBoxPx) return false;
  context.putBox({ ...newBoxRecord(newBoxId, image.id, classId, rounded), head: headPx, tail: tailPx });
  return true;
}

function listBoxesAt(atPx: Point, context: EditorContext): BoxRecord[] {
  const slackPx = SLACK_VIEW / context.view().camera.scale;
  const selected = new Set(context.view().selectedBoxIds);
  const rank = (box: BoxRecord): number => (selected.has(box.id) ? -1 : box.w * box.h);
  return context
    .boxesIn({ x: atPx.x - slackPx, y: atPx.y - slackPx, w: 2 * slackPx, h: 2 * slackPx })
    .sort((a, b) => rank(a) - rank(b));
}

function isInside(atPx: Point, box: PixelBox, slackPx: number): boolean {
  return (
    atPx.x >= box.x - slackPx &&
    atPx.x <= box.x + box.w + slackPx &&
    atPx.y >= box.y - slackPx &&
    atPx.y <= box.y + box.h + slackPx
  );
}
