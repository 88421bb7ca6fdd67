/** Which trained models an ensemble can be made of, or pseudo-labels be asked of. Pure. */
import { findsBoxes, type RecipeInfo } from '../../../core/learning.ts';
import type { ModelRecord } from '../../../core/records.ts';

/** Models that say the class of a photograph, or that suggest boxes; ensembles are no members of others. */
export function listJoinable<Model extends Pick<ModelRecord, 'recipe'>>(
  joins: 'class' | 'boxes',
  models: readonly Model[],
  recipes: readonly Pick<RecipeInfo, 'id' | 'outputs' | 'joins'>[],
): Model[] {
  const fitting = new Set(
    recipes
      .filter((recipe) => recipe.joins === undefined)
      .filter((recipe) => (joins === 'class' ? recipe.outputs.includes('class') : findsBoxes(recipe)))
      .map(({ id }) => id),
  );
  return models.filter(({ recipe }) => fitting.has(recipe));
}
