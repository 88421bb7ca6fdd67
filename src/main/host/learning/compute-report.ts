/** From labelled images and what the engine said of them to the report of an evaluation. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { AppError } from '../../../core/errors.ts';
import { evaluateInSteps } from '../../../core/evaluate.ts';
import type { EvaluationReport } from '../../../core/evaluation.ts';
import type { JobProgress } from '../../../core/jobs.ts';
import type { EvaluationInput } from '../../../core/judge.ts';
import type { ImagePrediction } from '../../../engine/messages.ts';
import { shownChain } from '../audit/chains.ts';
import { type LabelledImage, listIgnored } from './labelled-images.ts';

export interface ReportInput extends Pick<EvaluationInput, 'classes' | 'split' | 'seed' | 'suggestsBoxes'> {
  readonly labelled: readonly LabelledImage[];
  readonly predictions: readonly ImagePrediction[];
  /** Labelled images the model learnt from, as they are labelled now. */
  readonly trainedOn: readonly LabelledImage[];
}

/** Time between two looks at what else waits. */
const turnMs = 15;

/** Computes the report; windows are answered in between. Throws `job/cancelled` after the signal. */
export async function computeReport(
  input: ReportInput,
  job: { readonly signal: AbortSignal; readonly onProgress: (progress: JobProgress) => void },
): Promise<EvaluationReport> {
  const steps = evaluateInSteps(toEvaluationInput(input));
  for (let lastMs = performance.now(); ; ) {
    const step = steps.next();
    if (step.done === true) return step.value;
    if (performance.now() - lastMs < turnMs) continue;
    const done = Math.round(step.value * 100);
    job.onProgress({ phase: 'intervals', done, total: 100, unit: '%', etaMs: null });
    await nextTurn();
    if (job.signal.aborted) throw cancelled();
    lastMs = performance.now();
  }
}

function toEvaluationInput(input: ReportInput): EvaluationInput {
  const { labelled, predictions, trainedOn, classes, split, seed, suggestsBoxes } = input;
  const learnt = listSeen(trainedOn);
  const byImage = new Map(predictions.map((prediction) => [prediction.imageId, prediction]));
  const handOf = ({ boxes }: LabelledImage) => boxes.map((box) => ({ classId: box.classId, box }));
  return {
    classes,
    split,
    seed,
    ...(suggestsBoxes !== undefined && { suggestsBoxes }),
    images: labelled.map((item) => {
      const { id, widthPx, heightPx, group } = item.image;
      const said = byImage.get(id);
      return {
        imageId: id,
        widthPx,
        heightPx,
        group,
        isSeen: learnt.isSeen(item),
        hand: handOf(item),
        ignored: listIgnored(item),
        found: (said?.detections ?? []).flatMap((found) => {
          const classId = classes[found.classIndex]?.id;
          return classId === undefined ? [] : [{ classId, box: found, score: found.score }];
        }),
        probabilities: said?.imageProbabilities ?? null,
      };
    }),
    trainedOn: trainedOn.map((item) => ({
      widthPx: item.image.widthPx,
      heightPx: item.image.heightPx,
      hand: handOf(item),
    })),
  };
}

/** What the model has seen: the photographs it learnt from, and whatever shares a chain of near-duplicates with them. */
function listSeen(trainedOn: readonly LabelledImage[]): { isSeen(item: LabelledImage): boolean } {
  const ids = new Set(trainedOn.map(({ image }) => image.id));
  const chains = new Set(trainedOn.flatMap(({ image }) => shownChain(image.chain) ?? []));
  return {
    isSeen: ({ image }) => ids.has(image.id) || chains.has(shownChain(image.chain) ?? ''),
  };
}

function cancelled(): AppError {
  return new AppError({
    code: 'job/cancelled',
    message: 'The evaluation was stopped before it had a result.',
    hint: 'Start it again.',
  });
}
