/** Suggestions: made by a model on every readable image, kept apart from labels, offered only where nobody has answered yet. */
import path from 'node:path';
import { z } from 'zod';
import type { HostApi } from '../../../contract/host-api.ts';
import { countOf } from '../../../core/count.ts';
import { AppError } from '../../../core/errors.ts';
import { clipBox, computeIou } from '../../../core/geometry.ts';
import type { ModelRecord } from '../../../core/records.ts';
import { defaultCutScore } from '../../../core/review.ts';
import type { EngineDetection, ImagePrediction } from '../../../engine/messages.ts';
import { computeUncertainty, type StoredPrediction } from '../../db/predictions.repository.ts';
import type { JobRunner } from '../../jobs/job.ts';
import type { HostContext } from '../context.ts';
import { listDecided, refreshHidden } from '../hidden-suggestions.ts';
import type { OpenProject } from '../open-project.ts';
import { saveImageProbabilities } from './image-probabilities.ts';
import { listReadableImages, toEngineImage } from './labelled-images.ts';
import { orderNearest } from './nearest-first.ts';
import { suggestsBoxes } from './recipes.ts';

export type PredictionsArea = Pick<HostApi, 'startPrediction'>;

/** Kept suggestions: below this a score says nothing; the window's cut chooses among the rest. */
const keptMinScore = 0.05;
const keptPerImage = 60;
/** Overlap from which a new suggestion is one that was decided about before. */
const sameSuggestionIou = 0.5;
/** From one transaction to the next: each waits for the disk, and suggestions can be made again. */
const STORE_EVERY_MS = 500;

const predictInputSchema = z.object({ modelId: z.string() });

export function createPredictionsArea(context: HostContext): PredictionsArea {
  return {
    startPrediction: async ({ modelId }) => {
      const project = context.session.require();
      return startPrediction(context, project, requireModel(project, modelId));
    },
  };
}

/** The named model, or the pinned one, or the newest. Throws `model/unknown`, `model/none`. */
export function requireModel(project: OpenProject, modelId: string | undefined): ModelRecord {
  const { models } = project.db;
  const model = modelId === undefined ? (models.findPinned() ?? models.list()[0]) : models.find(modelId);
  if (model !== undefined) return model;
  throw modelId === undefined
    ? new AppError({
        code: 'model/none',
        message: 'There is no trained model in this project yet.',
        hint: 'Train one first.',
      })
    : new AppError({
        code: 'model/unknown',
        message: 'This project has no such model.',
        hint: 'Choose one from the list of models.',
        details: { modelId },
      });
}

/** Starts the job, or names the one that does the same already. */
export function startPrediction(
  context: HostContext,
  project: OpenProject,
  model: ModelRecord,
): { jobId: string } {
  const present = context.jobs
    .list()
    .find(
      (job) =>
        job.kind === 'predict' &&
        job.input.modelId === model.id &&
        job.input.file === undefined &&
        (job.state.status === 'queued' || job.state.status === 'running'),
    );
  if (present !== undefined) return { jobId: present.id };
  const title = `Suggest with ${model.name}`;
  return {
    jobId: context.jobs.start({
      kind: 'predict',
      title,
      input: { modelId: model.id },
      store: project.jobStore,
    }).id,
  };
}

/** The job. Running it again replaces what nobody decided about and keeps every decision. */
export function createPredictRunner(context: HostContext): JobRunner {
  return async (rawInput, job) => {
    const { modelId } = predictInputSchema.parse(rawInput);
    const project = context.session.require();
    const model = requireModel(project, modelId);
    const images = orderNearest(listReadableImages(project), project.openedImage());
    const modelDir = path.join(project.modelsDir, model.id);
    const probabilities = new Map<string, readonly number[]>();
    let suggestions = 0;
    // A full disk while storing must stop the engine and fail this job, not the process that called back.
    const failing = new AbortController();
    let fault: { error: unknown } | undefined;
    const keep = (store: () => number): number => {
      if (fault !== undefined) return 0;
      try {
        return store();
      } catch (error) {
        fault = { error };
        failing.abort();
        return 0;
      }
    };
    let waiting: ImagePrediction[] = [];
    let storedMs = Number.NEGATIVE_INFINITY;
    const storeWaiting = (): void => {
      if (waiting.length === 0) return;
      const items = waiting;
      waiting = [];
      suggestions += keep(() => storeSuggestions(context, project, model, items));
      for (const item of items)
        if (item.imageProbabilities !== null) probabilities.set(item.imageId, item.imageProbabilities);
      context.events.emit({
        type: 'suggestions',
        modelId: model.id,
        imageIds: items.map((item) => item.imageId),
      });
      project.announce();
      storedMs = performance.now();
    };
    const call = context.engine.call(
      'predict',
      {
        modelDir,
        images: images.map((image) => toEngineImage(project, image)),
        featuresDir: project.featuresDir,
        canvas: project.db.settings.get().canvas,
        minScore: keptMinScore,
        maxDetections: keptPerImage,
      },
      {
        signal: AbortSignal.any([job.signal, failing.signal]),
        onProgress: job.onProgress,
        onItems: (items) => {
          waiting.push(...items);
          if (performance.now() - storedMs >= STORE_EVERY_MS) storeWaiting();
        },
      },
    );
    const output = await call.finally(storeWaiting).catch((error: unknown) => {
      throw fault === undefined || job.signal.aborted ? error : fault.error;
    });
    if (fault !== undefined) throw fault.error;
    saveImageProbabilities(modelDir, model.classIds, probabilities);
    project.db.tallies.set(`predicted:${model.id}`, output.images);
    // As many as a person will see: weaker ones are kept below the cut.
    const [offered = 0] = project.db.review.countWaiting(model.id, [defaultCutScore]);
    return {
      summary: (await suggestsBoxes(context, model.recipe))
        ? `${countOf(offered, 'suggestion to look at', 'suggestions to look at')}, on ${countOf(output.images, 'image')}`
        : `Class probabilities of ${countOf(output.images, 'image')}, for a submission; this recipe suggests no boxes`,
      result: { modelId: model.id, images: output.images, suggestions, offered, failed: output.failed },
    };
  };
}

/** Replaces the pending suggestions of these images by new ones, in one transaction. Returns how many were stored. */
export function storeSuggestions(
  context: HostContext,
  project: OpenProject,
  model: ModelRecord,
  items: readonly ImagePrediction[],
): number {
  const { db } = project;
  const known = new Set(db.classes.list().map((entry) => entry.id));
  return db.transaction(() => {
    let stored = 0;
    db.predictions.deletePending(
      model.id,
      items.map((item) => item.imageId),
    );
    for (const item of items) {
      const image = db.images.find(item.imageId);
      if (image === undefined) continue;
      const decided = listDecided(db.predictions.listByImage(item.imageId, model.id));
      for (const detection of item.detections) {
        const classId = model.classIds[detection.classIndex];
        const record =
          classId === undefined || !known.has(classId)
            ? undefined
            : toStored(context, model.id, item.imageId, classId, detection, image);
        if (
          record === undefined ||
          decided.some(
            (other) => other.classId === record.classId && computeIou(other, record) >= sameSuggestionIou,
          )
        )
          continue;
        db.predictions.insert(record);
        stored += 1;
      }
      refreshHidden(db, item.imageId);
    }
    return stored;
  });
}

/** Undefined when nothing of the detection lies inside the image or a number is not finite. */
function toStored(
  context: HostContext,
  modelId: string,
  imageId: string,
  classId: string,
  detection: EngineDetection,
  size: { widthPx: number; heightPx: number },
): StoredPrediction | undefined {
  const box = clipBox(detection, size);
  if (box === undefined || !Number.isFinite(detection.score)) return undefined;
  const score = Math.min(1, Math.max(0, detection.score));
  return {
    id: context.newId(),
    modelId,
    imageId,
    classId,
    x: box.x,
    y: box.y,
    w: box.w,
    h: box.h,
    score,
    uncertainty: computeUncertainty(score),
    probabilities: detection.probabilities.map((value) => (Number.isFinite(value) ? value : 0)),
    status: 'pending',
    boxId: null,
    hidden: false,
    head: detection.head ?? null,
    tail: detection.tail ?? null,
  };
}
