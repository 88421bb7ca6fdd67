/** The recipes of the studio: a new one is its file and its line here, and the contract suite tests it from then on. */
import { AppError } from '../../core/errors.ts';
import { boxAndClassRecipe } from './box-and-class.recipe.ts';
import { clipSequenceRecipe } from './clip-sequence.recipe.ts';
import { denseHeadRecipe } from './dense-head.recipe.ts';
import { detectorRecipe } from './detector.recipe.ts';
import { detectorFineRecipe } from './detector-fine.recipe.ts';
import { fcnFineRecipe } from './fcn-fine.recipe.ts';
import { fcnGapRecipe } from './fcn-gap.recipe.ts';
import { fcnGmpRecipe } from './fcn-gmp.recipe.ts';
import { gapHeadRecipe } from './gap-head.recipe.ts';
import { headTailRecipe } from './head-tail.recipe.ts';
import { inceptionMiniRecipe } from './inception-mini.recipe.ts';
import { metadataHeadRecipe } from './metadata-head.recipe.ts';
import type { Recipe } from './recipe.ts';

export const recipes: readonly Recipe[] = [
  detectorRecipe,
  detectorFineRecipe,
  boxAndClassRecipe,
  headTailRecipe,
  gapHeadRecipe,
  denseHeadRecipe,
  metadataHeadRecipe,
  fcnGapRecipe,
  fcnFineRecipe,
  fcnGmpRecipe,
  inceptionMiniRecipe,
  clipSequenceRecipe,
];

/** The recipe of that id. Throws `recipe/unknown`. */
export function getRecipe(id: string): Recipe {
  const found = recipes.find((recipe) => recipe.id === id);
  if (found !== undefined) return found;
  throw new AppError({
    code: 'recipe/unknown',
    message: `There is no recipe "${id}", so nothing was trained.`,
    hint: `Choose one of: ${recipes.map((recipe) => recipe.id).join(', ')}.`,
    details: { recipe: id },
  });
}
