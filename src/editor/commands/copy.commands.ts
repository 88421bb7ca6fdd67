/** Commands that make boxes of boxes: copy and paste within and across images, duplicate, and what the image before had. */
import type { BoxRecord } from '../../core/records.ts';
import { copyBoxes, sameBoxKey, shiftAside } from '../copies.ts';
import type { Command, EditorContext } from '../types.ts';
import { asGesture, defineCommand } from './command.ts';
import { deleteBoxes } from './edit.commands.ts';
import { countBoxes, editableBoxes, hasImage, hasSelection, selectedBoxes } from './selection.ts';

export const copyCommands: readonly Command[] = [
  defineCommand({ id: 'box.copy', keys: 'Ctrl+C', canRun: hasSelection, run: copy }),
  defineCommand({
    id: 'box.cut',
    keys: 'Ctrl+X',
    canRun: hasSelection,
    run: (context) => {
      const boxes = editableBoxes(context);
      if (boxes.length === 0) return;
      copy(context);
      deleteBoxes(context, boxes, `Cut ${countBoxes(boxes.length)}`);
    },
  }),
  defineCommand({
    id: 'box.paste',
    keys: 'Ctrl+V',
    canRun: (context) => hasImage(context) && context.view().clipboard.length > 0,
    run: (context) => {
      const copies = makeCopies(context, context.view().clipboard);
      if (copies.length === 0) context.notify('box/no-room', { n: context.view().clipboard.length });
      else put(context, shiftAside(copies, context.boxes(), context.size()), 'Paste');
    },
  }),
  defineCommand({
    id: 'box.duplicate',
    keys: 'Ctrl+D',
    canRun: hasSelection,
    run: (context) => {
      const copies = makeCopies(context, selectedBoxes(context));
      if (copies.length > 0) put(context, shiftAside(copies, context.boxes(), context.size()), 'Duplicate');
    },
  }),
  defineCommand({
    id: 'box.repeatPrevious',
    keys: 'Shift+R',
    canRun: hasImage,
    run: (context) => {
      const { previousBoxes } = context.view();
      if (previousBoxes.length === 0) {
        context.notify('box/none-before');
        return;
      }
      const there = new Set(context.boxes().map(sameBoxKey));
      const copies = makeCopies(context, previousBoxes).filter((box) => !there.has(sameBoxKey(box)));
      if (copies.length === 0) context.notify('box/all-there');
      else put(context, copies, 'Repeat');
    },
  }),
  defineCommand({
    id: 'box.keepPrevious',
    keys: 'Ctrl+P',
    isViewOnly: true,
    run: (context) => {
      const keepsPrevious = !context.view().keepsPrevious;
      context.update({ keepsPrevious });
      context.notify(keepsPrevious ? 'box/keeps' : 'box/keeps-not');
    },
  }),
];

function copy(context: EditorContext): void {
  const clipboard = selectedBoxes(context);
  context.update({ clipboard });
  context.notify('box/copied', { n: clipboard.length });
}

/** Copies for the open image. A class that is gone gives way to the one in hand. */
function makeCopies(context: EditorContext, boxes: readonly BoxRecord[]): BoxRecord[] {
  const image = context.image();
  if (image === null) return [];
  const known = new Set(context.classes().map(({ id }) => id));
  return copyBoxes(boxes, {
    imageId: image.id,
    size: context.size(),
    minBoxPx: context.settings.minBoxPx,
    classOf: ({ classId }) => (known.has(classId) ? classId : context.view().activeClassId),
    newId: context.newId,
  });
}

function put(context: EditorContext, copies: readonly BoxRecord[], verb: string): void {
  asGesture(context, `${verb} ${countBoxes(copies.length)}`, () => {
    for (const box of copies) context.putBox(box);
  });
  context.update({ selectedBoxIds: copies.map(({ id }) => id), selectedPredictionId: null });
}
