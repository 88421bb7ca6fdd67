/** Commands that answer suggestions. Each answer is one gesture; labels that exist are never touched. */
import type { PredictionRecord } from '../../core/records.ts';
import { boxFromPrediction } from '../../core/review.ts';
import type { Command, EditorContext } from '../types.ts';
import { asGesture, defineCommand } from './command.ts';

const CUT_STEP = 0.05;
const hasOpen = (context: EditorContext): boolean =>
  context.view().layers.predictions && context.openPredictions().length > 0;

export const reviewCommands: readonly Command[] = [
  answer('prediction.accept', 'Accept suggestion', 'Enter', (context, prediction) =>
    accept(context, prediction),
  ),
  answer('prediction.reject', 'Reject suggestion', 'X', (context, prediction) =>
    context.markPrediction({ id: prediction.id, status: 'rejected', boxId: null }),
  ),
  answer('prediction.unsure', 'Not sure about suggestion', 'U', (context, prediction) =>
    context.markPrediction({ id: prediction.id, status: 'unsure', boxId: null }),
  ),
  defineCommand({
    id: 'prediction.acceptAll',
    keys: 'Shift+Enter',
    canRun: hasOpen,
    run: (context) => {
      const predictions = context.openPredictions();
      asGesture(
        context,
        predictions.length === 1 ? 'Accept suggestion' : `Accept ${predictions.length} suggestions`,
        () => {
          for (const prediction of predictions) accept(context, prediction);
        },
      );
      context.update({ selectedPredictionId: null });
    },
  }),
  defineCommand({
    id: 'prediction.next',
    keys: 'S',
    canRepeat: true,
    canRun: hasOpen,
    run: (context) => step(context, 1),
  }),
  defineCommand({
    id: 'prediction.previous',
    keys: 'Shift+S',
    canRepeat: true,
    canRun: hasOpen,
    run: (context) => step(context, -1),
  }),
  defineCommand({
    id: 'cut.lower',
    keys: '[',
    canRepeat: true,
    isViewOnly: true,
    run: (context) => moveCut(context, -1),
  }),
  defineCommand({
    id: 'cut.raise',
    keys: ']',
    canRepeat: true,
    isViewOnly: true,
    run: (context) => moveCut(context, 1),
  }),
];

/** Sets the cut, 0..1. A selected suggestion that falls below it is no longer selected. */
export function applyCut(context: EditorContext, cutScore: number): void {
  const cut = Math.min(Math.max(cutScore, 0), 1);
  context.update({ cutScore: cut });
  const { selectedPredictionId } = context.view();
  const isOpen = context.openPredictions().some((prediction) => prediction.id === selectedPredictionId);
  if (!isOpen) context.update({ selectedPredictionId: null });
}

function moveCut(context: EditorContext, direction: 1 | -1): void {
  const steps = Math.round(context.view().cutScore / CUT_STEP) + direction;
  applyCut(context, Math.round(steps * CUT_STEP * 100) / 100);
}

function accept(context: EditorContext, prediction: PredictionRecord): void {
  const box = boxFromPrediction(prediction, context.newId(), context.size());
  context.putBox(box);
  context.markPrediction({ id: prediction.id, status: 'accepted', boxId: box.id });
}

/** Answers the selected suggestion and goes on to the one after it. With none selected the key only selects one: nothing is answered unseen. */
function answer(
  id: string,
  label: string,
  keys: string,
  write: (context: EditorContext, prediction: PredictionRecord) => void,
): Command {
  return defineCommand({
    id,
    keys,
    canRun: hasOpen,
    run: (context) => {
      const open = context.openPredictions();
      const index = open.findIndex((prediction) => prediction.id === context.view().selectedPredictionId);
      const prediction = open[index];
      if (prediction === undefined) {
        step(context, 1);
        return;
      }
      asGesture(context, label, () => write(context, prediction));
      const left = context.openPredictions();
      const next = left[Math.min(index, left.length - 1)];
      context.update({ selectedPredictionId: next?.id ?? null, selectedBoxIds: [] });
    },
  });
}

function step(context: EditorContext, direction: 1 | -1): void {
  const open = context.openPredictions();
  const current = open.findIndex((prediction) => prediction.id === context.view().selectedPredictionId);
  const from = current < 0 && direction < 0 ? 0 : current;
  const next = open[(from + direction + open.length) % open.length];
  if (next !== undefined) context.update({ selectedPredictionId: next.id, selectedBoxIds: [] });
}
