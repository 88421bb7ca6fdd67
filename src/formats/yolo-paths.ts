/** Paths of YOLO data sets: from images to labels and back, and paths that are written for another place than they are in. */
import { dirName, isBelow, normalisePath, stripExtension } from './image-lookup.ts';

/** A tree of paths that can be asked for files and folders. */
export class PathTree {
  readonly files: Pick<ReadonlyMap<string, unknown>, 'has' | 'keys'>;
  readonly #folders = new Set<string>(['']);

  /** `files`: by path. */
  constructor(files: Pick<ReadonlyMap<string, unknown>, 'has' | 'keys'>) {
    this.files = files;
    for (const path of files.keys()) {
      for (
        let folder = dirName(path);
        folder !== '' && !this.#folders.has(folder);
        folder = dirName(folder)
      ) {
        this.#folders.add(folder);
      }
    }
  }

  hasFolder(path: string): boolean {
    return this.#folders.has(path);
  }

  listBelow(folder: string): string[] {
    return Array.from(this.files.keys()).filter((path) => isBelow(path, folder));
  }

  /**
   * The path as it is in this tree: as written below `base`, then with leading parts dropped one by one, since data sets are moved
   * (`../train/images` beside the YAML, `data/obj_train_data/1.jpg` with no `data`). Undefined when nothing fits.
   */
  resolve(base: string, written: string, exists: (path: string) => boolean): string | undefined {
    const direct = normalisePath(`${base}/${written}`);
    if (exists(direct)) return direct;
    const parts = normalisePath(written).split('/');
    for (let drop = 0; drop < parts.length; drop++) {
      const tail = parts.slice(drop).join('/');
      for (const candidate of [normalisePath(`${base}/${tail}`), tail])
        if (exists(candidate)) return candidate;
    }
    return undefined;
  }
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

/** The image a label speaks of, as a path without extension: `labels` becomes `images`. */
export function toImageStem(labelPath: string): string {
  const stem = stripExtension(labelPath);
  const folder = swapLastFolder(dirName(labelPath), 'labels', 'images');
  return folder === undefined ? stem : `${folder}/${stem.slice(stem.lastIndexOf('/') + 1)}`;
}
