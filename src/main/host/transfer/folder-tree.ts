/** The files a person pointed at, as the formats take them: paths with `/`, bytes only when asked for. */
import { createReadStream, existsSync } from 'node:fs';
import { lstat, opendir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../../core/errors.ts';
import type { FileTree, SourceFile } from '../../../formats/format.ts';
import { MANIFEST_NAME } from '../../../formats/manifest.ts';
import { isImagePath } from '../../../formats/text.ts';
import { readMany } from './read-many.ts';

/** Label folders hold at most a file an image; this is beyond any we know and below what would exhaust memory. */
const maxFiles = 2_000_000;

/** Files that only index others beside them: the whole folder is the source then. */
const indexExtensions: ReadonlySet<string> = new Set(['.yaml', '.yml', '.data', '.names', '.txt']);

/** Archives by their endings: what is in them is not looked into. */
const archive = /\.(zip|7z|rar|tar|tgz|gz|bz2|xz|zst)$/i;

/** Throws `import/not-found` when there is nothing at `source`, or neither file nor folder: a pipe or device would be read without end; `import/archive` for an archive. */
export async function openFileTree(source: string): Promise<FileTree> {
  let isFolder: boolean;
  try {
    const found = await stat(source);
    isFolder = found.isDirectory();
    if (!isFolder && !found.isFile()) throw new Error('it is neither a file nor a folder');
  } catch (error) {
    throw new AppError({
      code: 'import/not-found',
      message: `There is no file or folder at ${source} that can be read, so nothing was imported.`,
      hint: 'Check the path, or choose the file or folder again.',
      details: { path: source, cause: error instanceof Error ? error.message : String(error) },
    });
  }
  if (isFolder) return folderTree(source);
  if (archive.test(source)) throw refuseArchive(source);
  if (indexExtensions.has(path.extname(source).toLowerCase())) return folderTree(path.dirname(source));
  return { list: () => single(source) };
}

function refuseArchive(source: string): AppError {
  return new AppError({
    code: 'import/archive',
    message: `“${path.basename(source)}” is an archive, which is not read as it is, so nothing was imported.`,
    hint: 'Unpack it, and point at the folder.',
    details: { path: source },
  });
}

/** The file alone, and what an earlier export said of its images in the manifest beside it. */
async function* single(file: string): AsyncGenerator<SourceFile> {
  yield new DiskFile(path.dirname(file), path.basename(file));
  const manifest = path.join(path.dirname(file), MANIFEST_NAME);
  if (path.basename(file) !== MANIFEST_NAME && existsSync(manifest))
    yield new DiskFile(path.dirname(file), MANIFEST_NAME);
}

/** Exactly these files of a folder. */
export function openFiles(folder: string, names: readonly string[]): FileTree {
  return {
    list: async function* () {
      for (const name of names) yield new DiskFile(folder, name);
    },
  };
}

/** Pieces of a megabyte: large files are read as fast in them as whole. */
const pieceBytes = 1024 * 1024;

/** A class, since a data set may have hundreds of thousands: the path below the folder is all that each holds of its own. */
class DiskFile implements SourceFile {
  readonly path: string;
  readonly #root: string;

  constructor(root: string, relative: string) {
    this.#root = root;
    this.path = relative;
  }

  get absolute(): string {
    return path.join(this.#root, this.path);
  }

  bytes(): Promise<Uint8Array> {
    return readFile(this.absolute);
  }

  stream(): AsyncIterable<Uint8Array> {
    return createReadStream(this.absolute, { highWaterMark: pieceBytes }) as AsyncIterable<Buffer>;
  }
}

function folderTree(root: string): FileTree {
  // Listed once: detection asks every format, and each walks the whole tree.
  let listed: Promise<Map<string, string[]>> | undefined;
  const byFolder = (): Promise<Map<string, string[]>> => {
    listed ??= walk(root);
    return listed;
  };
  return {
    list: async function* () {
      for (const [folder, names] of await byFolder())
        for (const name of names) yield new DiskFile(root, folder === '' ? name : `${folder}/${name}`);
    },
    byFolder,
    open: (relative) => new DiskFile(root, relative),
    readMany: (paths) => readMany({ length: paths.length, at: (i) => path.join(root, paths.at(i) ?? '') }),
  };
}

const entriesAtOnce = 1024;

/** Names of files by folder, each in order; folders in the order of a walk that goes into each when its own files are listed. */
async function walk(root: string): Promise<Map<string, string[]>> {
  const folders = new Map<string, string[]>();
  let files = 0;
  const visit = async (folder: string, relative: string): Promise<void> => {
    const names: string[] = [];
    const below: string[] = [];
    // Some entries at a time: of 100,000 only the names are to stay.
    for await (const entry of await opendir(folder, { bufferSize: entriesAtOnce })) {
      if (entry.name.startsWith('.') || entry.name.endsWith('.catchlight')) continue;
      // Links to folders are not followed: they could lead in a circle, and labels do not need them.
      if (entry.isDirectory()) below.push(entry.name);
      else if (
        entry.isFile() ||
        (entry.isSymbolicLink() && (await isLinkToFile(path.join(folder, entry.name))))
      ) {
        files += 1;
        if (files > maxFiles) throw tooMany(root);
        names.push(entry.name);
      }
    }
    if (names.length > 0) folders.set(relative, names.sort());
    for (const name of below.sort())
      await visit(path.join(folder, name), relative === '' ? name : `${relative}/${name}`);
  };
  await visit(root, '');
  return folders;
}

/** Pipes and devices are none: reading them would not end. */
async function isLinkToFile(file: string): Promise<boolean> {
  try {
    return (await stat(file)).isFile();
  } catch {
    // A link to nothing: reading it fails later, with its name. A photograph is not asked for its bytes, and this one is not there.
    return (await lstat(file)).isSymbolicLink() && !isImagePath(file);
  }
}

function tooMany(root: string): AppError {
  return new AppError({
    code: 'import/too-many-files',
    message: `There are more than ${maxFiles} files below ${root}, so nothing was imported.`,
    hint: 'Point at the folder of the labels alone.',
    details: { path: root },
  });
}
