/** What the engine says of a recipe. */
import { findsBoxes, type RecipeInfo } from '../../../core/learning.ts';
import type { HostContext } from '../context.ts';

/** Undefined for a recipe that this engine does not have. */
export async function findRecipe(context: HostContext, id: string): Promise<RecipeInfo | undefined> {
  return (await context.engine.call('recipes', {})).find((recipe) => recipe.id === id);
}

/** False when models of this recipe judge whole photographs and suggest no boxes; a recipe nobody knows is taken to suggest them. */
export async function suggestsBoxes(context: HostContext, recipeId: string): Promise<boolean> {
  const recipe = await findRecipe(context, recipeId);
  return recipe === undefined || findsBoxes(recipe);
}
