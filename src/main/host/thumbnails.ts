/** Small pictures of photographs, made when first asked for and kept in the project, at most a few at a time. */
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { AppError } from '../../core/errors.ts';
import { maxImagePixels } from './scan/read-image-facts.ts';

/** Longest sides, in pixels, that are made: a request gets the next larger one, so that caches stay small. */
const sizesPx = [96, 192, 320, 512, 1024, 2048] as const;
const atOnce = 3;

export interface ThumbnailRequest {
  /** Absolute path of the photograph. */
  readonly file: string;
  /** Its content hash: names the cached picture, so that a changed photograph gets a new one. */
  readonly hash: string;
  /** Wanted longest side; `full` keeps the size, for photographs that browsers cannot show. */
  readonly size: number | 'full';
}

export interface Thumbnails {
  /** The cached JPEG's absolute path. Throws `image/unreadable` when the photograph cannot be decoded at all. */
  ensure(cacheDir: string, request: ThumbnailRequest): Promise<string>;
}

/** The side that a request for `sizePx` gets. */
export function chooseThumbnailSize(sizePx: number): number {
  return sizesPx.find((size) => size >= sizePx) ?? 2048;
}

/** Makes each picture once, however many ask, and a few at a time. */
export function createThumbnails(): Thumbnails {
  const making = new Map<string, Promise<string>>();
  const slots = createSlots(atOnce);
  return {
    ensure: async (cacheDir, { file, hash, size }) => {
      const side = size === 'full' ? size : chooseThumbnailSize(size);
      const target = path.join(cacheDir, hash.slice(0, 2), `${hash}-${side}.jpg`);
      if (existsSync(target)) return target;
      const present = making.get(target);
      if (present !== undefined) return present;
      const job = slots.run(() => make(file, target, side)).finally(() => making.delete(target));
      making.set(target, job);
      return job;
    },
  };
}

async function make(file: string, target: string, side: number | 'full'): Promise<string> {
  await mkdir(path.dirname(target), { recursive: true });
  const temporary = `${target}.${process.pid}.tmp`;
  try {
    // A torn photograph still shows what is there: `failOn: none`.
    const upright = sharp(file, {
      failOn: 'none',
      limitInputPixels: maxImagePixels,
      sequentialRead: true,
    }).rotate();
    const sized =
      side === 'full'
        ? upright
        : upright.resize({ width: side, height: side, fit: 'inside', withoutEnlargement: true });
    await sized
      .flatten({ background: '#808080' })
      .jpeg({ quality: side === 'full' ? 92 : 80 })
      .toFile(temporary);
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw new AppError({
      code: 'image/unreadable',
      message: 'This photograph cannot be shown: the file cannot be decoded. It was not changed.',
      hint: 'Open it in another program to see whether it is damaged; restore it from the camera or a copy.',
      details: { file: path.basename(file), cause: error instanceof Error ? error.message : String(error) },
      cause: error,
    });
  }
  return target;
}

/** Runs at most `limit` tasks at once; the newest waiting one goes first, since a person scrolling wants what is in view now. */
export function createSlots(limit: number): { run<T>(task: () => Promise<T>): Promise<T> } {
  let running = 0;
  const waiting: (() => void)[] = [];
  return {
    run: async (task) => {
      if (running >= limit) await new Promise<void>((resolve) => waiting.push(resolve));
      else running += 1;
      try {
        return await task();
      } finally {
        // A waiting task inherits the slot.
        const next = waiting.pop();
        if (next === undefined) running -= 1;
        else next();
      }
    },
  };
}
