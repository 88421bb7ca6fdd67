/** The box files of the Kaggle fisheries contest: one JSON a class, rectangles in pixels of the original photograph. */
import { z } from 'zod';
import { AppError, toAppErrorData } from '../core/errors.ts';
import { boxAroundLine } from '../core/geometry.ts';
import { defineFormat } from './define-format.ts';
import type { Detection, FileTree, ImportedRecords } from './format.ts';
import { baseName, type ImageLookup, type KnownImage } from './image-lookup.ts';
import { ImportBuilder } from './import-builder.ts';
import { type PointPair, readPointPair } from './ncfm-points.ts';
import { collectFiles, hasExtension, isObject, own, parseJson, readStart, toFinite } from './text.ts';

const importOptions = z.object({
  points: z
    .enum(['refuse', 'box'])
    .default('refuse')
    .meta({
      description:
        'Files with head and tail points in place of rectangles: refuse them, or draw a box around the two points',
      examples: ['box'],
    }),
});
type NcfmOptions = z.infer<typeof importOptions>;

/** The spelling of the contest; other names are taken in capitals. */
const knownNames = ['ALB', 'BET', 'DOL', 'LAG', 'NoF', 'OTHER', 'SHARK', 'YFT'];
/** Images of this class hold no fish; its rectangles only mark where one might be suspected. */
const NOTHING = 'NoF';

export const ncfmFormat = defineFormat({
  id: 'ncfm',
  title: 'Kaggle fisheries (NCFM) boxes',
  description:
    'One file a class, `alb_labels.json` and so on, as posted for The Nature Conservancy Fisheries Monitoring.',
  extensions: ['_labels.json'],
  importOptions,
  loses: [
    'It has no image sizes and no splits.',
    'It does not tell images nobody looked at from images without a box.',
  ],
  precisionPx: null,
  detect: detectNcfm,
  read: readNcfm,
});

interface ClassFile {
  readonly path: string;
  readonly className: string;
  readonly entries: readonly unknown[];
}

async function detectNcfm(files: FileTree): Promise<Detection> {
  let best: Detection = {
    confidence: 0,
    reason: 'no `<class>_labels.json` with a list of file names and rectangles',
  };
  for await (const file of files.list()) {
    if (!hasExtension(file.path, '.json')) continue;
    const text = await readStart(file);
    if (!text.startsWith('[') || !text.includes('"filename"')) continue;
    const shapes = text.includes('"rect"') || text.includes('"point"');
    const named = /_labels\.json$/i.test(file.path);
    const confidence = shapes && named ? 0.97 : shapes ? 0.8 : named ? 0.6 : 0.2;
    if (confidence > best.confidence)
      best = { confidence, reason: `“${file.path}” lists file names with annotations` };
  }
  return best;
}

async function readNcfm(
  files: FileTree,
  lookup: ImageLookup,
  options: NcfmOptions,
): Promise<ImportedRecords> {
  const builder = new ImportBuilder('ncfm', lookup);
  const sources = await loadClassFiles(files, builder);
  refusePoints(sources, options);
  for (const { className } of sources) if (className !== NOTHING) builder.classes.register(className);
  const resolved = resolveNames(sources, lookup);
  for (const source of sources) {
    for (const [n, entry] of source.entries.entries())
      readEntry(entry, source, n, { builder, resolved, options });
  }
  return builder.finish();
}

async function loadClassFiles(files: FileTree, builder: ImportBuilder): Promise<ClassFile[]> {
  const sources: ClassFile[] = [];
  const failures: unknown[] = [];
  for (const [path, file] of await collectFiles(files)) {
    if (!hasExtension(path, '.json')) continue;
    try {
      const json = parseJson(path, await file.bytes());
      const listed =
        Array.isArray(json) &&
        (json.length === 0 || json.some((item) => own(item, 'filename') !== undefined));
      if (listed) sources.push({ path, className: toClassName(path), entries: json });
      else builder.report.note(`“${path}” is not a list of images with file names and was left aside.`);
    } catch (thrown) {
      failures.push(thrown);
      builder.report.skip({ what: path, why: toAppErrorData(thrown).message });
    }
  }
  if (sources.length > 0) return sources;
  throw (
    failures[0] ??
    new AppError({
      code: 'format/no-labels',
      message: 'No file lists images with file names and rectangles, so nothing was imported.',
      hint: 'Point at the folder that holds `alb_labels.json` and its sisters.',
    })
  );
}

function toClassName(path: string): string {
  const stem = baseName(path)
    .replace(/\.json$/i, '')
    .replace(/[_-]?(labels?|annotations?)$/i, '');
  return (
    knownNames.find((name) => name.toLowerCase() === stem.toLowerCase()) ?? (stem.toUpperCase() || 'FISH')
  );
}

/** All entries being points means the other community set: boxes made of it must be asked for. */
function refusePoints(sources: readonly ClassFile[], options: NcfmOptions): void {
  if (options.points === 'box') return;
  const shapes = sources.flatMap(({ entries }) =>
    entries.flatMap((entry) => listShapes(entry).map((shape) => own(shape, 'class'))),
  );
  if (shapes.length === 0 || shapes.some((shape) => shape !== 'point')) return;
  throw new AppError({
    code: 'format/points-not-boxes',
    message: `These files mark heads and tails with points and hold no rectangle (${shapes.length} points), so nothing was imported.`,
    hint: 'Import with the option points=box to draw a box around each pair of points, or use the set with rectangles.',
    details: { points: shapes.length },
  });
}

function listShapes(entry: unknown): unknown[] {
  const shapes = own(entry, 'annotations');
  return Array.isArray(shapes) ? shapes : [];
}

/** File names carry foreign folders, so the class folder is tried first and the bare name after it. */
function resolveNames(
  sources: readonly ClassFile[],
  lookup: ImageLookup,
): Map<string, { image?: KnownImage | undefined; why: string }> {
  const references = sources.flatMap(({ className, entries }) =>
    entries.map((entry) => toReference(className, entry)),
  );
  const resolved = lookup.resolve(
    references.filter((reference) => reference !== ''),
    { allowShared: true },
  );
  return new Map(
    [...resolved].map(([reference, r]) => [
      reference,
      r.image === undefined ? { why: r.why } : { image: r.image, why: '' },
    ]),
  );
}

function toReference(className: string, entry: unknown): string {
  const name = own(entry, 'filename');
  return typeof name === 'string' && name !== ''
    ? `${className}/${baseName(name.replaceAll('\\', '/'))}`
    : '';
}

interface ReadContext {
  readonly builder: ImportBuilder;
  readonly resolved: ReadonlyMap<string, { image?: KnownImage | undefined; why: string }>;
  readonly options: NcfmOptions;
}

function readEntry(entry: unknown, { path, className }: ClassFile, n: number, context: ReadContext): void {
  const { builder, resolved } = context;
  const shapes = listShapes(entry);
  const reference = toReference(className, entry);
  const found = resolved.get(reference);
  const image = found?.image;
  const name = String(own(entry, 'filename') ?? `entry ${n + 1}`);
  const pairs = readPointPair(shapes);
  const boxes = pairs === undefined ? shapes.length : 1;
  if (image === undefined) {
    builder.report.skip({
      what: `${path}: ${name}`,
      why: found?.why ?? 'it has no file name',
      images: 1,
      boxes,
    });
    return;
  }
  if (className === NOTHING) {
    builder.markImage(image, { state: 'empty', split: null });
    if (boxes > 0)
      builder.report.skip({
        what: `${path}: ${name}`,
        why: 'boxes of NoF mark no fish; the image is empty',
        boxes,
      });
    return;
  }
  builder.markImage(image, { state: null, split: null });
  if (boxes === 0)
    builder.report.tally(
      'none',
      (c) => `${c} images are of a class but have no box; their state was left as it is.`,
    );
  if (pairs !== undefined) {
    readPoints(image, pairs, className, `${path}: ${name}`, context);
    return;
  }
  for (const [i, shape] of shapes.entries())
    readShape(image, shape, className, `${path}: ${name} box ${i + 1}`, builder);
}

function readShape(
  image: KnownImage,
  shape: unknown,
  className: string,
  where: string,
  builder: ImportBuilder,
): void {
  const kind = own(shape, 'class');
  if (!isObject(shape) || (kind !== 'rect' && kind !== undefined)) {
    builder.skipBox(image, where, `it is not a rectangle but “${String(kind)}”`);
    return;
  }
  const part = (key: string): number => toFinite(own(shape, key)) ?? Number.NaN;
  const box = { x: part('x'), y: part('y'), w: part('width'), h: part('height') };
  builder.addBox(image, { className, box, where });
}

function readPoints(
  image: KnownImage,
  pair: PointPair,
  className: string,
  where: string,
  context: ReadContext,
): void {
  const { builder, options } = context;
  if (options.points === 'refuse') {
    builder.skipBox(image, where, 'it holds head and tail points, no rectangle');
    return;
  }
  builder.report.tally(
    'points',
    (c) => `${c} boxes were drawn around head and tail points, with a margin of 15 % of their distance.`,
  );
  builder.addBox(image, {
    className,
    box: boxAroundLine(pair.head, pair.tail),
    head: pair.head,
    tail: pair.tail,
    where,
  });
}
