/** Trains a model; the loop lives in `train/`. */
import type { Procedure } from './procedure.ts';

export const train: Procedure<'train'> = async (input, context) => {
  const { train: run } = await import('../train/train.ts');
  return await run(input, {
    signal: context.signal,
    onProgress: context.onProgress,
    onCurve: context.onCurve,
  });
};
