/** Reads YOLO labels: boxes as fractions of the image, one text file an image. */
import { AppError } from '../core/errors.ts';
import { toPixelBox } from '../core/geometry.ts';
import type { FileTree, ImportedRecords, SourceFile } from './format.ts';
import type { ImageLookup, KnownImage, Resolution } from './image-lookup.ts';
import { ImportBuilder } from './import-builder.ts';
import { findManifest, type Manifest } from './manifest.ts';
import { getRawSize, toUprightBox } from './orientation.ts';
import { collectFiles, decodeText, loadAhead, splitLines } from './text.ts';
import type { YoloImportOptions } from './yolo.options.ts';
import { findYoloLayout, type YoloLayout } from './yolo-layout.ts';
import { guessSixth, parseYoloLine } from './yolo-line.ts';

/** Label files looked into to find out what a sixth number is. */
const MAX_LOOKED_AT = 200;

/** Reads boxes and polygons of every layout. Throws `format/no-labels` where the tree holds no label file. */
export async function readYolo(
  files: FileTree,
  lookup: ImageLookup,
  options: YoloImportOptions,
): Promise<ImportedRecords> {
  const builder = new ImportBuilder('yolo', lookup);
  const manifest = await findManifest(files);
  const byPath = await collectFiles(files);
  const layout = await findYoloLayout(byPath, builder.report);
  if (layout.labels.size === 0) throw refuseNoLabels(layout);
  if (layout.namesFrom === null)
    builder.report.note('No list of class names was found; classes are named by their number.');
  for (const [, name] of [...layout.names].sort(([a], [b]) => a - b)) builder.classes.register(name);
  const coordinates =
    options.coordinates === 'auto' ? (manifest?.coordinates ?? 'upright') : options.coordinates;
  const resolved = resolveLabels(layout, lookup, manifest);
  const sixth = options.sixth === 'auto' ? await findSixth(layout, byPath) : options.sixth;
  const { minScore } = options;
  const loaded = loadAhead(layout.labels, async ([path]) => byPath.get(path)?.bytes());
  for await (const [[path, { split }], bytes] of loaded) {
    if (bytes === undefined) continue;
    const lines = splitLines(decodeText(bytes));
    readLabelFile(path, lines, resolved.get(path), { builder, layout, split, coordinates, sixth, minScore });
  }
  markListed(layout, lookup, builder);
  return builder.finish(manifest);
}

/** Looks into the first label files that have a sixth number at all. */
async function findSixth(
  layout: YoloLayout,
  byPath: ReadonlyMap<string, SourceFile>,
): Promise<'score' | 'track'> {
  for (const path of [...layout.labels.keys()].slice(0, MAX_LOOKED_AT)) {
    const text = decodeText((await byPath.get(path)?.bytes()) ?? new Uint8Array());
    const guess = guessSixth([text], layout.keypointNumbers);
    if (guess !== undefined) return guess;
  }
  return 'score';
}

/** A manifest names the image of each label file exactly; otherwise the path without extension must do. */
function resolveLabels(
  layout: YoloLayout,
  lookup: ImageLookup,
  manifest: Manifest | undefined,
): Map<string, Resolution> {
  const exact = new Map(manifest?.images.map(({ exportId, path }) => [String(exportId), path]));
  const byPath = lookup.resolve([...layout.labels.keys()].flatMap((label) => exact.get(label) ?? []));
  const open = [...layout.labels].filter(
    ([label]) => byPath.get(exact.get(label) ?? '')?.image === undefined,
  );
  const byStem = lookup.resolve(
    open.map(([, { stem }]) => stem),
    { withoutExtension: true },
  );
  const resolved = new Map<string, Resolution>();
  for (const [label, { stem }] of layout.labels) {
    const hit = byPath.get(exact.get(label) ?? '');
    const resolution = hit?.image === undefined ? byStem.get(stem) : hit;
    if (resolution !== undefined) resolved.set(label, resolution);
  }
  return resolved;
}

interface LabelContext {
  readonly builder: ImportBuilder;
  readonly layout: YoloLayout;
  readonly split: YoloLayout['listed'] extends ReadonlyMap<string, infer S> ? S : never;
  readonly coordinates: 'upright' | 'raw';
  readonly sixth: 'score' | 'track' | 'ignore';
  readonly minScore: number;
}

function readLabelFile(
  path: string,
  lines: readonly string[],
  resolution: Resolution | undefined,
  context: LabelContext,
): void {
  const { builder, split } = context;
  const rows = [...lines.entries()].filter(([, line]) => line.trim() !== '');
  const image = resolution?.image;
  if (image === undefined) {
    const why =
      resolution?.image === undefined && resolution !== undefined
        ? resolution.why
        : 'the project has no such image';
    builder.report.skip({ what: path, why, images: 1, boxes: rows.length });
    return;
  }
  if (resolution !== undefined && resolution.image !== undefined && resolution.kind === 'name') {
    builder.report.tally(
      'by-name',
      (n) => `${n} images were found by name in another folder than the labels say.`,
    );
  }
  builder.markImage(image, { state: rows.length === 0 ? 'empty' : null, split });
  for (const [n, line] of rows) readRow(image, line, `${path} line ${n + 1}`, context);
}

function readRow(
  image: KnownImage,
  line: string,
  where: string,
  { builder, layout, coordinates, sixth, minScore }: LabelContext,
): void {
  const row = parseYoloLine(line, layout.keypointNumbers);
  if (typeof row === 'string') {
    builder.skipBox(image, where, row);
    return;
  }
  if (row.kind === 'outline')
    builder.report.tally('outline', (n) => `${n} outlines were reduced to their boxes.`);
  if (row.kind === 'points')
    builder.report.tally('points', (n) => `${n} boxes have key points, which were not kept.`);
  const name = layout.names.get(row.classId);
  if (name === undefined && layout.namesFrom !== null) {
    builder.report.tally(
      `class ${row.classId}`,
      (n) =>
        `${n} boxes have class number ${row.classId}, which the list of names does not hold; it became “class ${row.classId}”.`,
    );
  }
  const score =
    sixth === 'score' && row.sixth !== undefined && row.sixth >= 0 && row.sixth <= 1 ? row.sixth : null;
  if (score !== null && score < minScore) {
    builder.skipBox(image, where, `its score is below ${minScore}`);
    return;
  }
  const raw = getRawSize(image);
  builder.addBox(image, {
    className: name ?? `class ${row.classId}`,
    box:
      coordinates === 'raw'
        ? toUprightBox(toPixelBox(row.box, raw), raw, image.orientation)
        : toPixelBox(row.box, image),
    score,
    attributes: row.sixth === undefined || score !== null || sixth === 'ignore' ? {} : { track: row.sixth },
    where,
  });
}

/** Photographs the data set lists get their split even when they have no label file; that says nothing of their state. */
function markListed(layout: YoloLayout, lookup: ImageLookup, builder: ImportBuilder): void {
  const resolved = lookup.resolve(layout.listed.keys());
  for (const [path, split] of layout.listed) {
    const image = resolved.get(path)?.image;
    if (image !== undefined && split !== null) builder.markImage(image, { state: null, split });
    if (image === undefined)
      builder.report.tally('listed', (n) => `${n} photographs of the data set are not in the project.`);
  }
}

function refuseNoLabels(layout: YoloLayout): AppError {
  const found =
    layout.namesFrom === null
      ? ''
      : ` “${layout.namesFrom}” names classes, but the folders it points to hold no text files.`;
  return new AppError({
    code: 'format/no-labels',
    message: `No YOLO label file was found, so nothing was imported.${found}`,
    hint: 'Point at the folder that holds `data.yaml` and the `labels` folders, or at a folder of text files.',
  });
}
