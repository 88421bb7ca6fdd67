/** The pan tool: drag the photograph. Also lent to Space and the middle button whatever the tool. */
import type { Point } from '../../core/geometry.ts';
import { panBy } from '../camera.ts';
import type { Tool } from '../types.ts';

type PanState = { readonly name: 'idle' } | { readonly name: 'panning'; readonly lastView: Point };

const idle: PanState = { name: 'idle' };

export const panTool: Tool<PanState> = {
  id: 'pan',
  stateNames: ['idle', 'panning'],
  initial: idle,
  handle(state, input, context) {
    if (input.type === 'cancel' || input.type === 'pointerup') return idle;
    if (input.type === 'pointerdown') return { name: 'panning', lastView: input.atView };
    if (state.name !== 'panning' || input.type !== 'pointermove') return state;
    const { camera, viewport } = context.view();
    const dx = input.atView.x - state.lastView.x;
    const dy = input.atView.y - state.lastView.y;
    context.setCamera(panBy(camera, dx, dy, context.size(), viewport));
    return { name: 'panning', lastView: input.atView };
  },
  cursor: (state) => (state.name === 'panning' ? 'grabbing' : 'grab'),
};
