/** An export of photographs without one label: no file in it is the format's own, and what our manifest says is all there is. */
import { isAppErrorData } from '../core/errors.ts';
import type { FileTree, ImportedRecords } from './format.ts';
import type { ImageLookup } from './image-lookup.ts';
import { ImportBuilder } from './import-builder.ts';
import { findManifest } from './manifest.ts';

/** States, splits, groups and classes of the manifest, where the format refused for want of labels (`thrown`) and the manifest is of an export of its own; undefined otherwise. */
export async function readManifestAlone(
  format: string,
  files: FileTree,
  lookup: ImageLookup,
  thrown: unknown,
): Promise<ImportedRecords | undefined> {
  if (!isAppErrorData(thrown) || thrown.code !== 'format/no-labels') return undefined;
  const manifest = await findManifest(files);
  if (manifest?.format !== format) return undefined;
  const builder = new ImportBuilder(format, lookup);
  builder.registerClasses(manifest);
  builder.report.note('There are no labels; states, splits and groups are those of the manifest.');
  return builder.finish(manifest);
}
