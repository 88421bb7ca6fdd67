/** Names for files that stand for images: one each, also on disks that do not tell upper from lower case. */
import type { ImageRecord } from '../core/records.ts';
import { normalisePath, stripExtension } from './image-lookup.ts';
import { MANIFEST_NAME } from './manifest.ts';

export interface LabelPlace {
  /** The path of the image without its ending, unique among all. */
  readonly stem: string;
  /** The same with the ending of the photograph. */
  readonly picture: string;
}

/** A stem for each image, like its path; two that would be one (`a.jpg` and `A.png`) get a number. `rename` may change parts first. */
export function placeLabels(
  images: readonly Pick<ImageRecord, 'id' | 'path'>[],
  rename: (path: string) => string = (path) => path,
): Map<string, LabelPlace> {
  // The manifest's own name is not free.
  const taken = new Set([stripExtension(MANIFEST_NAME)]);
  const places = new Map<string, LabelPlace>();
  for (const image of images) {
    const path = rename(normalisePath(image.path));
    const stem = stripExtension(path);
    let unique = stem;
    for (let n = 2; taken.has(unique.toLowerCase()); n++) unique = `${stem}-${n}`;
    taken.add(unique.toLowerCase());
    places.set(image.id, { stem: unique, picture: unique + path.slice(stem.length) });
  }
  return places;
}
