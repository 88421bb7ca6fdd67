/** Which copies of each training photograph are kept as features. */
import { createRandom, hashText } from '../../core/random.ts';
import { drawVariant, type FeatureVariant, FLIP, PLAIN } from '../features/variants.ts';
import type { CopyPlan } from '../recipes/recipe.ts';

/** Photographs are dealt into so many groups; each group has its own drawn copies. */
const GROUPS = 16;

/**
 * The copies of a photograph. They follow from its content alone, so that every training of a project finds the same ones in the store
 * instead of filling the disk with new ones.
 */
export function listCopies(imageHash: string, plan: CopyPlan): readonly FeatureVariant[] {
  const group = groupOf(imageHash);
  const drawn = Array.from({ length: plan.drawn }, (_, k) =>
    drawVariant(createRandom(hashText(`copy/${group}/${k}`))),
  );
  return [PLAIN, ...(plan.flip ? [FLIP] : []), ...drawn];
}

/** The photographs that share their drawn copies. */
export function groupOf(imageHash: string): number {
  return hashText(imageHash) % GROUPS;
}
