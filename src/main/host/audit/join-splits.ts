/** New images join the side of their chain or their group once a split was applied. */
import { joinSides } from '../../../core/audit/split-plan.ts';
import type { Split } from '../../../core/records.ts';
import type { ProjectSettings } from '../../db/settings.repository.ts';
import type { OpenProject } from '../open-project.ts';
import { shownChain } from './chains.ts';

interface Unplaced {
  readonly id: string;
  readonly group: string | null;
  readonly chain?: string | null;
  readonly split: Split | null;
}

/** The sides that images which are on none join, by id; none before a split was applied. */
export function listJoins(
  images: readonly Unplaced[],
  { splitRequest, isTestLocked }: Pick<ProjectSettings, 'splitRequest' | 'isTestLocked'>,
): Map<string, Split> {
  if (splitRequest === null) return new Map();
  const joined = joinSides(images.map((image) => ({ ...image, chain: shownChain(image.chain) })));
  // A locked test side takes nothing in, and its boats must not teach: such an image waits.
  return new Map([...joined].filter(([, side]) => side !== 'test' || !isTestLocked));
}

/** Puts images that are on no side yet where their chain or group is, once a split was applied. Runs inside the caller's transaction. */
export function joinNewImages(project: OpenProject): void {
  const settings = project.db.settings.get();
  if (settings.splitRequest === null) return;
  for (const [id, split] of listJoins(project.db.images.listAll(), settings))
    project.db.images.update(id, { split });
}
