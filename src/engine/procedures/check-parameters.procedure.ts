/** Checks a recipe's parameters and fills in its defaults, before anything is planned with them. */
import { findEnsembleRecipe, readMembers } from '../ensemble/recipes.ts';
import type { Procedure } from './procedure.ts';

export const checkParameters: Procedure<'checkParameters'> = async ({ recipe: id, parameters }) => {
  const [{ getRecipeCard }, { readParameters }] = await Promise.all([
    import('../recipes/list.ts'),
    import('../recipes/recipe.ts'),
  ]);
  const recipe = getRecipeCard(id);
  const read = readParameters(id, recipe.parameters, parameters);
  // Whether they are there and fit is seen by the host and, on their files, by whoever joins them.
  if (findEnsembleRecipe(id) !== undefined) readMembers(read);
  return { recipeVersion: recipe.version, parameters: read };
};
