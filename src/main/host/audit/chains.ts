/** How chains of near-duplicates are written with an image, and which labels of an image splits count. */
import { nothingClass } from '../../../core/audit/split-plan.ts';
import type { StoredImage } from '../../db/images.repository.ts';
import type { ProjectRows } from '../../db/project-reader.ts';

/** Tied by a person. */
export const handChain = 'hand ';
/** What a person said is no copy of anything; an audit does not tie it again. */
export const aloneChain = 'alone ';

/** A chain that a person broke up holds one image alone and counts for none. */
export function shownChain(chain: string | null | undefined): string | null {
  return chain == null || chain.startsWith(aloneChain) ? null : chain;
}

/** Classes of the boxes of an image a person has said something of, as splits count them. */
export function classIdsOf(
  image: Pick<StoredImage, 'state'>,
  boxClassIds: readonly string[],
): readonly string[] {
  if (boxClassIds.length > 0) return boxClassIds;
  return image.state === 'empty' || image.state === 'reviewed' ? [nothingClass] : [];
}

/** Every photograph with what divisions go by. */
export function listPlaced(project: Pick<ProjectRows, 'images' | 'boxes'>) {
  const classIds = project.boxes.listClassIds();
  return project.images.listPlaces().map((image) => ({
    ...image,
    chain: shownChain(image.chain),
    classIds: classIdsOf(image, classIds.get(image.id) ?? []),
  }));
}
