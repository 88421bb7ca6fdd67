/** Reads many small files: at once while the disk answers at once, several side by side when it does not. */
import { closeSync, openSync, readSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { ASIDE, SLICE_MS, SLOW_MS } from './small-files.ts';

/** One buffer for all files of a batch: a Buffer for each of 100,000 files costs more than reading them. */
const BUFFER_BYTES = 1024 * 1024;

/** Where files are, each drawn when it is asked for: 100,000 whole paths are more than what most of them lead to. */
export interface FileList {
  readonly length: number;
  at(index: number): string;
}

function listSome(files: FileList, from: number): string[] {
  const length = Math.min(ASIDE, files.length - from);
  return Array.from({ length }, (_, i) => files.at(from + i));
}

/**
 * The bytes of the files in their order, a batch at a time; a batch holds until the next is asked for. Reading a file of the cache takes 15 µs
 * of one thread, and 150 µs of several by promises; a file from a slow disk takes the same either way, but then others can be waited for
 * meanwhile. So the first files are timed, and any slice that turns out slow. Throws the system's error of the first file that fails.
 */
export async function* readMany(files: FileList): AsyncGenerator<readonly Uint8Array[]> {
  const buffer = new Uint8Array(BUFFER_BYTES);
  let isSlow = false;
  for (let at = 0; at < files.length; ) {
    const began = performance.now();
    const batch: readonly Uint8Array[] = isSlow
      ? await Promise.all(listSome(files, at).map((file) => readFile(file)))
      : readSlice(files, at, buffer, began + SLICE_MS);
    isSlow = (performance.now() - began) / batch.length > SLOW_MS;
    at += batch.length;
    yield batch;
    await setImmediate();
  }
}

/** As many files as fit the buffer and the time, at least one. */
function readSlice(files: FileList, from: number, buffer: Uint8Array, untilMs: number): Uint8Array[] {
  const batch: Uint8Array[] = [];
  let used = 0;
  for (let i = from; i < files.length; i++) {
    const file = files.at(i);
    const read = readInto(file, buffer, used);
    if (read === undefined && batch.length > 0) break;
    const bytes = read ?? readLarge(file);
    batch.push(bytes);
    if (read !== undefined) used += bytes.length;
    if (performance.now() > untilMs) break;
  }
  return batch;
}

/** The file's bytes as a part of the buffer; undefined where it does not fit. */
function readInto(file: string, buffer: Uint8Array, from: number): Uint8Array | undefined {
  const fd = openSync(file, 'r');
  try {
    let at = from;
    while (at < buffer.length) {
      const count = readSync(fd, buffer, at, buffer.length - at, null);
      if (count === 0) return buffer.subarray(from, at);
      at += count;
    }
    return undefined;
  } finally {
    closeSync(fd);
  }
}

/** A file larger than the buffer, by itself. */
function readLarge(file: string): Uint8Array {
  const parts: Uint8Array[] = [];
  const fd = openSync(file, 'r');
  try {
    for (;;) {
      const part = new Uint8Array(BUFFER_BYTES);
      const count = readSync(fd, part);
      if (count === 0) return Buffer.concat(parts);
      parts.push(part.subarray(0, count));
    }
  } finally {
    closeSync(fd);
  }
}
