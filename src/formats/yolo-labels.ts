/** The label files of a YOLO data set in the order they were claimed. Of a folder only its names are held: there may be hundreds of thousands. */
import type { Split } from '../core/records.ts';
import { findSorted, joinPath } from './file-table.ts';
import type { RecordList } from './format.ts';
import { baseName, dirName, stripExtension } from './image-lookup.ts';
import { swapLastFolder } from './yolo-paths.ts';

export interface LabelFile {
  readonly path: string;
  /** Its image as a path without extension. */
  readonly stem: string;
  readonly split: Split | null;
}

/** Label files of one folder that belong to one split, or a single one whose image a list names. */
interface Part {
  readonly folder: string;
  /** In order, so that one is found by halving. */
  readonly names: readonly string[];
  readonly stemFolder: string;
  /** The image of a single one, where it is not called like its label. */
  readonly stem: string | undefined;
  readonly split: Split | null;
  /** How many label files come before it. */
  readonly start: number;
}

export class LabelList implements RecordList<LabelFile> {
  readonly #parts: Part[] = [];
  readonly #byFolder = new Map<string, Part[]>();
  readonly #singles = new Map<string, number>();
  #length = 0;
  /** Where the last answer was: the next question is mostly about what follows it. */
  #part = 0;
  #found = 0;

  get length(): number {
    return this.#length;
  }

  /** Claims those of the names that nothing has claimed yet. */
  addFolder(folder: string, names: readonly string[], split: Split | null): void {
    const isFresh = !this.#byFolder.has(folder) && this.#singles.size === 0;
    const open = isFresh ? names : names.filter((name) => !this.has(joinPath(folder, name)));
    if (open.length === 0) return;
    const stemFolder = swapLastFolder(folder, 'labels', 'images') ?? folder;
    const part: Part = { folder, names: open, stemFolder, stem: undefined, split, start: this.#length };
    this.#parts.push(part);
    const others = this.#byFolder.get(folder);
    if (others === undefined) this.#byFolder.set(folder, [part]);
    else others.push(part);
    this.#length += open.length;
  }

  /** Claims one label file for an image that is named elsewhere. */
  addOne(path: string, stem: string, split: Split | null): void {
    if (this.has(path)) return;
    const names = [baseName(path)];
    const folder = dirName(path);
    this.#singles.set(path, this.#length);
    this.#parts.push({ folder, names, stemFolder: folder, stem, split, start: this.#length });
    this.#length++;
  }

  has(path: string): boolean {
    return this.find(path) >= 0;
  }

  /** The place of a label file in the list; -1 for none. */
  find(path: string): number {
    const single = this.#singles.size === 0 ? undefined : this.#singles.get(path);
    if (single !== undefined) return single;
    const name = baseName(path);
    for (const { names, start } of this.#byFolder.get(dirName(path)) ?? []) {
      const next = this.#found + 1 - start;
      const at = names[next] === name ? next : findSorted(names, name);
      if (at < 0) continue;
      this.#found = start + at;
      return this.#found;
    }
    return -1;
  }

  at(n: number): LabelFile | undefined {
    if (n < 0 || n >= this.#length) return undefined;
    const part = this.#partAt(n);
    const name = part.names[n - part.start] ?? '';
    return {
      path: joinPath(part.folder, name),
      stem: part.stem ?? joinPath(part.stemFolder, stripExtension(name)),
      split: part.split,
    };
  }

  *[Symbol.iterator](): IterableIterator<LabelFile> {
    for (let n = 0; n < this.#length; n++) yield this.at(n) as LabelFile;
  }

  #partAt(n: number): Part {
    const last = this.#parts[this.#part];
    if (last !== undefined && n >= last.start && n < last.start + last.names.length) return last;
    let from = 0;
    let to = this.#parts.length - 1;
    while (from < to) {
      const middle = (from + to + 1) >>> 1;
      if ((this.#parts[middle] as Part).start <= n) from = middle;
      else to = middle - 1;
    }
    this.#part = from;
    return this.#parts[from] as Part;
  }
}

/** The same list seen as one of its texts. */
export function textsOf<T>(list: RecordList<T>, text: (item: T) => string): RecordList<string> {
  const at = (n: number): string | undefined => {
    const item = list.at(n);
    return item === undefined ? undefined : text(item);
  };
  return {
    length: list.length,
    at,
    *[Symbol.iterator]() {
      for (const item of list) yield text(item);
    },
  };
}
