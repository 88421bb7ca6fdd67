/**
 * What is dropped on a window in a browser, which does not say where it lies: the label files themselves, kept in the studio's own folder until
 * another day's drop.
 */
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Hono } from 'hono';
import { AppError, toAppErrorData } from '../../../core/errors.ts';

const keptMs = 24 * 60 * 60 * 1000;
const deepest = 40;

/**
 * `PUT /drops/DROP?name=FOLDER/FILE` with the bytes: answers `{path}`, the absolute path of what was dropped (the first part of the name). DROP is
 * chosen by the window, letters, digits and hyphens; a name that would leave the folder is refused. Never among the photographs.
 */
export function createDropRoutes(userDataDir: string): Hono {
  const routes = new Hono();
  const root = path.join(userDataDir, 'drops');
  routes.put('/:drop', async (c) => {
    const drop = c.req.param('drop');
    const parts = splitName(drop, c.req.query('name') ?? '');
    const folder = path.join(root, drop);
    await forgetOld(root, drop);
    const file = path.join(folder, ...parts);
    await mkdir(path.dirname(file), { recursive: true });
    const { body } = c.req.raw;
    const source =
      body === null ? Readable.from([]) : Readable.fromWeb(body as Parameters<typeof Readable.fromWeb>[0]);
    await pipeline(source, createWriteStream(file));
    return c.json({ path: path.join(folder, parts[0] ?? '') });
  });
  routes.onError((error, c) => c.json({ error: toAppErrorData(error) }, 422));
  return routes;
}

function splitName(drop: string, name: string): string[] {
  const parts = name.split('/');
  const isSafe =
    /^[A-Za-z0-9-]{8,64}$/.test(drop) &&
    parts.length <= deepest &&
    parts.every((part) => part !== '' && part !== '.' && part !== '..' && !/[\\:\0]/.test(part));
  if (isSafe) return parts;
  throw new AppError({
    code: 'drop/unsafe-name',
    message: `A dropped file is called “${name.slice(0, 200)}”, which cannot be kept safely. Nothing was imported.`,
    hint: 'Choose the labels by their path, on the Export page under Import.',
  });
}

async function forgetOld(root: string, present: string): Promise<void> {
  for (const name of await readdir(root).catch(() => [])) {
    if (name === present) continue;
    const folder = path.join(root, name);
    const atMs = await stat(folder).then(
      ({ mtimeMs }) => mtimeMs,
      () => Date.now(),
    );
    if (Date.now() - atMs > keptMs) await rm(folder, { recursive: true, force: true }).catch(() => undefined);
  }
}
