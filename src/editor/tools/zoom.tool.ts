/** The zoom tool: drag around what shall fill the canvas; a click zooms in there, with Shift or Alt out. */
import { boxFromCorners, type Point } from '../../core/geometry.ts';
import { clampPoint } from '../box-edits.ts';
import { areaCamera, zoomAt } from '../camera.ts';
import type { EditorContext, PointerInput, Tool } from '../types.ts';

type ZoomState =
  | { readonly name: 'idle' }
  | { readonly name: 'pressing' | 'marking'; readonly downPx: Point; readonly downView: Point };

const idle: ZoomState = { name: 'idle' };
const CLICK_FACTOR = 2;

export const zoomTool: Tool<ZoomState> = {
  id: 'zoom',
  stateNames: ['idle', 'pressing', 'marking'],
  initial: idle,
  handle(state, input, context) {
    if (input.type === 'cancel') {
      context.update({ marquee: null });
      return idle;
    }
    if (input.type === 'doubleclick') return state;
    if (state.name === 'idle') {
      if (input.type !== 'pointerdown' || context.image() === null) return state;
      return { name: 'pressing', downPx: context.toImage(input.atView), downView: input.atView };
    }
    if (input.type === 'pointerup') return release(state, input, context);
    if (input.type !== 'pointermove') return state;
    const travelView = Math.hypot(input.atView.x - state.downView.x, input.atView.y - state.downView.y);
    if (state.name === 'pressing' && travelView <= context.settings.dragThresholdView) return state;
    context.update({ marquee: areaTo(state.downPx, input, context) });
    return { ...state, name: 'marking' };
  },
  cursor: () => 'zoom-in',
};

function areaTo(downPx: Point, input: PointerInput, context: EditorContext) {
  const size = context.size();
  return boxFromCorners(clampPoint(downPx, size), clampPoint(context.toImage(input.atView), size));
}

function release(
  state: Exclude<ZoomState, { name: 'idle' }>,
  input: PointerInput,
  context: EditorContext,
): ZoomState {
  const { camera, viewport } = context.view();
  if (state.name === 'pressing') {
    const factor = input.shift || input.alt ? 1 / CLICK_FACTOR : CLICK_FACTOR;
    context.setCamera(zoomAt(camera, input.atView, factor, context.size(), viewport));
    return idle;
  }
  const area = areaTo(state.downPx, input, context);
  context.update({ marquee: null });
  if (area.w > 0 && area.h > 0) context.setCamera(areaCamera(area, context.size(), viewport));
  return idle;
}
