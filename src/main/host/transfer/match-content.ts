/** Photographs of a source that are the project's under other names, told by their bytes. */
import { createHash } from 'node:crypto';
import type { FileTree } from '../../../formats/format.ts';
import type { ImageLookup } from '../../../formats/image-lookup.ts';
import { findManifest } from '../../../formats/manifest.ts';
import { isImagePath, streamOf } from '../../../formats/text.ts';

/**
 * Path in the source → image id, for photographs that no path or name leads to: those in the tree are hashed, those of our own manifest
 * carry their hash. `images`: id and SHA-256 (hex) of the project's. Throws the signal's reason when aborted.
 */
export async function matchByContent(
  files: FileTree,
  lookup: ImageLookup,
  images: readonly { readonly id: string; readonly hash: string }[],
  signal: AbortSignal,
): Promise<Map<string, string>> {
  const byHash = new Map(images.flatMap(({ id, hash }) => (hash === '' ? [] : [[hash, id] as const])));
  const found = new Map<string, string>();
  const manifest = await findManifest(files);
  for (const { path, hash } of manifest?.images ?? []) {
    const id = byHash.get(hash);
    if (id !== undefined) found.set(path, id);
  }
  for await (const file of files.list()) {
    if (!isImagePath(file.path) || found.has(file.path)) continue;
    signal.throwIfAborted();
    if (lookup.resolve([file.path], { allowShared: true }).get(file.path)?.image !== undefined) continue;
    const hash = createHash('sha256');
    for await (const part of streamOf(file)) hash.update(part);
    const id = byHash.get(hash.digest('hex'));
    if (id !== undefined) found.set(file.path, id);
  }
  return found;
}
