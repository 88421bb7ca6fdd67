/** Learning from photographs that nobody labelled: their labels are what an earlier model says of them (Lee 2013, "Pseudo-Label"). */
import { z } from 'zod';
import type { CanvasSample } from '../recipes/recipe.ts';
import type { BatchMix } from '../recipes/training-schedule.ts';

/** Settings of every recipe that can. Spread into the recipe's own schema; the host reads them by these names. */
export const pseudoLabelShape = {
  pseudoShare: z
    .number()
    .min(0)
    .max(0.5)
    .default(0)
    .describe(
      "Part of each step's photographs that nobody labelled, learnt as an earlier model sees them. 0: none; the lesson's 4 of 64 is 0.0625.",
    ),
  pseudoModel: z
    .string()
    .default('')
    .describe('The earlier model that says what is on photographs without labels.')
    .meta({ picks: 'model' }),
  pseudoConfidence: z
    .number()
    .min(0)
    .max(1)
    .default(0.5)
    .describe('Photographs are left out where the earlier model gives its likeliest class less than this.'),
  secondShare: z
    .number()
    .min(0)
    .max(0.5)
    .default(0.25)
    .describe(
      "Part of each step drawn from the labelled photographs a second time, rare classes more often: the lesson's 16 of 64. Only with photographs without labels.",
    ),
};
export type PseudoLabelSettings = z.infer<z.ZodObject<typeof pseudoLabelShape>>;

/** How a step's photographs are drawn; undefined where only labelled ones are wanted, from one stream. */
export function planMix({ pseudoShare, secondShare }: PseudoLabelSettings): { mix?: BatchMix } {
  return pseudoShare > 0 ? { mix: { second: secondShare, pseudo: pseudoShare } } : {};
}

/**
 * Writes what an earlier model says of a photograph as the soft target of its row, and returns its weight: the expected weight of its
 * class. Undefined for a photograph that a person labelled.
 */
export function writeSoftTarget(
  { soft }: CanvasSample,
  row: Float32Array,
  balance: (classIndex: number) => number,
): number | undefined {
  if (soft === undefined) return undefined;
  if (soft.length !== row.length)
    throw new RangeError(`${soft.length} probabilities for ${row.length} classes and nothing`);
  row.set(soft);
  return soft.reduce((sum, share, c) => sum + share * balance(c), 0);
}
