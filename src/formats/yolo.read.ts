/** Reads YOLO labels: boxes as fractions of the image, one text file an image. */
import { AppError } from '../core/errors.ts';
import { toPixelBox } from '../core/geometry.ts';
import type { Split } from '../core/records.ts';
import { FileTable } from './file-table.ts';
import type { FileTree, ImportedRecords, RecordList } from './format.ts';
import { type ImageLookup, type KnownImage, type Resolution, stripExtension } from './image-lookup.ts';
import { ImportBuilder } from './import-builder.ts';
import { findManifestAmong, type Manifest } from './manifest.ts';
import { getRawSize, toUprightBox } from './orientation.ts';
import { decodeText, readBatches } from './text.ts';
import type { YoloImportOptions } from './yolo.options.ts';
import { textsOf } from './yolo-labels.ts';
import { findYoloLayout, type YoloLayout } from './yolo-layout.ts';
import { guessSixth, parseYoloLine, type YoloRow } from './yolo-line.ts';
import { listLabelPaths } from './yolo-paths.ts';
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
  const byPath = await FileTable.of(files);
  const manifest = await findManifestAmong(byPath);
  const layout = await findYoloLayout(byPath, builder.report);
  if (layout.labels.length === 0) throw refuseNoLabels(layout);
  if (layout.namesFrom === null)
    builder.report.note('No list of class names was found; classes are named by their number.');
  for (const [, name] of [...layout.names].sort(([a], [b]) => a - b)) builder.classes.register(name);
  const coordinates =
    options.coordinates === 'auto' ? (manifest?.coordinates ?? 'upright') : options.coordinates;
  const photographs = resolveLabels(layout, lookup, manifest);
  const sixth = options.sixth === 'auto' ? await findSixth(layout, byPath) : options.sixth;
  const context = { builder, layout, coordinates, sixth, minScore: options.minScore };
  const readFile = createFileReader(context);
  const { labels } = layout;
  let n = 0;
  for await (const batch of readBatches(
    files,
    textsOf(labels, ({ path }) => path),
    (path) => byPath.get(path),
  ))
    for (const bytes of batch) {
      const label = labels.at(n);
      if (label !== undefined) readFile(label.path, bytes, photographs.at(n), label.split);
      n++;
    }
  markListed(layout, photographs, lookup, builder);
  return builder.finish(manifest);
}

/** Looks into the first label files that have a sixth number at all. */
async function findSixth(layout: YoloLayout, files: FileTable): Promise<'score' | 'track'> {
  for (let n = 0; n < Math.min(layout.labels.length, MAX_LOOKED_AT); n++) {
    const file = files.get(layout.labels.at(n)?.path ?? '');
    const text = decodeText((await file?.bytes()) ?? new Uint8Array());
    const guess = guessSixth([text], layout.keypointNumbers);
    if (guess !== undefined) return guess;
  }
  return 'score';
}

/** The photograph of each label file: a manifest names it exactly; otherwise the path without extension must do. */
function resolveLabels(
  { labels }: YoloLayout,
  lookup: ImageLookup,
  manifest: Manifest | undefined,
): Pick<RecordList<Resolution>, 'at'> {
  const stems = textsOf(labels, ({ stem }) => stem);
  if (manifest === undefined) return lookup.resolveList(stems, { withoutExtension: true });
  const exact = new Map(manifest.images.map(({ exportId, path }) => [String(exportId), path]));
  const pathAt = (n: number): string | undefined => exact.get(labels.at(n)?.path ?? '');
  const byPath = lookup.resolve(Array.from(labels).flatMap(({ path }) => exact.get(path) ?? []));
  const named = (n: number): Resolution | undefined => {
    const hit = byPath.get(pathAt(n) ?? '');
    return hit?.image === undefined ? undefined : hit;
  };
  const open = Array.from({ length: labels.length }, (_, n) => n).filter((n) => named(n) === undefined);
  const byStem = lookup.resolve(
    open.map((n) => stems.at(n) ?? ''),
    { withoutExtension: true },
  );
  return { at: (n) => named(n) ?? byStem.get(stems.at(n) ?? '') };
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
  { labels, listed }: YoloLayout,
  photographs: Pick<RecordList<Resolution>, 'at'>,
  lookup: ImageLookup,
  builder: ImportBuilder,
): void {
  const open = new Map<string, Split | null>();
  for (const [path, split] of listed()) {
    const extension = path.slice(stripExtension(path).length);
    const n = Math.max(...listLabelPaths(path).map((label) => labels.find(label)));
    const hit = n < 0 ? undefined : photographs.at(n);
    // Found with its label file already, and with the same extension: no need to look again.
    if (hit?.image !== undefined && hit.kind !== 'name' && hit.image.path.endsWith(extension)) {
      if (split !== null) builder.markImage(hit.image, { state: null, split });
    } else open.set(path, split);
  }
  const resolved = lookup.resolve(open.keys());
  for (const [path, split] of open) {
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
