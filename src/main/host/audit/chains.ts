/** How chains of near-duplicates are written with an image, and which labels of an image splits count. */
import { nothingClass } from '../../../core/audit/split-plan.ts';
import type { BoxRecord } from '../../../core/records.ts';
import type { StoredImage } from '../../db/images.repository.ts';

/** Tied by a person. */
export const handChain = 'hand ';
/** What a person said is no copy of anything; an audit does not tie it again. */
export const aloneChain = 'alone ';

/** A chain that a person broke up holds one image alone and counts for none. */
export function shownChain(chain: string | null | undefined): string | null {
  return chain == null || chain.startsWith(aloneChain) ? null : chain;
}

/** Classes of the boxes of an image a person has said something of, as splits count them. */
export function classIdsOf(image: Pick<StoredImage, 'state'>, boxes: readonly BoxRecord[]): string[] {
  if (boxes.length > 0) return boxes.map(({ classId }) => classId);
  return image.state === 'empty' || image.state === 'reviewed' ? [nothingClass] : [];
}
