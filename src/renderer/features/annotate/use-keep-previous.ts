/** While the person keeps the boxes of the image before (Ctrl+P), each image that nobody looked at starts with them. */
import { useEffect, useRef } from 'react';
import type { Editor } from '../../../editor/types.ts';

/** Fills an image once a visit, as a gesture like any other; never one that an undo or redo has just come back to. */
export function useKeepPrevious(editor: Editor, openId: string | null): void {
  const filled = useRef(new Set<string>());
  const lastStep = useRef(editor.getSnapshot().lastStep);
  useEffect(() => {
    const { keepsPrevious, previousBoxes, image, boxes, lastStep: step } = editor.getSnapshot();
    const isUndone = step !== lastStep.current;
    lastStep.current = step;
    if (!keepsPrevious || openId === null || image?.id !== openId || isUndone) return;
    const isFresh = image.state === 'unseen' && image.problem === null && boxes.length === 0;
    if (!isFresh || previousBoxes.length === 0 || filled.current.has(openId)) return;
    filled.current.add(openId);
    editor.run('box.repeatPrevious');
  }, [editor, openId]);
}
