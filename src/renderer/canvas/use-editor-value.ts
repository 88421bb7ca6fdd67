/** How React parts read the editor: one value each, so that moving the camera does not redraw the panels. */
import { useSyncExternalStore } from 'react';
import type { Editor, EditorSnapshot } from '../../editor/types.ts';

/** The selected part of the editor's snapshot. `select` must return a part of it or a primitive, not a new object each time. */
export function useEditorValue<T>(editor: Editor, select: (snapshot: EditorSnapshot) => T): T {
  return useSyncExternalStore(editor.subscribe, () => select(editor.getSnapshot()));
}
