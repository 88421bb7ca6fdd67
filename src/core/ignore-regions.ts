/** Regions to ignore: areas that are neither fish nor background, such as a heap in which nobody can count. COCO calls them crowds. */
import type { PixelBox } from './geometry.ts';
import type { BoxRecord } from './records.ts';

/** True for a box that an import brought as a crowd (`coco.iscrowd`), or that has an attribute `ignore` that is not off. */
export function isIgnoreRegion({ attributes }: Pick<BoxRecord, 'attributes'>): boolean {
  const { ignore } = attributes;
  return attributes['coco.iscrowd'] === 1 || (ignore !== undefined && ignore !== false && ignore !== 0);
}

/** True where half of a box or more lies in a region. */
export function isMostlyIn(box: PixelBox, region: PixelBox): boolean {
  const w = Math.min(box.x + box.w, region.x + region.w) - Math.max(box.x, region.x);
  const h = Math.min(box.y + box.h, region.y + region.h) - Math.max(box.y, region.y);
  return w > 0 && h > 0 && 2 * w * h >= box.w * box.h;
}
