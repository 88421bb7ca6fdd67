/** Which copies of each training photograph are kept as features. */
import { createRandom, hashText } from '../../core/random.ts';
import { DEFAULT_RANGE, drawVariant, type FeatureVariant, FLIP, PLAIN } from '../features/variants.ts';
import type { CopyPlan } from '../recipes/recipe.ts';

/** Photographs are dealt into so many groups; each group has its own drawn copies. */
const GROUPS = 16;

/**
 * The copies of a photograph, each once. They follow from its content and the plan's range alone, so that every training of a project finds
 * the same ones in the store instead of filling the disk with new ones.
 */
export function listCopies(imageHash: string, plan: CopyPlan): readonly FeatureVariant[] {
  const group = groupOf(imageHash, plan);
  return listDrawn(plan, plan.drawn, (k) => `copy/${group}/${k}`);
}

/** The copies a photograph may be seen as where none is kept: its own, so that a run taken up again sees the same ones. */
export function listFresh(imageHash: string, plan: CopyPlan): readonly FeatureVariant[] {
  return listDrawn(plan, plan.fresh ?? 0, (k) => `fresh/${imageHash}/${k}`);
}

function listDrawn(
  { flip, range = DEFAULT_RANGE }: CopyPlan,
  count: number,
  nameOf: (k: number) => string,
): readonly FeatureVariant[] {
  const drawn = Array.from({ length: count }, (_, k) =>
    drawVariant(createRandom(hashText(nameOf(k))), range),
  );
  // A range of nothing draws the same copy again and again.
  const byId = new Map([PLAIN, ...(flip ? [FLIP] : []), ...drawn].map((variant) => [variant.id, variant]));
  return [...byId.values()];
}

/** Photographs of one group share their drawn copies; a recipe that sees several at once has them alike in all. */
function groupOf(imageHash: string, plan: Pick<CopyPlan, 'alike'>): number {
  return plan.alike === true ? 0 : hashText(imageHash) % GROUPS;
}
