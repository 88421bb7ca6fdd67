/** How React parts read the editor: one value each, so that moving the camera does not redraw the panels. */
import { useRef, useSyncExternalStore } from 'react';
import type { Editor, EditorSnapshot } from '../../editor/types.ts';

/** The selected part of the editor's snapshot. `select` must return a part of it or a primitive, not a new object each time. */
export function useEditorValue<T>(editor: Editor, select: (snapshot: EditorSnapshot) => T): T {
  return useSyncExternalStore(editor.subscribe, () => select(editor.getSnapshot()));
}

/**
 * The same, but while a tool has something under way it stays what it was before: panels follow when the hand lets go, so that a drag costs
 * what the canvas costs, however long their lists are. Keys change it at once.
 */
export function useSettledValue<T>(editor: Editor, select: (snapshot: EditorSnapshot) => T): T {
  const held = useRef<{ readonly editor: Editor; readonly value: T } | null>(null);
  return useSyncExternalStore(editor.subscribe, () => {
    const snapshot = editor.getSnapshot();
    if (held.current?.editor !== editor || snapshot.tool.state === 'idle')
      held.current = { editor, value: select(snapshot) };
    return held.current.value;
  });
}
