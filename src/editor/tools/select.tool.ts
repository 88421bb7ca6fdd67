/** The select tool: click to select, drag to move, eight handles to resize; dragging a suggestion makes a label of it. */
import type { Point } from '../../core/geometry.ts';
import type { BoxRecord } from '../../core/records.ts';
import { boxFromPrediction } from '../../core/review.ts';
import { clampMove, resizeBox, roundPx } from '../box-edits.ts';
import type { EditorContext, HandleId, Hit, PointerInput, Tool } from '../types.ts';

type Grab = Exclude<Hit, { kind: 'empty' }>;
type SelectState =
  | { readonly name: 'idle' }
  | { readonly name: 'pressing'; readonly hit: Hit; readonly downView: Point; readonly wasSelected: boolean }
  | { readonly name: 'moving'; readonly downPx: Point; readonly from: readonly BoxRecord[] }
  | {
      readonly name: 'resizing';
      readonly downPx: Point;
      readonly from: BoxRecord;
      readonly handle: HandleId;
    };

const idle: SelectState = { name: 'idle' };
const handleCursors: Record<HandleId, string> = {
  nw: 'nwse-resize',
  se: 'nwse-resize',
  ne: 'nesw-resize',
  sw: 'nesw-resize',
  n: 'ns-resize',
  s: 'ns-resize',
  e: 'ew-resize',
  w: 'ew-resize',
};

export const selectTool: Tool<SelectState> = {
  id: 'select',
  stateNames: ['idle', 'pressing', 'moving', 'resizing'],
  initial: idle,
  handle(state, input, context) {
    if (input.type === 'cancel') {
      if (state.name === 'moving' || state.name === 'resizing') context.rollback();
      return idle;
    }
    if (input.type === 'doubleclick') return state;
    if (input.type === 'pointerdown') return state.name === 'idle' ? press(input, context) : state;
    if (input.type === 'pointerup') return release(state, input, context);
    if (state.name !== 'pressing') return drag(state, input, context);
    const travelView = Math.hypot(input.atView.x - state.downView.x, input.atView.y - state.downView.y);
    if (travelView <= context.settings.dragThresholdView || state.hit.kind === 'empty') return state;
    return drag(grab(state.hit, state.downView, context), input, context);
  },
  cursor(state, view) {
    if (state.name === 'moving') return 'move';
    if (state.name === 'resizing') return handleCursors[state.handle];
    if (view.hover.kind === 'empty') return 'default';
    return view.hover.handle === null ? 'move' : handleCursors[view.hover.handle];
  },
};

function press(input: PointerInput, context: EditorContext): SelectState {
  const hit = context.hitTest(input.atView);
  const { selectedBoxIds } = context.view();
  const wasSelected = hit.kind === 'box' && selectedBoxIds.includes(hit.id);
  if (hit.kind === 'box' && !wasSelected) {
    context.update({
      selectedBoxIds: input.shift ? [...selectedBoxIds, hit.id] : [hit.id],
      selectedPredictionId: null,
    });
  }
  if (hit.kind === 'prediction') context.update({ selectedBoxIds: [], selectedPredictionId: hit.id });
  return { name: 'pressing', hit, downView: input.atView, wasSelected };
}

/** Opens the gesture. A suggestion becomes a label first, so that from here on only labels are moved. */
function grab(hit: Grab, downView: Point, context: EditorContext): SelectState {
  const downPx = context.toImage(downView);
  if (hit.kind === 'prediction') {
    const prediction = context.findPrediction(hit.id);
    if (prediction === undefined) return idle;
    const box = boxFromPrediction(prediction, context.newId(), context.size());
    context.begin('Adjust suggestion');
    context.putBox(box);
    context.markPrediction({ id: prediction.id, status: 'adjusted', boxId: box.id });
    if (hit.handle === null) return { name: 'moving', downPx, from: [box] };
    return { name: 'resizing', downPx, from: box, handle: hit.handle };
  }
  const box = context.findBox(hit.id);
  if (box === undefined) return idle;
  if (hit.handle !== null) {
    context.begin('Resize box');
    return { name: 'resizing', downPx, from: box, handle: hit.handle };
  }
  const selected = context.view().selectedBoxIds.map((id) => context.findBox(id));
  const from = selected.filter((entry) => entry !== undefined);
  if (!from.some((entry) => entry.id === box.id)) return idle;
  context.begin(from.length === 1 ? 'Move box' : `Move ${from.length} boxes`);
  return { name: 'moving', downPx, from };
}

function drag(state: SelectState, input: PointerInput, context: EditorContext): SelectState {
  if (state.name !== 'moving' && state.name !== 'resizing') return state;
  const atPx = context.toImage(input.atView);
  const offsetPx = { x: roundPx(atPx.x - state.downPx.x), y: roundPx(atPx.y - state.downPx.y) };
  if (state.name === 'resizing') {
    const options = { minPx: context.settings.minBoxPx, isSquare: input.shift };
    context.putBox({
      ...state.from,
      ...resizeBox(state.from, state.handle, offsetPx, context.size(), options),
    });
    return state;
  }
  const moved = clampMove(state.from, offsetPx, context.size());
  for (const box of state.from) context.putBox(moveRecord(box, moved));
  return state;
}

function release(state: SelectState, input: PointerInput, context: EditorContext): SelectState {
  if (state.name === 'moving' || state.name === 'resizing') {
    drag(state, input, context);
    const gesture = context.commit();
    const ids = state.name === 'moving' ? state.from.map((box) => box.id) : [state.from.id];
    if (gesture !== undefined) context.update({ selectedBoxIds: ids, selectedPredictionId: null });
    return idle;
  }
  if (state.name !== 'pressing') return idle;
  if (state.hit.kind === 'empty' && !input.shift)
    context.update({ selectedBoxIds: [], selectedPredictionId: null });
  if (state.hit.kind === 'box' && state.wasSelected && state.hit.handle === null) {
    const { id } = state.hit;
    const others = context.view().selectedBoxIds.filter((other) => other !== id);
    context.update({ selectedBoxIds: input.shift ? others : [id] });
  }
  return idle;
}

/** A box moved by an offset, with its head and tail. */
export function moveRecord(box: BoxRecord, offsetPx: Point): BoxRecord {
  const shift = (point: Point | null): Point | null =>
    point === null ? null : { x: point.x + offsetPx.x, y: point.y + offsetPx.y };
  return {
    ...box,
    x: box.x + offsetPx.x,
    y: box.y + offsetPx.y,
    head: shift(box.head),
    tail: shift(box.tail),
  };
}
