/** The files of a tree by folder, for trees of hundreds of thousands: their names are held once, and no table of paths at all. */
import type { FileTree, SourceFile } from './format.ts';
import { baseName, dirName, isBelow } from './image-lookup.ts';

/** Paths have `/` between folders. Of two files with the same path the later one counts. */
export class FileTable {
  /** Folder → names of its files, in order. */
  readonly #folders: ReadonlyMap<string, readonly string[]>;
  readonly #open: (path: string) => SourceFile;
  readonly #parents = new Set<string>(['']);
  readonly size: number;

  static async of(tree: FileTree): Promise<FileTable> {
    const { open } = tree;
    const byFolder = await tree.byFolder?.();
    if (byFolder !== undefined && open !== undefined && !hasBackslash(byFolder))
      return new FileTable(byFolder, open);
    const files = new Map<string, SourceFile>();
    for await (const file of tree.list()) files.set(file.path.replaceAll('\\', '/'), file);
    const folders = new Map<string, string[]>();
    for (const path of files.keys()) {
      const names = folders.get(dirName(path));
      if (names === undefined) folders.set(dirName(path), [baseName(path)]);
      else names.push(baseName(path));
    }
    // In the order of their units, as `<` has it, which the search goes by.
    for (const names of folders.values()) names.sort();
    return new FileTable(folders, (path) => files.get(path) as SourceFile);
  }

  private constructor(folders: ReadonlyMap<string, readonly string[]>, open: (path: string) => SourceFile) {
    this.#folders = folders;
    this.#open = open;
    let size = 0;
    for (const [folder, names] of folders) {
      size += names.length;
      for (let at = folder; at !== '' && !this.#parents.has(at); at = dirName(at)) this.#parents.add(at);
    }
    this.size = size;
  }

  has(path: string): boolean {
    const names = this.#folders.get(dirName(path));
    return names !== undefined && findSorted(names, baseName(path)) >= 0;
  }

  get(path: string): SourceFile | undefined {
    return this.has(path) ? this.#open(path) : undefined;
  }

  hasFolder(path: string): boolean {
    return this.#parents.has(path);
  }

  /** Folders that hold files, with the names of these. */
  folders(): ReadonlyMap<string, readonly string[]> {
    return this.#folders;
  }

  /** All paths, each drawn when it is asked for. */
  *keys(): IterableIterator<string> {
    for (const [folder, names] of this.#folders) for (const name of names) yield joinPath(folder, name);
  }

  /** The folders at and below this one that hold files. */
  *foldersBelow(folder: string): IterableIterator<readonly [folder: string, names: readonly string[]]> {
    for (const entry of this.#folders) if (entry[0] === folder || isBelow(entry[0], folder)) yield entry;
  }
}

/** The path of a name in a folder; in the root it is the name. */
export function joinPath(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}

/** Where disks allow it in names, a backslash must be told from a folder's slash: such trees go the longer way. */
function hasBackslash(folders: ReadonlyMap<string, readonly string[]>): boolean {
  for (const [folder, names] of folders)
    if (folder.includes('\\') || names.some((name) => name.includes('\\'))) return true;
  return false;
}

/** The place of a text in a list that is in order; -1 for none. */
export function findSorted(sorted: readonly string[], text: string): number {
  let from = 0;
  let to = sorted.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if ((sorted[middle] as string) < text) from = middle + 1;
    else to = middle;
  }
  return sorted[from] === text ? from : -1;
}
