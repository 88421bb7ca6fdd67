/** Regions to ignore: areas that are neither fish nor background, such as a heap in which nobody can count. COCO calls them crowds. */
import type { BoxRecord } from './records.ts';

/** True for a box that an import brought as a crowd (`coco.iscrowd`), or that has an attribute `ignore` that is not off. */
export function isIgnoreRegion({ attributes }: Pick<BoxRecord, 'attributes'>): boolean {
  const { ignore } = attributes;
  return attributes['coco.iscrowd'] === 1 || (ignore !== undefined && ignore !== false && ignore !== 0);
}
