/** Photographs and thumbnails over HTTP, by image id only: no path from outside ever reaches the file system. */
import path from 'node:path';
import { Hono } from 'hono';
import { AppError, type AppErrorData, toAppErrorData } from '../../../core/errors.ts';
import { needsTiles } from '../../../core/tiles.ts';
import type { StoredImage } from '../../db/images.repository.ts';
import type { HostContext } from '../context.ts';
import { unknownImage } from '../images.ts';
import type { OpenProject } from '../open-project.ts';
import { createThumbnails } from '../thumbnails.ts';
import { createTiles } from '../tiles.ts';
import { sendFile } from './send-file.ts';

const types: Readonly<Record<string, string>> = {
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.jpe': 'image/jpeg',
  '.png': 'image/png',
  '.webp': 'image/webp',
};

/** The address stays while the content may change: ask each time, answered by a 304 without a body. */
const cacheControl = 'private, no-cache';

/**
 * `GET /images/ID/original`: the file as it is; browsers turn it by its EXIF orientation, which is the upright frame of all boxes.
 * A kind that browsers cannot show (TIFF) comes as an upright JPEG of full size.
 * `GET /images/ID/tiles/LEVEL/X/Y`: a tile of an upright large photograph, 512 px wide; see core/tiles.ts.
 * `GET /images/ID/thumb?size=PX`: an upright JPEG whose longest side is at least PX where the photograph has that.
 */
export function createImageRoutes(context: HostContext): Hono {
  const routes = new Hono();
  const thumbnails = createThumbnails();
  const tiles = createTiles();
  const find = (id: string): { project: OpenProject; image: StoredImage; file: string } => {
    const project = context.session.require();
    const image = project.db.images.find(id);
    if (image === undefined) throw unknownImage(id);
    return { project, image, file: project.imageFile(image.path) };
  };

  routes.get('/:id/original', async (c) => {
    const { project, image, file } = find(c.req.param('id'));
    const type = types[path.extname(image.path).toLowerCase()];
    if (type !== undefined) return sendFile(c.req.raw, { file, type, etag: image.hash, cacheControl });
    const shown = await thumbnails.ensure(project.thumbnailsDir, { file, hash: image.hash, size: 'full' });
    return sendFile(c.req.raw, { file: shown, type: 'image/jpeg', etag: `${image.hash}-full`, cacheControl });
  });

  routes.get('/:id/thumb', async (c) => {
    const { project, image, file } = find(c.req.param('id'));
    const size = Number(c.req.query('size') ?? 192);
    if (!Number.isFinite(size) || size < 1) throw badSize();
    const shown = await thumbnails.ensure(project.thumbnailsDir, { file, hash: image.hash, size });
    return sendFile(c.req.raw, {
      file: shown,
      type: 'image/jpeg',
      etag: path.basename(shown, '.jpg'),
      cacheControl,
    });
  });

  routes.get('/:id/tiles/:level/:x/:y', async (c) => {
    const { project, image, file } = find(c.req.param('id'));
    const [level = -1, x = -1, y = -1] = [c.req.param('level'), c.req.param('x'), c.req.param('y')].map(
      (text) => (/^\d{1,5}$/.test(text) ? Number(text) : -1),
    );
    if (level < 0 || x < 0 || y < 0 || !needsTiles(image) || image.problem !== null) throw noTile();
    const shown = await tiles.ensure(
      project.thumbnailsDir,
      { file, hash: image.hash, widthPx: image.widthPx, heightPx: image.heightPx },
      { level, x, y },
    );
    return sendFile(c.req.raw, {
      file: shown,
      type: 'image/jpeg',
      etag: `${image.hash}-${level}-${x}-${y}`,
      cacheControl,
    });
  });

  routes.onError((error, c) => {
    const data = describe(error);
    const missing = ['image/unknown', 'image/missing', 'image/no-tile'].includes(data.code);
    return c.json({ error: data }, missing ? 404 : data.code === 'project/none-open' ? 409 : 422);
  });
  return routes;
}

function describe(error: unknown): AppErrorData {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
    return toAppErrorData(
      new AppError({
        code: 'image/missing',
        message: 'The photograph is not where it was. Its labels are kept.',
        hint: 'Put it back, or scan again after moving it: it is found by its content.',
      }),
    );
  }
  return toAppErrorData(error);
}

function noTile(): AppError {
  return new AppError({
    code: 'image/no-tile',
    message: 'There is no such tile: this photograph is shown whole, or the numbers are none of a tile.',
    hint: 'Ask for /images/ID/original.',
  });
}

function badSize(): AppError {
  return new AppError({
    code: 'image/bad-size',
    message: 'The size of a thumbnail is a number of pixels above 0.',
    hint: 'Ask for ?size=192.',
  });
}
