/** The recipes of the studio: a new one is its file and its line here, and the contract suite tests it from then on. */
import { AppError } from '../../core/errors.ts';
import { type EnsembleRecipe, ensembleRecipes } from '../ensemble/recipes.ts';
import { boxAndClassRecipe } from './box-and-class.recipe.ts';
import { clipSequenceRecipe } from './clip-sequence.recipe.ts';
import { cropClassifierRecipe } from './crop-classifier.recipe.ts';
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
import type { Recipe, RecipeCard } from './recipe.ts';

export const recipes: readonly Recipe[] = [
  detectorRecipe,
  detectorFineRecipe,
  cropClassifierRecipe,
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

/** All that can be chosen: those that train, and those that join what was trained. */
export const recipeCards: readonly (RecipeCard & Partial<Pick<EnsembleRecipe, 'joins'>>)[] = [
  ...recipes,
  ...ensembleRecipes,
];

/** The recipe of that id, which trains. Throws `recipe/unknown`. */
export function getRecipe(id: string): Recipe {
  return recipes.find((recipe) => recipe.id === id) ?? unknownRecipe(id, recipes);
}

/** The recipe of that id, whether it trains or joins. Throws `recipe/unknown`. */
export function getRecipeCard(id: string): RecipeCard {
  return recipeCards.find((recipe) => recipe.id === id) ?? unknownRecipe(id, recipeCards);
}

function unknownRecipe(id: string, known: readonly RecipeCard[]): never {
  throw new AppError({
    code: 'recipe/unknown',
    message: `There is no recipe "${id}", so nothing was trained.`,
    hint: `Choose one of: ${known.map((recipe) => recipe.id).join(', ')}.`,
    details: { recipe: id },
  });
}
