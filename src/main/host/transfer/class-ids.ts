/** Numbers of classes in label files stay what they were once they have been written: kept with the project, for each format. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { ExportInput, OutputFile } from '../../../formats/format.ts';
import { baseName } from '../../../formats/image-lookup.ts';
import { MANIFEST_NAME, type Manifest, parseManifest } from '../../../formats/manifest.ts';
import { decodeText, encodeText } from '../../../formats/text.ts';
import type { OpenProject } from '../open-project.ts';

/**
 * What an export goes on from: the numbers of the project's last export to the format, wherever that went; before the first, those of a
 * manifest in the folder that is written to.
 */
export function recallClassIds(
  project: OpenProject,
  format: string,
  dir: string,
): Pick<ExportInput, 'previousManifest' | 'previousManifests'> {
  const previousManifests = Object.fromEntries(
    Object.entries(project.db.settings.get().exportClassIds).map(([id, numbers]) => [
      id,
      encodeText(JSON.stringify(toManifest(id, numbers))),
    ]),
  );
  const own = previousManifests[format];
  if (own !== undefined) return { previousManifest: own, previousManifests };
  const manifest = path.join(dir, MANIFEST_NAME);
  return {
    previousManifests,
    ...(existsSync(manifest) ? { previousManifest: readFileSync(manifest) } : {}),
  };
}

/** Passes files on; once all were drawn, the numbers in their manifests are the project's. Classes that are gone keep theirs. */
export async function* rememberClassIds(
  project: OpenProject,
  files: AsyncIterable<OutputFile>,
): AsyncGenerator<OutputFile> {
  const manifests: Manifest[] = [];
  for await (const file of files) {
    const manifest = baseName(file.path) === MANIFEST_NAME ? parseWithoutImages(file.bytes) : undefined;
    if (manifest !== undefined) manifests.push(manifest);
    yield file;
  }
  const { exportClassIds } = project.db.settings.get();
  const kept = { ...exportClassIds };
  for (const { format, classes } of manifests) {
    const fresh: Record<string, number> = Object.fromEntries(
      classes.flatMap(({ id, exportId }) => (typeof exportId === 'number' ? [[id, exportId]] : [])),
    );
    const taken = new Set(Object.values(fresh));
    if (taken.size === 0) continue;
    const gone = Object.entries(kept[format] ?? {}).filter(
      ([id, number]) => fresh[id] === undefined && !taken.has(number),
    );
    kept[format] = { ...Object.fromEntries(gone), ...fresh };
  }
  if (manifests.length > 0) project.db.settings.save({ exportClassIds: kept });
}

/** The list of images may be of 100,000 and is not asked for here; it comes last in the file. */
function parseWithoutImages(bytes: Uint8Array): Manifest | undefined {
  const at = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).indexOf('\n "images": [');
  return at < 0
    ? parseManifest(bytes)
    : parseManifest(encodeText(`${decodeText(bytes.subarray(0, at))}"images":[]}`));
}

function toManifest(format: string, ids: Readonly<Record<string, number>>): Manifest {
  return {
    kind: 'catchlight-manifest',
    version: 1,
    format,
    project: '',
    createdAt: new Date(0).toISOString(),
    coordinates: 'upright',
    classes: Object.entries(ids).map(([id, exportId]) => ({
      exportId,
      id,
      name: id,
      color: '',
      scientificName: null,
    })),
    images: [],
  };
}
