/** Two fingers on the canvas: the image follows them. A wheel with Ctrl, which trackpads send for a pinch, is the editor's own business. */
import type { Point } from '../../core/geometry.ts';
import { pinchCamera } from '../../editor/camera.ts';
import type { Editor } from '../../editor/types.ts';

export interface TouchPinch {
  /** Tells of a pointer; true when it belongs to a pinch, so that no tool must hear of it. */
  take(event: PointerEvent, atView: Point): boolean;
}

export function createTouchPinch(editor: Editor): TouchPinch {
  const fingers = new Map<number, Point>();
  let isPinching = false;
  const pair = (): readonly [Point, Point] | null => {
    const [a, b] = [...fingers.values()];
    return a === undefined || b === undefined ? null : [a, b];
  };
  return {
    take(event, atView) {
      if (event.pointerType !== 'touch') return false;
      if (event.type === 'pointerdown') {
        fingers.set(event.pointerId, atView);
        if (fingers.size === 2) {
          // What the first finger began was no drag.
          editor.dispatch({ type: 'cancel' });
          isPinching = true;
        }
        return isPinching;
      }
      const wasPinching = isPinching;
      if (event.type === 'pointermove' && fingers.has(event.pointerId)) {
        const before = pair();
        fingers.set(event.pointerId, atView);
        const after = pair();
        const { camera, image, viewport } = editor.getSnapshot();
        if (isPinching && image !== null && before !== null && after !== null)
          editor.setCamera(pinchCamera(camera, before, after, image, viewport));
      } else if (event.type !== 'pointermove') {
        fingers.delete(event.pointerId);
        // The finger that stays must not begin to draw: the pinch ends with the last one.
        if (fingers.size === 0) isPinching = false;
      }
      return wasPinching;
    },
  };
}
