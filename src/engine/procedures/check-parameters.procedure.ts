/** Checks a recipe's parameters and fills in its defaults, before anything is planned with them. */
import type { Procedure } from './procedure.ts';

export const checkParameters: Procedure<'checkParameters'> = async ({ recipe: id, parameters }) => {
  const [{ getRecipeCard }, { readParameters }] = await Promise.all([
    import('../recipes/list.ts'),
    import('../recipes/recipe.ts'),
  ]);
  const recipe = getRecipeCard(id);
  return { recipeVersion: recipe.version, parameters: readParameters(id, recipe.parameters, parameters) };
};
