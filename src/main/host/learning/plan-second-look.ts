/** A model that looks again at boxes: which models it asks where nobody named them, and which photographs may judge it. */
import { AppError } from '../../../core/errors.ts';
import { findsBoxes, type TrainingPlan } from '../../../core/learning.ts';
import type { ModelRecord } from '../../../core/records.ts';
import type { HostContext } from '../context.ts';
import type { OpenProject } from '../open-project.ts';
import type { Division } from './divide-samples.ts';
import type { LabelledImage } from './labelled-images.ts';
import { listTaughtPhotographs, listTeacherIds } from './model-teachers.ts';
import { findRecipe } from './recipes.ts';

type Parameters = Readonly<Record<string, unknown>>;

/**
 * The parameters with `detector` and, where fish are laid level, `turner` named, so that the plan says who is asked; as they are for every
 * other recipe. Left to choose: the model that suggests (of a second look, the one it asks), else the newest that finds boxes; the newest that
 * tells lines. Throws `crops/no-detector`, `crops/detector-missing`, `crops/detector-unusable`, `crops/no-turner`, `crops/turner-unusable`.
 */
export async function nameStages(
  context: HostContext,
  project: OpenProject,
  recipeId: string,
  parameters: Parameters,
): Promise<Record<string, unknown>> {
  const info = await findRecipe(context, recipeId);
  if (info?.refines === undefined) return { ...parameters };
  const detector = await nameDetector(context, project, String(parameters.detector ?? ''));
  const turner =
    (parameters.level ?? 'off') === 'off'
      ? ''
      : await nameTurner(context, project, String(parameters.turner ?? ''), detector);
  return { ...parameters, detector: detector.id, turner };
}

async function nameDetector(context: HostContext, project: OpenProject, wish: string): Promise<ModelRecord> {
  const { models } = project.db;
  if (wish !== '') {
    const named = models.find(wish);
    if (named === undefined) throw missing('detector', wish);
    if (await findsBoxesItself(context, named)) return named;
    throw new AppError({
      code: 'crops/detector-unusable',
      message: `“${named.name}” finds no boxes itself, so there is nothing to look at again. Nothing was trained.`,
      hint: 'Name a detector.',
      details: { model: wish },
    });
  }
  const pinned = models.findPinned();
  // A second look that suggests is looked at through the model it asks.
  const asked =
    pinned && typeof pinned.parameters.detector === 'string'
      ? models.find(pinned.parameters.detector)
      : undefined;
  for (const model of [pinned, asked, ...models.list()])
    if (model !== undefined && (await findsBoxesItself(context, model))) return model;
  throw new AppError({
    code: 'crops/no-detector',
    message:
      'A second look needs a model that finds boxes, and this project has none yet. Nothing was trained.',
    hint: 'Train a detector first; this recipe then names its boxes.',
  });
}

async function findsBoxesItself(context: HostContext, { recipe }: ModelRecord): Promise<boolean> {
  const info = await findRecipe(context, recipe);
  return info !== undefined && findsBoxes(info) && info.refines === undefined;
}

async function nameTurner(
  context: HostContext,
  project: OpenProject,
  wish: string,
  detector: ModelRecord,
): Promise<string> {
  const { models } = project.db;
  const tellsLines = async ({ recipe }: ModelRecord): Promise<boolean> =>
    (await findRecipe(context, recipe))?.tellsLines === true;
  if (wish !== '') {
    const named = models.find(wish);
    if (named === undefined) throw missing('turner', wish);
    if (await tellsLines(named)) return wish;
    throw new AppError({
      code: 'crops/turner-unusable',
      message: `“${named.name}” does not say how fish lie, so they cannot be laid level by it. Nothing was trained.`,
      hint: 'Name a model of head-tail, or set level to off.',
      details: { model: wish },
    });
  }
  for (const model of models.list()) if (await tellsLines(model)) return model.id;
  // Then its own boxes say how their fish lie.
  if (await tellsLines(detector)) return '';
  throw new AppError({
    code: 'crops/no-turner',
    message:
      'To lay fish level it must be known how they lie, and no model of this project tells it. Nothing was trained.',
    hint: 'Train head-tail first, or set level to off.',
  });
}

/**
 * The division without photographs that the models it asks learnt from among those that judge: those teach, with all of their group where
 * groups stay whole; all do where it is not on record what a model learnt from.
 */
export async function divideForSecondLook(
  context: HostContext,
  project: OpenProject,
  request: { readonly recipe: string; readonly parameters: Parameters },
  labelled: readonly LabelledImage[],
  own: Division,
): Promise<{ division: Division; warnings: TrainingPlan['warnings'] }> {
  const unchanged = { division: own, warnings: [] };
  if ((await findRecipe(context, request.recipe))?.refines === undefined) return unchanged;
  const asked = listTeacherIds(request.parameters).flatMap((id) => project.db.models.find(id) ?? []);
  const taught = asked.map((model) => listTaughtPhotographs(project, model));
  const isKnown = taught.every(({ unknown }) => unknown === null);
  const judges = labelled.filter(({ image }) => own.valid.has(image.id));
  const unitOf = ({ image }: LabelledImage): string =>
    own.splitBy === 'grouped' ? (image.group ?? image.id) : image.id;
  const spoilt = new Set(
    judges
      .filter(({ image }) => taught.some(({ ids, hashes }) => ids.has(image.id) || hashes.has(image.hash)))
      .map(unitOf),
  );
  const moved = judges.filter((item) => !isKnown || spoilt.has(unitOf(item)));
  if (moved.length === 0) return unchanged;
  const valid = new Set(own.valid);
  const train = new Set(own.train);
  for (const { image } of moved) {
    valid.delete(image.id);
    train.add(image.id);
  }
  return {
    division: { ...own, train, valid },
    warnings: [
      {
        code: 'plan/judges-taught',
        message: `${moved.length} of the ${judges.length} images that would judge are such that a model it asks may have learnt from, so they teach instead.`,
        hint: 'Train that model again on the labels of today with the same seed, then this one: both are judged on the same images.',
      },
    ],
  };
}

function missing(role: 'detector' | 'turner', id: string): AppError {
  return new AppError({
    code: `crops/${role}-missing`,
    message: `This project has no model ${id}, which is named in ${role}. Nothing was trained.`,
    hint: 'Name models of this project by their ids; the list of models tells them.',
    details: { model: id },
  });
}
