/** What a training will cost beyond what every training does, before it starts. */
import { findEnsembleRecipe } from '../ensemble/recipes.ts';
import type { Procedure } from './procedure.ts';

export const forecast: Procedure<'forecast'> = async (input) => {
  if (findEnsembleRecipe(input.recipe) !== undefined) return { fineTuning: null };
  const { forecastFineTuning } = await import('../train/forecast.ts');
  return { fineTuning: await forecastFineTuning(input) };
};
