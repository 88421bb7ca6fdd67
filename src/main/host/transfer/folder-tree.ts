/** The files a person pointed at, as the formats take them: paths with `/`, bytes only when asked for. */
import { createReadStream, existsSync } from 'node:fs';
import { lstat, readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../../core/errors.ts';
import type { FileTree, SourceFile } from '../../../formats/format.ts';
import { MANIFEST_NAME } from '../../../formats/manifest.ts';
import { readMany } from './read-many.ts';

/** Label folders hold at most a file an image; this is beyond any we know and below what would exhaust memory. */
const maxFiles = 2_000_000;

/** Files that only index others beside them: the whole folder is the source then. */
const indexExtensions: ReadonlySet<string> = new Set(['.yaml', '.yml', '.data', '.names', '.txt']);

/** Throws `import/not-found` when there is nothing at `source`. */
export async function openFileTree(source: string): Promise<FileTree> {
  let isFolder: boolean;
  try {
    isFolder = (await stat(source)).isDirectory();
  } catch (error) {
    throw new AppError({
      code: 'import/not-found',
      message: `There is no file or folder at ${source} that can be read, so nothing was imported.`,
      hint: 'Check the path, or choose the file or folder again.',
      details: { path: source, cause: error instanceof Error ? error.message : String(error) },
    });
  }
  if (isFolder) return folderTree(source);
  if (indexExtensions.has(path.extname(source).toLowerCase())) return folderTree(path.dirname(source));
  return { list: () => single(source) };
}

/** The file alone, and what an earlier export said of its images in the manifest beside it. */
async function* single(file: string): AsyncGenerator<SourceFile> {
  yield new DiskFile(path.dirname(file), path.basename(file));
  const manifest = path.join(path.dirname(file), MANIFEST_NAME);
  if (path.basename(file) !== MANIFEST_NAME && existsSync(manifest))
    yield new DiskFile(path.dirname(file), MANIFEST_NAME);
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
  let listed: Promise<SourceFile[]> | undefined;
  return {
    list: async function* () {
      listed ??= walk(root);
      yield* await listed;
    },
    readMany: (files) => readMany(files.map((file) => path.join(root, file.path))),
  };
}

async function walk(root: string): Promise<SourceFile[]> {
  const files: SourceFile[] = [];
  const visit = async (folder: string, relative: string): Promise<void> => {
    const entries = (await readdir(folder, { withFileTypes: true })).sort((a, b) =>
      a.name < b.name ? -1 : 1,
    );
    for (const entry of entries) {
      if (entry.name.startsWith('.') || entry.name.endsWith('.catchlight')) continue;
      const childRelative = relative === '' ? entry.name : `${relative}/${entry.name}`;
      // Links to folders are not followed: they could lead in a circle, and labels do not need them.
      if (entry.isDirectory()) await visit(path.join(folder, entry.name), childRelative);
      else if (
        entry.isFile() ||
        (entry.isSymbolicLink() && !(await isLinkToFolder(path.join(folder, entry.name))))
      ) {
        if (files.length >= maxFiles) throw tooMany(root);
        files.push(new DiskFile(root, childRelative));
      }
    }
  };
  await visit(root, '');
  return files;
}

async function isLinkToFolder(file: string): Promise<boolean> {
  try {
    return (await stat(file)).isDirectory();
  } catch {
    // A link to nothing: reading it fails later, with its name.
    return (await lstat(file)).isDirectory();
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
