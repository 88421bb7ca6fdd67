/** Large photographs cut into tiles at every scale, once, in the project's own folder: a window then reads only what is in sight. */
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { AppError } from '../../core/errors.ts';
import { lastLevel, type Tile, tileSidePx } from '../../core/tiles.ts';
import { maxImagePixels } from './scan/read-image-facts.ts';
import { createSlots } from './thumbnails.ts';

export interface TileRequest {
  /** Absolute path of the photograph. */
  readonly file: string;
  /** Its content hash: names the folder, so that a changed photograph gets new tiles. */
  readonly hash: string;
  /** Upright size. */
  readonly widthPx: number;
  readonly heightPx: number;
}

export interface Tiles {
  /**
   * Absolute path of a tile, a JPEG. The first request makes all of them, which takes seconds for 10,000 × 10,000 pixels.
   * Throws `image/unreadable`, and `image/no-tile` for one outside the photograph.
   */
  ensure(cacheDir: string, request: TileRequest, tile: Tile): Promise<string>;
}

/** Makes one pyramid at a time: each takes the memory of its photograph. libvips works in threads of its own, so the host goes on answering. */
export function createTiles(): Tiles {
  const making = new Map<string, Promise<void>>();
  const slots = createSlots(1);
  return {
    ensure: async (cacheDir, request, { level, x, y }) => {
      const folder = path.join(cacheDir, request.hash.slice(0, 2), `${request.hash}-tiles`);
      if (!existsSync(folder)) {
        const present = making.get(folder);
        const made = present ?? slots.run(() => make(request, folder)).finally(() => making.delete(folder));
        if (present === undefined) making.set(folder, made);
        await made;
      }
      const file = path.join(folder, String(lastLevel(request) - level), `${x}_${y}.jpeg`);
      if (existsSync(file)) return file;
      throw new AppError({
        code: 'image/no-tile',
        message: 'The photograph has no such tile.',
        hint: 'Tiles are counted from the top left, at each level from 0, the full size.',
        details: { level, x, y },
      });
    },
  };
}

async function make({ file }: TileRequest, folder: string): Promise<void> {
  await mkdir(path.dirname(folder), { recursive: true });
  const temporary = `${folder}.${process.pid}.tmp`;
  try {
    await sharp(file, { failOn: 'none', limitInputPixels: maxImagePixels })
      .rotate()
      .flatten({ background: '#808080' })
      .jpeg({ quality: 90 })
      .tile({ size: tileSidePx, overlap: 0, depth: 'onetile', layout: 'dz', container: 'fs' })
      .toFile(`${temporary}.dz`);
    await rename(`${temporary}_files`, folder);
  } catch (error) {
    throw new AppError({
      code: 'image/unreadable',
      message: 'This photograph cannot be cut into tiles: the file cannot be decoded. It was not changed.',
      hint: 'Open it in another program to see whether it is damaged; restore it from the camera or a copy.',
      details: { file: path.basename(file), cause: error instanceof Error ? error.message : String(error) },
      cause: error,
    });
  } finally {
    for (const left of [`${temporary}_files`, `${temporary}.dzi`, `${temporary}.dz`])
      await rm(left, { recursive: true, force: true });
  }
}
