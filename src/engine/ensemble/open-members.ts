/** The models behind a model's folder: itself, or those an ensemble is made of, each checked and with its classes in the ensemble's order. */
import path from 'node:path';
import { AppError, toAppErrorData } from '../../core/errors.ts';
import { findsBoxes } from '../../core/learning.ts';
import type { Backbone } from '../backbones/load-backbone.ts';
import { getRecipe } from '../recipes/list.ts';
import { type LoadedModel, loadModel, type ModelGround } from '../train/load-model.ts';
import type { EnsembleCard } from './ensemble-file.ts';
import { findEnsemble } from './ensemble-file.ts';
import { averageProbabilities, fuseBoxes, type Verdict } from './join.ts';
import { type EnsembleRecipe, findEnsembleRecipe } from './recipes.ts';

export interface Limits {
  readonly minScore: number;
  readonly maxDetections: number;
}

/** What suggests: one model, or several that are asked and joined. */
export interface Members {
  readonly models: readonly LoadedModel<Backbone>[];
  /** The classes verdicts count by. */
  readonly classes: EnsembleCard['classes'];
  /** True where verdicts hold boxes. */
  readonly findsBoxes: boolean;
  /** Limits each member is asked with. */
  ask(limits: Limits): Limits;
  /** One verdict of those of all members, in the order of `models`. */
  join(verdicts: readonly Verdict[], limits: Limits): Verdict;
  dispose(): void;
}

/** Fusion needs the weak boxes too: two that agree are worth more than one. */
const MEMBER_MIN_SCORE = 0.01;
const MEMBER_DETECTIONS = 100;

/**
 * Opens a model of any kind. Throws what `loadModel` throws; for an ensemble `ensemble/member-missing`, `ensemble/member-unusable` or
 * `ensemble/member-changed`, which say which member.
 */
export async function openMembers(modelDir: string, ground: ModelGround<Backbone>): Promise<Members> {
  const card = await findEnsemble(modelDir);
  if (card === undefined) {
    const model = await loadModel(modelDir, ground);
    return {
      models: [model],
      classes: model.card.classes,
      findsBoxes: findsBoxes(getRecipe(model.card.recipe)),
      ask: (limits) => limits,
      join: ([verdict]) => verdict as Verdict,
      dispose: () => model.dispose(),
    };
  }
  const recipe = findEnsembleRecipe(card.recipe);
  if (recipe === undefined || recipe.version !== card.recipeVersion) throw otherVersion(card);
  const members = await joinModels(path.dirname(modelDir), recipe, card, ground);
  for (const [i, { id, recipe: made, weights }] of card.members.entries()) {
    if (members.models[i]?.card.weights.sha256 === weights) continue;
    members.dispose();
    throw changed(id, made);
  }
  return members;
}

/** Loads the members from their folders in `modelsDir` and checks that they can be joined. Throws as {@link openMembers}. */
export async function joinModels(
  modelsDir: string,
  recipe: EnsembleRecipe,
  wanted: Pick<EnsembleCard, 'classes' | 'parameters'> & {
    readonly members: readonly { readonly id: string; readonly recipe?: string }[];
  },
  ground: ModelGround<Backbone>,
): Promise<Members> {
  const models: LoadedModel<Backbone>[] = [];
  const dispose = (): void => {
    for (const model of models) model.dispose();
  };
  const places: number[][] = [];
  try {
    for (const member of wanted.members) {
      const model = await loadMember(modelsDir, member, ground);
      models.push(model);
      places.push(checkMember(recipe, member.id, model, wanted.classes));
    }
  } catch (error) {
    dispose();
    throw error;
  }
  const overlap = Number(wanted.parameters.overlap ?? 0.55);
  return {
    models,
    classes: wanted.classes,
    findsBoxes: recipe.joins === 'boxes',
    dispose,
    ask: ({ minScore, maxDetections }) =>
      recipe.joins === 'class'
        ? { minScore: 1, maxDetections: 0 }
        : {
            minScore: Math.min(minScore, MEMBER_MIN_SCORE),
            maxDetections: Math.max(maxDetections, MEMBER_DETECTIONS),
          },
    join: (verdicts, limits) => {
      const own = verdicts.map((verdict, i) => orderClasses(verdict, places[i] as number[]));
      return recipe.joins === 'class'
        ? { detections: [], imageProbabilities: averageProbabilities(own) }
        : {
            detections: fuseBoxes(
              own.map(({ detections }) => detections),
              { overlap, ...limits },
            ),
            // Models that say nothing of the whole photograph would be outvoted by those that do.
            imageProbabilities: own.every((verdict) => verdict.imageProbabilities !== null)
              ? averageProbabilities(own)
              : null,
          };
    },
  };
}

async function loadMember(
  modelsDir: string,
  { id, recipe }: { readonly id: string; readonly recipe?: string },
  ground: ModelGround<Backbone>,
): Promise<LoadedModel<Backbone>> {
  try {
    return await loadModel(path.join(modelsDir, id), ground);
  } catch (error) {
    const told = toAppErrorData(error);
    if (told.code === 'model/missing') {
      throw new AppError({
        code: 'ensemble/member-missing',
        message: `The ${recipe === undefined ? '' : `“${recipe}” `}model ${id} of this ensemble is not there any more, so the ensemble cannot suggest. Labels are not affected.`,
        hint: 'Make the ensemble again of models that are there.',
        details: { member: id },
      });
    }
    throw new AppError({
      code: 'ensemble/member-unusable',
      message: `The model ${id} cannot be part of this ensemble: ${told.message}`,
      hint: told.hint || 'Make the ensemble again without it.',
      details: { member: id, code: told.code },
    });
  }
}

/** Where each class of the ensemble, and "nothing here", is among the member's. */
function checkMember(
  recipe: EnsembleRecipe,
  id: string,
  { card }: LoadedModel<Backbone>,
  classes: EnsembleCard['classes'],
): number[] {
  const made = getRecipe(card.recipe);
  const fits = recipe.joins === 'class' ? made.outputs.includes('class') : findsBoxes(made);
  const refuse = (why: string, hint: string): AppError =>
    new AppError({
      code: 'ensemble/member-unusable',
      message: `The model ${id} (${made.title}) cannot be part of this ensemble: ${why}.`,
      hint,
      details: { member: id, recipe: made.id },
    });
  if (!fits) {
    throw recipe.joins === 'class'
      ? refuse('it does not say the class of whole photographs', 'Join detectors with ensemble-boxes.')
      : refuse('it suggests no boxes', 'Join models of classes with ensemble.');
  }
  const own = card.classes.map((entry) => entry.id);
  const places = classes.map((entry) => own.indexOf(entry.id));
  if (own.length !== classes.length || places.includes(-1)) {
    throw refuse(
      `it learnt other classes (${card.classes.map(({ name }) => name).join(', ')}) than ${classes.map(({ name }) => name).join(', ')}`,
      'Train it again on the classes of today.',
    );
  }
  return [...places, own.length];
}

function orderClasses({ detections, imageProbabilities }: Verdict, places: readonly number[]): Verdict {
  return {
    detections: detections.map((found) => ({
      ...found,
      classIndex: places.indexOf(found.classIndex),
      probabilities: places.slice(0, -1).map((place) => found.probabilities[place] ?? 0),
    })),
    imageProbabilities: imageProbabilities && places.map((place) => imageProbabilities[place] ?? 0),
  };
}

function changed(id: string, recipe: string): AppError {
  return new AppError({
    code: 'ensemble/member-changed',
    message: `The “${recipe}” model ${id} is not the one this ensemble was made of, so the ensemble's figures are not true of it. It was not loaded.`,
    hint: 'Make the ensemble again.',
    details: { member: id },
  });
}

function otherVersion({ recipe, recipeVersion }: EnsembleCard): AppError {
  return new AppError({
    code: 'model/other-version',
    message: `This ensemble was made by version ${recipeVersion} of “${recipe}”, which this studio does not have. It was not loaded.`,
    hint: 'Make it again.',
    details: { recipe, model: recipeVersion },
  });
}
