/** The box tool: from corner to corner; Shift draws a square, Alt from the centre, Ctrl keeps off the image's edges. */
import type { Point } from '../../core/geometry.ts';
import { drawBox, newBoxRecord, snapPoint } from '../box-edits.ts';
import type { EditorContext, PointerInput } from '../types.ts';
import { createTwoPointTool } from './two-points.ts';

interface BoxDraft {
  readonly anchorPx: Point;
  readonly boxId: string;
}

export const boxTool = createTwoPointTool<BoxDraft>({
  id: 'box',
  start(input, context) {
    if (context.view().activeClassId === null) {
      context.notify('class/none');
      return undefined;
    }
    context.begin('Draw box');
    return { anchorPx: snapPoint(input, context), boxId: context.newId() };
  },
  write,
  finish: ({ boxId }, context) => context.update({ selectedBoxIds: [boxId], selectedPredictionId: null }),
});

/** Writes the draft as a record. A box too small to be meant is not there. */
function write(draft: BoxDraft, input: PointerInput, context: EditorContext): boolean {
  const shape = { isSquare: input.shift, isFromCentre: input.alt };
  const box = drawBox(draft.anchorPx, snapPoint(input, context), context.size(), shape);
  const image = context.image();
  const classId = context.view().activeClassId;
  const { minBoxPx } = context.settings;
  if (image === null || classId === null || box.w < minBoxPx || box.h < minBoxPx) {
    if (context.findBox(draft.boxId) !== undefined) context.deleteBox(draft.boxId);
    return false;
  }
  context.putBox(newBoxRecord(draft.boxId, image.id, classId, box));
  return true;
}
