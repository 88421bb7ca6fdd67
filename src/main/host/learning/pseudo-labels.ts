/** Photographs that nobody labelled, as training samples: what an earlier model says of them stands in for labels. */
import path from 'node:path';
import { z } from 'zod';
import { AppError } from '../../../core/errors.ts';
import type { JobProgress } from '../../../core/jobs.ts';
import type { ModelRecord } from '../../../core/records.ts';
import type { EngineImage, ImagePrediction, TrainingSample } from '../../../engine/messages.ts';
import type { StoredImage } from '../../db/images.repository.ts';
import type { HostContext } from '../context.ts';
import type { OpenProject } from '../open-project.ts';
import type { Division } from './divide-samples.ts';
import { type LabelledImage, listReadableImages, toEngineImage } from './labelled-images.ts';
import { listTaughtPhotographs } from './model-teachers.ts';
import { findNeighbours } from './neighbours.ts';
import { findRecipe } from './recipes.ts';

const settingsSchema = z.object({
  pseudoShare: z.number().positive(),
  pseudoModel: z.string(),
  pseudoConfidence: z.number(),
});

/** What a plan with pseudo-labels stands for: who says them, of which photographs, and how sure it must be. */
export interface PseudoPlan {
  readonly model: ModelRecord;
  readonly images: readonly EngineImage[];
  readonly minConfidence: number;
}

/** What a person has said, and which of it judges. */
interface Labels {
  readonly labelled: readonly LabelledImage[];
  readonly division: Division;
}

/**
 * Undefined where the settings ask for none. No photograph that judges, none of its content and none of a group (boat, camera) that only judges is
 * among them, and none that was set aside for tests. Throws `pseudo/…` for a model that cannot say the classes of photographs, or whose own
 * knowledge comes from labels that are to judge the new one.
 */
export async function planPseudoLabels(
  context: HostContext,
  project: OpenProject,
  parameters: Readonly<Record<string, unknown>>,
  labels: Labels,
): Promise<PseudoPlan | undefined> {
  const wishes = settingsSchema.safeParse(parameters);
  if (!wishes.success) return undefined;
  const { pseudoModel, pseudoConfidence } = wishes.data;
  const model = project.db.models.find(pseudoModel);
  if (model === undefined) throw noModel(pseudoModel);
  const recipe = await findRecipe(context, model.recipe);
  if (recipe?.outputs.includes('class') !== true) throw saysNoClass(model);
  const classIds = project.db.classes.list().map(({ id }) => id);
  if (classIds.length !== model.classIds.length || classIds.some((id) => !model.classIds.includes(id)))
    throw otherClasses(model);
  const judges = labels.labelled.filter(({ image }) => labels.division.valid.has(image.id));
  refuseLeak(project, model, judges);
  const images = listUnlabelled(project, labels, judges);
  if (images.length === 0) throw noPhotographs();
  return {
    model,
    images: images.map((image) => toEngineImage(project, image)),
    minConfidence: pseudoConfidence,
  };
}

function listUnlabelled(
  project: OpenProject,
  { labelled, division }: Labels,
  judges: readonly LabelledImage[],
): StoredImage[] {
  const readable = listReadableImages(project);
  const held = [
    ...judges.map(({ image }) => image),
    ...readable.filter(({ split }) => split === 'valid' || split === 'test'),
  ];
  const known = new Set([...labelled.map(({ image }) => image.id), ...held.map(({ id }) => id)]);
  const hashes = new Set([...labelled.map(({ image }) => image.hash), ...held.map(({ hash }) => hash)]);
  // A group on both sides was cut by the division itself: nothing is left to keep apart.
  const taught = new Set(
    labelled.filter(({ image }) => division.train.has(image.id)).map(({ image }) => image.group),
  );
  const groups = new Set(held.map(({ group }) => group).filter((group) => !taught.has(group)));
  return readable.filter(
    ({ id, hash, group }) => !known.has(id) && !hashes.has(hash) && (group === null || !groups.has(group)),
  );
}

/** A teacher that learnt the judges' labels by heart would hand them on. */
function refuseLeak(project: OpenProject, model: ModelRecord, judges: readonly LabelledImage[]): void {
  const taught = listTaughtPhotographs(project, model);
  if (taught.unknown !== null) {
    throw new AppError({
      code: 'pseudo/unknown-training',
      message: `It is not known any more which photographs “${taught.unknown}” learnt from, so “${model.name}” could hand on labels that are to judge the new model. Nothing was trained.`,
      hint: 'Take a model whose training is on record, or train one now.',
      details: { modelId: model.id },
    });
  }
  const shared = judges.filter(({ image }) => taught.ids.has(image.id) || taught.hashes.has(image.hash));
  if (shared.length === 0) return;
  throw new AppError({
    code: 'pseudo/leak',
    message: `“${model.name}” learnt from ${shared.length} of the ${judges.length} photographs that are to judge the new model, so the score would not be honest. Nothing was trained.`,
    hint: 'Train the earlier model again on the same division (same labels and seed), or mark photographs for validation once and for all.',
    details: { modelId: model.id, images: shared.slice(0, 20).map(({ image }) => image.path) },
  });
}

/**
 * Asks the earlier model and keeps what it is sure enough of, in the order of the project's classes. Throws `pseudo/not-sure` when that
 * leaves nothing, and what the engine throws of a model that cannot be loaded.
 */
export async function computePseudoLabels(
  context: HostContext,
  project: OpenProject,
  { model, images, minConfidence }: PseudoPlan,
  job: { readonly signal: AbortSignal; readonly onProgress: (progress: JobProgress) => void },
): Promise<TrainingSample[]> {
  const said = new Map<string, ImagePrediction['imageProbabilities']>();
  await context.engine.call(
    'predict',
    {
      modelDir: path.join(project.modelsDir, model.id),
      images: [...images],
      ...(await findNeighbours(context, project, model.recipe, images)),
      featuresDir: project.featuresDir,
      canvas: project.db.settings.get().canvas,
      minScore: 1,
      maxDetections: 1,
    },
    {
      signal: job.signal,
      onProgress: job.onProgress,
      onItems: (items) => {
        for (const item of items) said.set(item.imageId, item.imageProbabilities);
      },
    },
  );
  const classes = project.db.classes.list();
  const places = [...classes.map(({ id }) => model.classIds.indexOf(id)), model.classIds.length];
  const samples = images.flatMap((image): TrainingSample[] => {
    const shares = said.get(image.id);
    if (!shares || Math.max(...shares) < minConfidence) return [];
    return [
      { image, split: 'pseudo', boxes: [], probabilities: places.map((place) => clampShare(shares[place])) },
    ];
  });
  if (samples.length > 0) return samples;
  throw new AppError({
    code: 'pseudo/not-sure',
    message: `“${model.name}” gives no class of any of the ${images.length} photographs without labels a probability of ${minConfidence} or more, so nothing was trained.`,
    hint: 'Lower pseudoConfidence, or label more first: what a model guesses at teaches little.',
    details: { modelId: model.id },
  });
}

function clampShare(value = 0): number {
  return Number.isFinite(value) ? Math.min(1, Math.max(0, value)) : 0;
}

function noModel(modelId: string): AppError {
  return new AppError({
    code: 'pseudo/no-model',
    message:
      modelId === ''
        ? 'Photographs without labels need a model that says what is on them, and none is named, so nothing was trained.'
        : 'This project has no such model to say what is on photographs without labels, so nothing was trained.',
    hint: 'Name a trained model of classes in pseudoModel, or set pseudoShare to 0.',
    details: { modelId },
  });
}

function saysNoClass({ id, name }: ModelRecord): AppError {
  return new AppError({
    code: 'pseudo/no-classes',
    message: `“${name}” does not say the class of whole photographs, so it cannot stand in for labels. Nothing was trained.`,
    hint: 'Take a model of a recipe for classes.',
    details: { modelId: id },
  });
}

function otherClasses({ id, name, classIds }: ModelRecord): AppError {
  return new AppError({
    code: 'pseudo/other-classes',
    message: `“${name}” knows ${classIds.length} classes that are not those of the project now, so it cannot stand in for labels. Nothing was trained.`,
    hint: 'Train it again with the classes of today.',
    details: { modelId: id },
  });
}

function noPhotographs(): AppError {
  return new AppError({
    code: 'pseudo/no-photographs',
    message:
      'Every photograph is labelled, unreadable, set aside, or of a group that judges the model, so there is none to learn without labels. Nothing was trained.',
    hint: 'Set pseudoShare to 0, or add photographs of other groups.',
  });
}
