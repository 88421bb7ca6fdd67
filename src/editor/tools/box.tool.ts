/** The box tool: press-drag-release or click, move, click; it stays chosen until another tool is. */
import type { Point } from '../../core/geometry.ts';
import type { BoxRecord } from '../../core/records.ts';
import { clampPoint, drawBox } from '../box-edits.ts';
import type { EditorContext, PointerInput, Tool } from '../types.ts';

type Draft = { readonly anchorPx: Point; readonly downView: Point; readonly boxId: string };
type BoxState =
  | { readonly name: 'idle' }
  /** Pressed, not yet moved far enough to tell a drag from a click. */
  | ({ readonly name: 'pressing' } & Draft)
  | ({ readonly name: 'dragging' } & Draft)
  /** First click made: the box follows the pointer until the second. */
  | ({ readonly name: 'stretching' } & Draft)
  /** Second click pressed, ends on release. */
  | ({ readonly name: 'closing' } & Draft);

const idle: BoxState = { name: 'idle' };

export const boxTool: Tool<BoxState> = {
  id: 'box',
  stateNames: ['idle', 'pressing', 'dragging', 'stretching', 'closing'],
  initial: idle,
  handle(state, input, context) {
    if (input.type === 'cancel') {
      if (state.name !== 'idle') context.rollback();
      return idle;
    }
    if (input.type === 'doubleclick') return state;
    if (state.name === 'idle') return input.type === 'pointerdown' ? start(input, context) : state;
    if (input.type === 'pointermove') return follow(state, input, context);
    if (input.type === 'pointerdown')
      return state.name === 'stretching' ? { ...state, name: 'closing' } : state;
    if (state.name === 'pressing') return { ...state, name: 'stretching' };
    if (state.name === 'stretching') return state;
    return finish(state, input, context);
  },
  cursor: () => 'crosshair',
};

function start(input: PointerInput, context: EditorContext): BoxState {
  if (context.image() === null) return idle;
  if (context.view().activeClassId === null) {
    context.notify('class/none');
    return idle;
  }
  context.begin('Draw box');
  const anchorPx = clampPoint(context.toImage(input.atView), context.size());
  return { name: 'pressing', anchorPx, downView: input.atView, boxId: context.newId() };
}

function follow(
  state: Exclude<BoxState, { name: 'idle' }>,
  input: PointerInput,
  context: EditorContext,
): BoxState {
  const travelView = Math.hypot(input.atView.x - state.downView.x, input.atView.y - state.downView.y);
  if (state.name === 'pressing' && travelView <= context.settings.dragThresholdView) return state;
  write(state, input, context);
  return state.name === 'pressing' ? { ...state, name: 'dragging' } : state;
}

function finish(draft: Draft, input: PointerInput, context: EditorContext): BoxState {
  if (write(draft, input, context)) {
    context.commit();
    context.update({ selectedBoxIds: [draft.boxId], selectedPredictionId: null });
  } else {
    context.rollback();
  }
  return idle;
}

/** Writes the draft as a record. A box too small to be meant is not there; says whether it is. */
function write(draft: Draft, input: PointerInput, context: EditorContext): boolean {
  const shape = { isSquare: input.shift, isFromCentre: input.alt };
  const box = drawBox(draft.anchorPx, context.toImage(input.atView), context.size(), shape);
  const image = context.image();
  const classId = context.view().activeClassId;
  const { minBoxPx } = context.settings;
  if (image === null || classId === null || box.w < minBoxPx || box.h < minBoxPx) {
    if (context.findBox(draft.boxId) !== undefined) context.deleteBox(draft.boxId);
    return false;
  }
  const record: BoxRecord = {
    id: draft.boxId,
    imageId: image.id,
    classId,
    ...box,
    source: 'person',
    modelId: null,
    score: null,
    attributes: {},
    head: null,
    tail: null,
  };
  context.putBox(record);
  return true;
}
