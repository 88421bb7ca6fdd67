/** Reads YOLO labels: boxes as fractions of the image, one text file an image. */
import { AppError } from '../core/errors.ts';
import { toPixelBox } from '../core/geometry.ts';
import type { Split } from '../core/records.ts';
import type { FileTree, ImportedRecords, SourceFile } from './format.ts';
import { type ImageLookup, type KnownImage, type Resolution, stripExtension } from './image-lookup.ts';
import { ImportBuilder } from './import-builder.ts';
import { findManifestAmong, type Manifest } from './manifest.ts';
import { getRawSize, toUprightBox } from './orientation.ts';
import { collectFiles, decodeText, readBatches } from './text.ts';
import type { YoloImportOptions } from './yolo.options.ts';
import { findYoloLayout, type YoloLayout } from './yolo-layout.ts';
import { guessSixth, parseYoloLine, type YoloRow } from './yolo-line.ts';
import { YoloRows } from './yolo-rows.read.ts';

/** Label files looked into to find out what a sixth number is. */
const MAX_LOOKED_AT = 200;

/** Reads boxes and polygons of every layout. Throws `format/no-labels` where the tree holds no label file. */
export async function readYolo(
  files: FileTree,
  lookup: ImageLookup,
  options: YoloImportOptions,
): Promise<ImportedRecords> {
  const builder = new ImportBuilder('yolo', lookup);
  const byPath = await collectFiles(files);
  const manifest = await findManifestAmong(byPath);
  const layout = await findYoloLayout(byPath, builder.report);
  if (layout.labels.size === 0) throw refuseNoLabels(layout);
  if (layout.namesFrom === null)
    builder.report.note('No list of class names was found; classes are named by their number.');
  for (const [, name] of [...layout.names].sort(([a], [b]) => a - b)) builder.classes.register(name);
  const coordinates =
    options.coordinates === 'auto' ? (manifest?.coordinates ?? 'upright') : options.coordinates;
  const photographs = resolveLabels(layout, lookup, manifest);
  const sixth = options.sixth === 'auto' ? await findSixth(layout, byPath) : options.sixth;
  const context = { builder, layout, coordinates, sixth, minScore: options.minScore };
  const readFile = createFileReader(context);
  const labels = layout.labels.entries();
  const sources = Array.from(layout.labels.keys()).flatMap((path) => byPath.get(path) ?? []);
  for await (const batch of readBatches(files, sources)) {
    for (const bytes of batch) {
      const next = labels.next();
      if (next.done === true) break;
      const [path, { stem, split }] = next.value;
      readFile(path, bytes, photographs.of(path, stem), split);
    }
  }
  markListed(layout, photographs, lookup, builder);
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

/** The photograph of each label file, as far as it is known. */
interface Photographs {
  of(label: string, stem: string): Resolution | undefined;
  /** What was found by a path without its extension. */
  byStem(stem: string): Resolution | undefined;
}

/** A manifest names the image of each label file exactly; otherwise the path without extension must do. */
function resolveLabels(layout: YoloLayout, lookup: ImageLookup, manifest: Manifest | undefined): Photographs {
  const exact = new Map(manifest?.images.map(({ exportId, path }) => [String(exportId), path]));
  const byPath = lookup.resolve(
    exact.size === 0 ? [] : Array.from(layout.labels.keys()).flatMap((label) => exact.get(label) ?? []),
  );
  const named = (label: string): Resolution | undefined => {
    const hit = exact.size === 0 ? undefined : byPath.get(exact.get(label) ?? '');
    return hit?.image === undefined ? undefined : hit;
  };
  const stems = function* (): Generator<string> {
    for (const [label, { stem }] of layout.labels) if (named(label) === undefined) yield stem;
  };
  const byStem = lookup.resolve(stems(), { withoutExtension: true });
  return {
    of: (label, stem) => named(label) ?? byStem.get(stem),
    byStem: (stem) => byStem.get(stem),
  };
}

interface LabelContext {
  readonly builder: ImportBuilder;
  readonly layout: YoloLayout;
  readonly coordinates: 'upright' | 'raw';
  readonly sixth: 'score' | 'track' | 'ignore';
  readonly minScore: number;
}

/** Reads one label file after the other: their bytes need hold only while each is read. */
function createFileReader(
  context: LabelContext,
): (path: string, bytes: Uint8Array, resolution: Resolution | undefined, split: Split | null) => void {
  const { builder, layout } = context;
  const rows = new YoloRows(layout.keypointNumbers);
  return (path, bytes, resolution, split) => {
    const image = resolution?.image;
    if (image === undefined) {
      const why =
        resolution?.image === undefined && resolution !== undefined
          ? resolution.why
          : 'the project has no such image';
      let boxes = 0;
      rows.read(
        bytes,
        () => boxes++,
        () => boxes++,
      );
      builder.report.skip({ what: path, why, images: 1, boxes });
      return;
    }
    if (resolution?.image !== undefined && resolution.kind === 'name') {
      builder.report.tally(
        'by-name',
        (n) => `${n} images were found by name in another folder than the labels say.`,
      );
    }
    builder.markImage(image, { state: null, split });
    let isEmpty = true;
    rows.read(
      bytes,
      (line) => {
        isEmpty = false;
        takeRow(image, rows, path, line, context);
      },
      (line, text) => {
        isEmpty = false;
        const row = parseYoloLine(text, layout.keypointNumbers);
        if (typeof row === 'string') builder.skipBox(image, `${path} line ${line}`, row);
        else takeRow(image, row, path, line, context);
      },
    );
    if (isEmpty) builder.markImage(image, { state: 'empty', split });
  };
}

/** `row` may be the reader of rows itself, which holds the one it has just read. */
function takeRow(
  image: KnownImage,
  row: YoloRow,
  path: string,
  line: number,
  { builder, layout, coordinates, sixth, minScore }: LabelContext,
): void {
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
  const where = (): string => `${path} line ${line}`;
  if (score !== null && score < minScore) {
    builder.skipBox(image, where(), `its score is below ${minScore}`);
    return;
  }
  const className = name ?? `class ${row.classId}`;
  const raw = coordinates === 'raw' ? getRawSize(image) : undefined;
  const box =
    raw === undefined
      ? toPixelBox(row.box, image)
      : toUprightBox(toPixelBox(row.box, raw), raw, image.orientation);
  if (row.sixth === undefined || score !== null || sixth === 'ignore')
    builder.addPlainBox(image, className, box.x, box.y, box.w, box.h, score, where);
  else builder.addBox(image, { className, box, score, attributes: { track: row.sixth }, where: where() });
}

/** Photographs the data set lists get their split even when they have no label file; that says nothing of their state. */
function markListed(
  layout: YoloLayout,
  photographs: Photographs,
  lookup: ImageLookup,
  builder: ImportBuilder,
): void {
  const open: string[] = [];
  for (const [path, split] of layout.listed) {
    const stem = stripExtension(path);
    const hit = photographs.byStem(stem);
    // Found with its label file already, and with the same extension: no need to look again.
    if (hit?.image !== undefined && hit.kind !== 'name' && hit.image.path.endsWith(path.slice(stem.length))) {
      if (split !== null) builder.markImage(hit.image, { state: null, split });
    } else open.push(path);
  }
  const resolved = lookup.resolve(open);
  for (const path of open) {
    const image = resolved.get(path)?.image;
    const split = layout.listed.get(path) ?? null;
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
