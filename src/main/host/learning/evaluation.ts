/** Scores of a model on labelled images, computed from fresh predictions that never become suggestions. */
import path from 'node:path';
import { z } from 'zod';
import type { HostApi, SplitChoice } from '../../../contract/host-api.ts';
import { AppError } from '../../../core/errors.ts';
import type { JobProgress } from '../../../core/jobs.ts';
import { splitChoiceSchema } from '../../../core/learning.ts';
import { type Metrics, type ModelRecord, metricsSchema } from '../../../core/records.ts';
import type { ImagePrediction } from '../../../engine/messages.ts';
import type { JobRunner } from '../../jobs/job.ts';
import type { HostContext } from '../context.ts';
import type { OpenProject } from '../open-project.ts';
import { computeMetrics } from './compute-metrics.ts';
import { saveJudgedDetections } from './judged-detections.ts';
import { type LabelledImage, listLabelledImages, pickSplit, toEngineImage } from './labelled-images.ts';
import { requireModel } from './predictions.ts';
import { readDivision } from './training-set.ts';

export type EvaluationArea = Pick<HostApi, 'evaluate' | 'startEvaluation'>;

/** As COCO's own evaluation takes them: nearly every detection, at most 100 an image. */
const minScore = 0.001;
const maxDetections = 100;

const evaluateInputSchema = z.object({ modelId: z.string(), split: splitChoiceSchema });

export function createEvaluationArea(context: HostContext): EvaluationArea {
  const start = (modelId: string | undefined, split: SplitChoice): { jobId: string } => {
    const project = context.session.require();
    const model = requireModel(project, modelId);
    const title = `Evaluate ${model.name} on ${split === 'all' ? 'all labelled images' : split}`;
    return {
      jobId: context.jobs.start({
        kind: 'evaluate',
        title,
        input: { modelId: model.id, split },
        store: project.jobStore,
      }).id,
    };
  };
  return {
    startEvaluation: async ({ modelId, split }) => start(modelId, split),
    evaluate: async ({ modelId, split }) => {
      const { jobId } = start(modelId, split);
      const job = await context.jobs.whenOver(jobId);
      if (job.state.status === 'failed') throw new AppError(job.state.error);
      if (job.result === null) {
        throw new AppError({
          code: 'job/cancelled',
          message: 'The evaluation was stopped before it had a result.',
          hint: 'Start it again.',
        });
      }
      return evaluationResultSchema.parse(job.result).metrics;
    },
  };
}

const evaluationResultSchema = z.object({ modelId: z.string(), metrics: metricsSchema });

/** The job. Its result holds the figures at top level too, as the command line prints them. */
export function createEvaluateRunner(context: HostContext): JobRunner {
  return async (rawInput, { signal, onProgress }) => {
    const { modelId, split } = evaluateInputSchema.parse(rawInput);
    const project = context.session.require();
    const model = requireModel(project, modelId);
    const { metrics, perClass, failed } = await evaluateModel(context, project, model, split, {
      signal,
      onProgress,
    });
    const score = metrics.map50 === null ? '' : `, mAP@.5 ${metrics.map50.toFixed(3)}`;
    const accuracy =
      metrics.classAcc === null ? '' : `, ${(metrics.classAcc * 100).toFixed(1)} % of classes right`;
    return {
      summary: `${metrics.n} images${score}${accuracy}`,
      result: { modelId: model.id, ...metrics, metrics, perClass, failed },
    };
  };
}

async function evaluateModel(
  context: HostContext,
  project: OpenProject,
  model: ModelRecord,
  split: SplitChoice,
  job: { signal: AbortSignal; onProgress: (progress: JobProgress) => void },
): Promise<{ metrics: Metrics; perClass: unknown; failed: unknown }> {
  const modelDir = path.join(project.modelsDir, model.id);
  const chosen = pickSplit(listLabelledImages(project).labelled, split, readDivision(modelDir));
  if (chosen.length === 0) throw nothingToJudge(split);
  const predictions: ImagePrediction[] = [];
  const { failed } = await context.engine.call(
    'predict',
    {
      modelDir,
      images: chosen.map(({ image }) => toEngineImage(project, image)),
      featuresDir: project.featuresDir,
      canvas: project.db.settings.get().canvas,
      minScore,
      maxDetections,
    },
    { signal: job.signal, onProgress: job.onProgress, onItems: (items) => void predictions.push(...items) },
  );
  const broken = new Set(failed.map((fault) => fault.imageId));
  const judged: LabelledImage[] = chosen.filter(({ image }) => !broken.has(image.id));
  saveJudgedDetections(modelDir, split, judged, predictions, model.classIds);
  return { ...computeMetrics(judged, predictions, model.classIds, split), failed };
}

function nothingToJudge(split: SplitChoice): AppError {
  return new AppError({
    code: 'evaluate/no-images',
    message:
      split === 'all'
        ? 'No image is labelled yet, so there is nothing to judge the model on.'
        : `No labelled image belongs to the part “${split}”, so there is nothing to judge the model on.`,
    hint:
      split === 'all'
        ? 'Label some images first.'
        : 'Mark labelled images for it, or evaluate on all labelled images.',
    details: { split },
  });
}
