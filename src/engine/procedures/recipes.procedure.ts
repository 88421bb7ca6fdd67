/** The recipes of the studio, as cards and forms show them. */
import type { Procedure } from './procedure.ts';

export const recipes: Procedure<'recipes'> = async () => {
  const [{ recipeCards: list }, { describeRecipe }] = await Promise.all([
    import('../recipes/list.ts'),
    import('../recipes/recipe.ts'),
  ]);
  return list.map(describeRecipe);
};
