/** Commands that change labels: class, delete, lock, line, undo, and what is said about the whole image. */
import type { BoxRecord } from '../../core/records.ts';
import type { Command, EditorContext } from '../types.ts';
import { asGesture, defineCommand } from './command.ts';
import {
  countBoxes,
  editableBoxes,
  hasBoxes,
  hasImage,
  hasSelection,
  listUnlocked,
  selectedBoxes,
} from './selection.ts';

export const editCommands: readonly Command[] = [
  ...['1', '2', '3', '4', '5', '6', '7', '8', '9', '0'].map((digit, index) =>
    defineCommand({
      id: `class.${digit}`,
      keys: digit,
      canRun: (context) => findClassId(context, digit, index) !== undefined,
      run: (context) => {
        const classId = findClassId(context, digit, index);
        if (classId !== undefined) applyClass(context, classId);
      },
    }),
  ),
  defineCommand({
    id: 'class.find',
    keys: '/',
    run: (context) => context.update({ wish: { name: 'class.find' } }),
  }),
  defineCommand({
    id: 'box.delete',
    keys: 'Delete Backspace',
    canRun: hasSelection,
    run: (context) => deleteBoxes(context, editableBoxes(context)),
  }),
  defineCommand({
    id: 'box.deleteAll',
    keys: 'Ctrl+Delete Ctrl+Backspace',
    canRun: hasBoxes,
    run: (context) => deleteBoxes(context, listUnlocked(context, context.boxes())),
  }),
  defineCommand({ id: 'box.lock', keys: 'K', canRun: hasSelection, run: toggleLock }),
  defineCommand({
    id: 'line.flip',
    keys: 'Shift+L',
    canRun: hasLine,
    run: (context) =>
      changeLines(context, 'Swap head and tail', ({ head, tail }) => ({ head: tail, tail: head })),
  }),
  defineCommand({
    id: 'line.remove',
    keys: '',
    canRun: hasLine,
    run: (context) => changeLines(context, 'Remove head–tail line', () => ({ head: null, tail: null })),
  }),
  defineCommand({
    id: 'history.undo',
    keys: 'Ctrl+Z',
    canRepeat: true,
    run: (context) => void context.undo(),
  }),
  defineCommand({
    id: 'history.redo',
    keys: 'Ctrl+Shift+Z Ctrl+Y',
    canRepeat: true,
    run: (context) => void context.redo(),
  }),
  defineCommand({
    id: 'image.markEmpty',
    keys: 'N',
    canRun: hasImage,
    run: markEmpty,
  }),
  defineCommand({
    id: 'image.markReviewed',
    keys: 'Q',
    canRun: hasImage,
    run: markReviewed,
  }),
];

/** Gives the selected boxes a class in one gesture and remembers it for the next box; with none selected only remembers it. */
export function applyClass(context: EditorContext, classId: string): void {
  context.update({ activeClassId: classId });
  const boxes = editableBoxes(context).filter((box) => box.classId !== classId);
  if (boxes.length === 0) return;
  asGesture(context, 'Change class', () => {
    for (const box of boxes) context.putBox({ ...box, classId });
  });
}

function findClassId(context: EditorContext, digit: string, index: number): string | undefined {
  const classes = context.classes();
  const keyed = classes.find((entry) => entry.key === digit);
  if (keyed !== undefined) return keyed.id;
  // A class without a key of its own answers to its place in the list, so that a fresh import has working digits.
  const placed = classes[index];
  return placed?.key === null ? placed.id : undefined;
}

/** Locks all that is selected, or frees all when all is locked. */
function toggleLock(context: EditorContext): void {
  const boxes = selectedBoxes(context);
  const isFreeing = boxes.every(({ locked }) => locked === true);
  asGesture(context, `${isFreeing ? 'Unlock' : 'Lock'} ${countBoxes(boxes.length)}`, () => {
    for (const { locked: _, ...box } of boxes) context.putBox(isFreeing ? box : { ...box, locked: true });
  });
}

function hasLine(context: EditorContext): boolean {
  return selectedBoxes(context).some(({ head, tail }) => head !== null || tail !== null);
}

function changeLines(
  context: EditorContext,
  label: string,
  change: (box: BoxRecord) => Pick<BoxRecord, 'head' | 'tail'>,
): void {
  asGesture(context, label, () => {
    for (const box of editableBoxes(context)) context.putBox({ ...box, ...change(box) });
  });
}

/** The mark on the suggestion comes before the deletion, so that no record ever points to a box that is gone, in either direction. */
export function deleteBoxes(
  context: EditorContext,
  boxes: readonly BoxRecord[],
  label = `Delete ${countBoxes(boxes.length)}`,
): void {
  asGesture(context, label, () => {
    for (const box of boxes) {
      const prediction = context.findPredictionOfBox(box.id);
      if (prediction !== undefined)
        context.markPrediction({ id: prediction.id, status: 'rejected', boxId: null });
      context.deleteBox(box.id);
    }
  });
}

function markEmpty(context: EditorContext): void {
  const image = context.image();
  if (image === null) return;
  if (context.boxes().length > 0) {
    context.notify('image/has-boxes', { n: context.boxes().length });
    return;
  }
  const isEmpty = image.state === 'empty';
  asGesture(context, isEmpty ? 'Take back "no fish"' : 'Mark no fish', () =>
    context.markImage({ state: isEmpty ? 'unseen' : 'empty' }),
  );
}

function markReviewed(context: EditorContext): void {
  const image = context.image();
  if (image === null) return;
  if (context.boxes().length === 0) {
    context.notify('image/no-boxes');
    return;
  }
  const isReviewed = image.state === 'reviewed';
  asGesture(context, isReviewed ? 'Take back "reviewed"' : 'Mark reviewed', () =>
    context.markImage({ state: isReviewed ? 'labelled' : 'reviewed' }),
  );
}
