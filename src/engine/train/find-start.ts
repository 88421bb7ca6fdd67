/** The weights of an earlier model for a training to go on from, where the two are the same net on the same features. */
import { AppError } from '../../core/errors.ts';
import type { EngineInput } from '../messages.ts';
import { type ModelCard, readModel } from './model-files.ts';
import type { WeightArray } from './weights.ts';

/** A model to start from: what it was built with, and its weights under the names tfjs gives them. */
export interface WarmStart {
  readonly card: ModelCard;
  readonly weights: readonly WeightArray[];
}

/**
 * The model in `input.startFrom`; undefined where none is named or it does not fit: another recipe or version of it, other classes or
 * another order of them, another canvas, features of another backbone. Then training starts as it always does. Throws `model/missing`,
 * `model/damaged`, `model/newer`.
 */
export async function findStart(
  input: Pick<EngineInput<'train'>, 'startFrom' | 'recipe' | 'classes' | 'canvas'>,
  ground: { readonly backboneHash: string; readonly recipeVersion: number },
): Promise<WarmStart | undefined> {
  if (input.startFrom === undefined) return undefined;
  const start = await readModel(input.startFrom).catch((error: unknown) => {
    // An ensemble has no net of its own to go on with.
    if (error instanceof AppError && error.code === 'model/is-ensemble') return undefined;
    throw error;
  });
  if (start === undefined) return undefined;
  const { card } = start;
  const fits =
    card.recipe === input.recipe &&
    card.recipeVersion === ground.recipeVersion &&
    card.backboneHash === ground.backboneHash &&
    card.canvas.widthPx === input.canvas.widthPx &&
    card.canvas.heightPx === input.canvas.heightPx &&
    card.classes.length === input.classes.length &&
    card.classes.every(({ id }, index) => id === input.classes[index]?.id);
  return fits ? start : undefined;
}

/**
 * The parameters to go on with. What a recipe settles by time and labels decides the shape of its net, so there the earlier net's stand;
 * undefined when the recipe would now make a larger or another one: then starting anew is worth more than the start.
 */
export function keepSettled(
  asked: Readonly<Record<string, unknown>>,
  settled: Readonly<Record<string, unknown>>,
  earlier: Readonly<Record<string, unknown>>,
): Record<string, unknown> | undefined {
  const kept: Record<string, unknown> = { ...settled };
  for (const [name, value] of Object.entries(settled)) {
    if (JSON.stringify(value) === JSON.stringify(asked[name])) continue;
    const had = earlier[name];
    // A choice there was not yet when it was made: left open, it is what there was.
    if (had === undefined) {
      kept[name] = asked[name];
      continue;
    }
    const fits =
      typeof value === 'number' && typeof had === 'number'
        ? had >= value
        : JSON.stringify(had) === JSON.stringify(value);
    if (!fits) return undefined;
    kept[name] = had;
  }
  return kept;
}
