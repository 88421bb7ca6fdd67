/** Scores of a model on labelled images, computed from fresh predictions that never become suggestions. */
import path from 'node:path';
import { z } from 'zod';
import type { HostApi, SplitChoice } from '../../../contract/host-api.ts';
import { countOf } from '../../../core/count.ts';
import { AppError } from '../../../core/errors.ts';
import { type EvaluationReport, evaluationReportSchema } from '../../../core/evaluation.ts';
import type { JobProgress } from '../../../core/jobs.ts';
import { splitChoiceSchema } from '../../../core/learning.ts';
import type { ModelRecord } from '../../../core/records.ts';
import type { ImagePrediction } from '../../../engine/messages.ts';
import type { JobRunner } from '../../jobs/job.ts';
import { countTestLook } from '../audit/test-looks.ts';
import type { HostContext } from '../context.ts';
import type { OpenProject } from '../open-project.ts';
import { computeReport } from './compute-report.ts';
import { saveJudgedDetections } from './judged-detections.ts';
import { type LabelledImage, listLabelledImages, pickSplit, toEngineImage } from './labelled-images.ts';
import { nameClasses } from './model-classes.ts';
import { findNeighbours } from './neighbours.ts';
import { requireModel } from './predictions.ts';
import { suggestsBoxes } from './recipes.ts';
import { findEvaluation, saveEvaluation } from './stored-evaluation.ts';
import { saveJudgement } from './stored-judgement.ts';
import { readDivision } from './training-set.ts';

export type EvaluationArea = Pick<HostApi, 'evaluate' | 'startEvaluation' | 'evaluation'>;

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
      return evaluationReportSchema.parse(job.result);
    },
    evaluation: async ({ modelId, split }) => {
      const project = context.session.require();
      const model = requireModel(project, modelId);
      const stored = findEvaluation(path.join(project.modelsDir, model.id), split);
      if (stored === undefined) return null;
      const { report, evaluatedAtMs, revision } = stored;
      return { report, evaluatedAtMs, isStale: revision !== project.db.changes.revision() };
    },
  };
}

/** The job. Its result is the report at top level, as the command line prints it. */
export function createEvaluateRunner(context: HostContext): JobRunner {
  return async (rawInput, { signal, onProgress }) => {
    const { modelId, split } = evaluateInputSchema.parse(rawInput);
    const project = context.session.require();
    const model = requireModel(project, modelId);
    const { report, failed } = await judgeModel(context, project, model, split, { signal, onProgress });
    const score = report.map50 === null ? '' : `, mAP@.5 ${report.map50.toFixed(3)}`;
    const accuracy =
      report.classAcc === null ? '' : `, ${(report.classAcc * 100).toFixed(1)} % of classes right`;
    return {
      summary: `${countOf(report.n, 'image')}${score}${accuracy}`,
      result: { modelId: model.id, ...report, failed },
    };
  };
}

/** Judges a model on a split, keeps the report and what it said of each image. Throws `evaluate/no-images`. */
export async function judgeModel(
  context: HostContext,
  project: OpenProject,
  model: ModelRecord,
  split: SplitChoice,
  job: { signal: AbortSignal; onProgress: (progress: JobProgress) => void },
): Promise<{ report: EvaluationReport; failed: unknown }> {
  const modelDir = path.join(project.modelsDir, model.id);
  const { labelled } = listLabelledImages(project);
  const revision = project.db.changes.revision();
  const division = readDivision(modelDir);
  const chosen = pickSplit(labelled, split, division);
  if (chosen.length === 0) throw nothingToJudge(split);
  if (chosen.some(({ image }) => image.split === 'test')) countTestLook(project);
  const predictions: ImagePrediction[] = [];
  const around = await findNeighbours(
    context,
    project,
    model.recipe,
    chosen.map(({ image }) => image),
  );
  const { failed } = await context.engine.call(
    'predict',
    {
      modelDir,
      images: chosen.map(({ image }) => toEngineImage(project, image)),
      ...around,
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
  saveJudgement(
    modelDir,
    split,
    judged.map(({ image }) => image.id),
    predictions,
    { classIds: model.classIds, revision },
  );
  const report = await computeReport(
    {
      labelled: judged,
      predictions,
      // A model brought from elsewhere has no list of what it learnt from; then the marks of the project decide.
      trainedOn: labelled.filter(
        ({ image }) => (division.size === 0 ? image.split : division.get(image.id)) === 'train',
      ),
      classes: nameClasses(project, model),
      split,
      seed: model.seed,
      suggestsBoxes: await suggestsBoxes(context, model.recipe),
    },
    job,
  );
  saveEvaluation(modelDir, report, { evaluatedAtMs: context.now(), revision });
  return { report, failed };
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
