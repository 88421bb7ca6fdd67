/** Paths of YOLO data sets: from images to labels and back, and paths that are written for another place than they are in. */
import { dirName, normalisePath, stripExtension } from './image-lookup.ts';

/**
 * A path as it is in a tree: as written below `base`, then with leading parts dropped one by one, since data sets are moved
 * (`../train/images` beside the YAML, `data/obj_train_data/1.jpg` with no `data`). Undefined when nothing fits.
 */
export function resolveWritten(
  base: string,
  written: string,
  exists: (path: string) => boolean,
): string | undefined {
  const direct = normalisePath(`${base}/${written}`);
  if (exists(direct)) return direct;
  const parts = normalisePath(written).split('/');
  for (let drop = 0; drop < parts.length; drop++) {
    const tail = parts.slice(drop).join('/');
    for (const candidate of [normalisePath(`${base}/${tail}`), tail]) if (exists(candidate)) return candidate;
  }
  return undefined;
}

/** Swaps the last folder named `from` for `to`; undefined when there is none. */
export function swapLastFolder(path: string, from: string, to: string): string | undefined {
  const parts = path.split('/');
  const at = parts.map((part) => part.toLowerCase()).lastIndexOf(from);
  return at < 0 ? undefined : parts.with(at, to).join('/');
}

/** Where the label of an image may be, best first: under `labels`, or beside it. */
export function listLabelPaths(imagePath: string): string[] {
  const beside = `${stripExtension(imagePath)}.txt`;
  const folder = swapLastFolder(dirName(imagePath), 'images', 'labels');
  const swapped = folder === undefined ? undefined : `${folder}/${beside.slice(beside.lastIndexOf('/') + 1)}`;
  return swapped === undefined ? [beside] : [swapped, beside];
}
