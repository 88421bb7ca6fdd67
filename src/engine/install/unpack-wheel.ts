/** Takes out of a wheel what is needed: TensorFlow's two libraries and the few headers the binding is built from; NVIDIA's libraries. */
import { createWriteStream } from 'node:fs';
import { chmod, mkdir, rename, stat } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { AppError } from '../../core/errors.ts';

/** Libraries, by their names inside the wheel. */
export const wheelLibraries = [
  'tensorflow/libtensorflow_framework.so.2',
  'tensorflow/libtensorflow_cc.so.2',
] as const;

/** Folders whose headers TensorFlow's C API includes. */
const headerFolders = [
  'tensorflow/include/tensorflow/c/',
  'tensorflow/include/tensorflow/core/platform/ctstring',
  'tensorflow/include/tsl/platform/ctstring',
  'tensorflow/include/xla/tsl/c/',
] as const;

/** NVIDIA's libraries, and of its compiler what TensorFlow may start or read: they lie where TensorFlow's runpath looks, `../nvidia/…/lib`. */
const nvidiaFiles =
  /^nvidia\/[\w-]+\/lib\/[\w.-]+\.so(?:\.[\w.]+)?$|^nvidia\/cuda_nvcc\/(?:bin\/ptxas|nvvm\/libdevice\/[\w.]+\.bc)$/;

/** Where an entry of the wheel goes below the install folder, or undefined when it is not needed. */
export function unpackedPath(entryName: string): string | undefined {
  if (entryName.endsWith('/') || entryName.includes('..')) return undefined;
  if ((wheelLibraries as readonly string[]).includes(entryName))
    return path.join('lib', path.posix.basename(entryName));
  if (nvidiaFiles.test(entryName)) return path.join(...entryName.split('/'));
  if (!entryName.endsWith('.h') || !headerFolders.some((folder) => entryName.startsWith(folder)))
    return undefined;
  return path.join('include', ...entryName.split('/').slice(2));
}

/**
 * Unpacks into `folder` (`lib/`, `include/`, `nvidia/`). Each file appears whole or not at all, and a whole one is not unpacked again, so a
 * cancelled run goes on where it was. Throws `engine-install/unpack-failed` for a broken archive.
 */
export async function unpackWheel(
  wheelPath: string,
  folder: string,
  options: {
    readonly signal?: AbortSignal;
    readonly onBytes: (doneBytes: number, totalBytes: number) => void;
  },
): Promise<void> {
  try {
    const zip = await openPromise(wheelPath, { autoClose: false });
    const wanted: { entry: Entry; target: string }[] = [];
    try {
      for await (const entry of zip.eachEntry()) {
        const relative = unpackedPath(entry.fileName);
        if (relative !== undefined) wanted.push({ entry, target: path.join(folder, relative) });
      }
      await unpackEntries(zip, wanted, options);
    } finally {
      zip.close();
    }
    requireLibraries(
      wanted.map(({ entry }) => entry.fileName),
      path.basename(wheelPath),
    );
  } catch (error) {
    throw toUnpackError(error, wheelPath);
  }
}

async function unpackEntries(
  zip: ZipFile,
  wanted: readonly { readonly entry: Entry; readonly target: string }[],
  options: {
    readonly signal?: AbortSignal;
    readonly onBytes: (doneBytes: number, totalBytes: number) => void;
  },
): Promise<void> {
  const totalBytes = wanted.reduce((sum, { entry }) => sum + entry.uncompressedSize, 0);
  let doneBytes = 0;
  for (const { entry, target } of wanted) {
    if (await hasSize(target, entry.uncompressedSize)) {
      doneBytes += entry.uncompressedSize;
      continue;
    }
    await mkdir(path.dirname(target), { recursive: true });
    const source = await zip.openReadStreamPromise(entry);
    source.on('data', (chunk: Buffer) => {
      doneBytes += chunk.length;
      options.onBytes(doneBytes, totalBytes);
    });
    const part = `${target}.part`;
    await pipeline(
      source,
      createWriteStream(part),
      options.signal === undefined ? {} : { signal: options.signal },
    );
    if (path.basename(target) === 'ptxas') await chmod(part, 0o755);
    await rename(part, target);
  }
  options.onBytes(totalBytes, totalBytes);
}

async function hasSize(file: string, bytes: number): Promise<boolean> {
  try {
    return (await stat(file)).size === bytes;
  } catch {
    return false;
  }
}

function requireLibraries(names: readonly string[], wheelName: string): void {
  if (!wheelName.startsWith('tensorflow')) {
    if (names.length === 0) throw new Error(`${wheelName} holds none of the libraries it is known for`);
    return;
  }
  const missing = wheelLibraries.filter((name) => !names.includes(name));
  if (missing.length > 0) throw new Error(`the wheel lacks ${missing.join(' and ')}`);
}

function toUnpackError(error: unknown, wheelPath: string): unknown {
  const fault = error as NodeJS.ErrnoException;
  // A full disk, a refused folder and a cancelled run keep their own names.
  if (typeof fault.code === 'string' && (fault.code.startsWith('E') || fault.code === 'ABORT_ERR'))
    return error;
  return new AppError({
    code: 'engine-install/unpack-failed',
    message: `TensorFlow's archive could not be unpacked, so nothing was installed: ${fault.message}`,
    hint: 'Run `catchlight engine uninstall`, then install again: it is downloaded afresh.',
    details: { wheel: wheelPath },
    cause: error,
  });
}
