/** Commands that change labels: class, delete, nudge, undo, and what is said about the whole image. */
import type { Point } from '../../core/geometry.ts';
import type { BoxRecord } from '../../core/records.ts';
import { clampMove, moveRecord, resizeBox, roundPx } from '../box-edits.ts';
import type { Command, EditorContext } from '../types.ts';
import { asGesture, defineCommand } from './command.ts';

const hasBoxes = (context: EditorContext): boolean => context.boxes().length > 0;
const hasSelection = (context: EditorContext): boolean => context.view().selectedBoxIds.length > 0;
const hasImage = (context: EditorContext): boolean => context.image() !== null;

const directions: readonly { readonly key: string; readonly name: string; readonly step: Point }[] = [
  { key: 'ArrowLeft', name: 'left', step: { x: -1, y: 0 } },
  { key: 'ArrowRight', name: 'right', step: { x: 1, y: 0 } },
  { key: 'ArrowUp', name: 'up', step: { x: 0, y: -1 } },
  { key: 'ArrowDown', name: 'down', step: { x: 0, y: 1 } },
];

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
    id: 'box.delete',
    keys: 'Delete Backspace',
    canRun: hasSelection,
    run: (context) => deleteBoxes(context, selectedBoxes(context)),
  }),
  defineCommand({
    id: 'box.deleteAll',
    keys: 'Ctrl+Delete Ctrl+Backspace',
    canRun: hasBoxes,
    run: (context) => deleteBoxes(context, context.boxes()),
  }),
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
  ...directions.flatMap(({ key, name, step }) => [
    nudge(`box.nudge.${name}`, key, step, 1),
    nudge(`box.nudge.${name}10`, `Shift+${key}`, step, 10),
    stretch(`box.stretch.${name}`, `Ctrl+${key}`, step, 1),
    stretch(`box.stretch.${name}10`, `Ctrl+Shift+${key}`, step, 10),
  ]),
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
  const boxes = selectedBoxes(context).filter((box) => box.classId !== classId);
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

function selectedBoxes(context: EditorContext): BoxRecord[] {
  return context
    .view()
    .selectedBoxIds.map((id) => context.findBox(id))
    .filter((box) => box !== undefined);
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
    for (const box of selectedBoxes(context)) context.putBox({ ...box, ...change(box) });
  });
}

/** The mark on the suggestion comes before the deletion, so that no record ever points to a box that is gone, in either direction. */
function deleteBoxes(context: EditorContext, boxes: readonly BoxRecord[]): void {
  asGesture(context, boxes.length === 1 ? 'Delete box' : `Delete ${boxes.length} boxes`, () => {
    for (const box of boxes) {
      const prediction = context.findPredictionOfBox(box.id);
      if (prediction !== undefined)
        context.markPrediction({ id: prediction.id, status: 'rejected', boxId: null });
      context.deleteBox(box.id);
    }
  });
}

function nudge(id: string, keys: string, step: Point, px: number): Command {
  return defineCommand({
    id,
    keys,
    canRepeat: true,
    canRun: hasSelection,
    run: (context) => {
      const boxes = selectedBoxes(context);
      const moved = clampMove(boxes, { x: step.x * px, y: step.y * px }, context.size());
      context.coalesce('nudge', 'Move box', () => {
        for (const box of boxes) context.putBox(moveRecord(box, moved));
      });
    },
  });
}

function stretch(id: string, keys: string, step: Point, px: number): Command {
  return defineCommand({
    id,
    keys,
    canRepeat: true,
    canRun: hasSelection,
    run: (context) => {
      const offset = { x: roundPx(step.x * px), y: roundPx(step.y * px) };
      const options = { minPx: context.settings.minBoxPx, isSquare: false };
      context.coalesce('stretch', 'Resize box', () => {
        for (const box of selectedBoxes(context)) {
          context.putBox({ ...box, ...resizeBox(box, 'se', offset, context.size(), options) });
        }
      });
    },
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
