/** Writes COCO detection JSON: all images, ids from 1, floats as they are, and a model's results beside them when given. */
import type { BoxRecord, ClassRecord, ImageRecord } from '../core/records.ts';
import type { CocoExportOptions } from './coco.options.ts';
import { writeAttributes } from './coco-attributes.ts';
import { type ExportPlan, planExport, takeListed } from './export-plan.ts';
import type { ExportResult, ExportSource, OutputFile } from './format.ts';
import { assignClassIds, createManifest } from './manifest.ts';
import { getRawSize, toRawBox, toRawPoint } from './orientation.ts';
import { drawInPieces } from './output-pieces.ts';

interface Ids {
  readonly classes: ReadonlyMap<string, number>;
  readonly images: ReadonlyMap<string, number>;
}

/** One data set of the images somebody has looked at, or of all (`options.unseen`); image ids count from 1 in the order of the project. */
export function writeCoco(input: ExportSource, options: CocoExportOptions): ExportResult {
  const plan = planExport('coco', input);
  const images = takeListed(plan, options.unseen);
  const classIds = assignClassIds(input, 1, false).ids;
  const ids: Ids = { classes: classIds, images: new Map(images.map(({ id }, i) => [id, i + 1])) };
  plan.report.countImages(images.length);
  for (const { id } of images) plan.report.countBoxes(plan.boxesOf.count(id));
  const manifest = createManifest(input, {
    format: 'coco',
    coordinates: options.coordinates,
    classIds: ids.classes,
    imageIds: ids.images,
  });
  return {
    files: drawFiles(input, plan, { images, ids, options, manifest }),
    report: plan.report.build(),
    copies: images.map(({ id, path }) => ({ imageId: id, path: `images/${path}` })),
  };
}

interface Draft {
  readonly images: readonly ImageRecord[];
  readonly ids: Ids;
  readonly options: CocoExportOptions;
  readonly manifest: OutputFile;
}

async function* drawFiles(input: ExportSource, plan: ExportPlan, draft: Draft): AsyncGenerator<OutputFile> {
  const { images, ids, options } = draft;
  let withPoints = false;
  for (const { head, tail } of input.boxes) {
    withPoints = head !== null || tail !== null;
    if (withPoints) break;
  }
  const head = {
    info: {
      description: input.projectName,
      version: '1.0',
      year: new Date(input.nowMs).getUTCFullYear(),
      date_created: new Date(input.nowMs).toISOString(),
    },
    licenses: [],
  };
  const categories = input.classes.map((record) => toCategory(record, ids, withPoints));
  const parts =
    options.split === 'one-file'
      ? new Map([['annotations.json', images]])
      : Map.groupBy(
          images,
          ({ split }) => `annotations/instances_${split === 'valid' ? 'val' : (split ?? 'unsplit')}.json`,
        );
  // Annotation ids start at 1 and run on over all files: COCOeval takes id 0 for "no match".
  let before = 0;
  for (const [path, list] of parts) {
    const first = before + 1;
    for (const { id } of list) before += plan.boxesOf.count(id);
    yield drawInPieces(path, function* () {
      yield `${JSON.stringify(head).slice(0, -1)},"images":`;
      yield* drawList(list, (image) => JSON.stringify(toImage(image, ids, options)));
      yield `,"categories":${JSON.stringify(categories)},"annotations":`;
      yield* drawList(eachAnnotation(list, plan, draft, first), (text) => text);
      yield '}\n';
    });
  }
  const results = toResults(input, draft);
  if (results.length > 0)
    yield drawInPieces('results.json', function* () {
      yield* drawList(results, (result) => JSON.stringify(result));
      yield '\n';
    });
  yield draft.manifest;
}

/** A JSON list, element by element. */
function* drawList<T>(list: Iterable<T>, draw: (item: T) => string): Generator<string> {
  let sign = '[';
  for (const item of list) {
    yield sign + draw(item);
    sign = ',';
  }
  yield sign === '[' ? '[]' : ']';
}

function* eachAnnotation(
  images: readonly ImageRecord[],
  { boxesOf }: ExportPlan,
  { ids, options }: Draft,
  first: number,
): Generator<string> {
  let id = first;
  for (const image of images)
    for (const box of boxesOf.get(image.id) ?? []) yield drawAnnotation(id++, box, image, ids, options);
}

/** Nearly all boxes are plain; these are written as `JSON.stringify` would, without an object for each. */
function drawAnnotation(
  id: number,
  box: BoxRecord,
  image: ImageRecord,
  ids: Ids,
  options: CocoExportOptions,
): string {
  const { attributes, head, tail, score } = box;
  const isPlain = head === null && tail === null && score === null && Object.keys(attributes).length === 0;
  const [x, y, w, h] = toBbox(box, image, options);
  // JSON has no word for what is not finite; its own writer says null.
  if (!isPlain || !Number.isFinite(x + y + w * h))
    return JSON.stringify(toAnnotation(id, box, image, ids, options));
  return `{"id":${id},"image_id":${ids.images.get(image.id)},"category_id":${ids.classes.get(box.classId)},"bbox":[${x},${y},${w},${h}],"area":${w * h},"segmentation":[],"iscrowd":0}`;
}

function toCategory(record: ClassRecord, ids: Ids, withPoints: boolean): object {
  return {
    id: ids.classes.get(record.id),
    name: record.name,
    supercategory: '',
    ...(record.scientificName === null ? {} : { scientific_name: record.scientificName }),
    ...(withPoints ? { keypoints: ['head', 'tail'], skeleton: [[1, 2]] } : {}),
  };
}

function toImage(image: ImageRecord, ids: Ids, options: CocoExportOptions): object {
  const size = options.coordinates === 'raw' ? getRawSize(image) : image;
  return { id: ids.images.get(image.id), file_name: image.path, width: size.widthPx, height: size.heightPx };
}

function toBbox(
  box: Pick<BoxRecord, 'x' | 'y' | 'w' | 'h'>,
  image: ImageRecord,
  options: CocoExportOptions,
): [number, number, number, number] {
  const { x, y, w, h } =
    options.coordinates === 'raw' ? toRawBox(box, getRawSize(image), image.orientation) : box;
  return [x, y, w, h];
}

function toAnnotation(
  id: number,
  box: BoxRecord,
  image: ImageRecord,
  ids: Ids,
  options: CocoExportOptions,
): object {
  const bbox = toBbox(box, image, options);
  const { iscrowd, extra } = writeAttributes(box.attributes);
  const points = [box.head, box.tail].map((point) => {
    if (point === null) return [0, 0, 0];
    const { x, y } =
      options.coordinates === 'raw' ? toRawPoint(point, getRawSize(image), image.orientation) : point;
    return [x, y, 2];
  });
  const count = Number(box.head !== null) + Number(box.tail !== null);
  return {
    ...extra,
    id,
    image_id: ids.images.get(image.id),
    category_id: ids.classes.get(box.classId),
    bbox,
    area: bbox[2] * bbox[3],
    segmentation: [],
    iscrowd,
    ...(box.score === null ? {} : { score: box.score }),
    ...(count === 0 ? {} : { keypoints: points.flat(), num_keypoints: count }),
  };
}

/** The bare list that COCO's `loadRes` reads. Suggestions on images or classes that are not written have no id, and no place. */
function toResults(input: ExportSource, { images, ids, options }: Draft): object[] {
  const byId = new Map(images.map((image) => [image.id, image]));
  return (input.predictions ?? []).flatMap((prediction) => {
    const image = byId.get(prediction.imageId);
    const categoryId = ids.classes.get(prediction.classId);
    if (image === undefined || categoryId === undefined) return [];
    return [
      {
        image_id: ids.images.get(image.id),
        category_id: categoryId,
        bbox: toBbox(prediction, image, options),
        score: prediction.score,
      },
    ];
  });
}
