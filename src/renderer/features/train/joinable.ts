/** Which trained models an ensemble can be made of, and which a setting can ask. Pure. */
import { findsBoxes, type RecipeInfo } from '../../../core/learning.ts';
import type { ModelRecord } from '../../../core/records.ts';

/** What a setting may ask of a model: the class of a photograph, boxes, or how a fish lies. */
export type Answer = 'class' | 'boxes' | 'lines';

type Known = Pick<RecipeInfo, 'id' | 'outputs' | 'joins' | 'refines' | 'tellsLines'>;

/** Models that say the class of a photograph, or that suggest boxes themselves; ensembles are no members of others. */
export function listJoinable<Model extends Pick<ModelRecord, 'recipe'>>(
  joins: 'class' | 'boxes',
  models: readonly Model[],
  recipes: readonly Known[],
): Model[] {
  return listAnswering(
    joins,
    models,
    recipes.filter((recipe) => recipe.joins === undefined),
  );
}

/** Models that can be asked, ensembles too; one that names the boxes of another finds none itself. */
export function listAnswering<Model extends Pick<ModelRecord, 'recipe'>>(
  answer: Answer,
  models: readonly Model[],
  recipes: readonly Known[],
): Model[] {
  const fits = {
    class: ({ outputs }: Known) => outputs.includes('class'),
    boxes: (recipe: Known) => findsBoxes(recipe) && recipe.refines === undefined,
    lines: ({ tellsLines }: Known) => tellsLines === true,
  }[answer];
  const fitting = new Set(recipes.filter(fits).map(({ id }) => id));
  return models.filter(({ recipe }) => fitting.has(recipe));
}
