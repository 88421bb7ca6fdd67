/** Commands that move what is selected: by pixels, into line, above or below the rest. */
import type { Point } from '../../core/geometry.ts';
import type { BoxRecord } from '../../core/records.ts';
import { type Alignment, boxAround, computeAlignOffset, computeSpreadOffsets } from '../arrange.ts';
import { clampMove, moveRecord, resizeBox, roundPx } from '../box-edits.ts';
import { restack } from '../stacking.ts';
import type { Command, EditorContext } from '../types.ts';
import { asGesture, defineCommand } from './command.ts';
import { editableBoxes, hasSelection, selectedBoxes } from './selection.ts';

const directions: readonly { readonly key: string; readonly name: string; readonly step: Point }[] = [
  { key: 'ArrowLeft', name: 'left', step: { x: -1, y: 0 } },
  { key: 'ArrowRight', name: 'right', step: { x: 1, y: 0 } },
  { key: 'ArrowUp', name: 'up', step: { x: 0, y: -1 } },
  { key: 'ArrowDown', name: 'down', step: { x: 0, y: 1 } },
];
const alignments: readonly Alignment[] = ['left', 'centre', 'right', 'top', 'middle', 'bottom'];

export const arrangeCommands: readonly Command[] = [
  ...directions.flatMap(({ key, name, step }) => [
    nudge(`box.nudge.${name}`, key, step, 1),
    nudge(`box.nudge.${name}10`, `Shift+${key}`, step, 10),
    stretch(`box.stretch.${name}`, `Ctrl+${key}`, step, 1),
    stretch(`box.stretch.${name}10`, `Ctrl+Shift+${key}`, step, 10),
  ]),
  ...alignments.map((alignment) =>
    defineCommand({
      id: `align.${alignment}`,
      keys: '',
      canRun: hasSelection,
      run: (context) => align(context, alignment),
    }),
  ),
  spread('align.spreadAcross', 'x'),
  spread('align.spreadDown', 'y'),
  stack('box.toFront', 'Ctrl+]', 'Bring to front', 1),
  stack('box.toBack', 'Ctrl+[', 'Send to back', -1),
  stepOver('box.forward', 'Ctrl+}', 'Bring forward', 1),
  stepOver('box.backward', 'Ctrl+{', 'Send backward', -1),
];

function nudge(id: string, keys: string, step: Point, px: number): Command {
  return defineCommand({
    id,
    keys,
    canRepeat: true,
    canRun: hasSelection,
    run: (context) => {
      const boxes = editableBoxes(context);
      if (boxes.length === 0) return;
      const moved = clampMove(boxes, { x: step.x * px, y: step.y * px }, context.size());
      context.coalesce('nudge', 'Move box', () => moveAll(context, boxes, () => moved));
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
      const boxes = editableBoxes(context);
      if (boxes.length === 0) return;
      const offset = { x: roundPx(step.x * px), y: roundPx(step.y * px) };
      const options = { minPx: context.settings.minBoxPx, isSquare: false };
      context.coalesce('stretch', 'Resize box', () => {
        for (const box of boxes)
          context.putBox({ ...box, ...resizeBox(box, 'se', offset, context.size(), options) });
      });
    },
  });
}

/** With several boxes, into line with the outermost of them, locked ones too; one alone, with the image. */
function align(context: EditorContext, alignment: Alignment): void {
  const boxes = editableBoxes(context);
  if (boxes.length === 0) return;
  const { widthPx: w, heightPx: h } = context.size();
  const selected = selectedBoxes(context);
  const frame = selected.length === 1 ? { x: 0, y: 0, w, h } : boxAround(selected);
  asGesture(context, boxes.length === 1 ? 'Align box' : `Align ${boxes.length} boxes`, () =>
    moveAll(context, boxes, (box) => computeAlignOffset(box, frame, alignment)),
  );
}

function spread(id: string, axis: 'x' | 'y'): Command {
  return defineCommand({
    id,
    keys: '',
    canRun: (context) => context.view().selectedBoxIds.length > 2,
    run: (context) => {
      const boxes = editableBoxes(context);
      const offsets = computeSpreadOffsets(boxes, axis);
      asGesture(context, `Spread ${boxes.length} boxes evenly`, () =>
        moveAll(context, boxes, (_, index) => offsets[index] ?? { x: 0, y: 0 }),
      );
    },
  });
}

/** Above or below all the others, keeping the order among themselves. */
function stack(id: string, keys: string, label: string, direction: 1 | -1): Command {
  return defineCommand({
    id,
    keys,
    canRun: hasSelection,
    run: (context) => {
      const chosen = new Set(editableBoxes(context).map((box) => box.id));
      const others = context.boxes().filter((box) => !chosen.has(box.id));
      const mine = context.boxes().filter((box) => chosen.has(box.id));
      if (mine.length === 0 || others.length === 0) return;
      const heights = others.map((box) => box.z ?? 0);
      const from = direction > 0 ? Math.max(...heights) + 1 : Math.min(...heights) - mine.length;
      asGesture(context, label, () => {
        mine.forEach((box, index) => {
          context.putBox({ ...box, z: from + index });
        });
      });
    },
  });
}

/** Over, or under, the next box that overlaps: past one that lies elsewhere nobody would see a change. */
function stepOver(id: string, keys: string, label: string, direction: 1 | -1): Command {
  return defineCommand({
    id,
    keys,
    canRun: hasSelection,
    run: (context) => {
      const boxes = editableBoxes(context);
      if (boxes.length === 0) return;
      const changed = restack(context.boxes(), new Set(boxes.map((box) => box.id)), direction);
      if (changed === undefined) {
        context.notify(direction > 0 ? 'box/on-top' : 'box/at-bottom');
        return;
      }
      asGesture(context, label, () => {
        for (const box of changed) context.putBox(box);
      });
    },
  });
}

function moveAll(
  context: EditorContext,
  boxes: readonly BoxRecord[],
  offsetOf: (box: BoxRecord, index: number) => Point,
): void {
  boxes.forEach((box, index) => {
    context.putBox(moveRecord(box, clampMove([box], offsetOf(box, index), context.size())));
  });
}
