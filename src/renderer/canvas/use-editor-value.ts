/** How React parts read the editor: one value each, so that moving the camera does not redraw the panels. */
import { useCallback, useRef, useSyncExternalStore } from 'react';
import type { Editor, EditorSnapshot } from '../../editor/types.ts';
import { whenDrawn } from './when-drawn.ts';

/**
 * The selected part of the editor's snapshot, in the frame of the input that changed it: for the canvas itself. `select` must return a part of
 * it or a primitive, not a new object each time.
 */
export function useEditorValue<T>(editor: Editor, select: (snapshot: EditorSnapshot) => T): T {
  return useSyncExternalStore(editor.subscribe, () => select(editor.getSnapshot()));
}

/**
 * The same for what lies around the canvas: it follows when the frame is drawn, once, whatever came before it, and at most ten times a second.
 * Not for fields, switches and sliders: they would show their old value for a while.
 */
export function useLateValue<T>(editor: Editor, select: (snapshot: EditorSnapshot) => T): T {
  return useSyncExternalStore(useLateSubscription(editor), () => select(editor.getSnapshot()));
}

/**
 * The same, and while a tool has something under way it stays what it was before: panels follow when the hand lets go, so that a drag costs
 * what the canvas costs, however long their lists are. Keys change it at once.
 */
export function useSettledValue<T>(editor: Editor, select: (snapshot: EditorSnapshot) => T): T {
  const held = useRef<{ readonly editor: Editor; readonly value: T } | null>(null);
  return useSyncExternalStore(useLateSubscription(editor), () => {
    const snapshot = editor.getSnapshot();
    if (held.current?.editor !== editor || snapshot.tool.state === 'idle')
      held.current = { editor, value: select(snapshot) };
    return held.current.value;
  });
}

function useLateSubscription(editor: Editor): (listener: () => void) => () => void {
  return useCallback((listener: () => void) => subscribeLate(editor, listener), [editor]);
}

/** While inputs come one after another, what lies around the canvas follows ten times a second: nobody reads faster. */
const PACE_MS = 100;

/** Those to be told when the frame is drawn: together, so that React draws them in one go. */
const waiting = new Set<() => void>();
let isAsked = false;
let toldAtMs = Number.NEGATIVE_INFINITY;

/** Tells `listener` after the frame of the change; of changes close to each other, of the first, and then of the latest at each pace. */
export function subscribeLate(editor: Editor, listener: () => void): () => void {
  const stop = editor.subscribe(() => {
    waiting.add(listener);
    if (isAsked) return;
    isAsked = true;
    const restMs = toldAtMs + PACE_MS - performance.now();
    if (restMs <= 0) whenDrawn(tellAll);
    else setTimeout(tellAll, restMs);
  });
  return () => {
    stop();
    waiting.delete(listener);
  };
}

function tellAll(): void {
  isAsked = false;
  toldAtMs = performance.now();
  const told = [...waiting];
  waiting.clear();
  for (const listener of told) listener();
}
