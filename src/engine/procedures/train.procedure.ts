/** Trains a model; the loop lives in `train/`. A recipe that joins models makes one without training. */
import { findEnsembleRecipe } from '../ensemble/recipes.ts';
import type { Procedure } from './procedure.ts';

export const train: Procedure<'train'> = async (input, context) => {
  const { signal, onProgress, onCurve } = context;
  const joining = findEnsembleRecipe(input.recipe);
  if (joining !== undefined) {
    const { makeEnsemble } = await import('../ensemble/make-ensemble.ts');
    return await makeEnsemble(input, { signal, onProgress, onCurve }, joining);
  }
  const { train: run } = await import('../train/train.ts');
  return await run(input, { signal, onProgress, onCurve });
};
