/** The built window as static files. */
import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { Hono } from 'hono';
import { sendFile } from './send-file.ts';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
};

const notBuilt =
  'The window of the studio was not built yet, so there is no page to show. Run `npm start`, or `node scripts/build.mjs`, then reload.';

/** Serves `folder`. Only files inside it, by their real path; names with a content hash are cached for good. */
export function createWindowRoutes(folder: string): Hono {
  const routes = new Hono();
  routes.get('*', async (c) => {
    const name = c.req.path === '/' ? 'index.html' : decodePath(c.req.path);
    const file = name === null ? null : await findInside(folder, name);
    if (file === null)
      return c.text(c.req.path === '/' ? notBuilt : 'There is no such page.', c.req.path === '/' ? 503 : 404);
    const { size, mtimeMs } = await stat(file);
    const isHashed = /\/assets\//.test(c.req.path);
    return sendFile(c.req.raw, {
      file,
      type: types[path.extname(file).toLowerCase()] ?? 'application/octet-stream',
      etag: `${size.toString(36)}-${Math.round(mtimeMs).toString(36)}`,
      cacheControl: isHashed ? 'private, max-age=31536000, immutable' : 'no-cache',
    });
  });
  return routes;
}

function decodePath(urlPath: string): string | null {
  try {
    const decoded = decodeURIComponent(urlPath).replace(/^\/+/, '');
    return decoded.includes('\0') || decoded.includes('\\') ? null : decoded;
  } catch {
    // A malformed escape names no file.
    return null;
  }
}

async function findInside(folder: string, name: string): Promise<string | null> {
  try {
    const root = await realpath(folder);
    const file = await realpath(path.join(root, name));
    if (!file.startsWith(root + path.sep)) return null;
    return (await stat(file)).isFile() ? file : null;
  } catch {
    // Not there, or not readable: the same to a browser.
    return null;
  }
}
