/**
 * The select tool: click to select, drag to move, eight handles to resize, the ends of a line to turn it, and from an empty place a
 * marquee. Dragging a suggestion makes a label of it.
 */
import { boxFromCorners, type Point } from '../../core/geometry.ts';
import type { BoxRecord } from '../../core/records.ts';
import { boxFromPrediction } from '../../core/review.ts';
import {
  clampMove,
  clampPoint,
  moveRecord,
  resizeBox,
  roundPx,
  snapMove,
  snapResize,
  snapSlackPx,
} from '../box-edits.ts';
import type { EditorContext, HandleId, Hit, LineEnd, PointerInput, Tool } from '../types.ts';

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
    }
  | { readonly name: 'turning'; readonly downPx: Point; readonly from: BoxRecord; readonly end: LineEnd }
  /** Marks an area; what it touches is selected, beside what was selected when Shift was held. */
  | {
      readonly name: 'marking';
      readonly downPx: Point;
      readonly kept: readonly string[];
      readonly before: readonly string[];
    };

const idle: SelectState = { name: 'idle' };
const handleCursors: Record<HandleId | LineEnd, string> = {
  nw: 'nwse-resize',
  se: 'nwse-resize',
  ne: 'nesw-resize',
  sw: 'nesw-resize',
  n: 'ns-resize',
  s: 'ns-resize',
  e: 'ew-resize',
  w: 'ew-resize',
  head: 'crosshair',
  tail: 'crosshair',
};

export const selectTool: Tool<SelectState> = {
  id: 'select',
  stateNames: ['idle', 'pressing', 'moving', 'resizing', 'turning', 'marking'],
  initial: idle,
  handle(state, input, context) {
    if (input.type === 'cancel') return cancel(state, context);
    if (input.type === 'doubleclick') return state;
    if (input.type === 'pointerdown') return state.name === 'idle' ? press(input, context) : state;
    if (input.type === 'pointerup') return release(state, input, context);
    if (state.name !== 'pressing') return drag(state, input, context);
    const travelView = Math.hypot(input.atView.x - state.downView.x, input.atView.y - state.downView.y);
    if (travelView <= context.settings.dragThresholdView) return state;
    if (state.hit.kind !== 'empty') return drag(grab(state.hit, state.downView, context), input, context);
    const before = context.view().selectedBoxIds;
    const downPx = context.toImage(state.downView);
    return drag({ name: 'marking', downPx, kept: input.shift ? before : [], before }, input, context);
  },
  cursor(state, view) {
    if (state.name === 'moving') return 'move';
    if (state.name === 'resizing') return handleCursors[state.handle];
    if (state.name === 'turning') return handleCursors[state.end];
    if (state.name === 'marking' || view.hover.kind === 'empty') return 'default';
    return view.hover.handle === null ? 'move' : handleCursors[view.hover.handle];
  },
};

function cancel(state: SelectState, context: EditorContext): SelectState {
  if (state.name === 'marking') context.update({ marquee: null, selectedBoxIds: state.before });
  else if (state.name !== 'idle' && state.name !== 'pressing') context.rollback();
  return idle;
}

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
    return hold(box, hit.handle, downPx);
  }
  const box = context.findBox(hit.id);
  if (box === undefined) return idle;
  if (hit.handle !== null) {
    context.begin(isLineEnd(hit.handle) ? `Move ${hit.handle}` : 'Resize box');
    return hold(box, hit.handle, downPx);
  }
  const selected = context.view().selectedBoxIds.map((id) => context.findBox(id));
  const from = selected.filter((entry): entry is BoxRecord => entry !== undefined && entry.locked !== true);
  if (!from.some((entry) => entry.id === box.id)) return idle;
  context.begin(from.length === 1 ? 'Move box' : `Move ${from.length} boxes`);
  return { name: 'moving', downPx, from };
}

function hold(from: BoxRecord, handle: HandleId | LineEnd, downPx: Point): SelectState {
  return isLineEnd(handle)
    ? { name: 'turning', downPx, from, end: handle }
    : { name: 'resizing', downPx, from, handle };
}

function isLineEnd(handle: HandleId | LineEnd): handle is LineEnd {
  return handle === 'head' || handle === 'tail';
}

function drag(state: SelectState, input: PointerInput, context: EditorContext): SelectState {
  if (state.name === 'idle' || state.name === 'pressing') return state;
  const size = context.size();
  const atPx = context.toImage(input.atView);
  if (state.name === 'marking') {
    const marquee = boxFromCorners(clampPoint(state.downPx, size), clampPoint(atPx, size));
    const marked = context.boxesIn(marquee).map(({ id }) => id);
    const selectedBoxIds = [...state.kept, ...marked.filter((id) => !state.kept.includes(id))];
    context.update({ marquee, selectedBoxIds, selectedPredictionId: null });
    return state;
  }
  const offsetPx = { x: roundPx(atPx.x - state.downPx.x), y: roundPx(atPx.y - state.downPx.y) };
  const slackPx = snapSlackPx(input, context);
  if (state.name === 'turning') {
    const { from, end } = state;
    const old = from[end] ?? state.downPx;
    context.putBox({ ...from, [end]: clampPoint({ x: old.x + offsetPx.x, y: old.y + offsetPx.y }, size) });
  } else if (state.name === 'resizing') {
    const options = { minPx: context.settings.minBoxPx, isSquare: input.shift };
    const snappedPx = snapResize(state.from, state.handle, offsetPx, size, slackPx);
    context.putBox({ ...state.from, ...resizeBox(state.from, state.handle, snappedPx, size, options) });
  } else {
    const moved = clampMove(state.from, snapMove(state.from, offsetPx, size, slackPx), size);
    for (const box of state.from) context.putBox(moveRecord(box, moved));
  }
  return state;
}

function release(state: SelectState, input: PointerInput, context: EditorContext): SelectState {
  if (state.name === 'marking') {
    drag(state, input, context);
    context.update({ marquee: null });
    return idle;
  }
  if (state.name !== 'idle' && state.name !== 'pressing') {
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
