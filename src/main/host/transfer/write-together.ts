/** Writes a set of files so that a failure in the middle leaves the target folder as it was. */
import { existsSync, statSync } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../../core/errors.ts';
import type { OutputFile } from '../../../formats/format.ts';
import { isInsideFolder } from '../inside-folder.ts';
import { nameStaging, sweepStaging } from './staging.ts';

/** Throws `export/inside-photographs`: the studio never writes beside a person's photographs. `export/not-a-folder` where a file is in the way. */
export function checkExportTarget(dir: string, imagesRoot: string): void {
  checkIsFolder(dir);
  if (!isInsideFolder(dir, imagesRoot)) return;
  throw new AppError({
    code: 'export/inside-photographs',
    message:
      'The chosen folder lies inside the folder of photographs. The studio never writes there, so nothing was exported.',
    hint: 'Choose a folder elsewhere.',
    details: { dir, imagesRoot },
  });
}

function checkIsFolder(dir: string): void {
  if (!existsSync(dir) || statSync(dir).isDirectory()) return;
  throw new AppError({
    code: 'export/not-a-folder',
    message: `There is a file at ${dir}, where a folder to write into is needed. It was not changed and nothing was exported.`,
    hint: 'Choose a folder, or a name that is not taken.',
    details: { dir },
  });
}

/** Passes files on while none of them would land among the photographs, which may lie below the chosen folder. */
export async function* keepOffPhotographs(
  files: AsyncIterable<OutputFile>,
  dir: string,
  imagesRoot: string,
): AsyncGenerator<OutputFile> {
  const isAbove = isInsideFolder(imagesRoot, dir);
  for await (const file of files) {
    if (isAbove) checkExportTarget(path.dirname(path.join(dir, ...safeParts(file.path))), imagesRoot);
    yield file;
  }
}

/**
 * Writes all files into a fresh folder beside `dir`, or in it where it exists (it may be a disk of its own), then moves them into place: in one step when `dir` does not exist, file by file
 * otherwise. Other files in `dir` stay. `pack` may change the fresh folder before that, and says what is in it then. Returns the paths below `dir`. Throws the system's error, with `dir` untouched.
 */
export async function writeFilesTogether(
  dir: string,
  files: AsyncIterable<OutputFile>,
  signal: AbortSignal,
  onFile: (relative: string) => void,
  pack?: (staging: string, written: readonly string[]) => Promise<string[]>,
): Promise<string[]> {
  await sweepStaging(dir);
  const staging = nameStaging(dir);
  await mkdir(staging, { recursive: true });
  let written: string[] = [];
  try {
    for await (const file of files) {
      signal.throwIfAborted();
      const target = path.join(staging, ...safeParts(file.path));
      await mkdir(path.dirname(target), { recursive: true });
      const handle = await open(target, 'w');
      try {
        await handle.writeFile(file.pieces?.() ?? file.bytes);
        await handle.sync();
      } finally {
        await handle.close();
      }
      written.push(file.path);
      onFile(file.path);
    }
    if (pack !== undefined) written = await pack(staging, written);
    if (existsSync(dir)) await moveInto(dir, staging, written);
    else await rename(staging, dir);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
  return written;
}

async function moveInto(dir: string, staging: string, written: readonly string[]): Promise<void> {
  for (const relative of written) {
    const parts = safeParts(relative);
    const target = path.join(dir, ...parts);
    await mkdir(path.dirname(target), { recursive: true });
    await rename(path.join(staging, ...parts), target);
  }
}

/** A format names files; a name that would leave the folder is a fault of the format, not a place to write. */
function safeParts(relative: string): string[] {
  const parts = relative.split('/');
  if (
    path.isAbsolute(relative) ||
    parts.some((part) => part === '..' || part === '' || part.includes('\\') || part.includes(':'))
  ) {
    throw new AppError({
      code: 'export/unsafe-name',
      message: `An export file would be called “${relative}”, which lies outside the folder. Nothing was exported.`,
      hint: 'Rename the photograph it comes from and scan again.',
      details: { name: relative },
    });
  }
  return parts;
}
