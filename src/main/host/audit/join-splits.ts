/** New images join the side of their chain or their group once a split was applied. */
import { joinSide } from '../../../core/audit/split-plan.ts';
import type { OpenProject } from '../open-project.ts';
import { shownChain } from './chains.ts';

/** Puts images that are on no side yet where their chain or group is, once a split was applied. Runs inside the caller's transaction. */
export function joinNewImages(project: OpenProject): number {
  const { splitRequest, isTestLocked } = project.db.settings.get();
  if (splitRequest === null) return 0;
  const images = project.db.images.listAll().map((image) => ({ ...image, chain: shownChain(image.chain) }));
  const placed = images.filter(({ split }) => split !== null);
  const byGroup = Map.groupBy(placed, ({ group }) => group ?? '');
  const byChain = Map.groupBy(placed, ({ chain }) => chain ?? '');
  let joined = 0;
  for (const image of images) {
    if (image.split !== null) continue;
    const mates = [...(byGroup.get(image.group ?? '') ?? []), ...(byChain.get(image.chain ?? '') ?? [])];
    const side = joinSide(image, mates);
    // A locked test side takes nothing in, and its boats must not teach: such an image waits.
    if (side === null || (side === 'test' && isTestLocked)) continue;
    project.db.images.update(image.id, { split: side });
    joined += 1;
  }
  return joined;
}
