/** What commands work on: the boxes that are selected, and of those the ones that may be changed. */
import type { BoxRecord } from '../../core/records.ts';
import type { EditorContext } from '../types.ts';

export const hasBoxes = (context: EditorContext): boolean => context.boxes().length > 0;
export const hasSelection = (context: EditorContext): boolean => context.view().selectedBoxIds.length > 0;
export const hasImage = (context: EditorContext): boolean => context.image() !== null;

/** The selected boxes in the order they were selected. */
export function selectedBoxes(context: EditorContext): BoxRecord[] {
  return context
    .view()
    .selectedBoxIds.map((id) => context.findBox(id))
    .filter((box) => box !== undefined);
}

/** Those of the boxes that are not locked; says so when that leaves none. */
export function listUnlocked(context: EditorContext, boxes: readonly BoxRecord[]): BoxRecord[] {
  const unlocked = boxes.filter(({ locked }) => locked !== true);
  if (unlocked.length === 0 && boxes.length > 0) context.notify('box/locked', { n: boxes.length });
  return unlocked;
}

/** The selected boxes that are not locked; says so when all are. */
export function editableBoxes(context: EditorContext): BoxRecord[] {
  return listUnlocked(context, selectedBoxes(context));
}

/** `1 box`, `3 boxes`: the end of a gesture's label. */
export function countBoxes(n: number): string {
  return n === 1 ? 'box' : `${n} boxes`;
}
