/** The folder browser for windows that have no native dialog. */
import { readdir, realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import type { FolderListing } from '../../contract/schemas.ts';
import { AppError } from '../../core/errors.ts';
import { isImageName } from './scan/list-image-files.ts';

/** More entries than a person reads; images are counted whatever their number. */
const longest = 2000;

/** Lists one folder: folders and projects first, then images and label files. `null` means the home folder. */
export async function listFolder(input: { path: string | null }): Promise<FolderListing> {
  const folder = path.resolve(input.path ?? homedir());
  let found: { name: string; isFolder: boolean }[];
  try {
    const entries = await readdir(await realpath(folder), { withFileTypes: true });
    found = entries.map((entry) => ({
      name: entry.name,
      isFolder: entry.isDirectory() || entry.isSymbolicLink(),
    }));
  } catch (error) {
    throw new AppError({
      code: 'folder/unreadable',
      message: `The folder ${folder} cannot be read.`,
      hint: 'Check the path and its permissions, or choose another folder.',
      details: { path: folder, cause: error instanceof Error ? error.message : String(error) },
    });
  }
  const kindOf = (name: string, isFolder: boolean): FolderListing['entries'][number]['kind'] => {
    if (isFolder && !isImageName(name)) return name.endsWith('.catchlight') ? 'project' : 'folder';
    return isImageName(name) ? 'image' : 'file';
  };
  const rank = { project: 0, folder: 1, file: 2, image: 3 };
  const entries = found
    .filter(({ name }) => !name.startsWith('.'))
    .map(({ name, isFolder }) => ({ name, path: path.join(folder, name), kind: kindOf(name, isFolder) }))
    .sort((a, b) => rank[a.kind] - rank[b.kind] || a.name.localeCompare(b.name, 'en', { numeric: true }));
  const parent = path.dirname(folder);
  return {
    path: folder,
    parent: parent === folder ? null : parent,
    entries: entries.slice(0, longest),
    images: entries.filter((entry) => entry.kind === 'image').length,
  };
}
