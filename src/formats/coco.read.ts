/** Reads COCO detection JSON: data sets with images, classes and boxes, and bare result lists with scores. */
import type { CocoImportOptions } from './coco.options.ts';
import { type Category, readBox, readCategories, readPoints, tallyOutline } from './coco-annotation.ts';
import { readAttributes } from './coco-attributes.ts';
import { type EntryState, listOpenFrames, placeEntries, reportLost } from './coco-images.ts';
import { PlainAnnotation } from './coco-plain.ts';
import {
  type CocoDataset,
  type CocoResults,
  eachAnnotation,
  loadCocoSources,
  resolveEntries,
} from './coco-sources.ts';
import { toUprightInFrame } from './coordinate-frame.ts';
import type { FileTree, ImportedRecords, RecordList } from './format.ts';
import type { ImageLookup, Resolution } from './image-lookup.ts';
import { ImportBuilder } from './import-builder.ts';
import type { JsonElement } from './json-stream.ts';
import { findManifest } from './manifest.ts';
import { findSplit, isObject, own, toFinite } from './text.ts';

/** Reads data sets and detection results, several files as one. Throws `format/no-labels`, or what is wrong with the first file, where none is COCO. */
export async function readCoco(
  files: FileTree,
  lookup: ImageLookup,
  options: CocoImportOptions,
): Promise<ImportedRecords> {
  const builder = new ImportBuilder('coco', lookup);
  const manifest = await findManifest(files);
  const sources = await loadCocoSources(files, builder.report);
  const coordinates =
    options.coordinates === 'auto' ? (manifest?.coordinates ?? 'auto') : options.coordinates;
  const resolved = resolveEntries(sources.datasets, lookup, manifest !== undefined);
  const categoriesOf = sources.datasets.map(({ categories }) => readCategories(categories, builder));
  const entriesOf: Map<string, EntryState>[] = [];
  for (const [i, dataset] of sources.datasets.entries()) {
    const listed = dataset.annotations > 0 && options.withoutBoxes === 'empty' ? 'empty-if-no-boxes' : null;
    const entries = placeEntries(dataset.entries, resolved[i] ?? [], {
      builder,
      coordinates,
      mark: { state: listed, split: findSplit(dataset.path) },
      bboxesOf: await collectOpenBoxes(dataset, resolved[i] ?? [], coordinates),
    });
    const context = { entries, categories: categoriesOf[i] ?? new Map(), builder, options };
    await eachAnnotation(
      dataset,
      'annotations',
      createReader((n) => `${dataset.path} annotation ${n + 1}`, context),
    );
    reportLost(entries, builder.report);
    entriesOf.push(entries);
  }
  const labelled = sources.datasets.some(({ annotations }) => annotations > 0);
  const useResults = options.results === 'import' || (options.results === 'auto' && !labelled);
  for (const results of sources.results) {
    if (useResults) {
      const categories = new Map(categoriesOf.flatMap((map) => [...map]));
      await readResults(results, { builder, lookup, options, entries: joinEntries(entriesOf), categories });
    } else {
      builder.report.note(
        `“${results.path}” holds ${results.count} results of a model and was left aside, since there are labels beside it.`,
      );
    }
  }
  return builder.finish(manifest);
}

/** The boxes of those images whose frame they decide; the file is read for them only where there are such images. */
async function collectOpenBoxes(
  dataset: CocoDataset,
  resolved: Pick<RecordList<Resolution>, 'at'>,
  coordinates: 'auto' | 'upright' | 'raw',
): Promise<ReadonlyMap<string, readonly unknown[]>> {
  const open = listOpenFrames(dataset.entries, resolved);
  if (coordinates !== 'auto' || open.size === 0) return new Map();
  await eachAnnotation(dataset, 'annotations', (element) => {
    const annotation = element.parse();
    open.get(String(own(annotation, 'image_id') ?? ''))?.push(own(annotation, 'bbox'));
  });
  return open;
}

interface AnnotationContext {
  readonly entries: ReadonlyMap<string, EntryState>;
  readonly categories: ReadonlyMap<string, Category>;
  readonly builder: ImportBuilder;
  readonly options: CocoImportOptions;
}

/** Takes annotations one by one: plain ones straight from their bytes, the others as the objects they are. `nameOf` calls one by its number for the report. */
function createReader(
  nameOf: (n: number) => string,
  context: AnnotationContext,
): (element: JsonElement, n: number) => void {
  const { builder, entries, options } = context;
  const plain = new PlainAnnotation();
  // Looked up by number: a string for each annotation would cost more than reading it.
  const categories = new Map<number, Category | undefined>();
  let imageId = Number.NaN;
  let entry: EntryState | undefined;
  return (element, n) => {
    if (!plain.read(element.bytes, element.from, element.to)) {
      readAnnotation(element.parse(), nameOf(n), context);
      return;
    }
    if (plain.imageId !== imageId) {
      imageId = plain.imageId;
      entry = entries.get(String(imageId));
    }
    if (entry === undefined || (entry.image !== undefined && plain.score < options.minScore)) {
      readAnnotation(element.parse(), nameOf(n), context);
      return;
    }
    if (entry.image === undefined) {
      entry.boxes++;
      return;
    }
    const id = plain.categoryId;
    let category = categories.get(id);
    if (category === undefined && !categories.has(id)) {
      category = context.categories.get(String(id));
      categories.set(id, category);
    }
    if (category === undefined) tallyNoClass(builder);
    if (plain.hasOutline) tallyOutline(builder.report);
    const { image, frame } = entry;
    const isSame = frame.kind === 'upright' && frame.scaleX === 1 && frame.scaleY === 1;
    const { x, y, w, h } = isSame ? plain : toUprightInFrame(plain, frame, image);
    const score = Number.isNaN(plain.score) ? null : plain.score;
    builder.addPlainBox(image, category?.name ?? `class ${id}`, x, y, w, h, score, () => nameOf(n));
  };
}

function tallyNoClass(builder: ImportBuilder): void {
  builder.report.tally(
    'no-class',
    (n) => `${n} boxes have a class id without a name; the id became the name.`,
  );
}

function readAnnotation(annotation: unknown, where: string, context: AnnotationContext): void {
  const { builder } = context;
  const entry = context.entries.get(String(own(annotation, 'image_id') ?? ''));
  if (!isObject(annotation) || entry === undefined) {
    builder.skipBox(undefined, where, 'it names no image that the file lists');
    return;
  }
  if (entry.image === undefined) {
    entry.boxes++;
    return;
  }
  const { image, frame } = entry;
  if (Array.isArray(annotation.segments_info)) {
    builder.skipBox(image, where, 'panoptic segments are not read as boxes', annotation.segments_info.length);
    return;
  }
  const crowd = annotation.iscrowd === 1 || annotation.iscrowd === true;
  const box = readBox(annotation, builder.report);
  const score = toFinite(annotation.score);
  const { minScore } = context.options;
  const refusal =
    score !== undefined && score < minScore
      ? `its score is below ${minScore}`
      : findRefusal(annotation, box, crowd && context.options.crowd === 'skip');
  if (box === undefined || refusal !== undefined) {
    builder.skipBox(image, where, refusal ?? 'it has no box');
    return;
  }
  const categoryId = String(annotation.category_id);
  const category = context.categories.get(categoryId);
  if (category === undefined) tallyNoClass(builder);
  const inRange = score !== undefined && score >= 0 && score <= 1;
  builder.addBox(image, {
    className: category?.name ?? `class ${categoryId}`,
    box: toUprightInFrame(box, frame, image),
    ...readPoints(annotation, category, builder.report, (point) => {
      const { x, y } = toUprightInFrame({ ...point, w: 0, h: 0 }, frame, image);
      return { x, y };
    }),
    score: inRange ? score : null,
    attributes: readAttributes(annotation, {
      crowd,
      keepScore: score !== undefined && !inRange,
      onLost: () =>
        builder.report.tally('deep', (n) => `${n} values are nested too deep to be kept; their boxes were.`),
    }),
    where,
  });
}

/** Why an annotation makes no box, as a sentence; undefined when it does. */
function findRefusal(
  annotation: Record<string, unknown>,
  box: object | undefined,
  crowd: boolean,
): string | undefined {
  if (crowd) return 'it marks a crowd, not one animal';
  if (box === undefined) return 'it has no box';
  if (annotation.category_id === undefined || annotation.category_id === null) return 'it has no class';
  return undefined;
}

/** The images of all data sets by id; an id that two data sets use for different images stands for none. */
function joinEntries(entriesOf: readonly ReadonlyMap<string, EntryState>[]): Map<string, EntryState> {
  const joined = new Map<string, EntryState>();
  for (const [id, entry] of entriesOf.flatMap((entries) => [...entries])) {
    const other = joined.get(id);
    const clash = other !== undefined && other.image?.id !== entry.image?.id;
    if (clash) joined.set(id, lose(id, 'its id stands for several images'));
    else joined.set(id, entry.image === undefined ? lose(entry.what, entry.why) : entry);
  }
  return joined;
}

/** Only the boxes of results are counted as lost: their images were counted with the data set. */
function lose(what: string, why: string): EntryState {
  return { image: undefined, what: `results for ${what}`, why, images: 0, boxes: 0 };
}

interface ResultsContext extends AnnotationContext {
  readonly lookup: ImageLookup;
}

/** A bare list of `{image_id, category_id, bbox, score}`; ids are those of the data set beside it, or file names. */
async function readResults(results: CocoResults, context: ResultsContext): Promise<void> {
  const { builder, lookup } = context;
  const { path } = results;
  const entries = new Map(context.entries);
  const ids = new Set<string>();
  await eachAnnotation(results, '', (item) => ids.add(String(own(item.parse(), 'image_id') ?? '')));
  const unknown = [...ids].filter((id) => id !== '' && !entries.has(id));
  const byName = lookup.resolve(unknown);
  const byStem = lookup.resolve(unknown, { withoutExtension: true });
  for (const id of unknown) {
    const image = byName.get(id)?.image ?? byStem.get(id)?.image;
    if (image === undefined) {
      const why = 'the project has no such image, and no data set beside the results explains its id';
      entries.set(id, { image: undefined, what: `image ${id} of ${path}`, why, images: 1, boxes: 0 });
    } else {
      entries.set(id, { image, frame: { kind: 'upright', scaleX: 1, scaleY: 1 } });
      builder.markImage(image, { state: null, split: null });
    }
  }
  await eachAnnotation(
    results,
    '',
    createReader((n) => `${path} result ${n + 1}`, { ...context, entries }),
  );
  reportLost(entries, builder.report);
}
