/** Writes a set of files so that a failure in the middle leaves the target folder as it was. */
import { closeSync, existsSync, openSync, statSync, writeSync } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { AppError } from '../../../core/errors.ts';
import type { OutputFile } from '../../../formats/format.ts';
import { isInsideFolder } from '../inside-folder.ts';
import { ASIDE, SLICE_MS, SLOW_MS } from './small-files.ts';
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
    written = await writeAll(staging, files, signal, onFile);
    if (written.length <= MAX_AWAITED) for (const relative of written) await awaitDisk(staging, relative);
    if (pack !== undefined) written = await pack(staging, written);
    if (existsSync(dir)) await moveInto(dir, staging, written);
    else await rename(staging, dir);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
  return written;
}

/**
 * Up to so many files the export ends when they are on the disk itself. To wait for each of 100,000 labels takes minutes, so more are left to
 * the system, which writes them within half a minute; an export that a power cut meets then can be made again.
 */
const MAX_AWAITED = 64;

/**
 * Small files are written at once, in slices: 30 µs each, where promises take 200. A disk that turns out slow, and files in pieces, are waited
 * for by promises, so that the host goes on. Not by a thread of its own: the system takes as long on any thread, what could be drawn meanwhile
 * is an eighth of a large export of YOLO, and a thread costs 20 MiB (bench/README.md, `formats`). Returns the paths below `folder`.
 */
async function writeAll(
  folder: string,
  files: AsyncIterable<OutputFile>,
  signal: AbortSignal,
  onFile: (relative: string) => void,
): Promise<string[]> {
  const written: string[] = [];
  const made = new Set<string>();
  let aside = 0;
  let began = performance.now();
  let inSlice = 0;
  for await (const file of files) {
    const parts = safeParts(file.path);
    const target = `${folder}${path.sep}${parts.join(path.sep)}`;
    const home = target.slice(0, target.lastIndexOf(path.sep));
    if (!made.has(home)) {
      await mkdir(home, { recursive: true });
      made.add(home);
    }
    if (file.pieces !== undefined || aside > 0) {
      signal.throwIfAborted();
      await writeAside(target, file);
      aside = Math.max(0, aside - 1);
    } else {
      writeAtOnce(target, file.bytes);
      inSlice += 1;
    }
    written.push(file.path);
    onFile(file.path);
    const elapsedMs = performance.now() - began;
    if (elapsedMs < SLICE_MS) continue;
    if (inSlice > 0 && elapsedMs / inSlice > SLOW_MS) aside = ASIDE;
    await setImmediate();
    signal.throwIfAborted();
    began = performance.now();
    inSlice = 0;
  }
  signal.throwIfAborted();
  return written;
}

function writeAtOnce(target: string, bytes: Uint8Array): void {
  const fd = openSync(target, 'w');
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
  } finally {
    closeSync(fd);
  }
}

async function writeAside(target: string, file: OutputFile): Promise<void> {
  const handle = await open(target, 'w');
  try {
    await handle.writeFile(file.pieces?.() ?? file.bytes);
  } finally {
    await handle.close();
  }
}

/** Returns when the file is on the disk, and not only with the system. */
async function awaitDisk(folder: string, relative: string): Promise<void> {
  const handle = await open(path.join(folder, ...safeParts(relative)), 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function moveInto(dir: string, staging: string, written: readonly string[]): Promise<void> {
  for (const relative of written) {
    const parts = safeParts(relative);
    const target = path.join(dir, ...parts);
    await mkdir(path.dirname(target), { recursive: true });
    await rename(path.join(staging, ...parts), target);
  }
}

/** Signs that part a path or name a drive here; elsewhere they are letters of a name like others (`12:30.jpg`). */
const PARTING = path.sep === '\\' ? /[\\:]/ : /\0/;

/** A format names files; a name that would leave the folder is a fault of the format, not a place to write. */
function safeParts(relative: string): string[] {
  const parts = relative.split('/');
  if (
    path.isAbsolute(relative) ||
    parts.some((part) => part === '..' || part === '.' || part === '' || PARTING.test(part))
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
