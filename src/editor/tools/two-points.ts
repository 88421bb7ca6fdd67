/** The gesture of every tool that draws from one point to another: press-drag-release, or click, move, click; never a double grip. */
import type { Point } from '../../core/geometry.ts';
import type { EditorContext, PointerInput, Tool, ToolId } from '../types.ts';

interface Under<D> {
  readonly draft: D;
  readonly downView: Point;
}
export type TwoPointState<D> =
  | { readonly name: 'idle' }
  /** Pressed, not yet moved far enough to tell a drag from a click. */
  | ({ readonly name: 'pressing' } & Under<D>)
  | ({ readonly name: 'dragging' } & Under<D>)
  /** First click made: the shape follows the pointer until the second. */
  | ({ readonly name: 'stretching' } & Under<D>)
  /** Second click pressed, ends on release. */
  | ({ readonly name: 'closing' } & Under<D>);

/** What the gesture draws. */
export interface TwoPointShape<D> {
  readonly id: ToolId;
  /** The first point; undefined when nothing can be drawn, which it has then said why. The gesture is open from here on. */
  start(input: PointerInput, context: EditorContext): D | undefined;
  /** Writes the shape up to the pointer. False when there is nothing worth keeping. */
  write(draft: D, input: PointerInput, context: EditorContext): boolean;
  /** After the gesture was closed. */
  finish(draft: D, context: EditorContext): void;
}

const stateNames = ['idle', 'pressing', 'dragging', 'stretching', 'closing'] as const;

/** The tool for a shape. It stays chosen until another is. */
export function createTwoPointTool<D>(shape: TwoPointShape<D>): Tool<TwoPointState<D>> {
  type State = TwoPointState<D>;
  const idle: State = { name: 'idle' };

  const follow = (
    state: Exclude<State, { name: 'idle' }>,
    input: PointerInput,
    context: EditorContext,
  ): State => {
    const travelView = Math.hypot(input.atView.x - state.downView.x, input.atView.y - state.downView.y);
    if (state.name === 'pressing' && travelView <= context.settings.dragThresholdView) return state;
    shape.write(state.draft, input, context);
    return state.name === 'pressing' ? { ...state, name: 'dragging' } : state;
  };
  const finish = (draft: D, input: PointerInput, context: EditorContext): State => {
    if (shape.write(draft, input, context)) {
      context.commit();
      shape.finish(draft, context);
    } else {
      context.rollback();
    }
    return idle;
  };

  return {
    id: shape.id,
    stateNames,
    initial: idle,
    handle(state, input, context) {
      if (input.type === 'cancel') {
        if (state.name !== 'idle') context.rollback();
        return idle;
      }
      if (input.type === 'doubleclick') return state;
      if (state.name === 'idle') {
        if (input.type !== 'pointerdown' || context.image() === null) return state;
        const draft = shape.start(input, context);
        return draft === undefined ? idle : { name: 'pressing', draft, downView: input.atView };
      }
      if (input.type === 'pointermove') return follow(state, input, context);
      if (input.type === 'pointerdown')
        return state.name === 'stretching' ? { ...state, name: 'closing' } : state;
      if (state.name === 'pressing') return { ...state, name: 'stretching' };
      if (state.name === 'stretching') return state;
      return finish(state.draft, input, context);
    },
    cursor: () => 'crosshair',
  };
}
