/** Finds the photographs under a folder, in a fixed order, safe against link loops and unreadable folders. */
import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';

/** What sharp reads on every platform and cameras write. */
const imageExtensions: ReadonlySet<string> = new Set([
  '.jpg',
  '.jpeg',
  '.jpe',
  '.png',
  '.webp',
  '.tif',
  '.tiff',
]);
/** Pictures that people have but the studio cannot read: told, not passed over. */
const unsupportedExtensions: ReadonlySet<string> = new Set([
  '.bmp',
  '.gif',
  '.heic',
  '.heif',
  '.avif',
  '.cr2',
  '.nef',
  '.arw',
  '.dng',
]);

export interface FoundFile {
  /** Relative to the root, `/` between folders. */
  readonly path: string;
  readonly file: string;
  readonly bytes: number;
  readonly modifiedAtMs: number;
}

export interface FolderScan {
  readonly files: FoundFile[];
  /** Folders and files that the system would not let us read, with its reason. */
  readonly unreadable: { path: string; why: string }[];
  /** Names that differ only in case: one of them would be lost on Windows or macOS. */
  readonly caseClashes: string[];
  /** Files of kinds that are pictures but cannot be read, counted by extension. */
  readonly unsupported: Readonly<Record<string, number>>;
}

/** The two file system calls that a test may replace to play an unreadable folder. */
export interface FolderReader {
  readdir(folder: string): Promise<Dirent[]>;
}

const systemReader: FolderReader = { readdir: (folder) => readdir(folder, { withFileTypes: true }) };

/** True for a file name that the studio takes for a photograph. */
export function isImageName(name: string): boolean {
  return imageExtensions.has(path.extname(name).toLowerCase());
}

/** Walks `root`. Hidden folders and `*.catchlight` projects are passed over. Throws only when `root` itself cannot be read. */
export async function listImageFiles(
  root: string,
  signal: AbortSignal,
  reader: FolderReader = systemReader,
): Promise<FolderScan> {
  const files: FoundFile[] = [];
  const unreadable: { path: string; why: string }[] = [];
  const unsupported: Record<string, number> = {};
  const visited = new Set<string>();

  const visitFile = async (file: string, relative: string): Promise<void> => {
    const extension = path.extname(file).toLowerCase();
    if (unsupportedExtensions.has(extension)) unsupported[extension] = (unsupported[extension] ?? 0) + 1;
    if (!imageExtensions.has(extension)) return;
    const facts = await stat(file);
    files.push({ path: relative, file, bytes: facts.size, modifiedAtMs: Math.round(facts.mtimeMs) });
  };

  const visitFolder = async (folder: string, relative: string): Promise<void> => {
    signal.throwIfAborted();
    // A folder reached twice, by a link or a loop of links, is read once.
    const real = await realpath(folder);
    if (visited.has(real)) return;
    visited.add(real);
    const entries = (await reader.readdir(folder)).sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const entry of entries) {
      if (entry.name.startsWith('.') || entry.name.endsWith('.catchlight')) continue;
      const child = path.join(folder, entry.name);
      const childRelative = relative === '' ? entry.name : `${relative}/${entry.name}`;
      try {
        const isLink = entry.isSymbolicLink();
        const target = isLink ? await stat(child) : entry;
        if (target.isDirectory()) await visitFolder(child, childRelative);
        else if (target.isFile()) await visitFile(child, childRelative);
      } catch (error) {
        signal.throwIfAborted();
        unreadable.push({ path: childRelative, why: error instanceof Error ? error.message : String(error) });
      }
    }
  };

  await visitFolder(root, '');
  return { files, unreadable, caseClashes: findCaseClashes(files), unsupported };
}

function findCaseClashes(files: readonly FoundFile[]): string[] {
  const seen = new Map<string, string>();
  const clashes: string[] = [];
  for (const { path: name } of files) {
    const key = name.normalize('NFC').toLowerCase();
    const other = seen.get(key);
    if (other === undefined) seen.set(key, name);
    else clashes.push(`${other} / ${name}`);
  }
  return clashes;
}
