/** The file written beside an export that says what label formats cannot: image states, splits, groups, class ids. */
import { z } from 'zod';
import { imageStateSchema, splitSchema } from '../core/records.ts';
import { type FileTable, joinPath } from './file-table.ts';
import type { ExportSource, FileTree, OutputFile } from './format.ts';
import { baseName } from './image-lookup.ts';
import { drawInPieces } from './output-pieces.ts';
import { parseJson } from './text.ts';

export const MANIFEST_NAME = 'catchlight-manifest.json';

export const manifestSchema = z.object({
  kind: z.literal('catchlight-manifest'),
  version: z.literal(1),
  format: z.string(),
  project: z.string(),
  createdAt: z.string(),
  /** Whether boxes are on the image as seen or as stored. */
  coordinates: z.enum(['upright', 'raw']),
  /** Choices of the export that the labels themselves do not tell, such as where pixels are counted from. */
  settings: z.record(z.string(), z.string()).exactOptional(),
  classes: z.array(
    z.object({
      /** The number or name that stands for the class in the label files. */
      exportId: z.union([z.number(), z.string()]),
      id: z.string(),
      name: z.string(),
      color: z.string(),
      scientificName: z.string().nullable(),
    }),
  ),
  images: z.array(
    z.object({
      path: z.string(),
      id: z.string(),
      hash: z.string(),
      state: imageStateSchema,
      split: splitSchema.nullable(),
      group: z.string().nullable(),
      /** The number, path or name that stands for the image in the label files; null when it is not in them. */
      exportId: z.union([z.number(), z.string()]).nullable(),
    }),
  ),
});
export type Manifest = z.infer<typeof manifestSchema>;

/** Reads the manifest beside labels, when there is a whole one that this version understands. */
export async function findManifest(files: FileTree): Promise<Manifest | undefined> {
  for await (const file of files.list()) if (isManifest(file.path)) return parseManifest(await file.bytes());
  return undefined;
}

/** The same among files that are listed already. */
export async function findManifestAmong(files: FileTable): Promise<Manifest | undefined> {
  for (const folder of files.folders().keys()) {
    const file = files.get(joinPath(folder, MANIFEST_NAME));
    if (file !== undefined) return parseManifest(await file.bytes());
  }
  return undefined;
}

function isManifest(path: string): boolean {
  return path.endsWith(MANIFEST_NAME) && baseName(path.replaceAll('\\', '/')) === MANIFEST_NAME;
}

/** The manifest in these bytes; undefined when they hold none (it only adds to labels, so a broken one is no fault of theirs). */
export function parseManifest(bytes: Uint8Array): Manifest | undefined {
  try {
    const parsed = manifestSchema.safeParse(parseJson(MANIFEST_NAME, bytes));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/** What a codec adds to the records: how it names classes and images in its own files. */
export interface ManifestNames {
  readonly format: string;
  readonly coordinates: Manifest['coordinates'];
  readonly classIds: Pick<ReadonlyMap<string, number | string>, 'get'>;
  readonly imageIds: Pick<ReadonlyMap<string, number | string>, 'get'>;
  readonly settings?: Readonly<Record<string, string>>;
}

/** The manifest of an export, as a file at its root. */
export function createManifest(input: ExportSource, names: ManifestNames): OutputFile {
  const head: Omit<Manifest, 'images'> = {
    kind: 'catchlight-manifest',
    version: 1,
    format: names.format,
    project: input.projectName,
    createdAt: new Date(input.nowMs).toISOString(),
    coordinates: names.coordinates,
    ...(names.settings === undefined ? {} : { settings: { ...names.settings } }),
    classes: input.classes.flatMap(({ id, name, color, scientificName }) => {
      const exportId = names.classIds.get(id);
      return exportId === undefined ? [] : [{ exportId, id, name, color, scientificName }];
    }),
  };
  return drawInPieces(MANIFEST_NAME, function* () {
    // The closing brace makes way for the images, a line each.
    yield JSON.stringify(head, null, 1).slice(0, -2);
    yield ',\n "images": [';
    let isFirst = true;
    for (const { path, id, hash, state, split, group } of input.images) {
      const exportId = names.imageIds.get(id) ?? null;
      const image: Manifest['images'][number] = { path, id, hash, state, split, group, exportId };
      yield `${isFirst ? '' : ','}\n  ${JSON.stringify(image)}`;
      isFirst = false;
    }
    yield '\n ]\n}\n';
  });
}

/**
 * A number for each class: those of an earlier export are kept, new classes follow. With `dense` a gap (a class deleted since)
 * makes all be counted anew, and `renumbered` says so.
 */
export function assignClassIds(
  input: ExportSource,
  first: number,
  dense: boolean,
): { ids: Map<string, number>; renumbered: boolean } {
  const previous = input.previousManifest === undefined ? undefined : parseManifest(input.previousManifest);
  const ids = new Map<string, number>();
  const taken = new Set<number>();
  const known = new Set(input.classes.map(({ id }) => id));
  for (const { id, exportId } of previous?.classes ?? []) {
    if (
      typeof exportId !== 'number' ||
      !Number.isSafeInteger(exportId) ||
      exportId < first ||
      taken.has(exportId)
    )
      continue;
    taken.add(exportId);
    if (known.has(id)) ids.set(id, exportId);
  }
  let next = first;
  for (const used of taken) next = Math.max(next, used + 1);
  for (const { id } of input.classes) if (!ids.has(id)) ids.set(id, next++);
  const isDense = [...ids.values()].every((id) => id < first + ids.size);
  if (!dense || isDense) return { ids, renumbered: false };
  return { ids: new Map(input.classes.map(({ id }, i) => [id, first + i])), renumbered: true };
}
