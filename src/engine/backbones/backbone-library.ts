/** The backbones of this user: the embedded one and those added, each a folder in the user's cache, never in a project. */
import { existsSync } from 'node:fs';
import { readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { AppError, type AppErrorData, toAppErrorData } from '../../core/errors.ts';
import { engineCacheDir } from '../install/engine-cache.ts';
import type { BackboneManifest } from './backbone-manifest.ts';
import { type Backbone, embeddedBackboneDir, loadBackbone, readManifest } from './load-backbone.ts';

/** One backbone as listed. `error`: its folder is there but cannot be used. */
export interface ListedBackbone {
  readonly id: string;
  readonly embedded: boolean;
  readonly manifest: BackboneManifest | null;
  readonly error: AppErrorData | null;
}

/** Ids are folder names on every system (some words are none on Windows), and typed by people. */
const ID = /^(?!(?:con|nul|aux|prn|com\d|lpt\d)$)[a-z0-9][a-z0-9_-]{0,62}$/;

/** Folder of the added backbones; it need not exist. */
export function backbonesDir(cacheDir: string = engineCacheDir()): string {
  return path.join(cacheDir, 'backbones');
}

/** Folder of an added backbone. Throws `backbone/bad-id` for what is no id, so that no path leads out of the cache. */
export function addedBackboneDir(id: string, cacheDir?: string): string {
  if (!ID.test(id)) {
    throw new AppError({
      code: 'backbone/bad-id',
      message: `“${id}” cannot be the name of a backbone. Nothing was changed.`,
      hint: 'Use up to 63 lower-case letters, digits, dashes and underscores, starting with a letter or a digit.',
      details: { id },
    });
  }
  return path.join(backbonesDir(cacheDir), id);
}

/** Every backbone, the embedded one first, then by name. What cannot be read is listed with its error. */
export async function listBackbones(cacheDir?: string): Promise<ListedBackbone[]> {
  const embedded = await describe('embedded', () => embeddedBackboneDir(), true);
  const names = await readdir(backbonesDir(cacheDir)).catch(() => [] as string[]);
  const added = names.filter((name) => ID.test(name)).sort();
  return [
    embedded,
    ...(await Promise.all(added.map((id) => describe(id, () => addedBackboneDir(id, cacheDir), false)))),
  ];
}

async function describe(id: string, folder: () => string, embedded: boolean): Promise<ListedBackbone> {
  try {
    const manifest = await readManifest(folder());
    return { id: embedded ? manifest.id : id, embedded, manifest, error: null };
  } catch (error) {
    return { id, embedded, manifest: null, error: toAppErrorData(error) };
  }
}

/** A backbone whose manifest can be read; `load` throws what {@link loadBackbone} throws. */
export interface LoadableBackbone {
  readonly manifest: BackboneManifest;
  load(): Promise<Backbone>;
}

/** Every backbone of this user that can be read, the embedded one first. */
export async function listLoadable(cacheDir?: string): Promise<LoadableBackbone[]> {
  const listed = await listBackbones(cacheDir);
  return listed.flatMap(({ id, embedded, manifest }) =>
    manifest === null
      ? []
      : [{ manifest, load: () => loadBackbone(embedded ? undefined : addedBackboneDir(id, cacheDir)) }],
  );
}

/**
 * The backbone a project asks for: the added one of that id, or the embedded one for null and for its own id. `CATCHLIGHT_BACKBONE` wins
 * over both. Throws `backbone/not-added` when this user has none of that name, and what {@link loadBackbone} throws.
 */
export async function openBackbone(
  id: string | null | undefined,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<Backbone> {
  const embedded = embeddedBackboneDir(env);
  const isForced = (env.CATCHLIGHT_BACKBONE ?? '') !== '';
  if (id === null || id === undefined || isForced) return await loadBackbone(embedded);
  const folder = addedBackboneDir(id, engineCacheDir(env));
  if (existsSync(folder)) return await loadBackbone(folder);
  if ((await readManifest(embedded)).id === id) return await loadBackbone(embedded);
  throw new AppError({
    code: 'backbone/not-added',
    message: `This project uses the backbone ${id}, which is not on this machine, so nothing can be learnt or suggested. Labels are not affected.`,
    hint: `Add it again (\`catchlight backbone add\`), or choose another for this project: \`catchlight features PROJECT --backbone ID\`.`,
    details: { id, folder },
  });
}

/**
 * For what a trained model does: the backbone of the project or, where that is not on this machine, the embedded one; a model stands on the
 * backbone it learnt on, whichever the project uses. Throws what {@link loadBackbone} throws.
 */
export async function openBackboneOfModels(id: string | null | undefined): Promise<Backbone> {
  try {
    return await openBackbone(id);
  } catch (error) {
    if (toAppErrorData(error).code === 'backbone/not-added') return await openBackbone(null);
    throw error;
  }
}

/** Takes an added backbone away; features computed with it stay in their projects. Throws `backbone/not-added`, `backbone/bad-id`. */
export async function removeBackbone(id: string, cacheDir?: string): Promise<void> {
  const folder = addedBackboneDir(id, cacheDir);
  if (!existsSync(folder)) {
    throw new AppError({
      code: 'backbone/not-added',
      message: `No backbone called ${id} was added on this machine, so nothing was removed.`,
      hint: 'See `catchlight backbone list`. The one that came with the studio cannot be removed.',
      details: { id },
    });
  }
  // Renamed first: it disappears at once, whatever deleting takes.
  const going = `${folder}.removed`;
  await rm(going, { recursive: true, force: true });
  await rename(folder, going);
  await rm(going, { recursive: true, force: true });
}
