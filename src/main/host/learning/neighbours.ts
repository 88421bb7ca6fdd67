/** Photographs that go to the engine besides those asked for, because a recipe judges a photograph with the frames before it. */
import type { EngineImage } from '../../../engine/messages.ts';
import type { HostContext } from '../context.ts';
import type { OpenProject } from '../open-project.ts';
import { listReadableImages, toEngineImage } from './labelled-images.ts';
import { findRecipe } from './recipes.ts';

/** All readable photographs that are not among `images`; nothing for a recipe that sees each photograph alone. */
export async function findNeighbours(
  context: HostContext,
  project: OpenProject,
  recipeId: string,
  images: readonly { readonly id: string }[],
): Promise<{ neighbours?: EngineImage[] }> {
  const recipe = await findRecipe(context, recipeId);
  if (recipe?.seesNeighbours !== true) return {};
  const asked = new Set(images.map(({ id }) => id));
  const others = listReadableImages(project).filter(({ id }) => !asked.has(id));
  return { neighbours: others.map((image) => toEngineImage(project, image)) };
}
