/** Collects what a codec reads into neutral records: checks and clips every box, settles image states, and keeps the counts. */
import { clipBox, type PixelBox, type Point } from '../core/geometry.ts';
import type { BoxRecord } from '../core/records.ts';
import { BoxColumns, groupPlaces, placesOf } from './box-columns.ts';
import { ClassNames } from './class-names.ts';
import type { ImportedBox, ImportedImage, ImportedRecords } from './format.ts';
import type { ImageLookup, KnownImage } from './image-lookup.ts';
import { type ImageMark, ImageMarks } from './image-marks.ts';
import type { Manifest } from './manifest.ts';
import { ReportBuilder } from './report.ts';

/** Cuts smaller than this are rounding, not news. */
const CLIP_TOLERANCE_PX = 0.01;

export interface BoxDraft {
  readonly className: string;
  readonly box: PixelBox;
  readonly head?: Point | null;
  readonly tail?: Point | null;
  readonly score?: number | null;
  readonly attributes?: BoxRecord['attributes'];
  /** Where it stands in the source, for the report: `labels/a.txt line 3`. */
  readonly where: string;
}

/** Collects what a codec reads. Boxes are clipped to their image, what cannot be a box is skipped, identical ones are noted; all of it is in the report. */
export class ImportBuilder {
  readonly report: ReportBuilder;
  readonly classes = new ClassNames();
  readonly #lookup: ImageLookup;
  readonly #marks = new ImageMarks();
  readonly #imageIds: string[] = [];
  readonly #classNames: string[] = [];
  readonly #classPlaces = new Map<string, number>();
  readonly #boxes = new BoxColumns(this.#imageIds, this.#classNames);

  constructor(format: string, lookup: ImageLookup) {
    this.report = new ReportBuilder(format);
    this.#lookup = lookup;
  }

  /** Takes over the class list of our own manifest, in its order, for formats whose files have none. */
  registerClasses(manifest: Manifest | undefined): void {
    for (const { name } of manifest?.classes ?? []) this.classes.register(name);
  }

  /** Names an image of the project as spoken of. The first mention counts; later ones fill in what was not known. */
  markImage(image: KnownImage, mark: ImageMark): void {
    if (this.#marks.mark(image, mark)) this.report.countImages(1);
  }

  /** Adds a box, or a report entry saying why not. The image must have been marked. */
  addBox(image: KnownImage, draft: BoxDraft): void {
    const { x, y, w, h } = draft.box;
    const row = this.#put(image, draft.className, x, y, w, h, draft.score ?? null);
    if (typeof row === 'string') {
      this.skipBox(image, draft.where, row);
      return;
    }
    const [head, tail] = [finitePoint(draft.head), finitePoint(draft.tail)];
    const { attributes } = draft;
    if (head !== null || tail !== null || (attributes !== undefined && hasKeys(attributes)))
      this.#boxes.setMore(row, head, tail, attributes ?? {});
  }

  /** The same for a box that has nothing but its numbers, without an object for it; `where` is asked only when something is wrong. */
  addPlainBox(
    image: KnownImage,
    className: string,
    x: number,
    y: number,
    w: number,
    h: number,
    score: number | null,
    where: () => string,
  ): void {
    const row = this.#put(image, className, x, y, w, h, score);
    if (typeof row === 'string') this.skipBox(image, where(), row);
  }

  /** The row of the box, clipped to its image; or why it cannot be one. */
  #put(
    image: KnownImage,
    className: string,
    x: number,
    y: number,
    w: number,
    h: number,
    score: number | null,
  ): number | string {
    const isInside =
      x >= 0 && y >= 0 && x + w > x && y + h > y && x + w <= image.widthPx && y + h <= image.heightPx;
    const box = isInside ? undefined : { x, y, w, h };
    const clipped = box === undefined ? undefined : clipBox(box, image);
    if (box !== undefined) {
      const fault = findFault(box, image);
      if (fault !== undefined || clipped === undefined) return fault ?? 'the box lies outside the image';
      const cutPx = Math.max(
        clipped.x - x,
        clipped.y - y,
        x + w - clipped.x - clipped.w,
        y + h - clipped.y - clipped.h,
      );
      if (cutPx > CLIP_TOLERANCE_PX) this.report.countClipped(image.id);
    }
    this.report.countBoxes(1);
    return this.#boxes.push(
      this.#placeOf(image),
      this.#classPlace(this.classes.register(className)),
      clipped?.x ?? x,
      clipped?.y ?? y,
      clipped?.w ?? w,
      clipped?.h ?? h,
      score,
    );
  }

  /** The image's place in the list of images with boxes; it counts one more. */
  #placeOf(image: KnownImage): number {
    const row = this.#marks.find(image.id);
    const known = this.#marks.countBox(row);
    if (known >= 0) return known;
    const place = this.#imageIds.push(image.id) - 1;
    this.#marks.setPlace(row, place);
    return place;
  }

  #classPlace(name: string): number {
    let place = this.#classPlaces.get(name);
    if (place === undefined) {
      place = this.#classNames.push(name) - 1;
      this.#classPlaces.set(name, place);
    }
    return place;
  }

  /** Records boxes that could not be read. Their image is then not called empty. */
  skipBox(image: KnownImage | undefined, what: string, why: string, boxes = 1): void {
    if (image !== undefined) this.#marks.countLost(image.id);
    this.report.skip({ what, why, boxes, ...(image === undefined ? {} : { imageId: image.id }) });
  }

  /** Lets a manifest settle what the labels left open: states, splits, groups. */
  applyManifest(manifest: Manifest): void {
    const resolved = this.#lookup.resolve(manifest.images.map(({ path }) => path));
    for (const { path, state, split, group } of manifest.images) {
      const image = resolved.get(path)?.image;
      if (image === undefined) continue;
      this.markImage(image, { state, split });
      this.#marks.settle(image.id, state, split, group);
    }
  }

  /** The records. Classes come in order of registration; the manifest gives colours and scientific names where it knows them. */
  finish(manifest?: Manifest): ImportedRecords {
    if (manifest !== undefined) this.applyManifest(manifest);
    this.#noteIdentical();
    for (const note of this.classes.listNotes()) this.report.note(note);
    const known = new Map(manifest?.classes.map((entry) => [entry.name, entry]));
    const boxList = this.#boxes;
    const imageList = this.#marks;
    let boxes: readonly ImportedBox[] | undefined;
    let images: readonly ImportedImage[] | undefined;
    return {
      classes: this.classes.list().map((name, position) => ({
        name,
        position,
        color: known.get(name)?.color ?? null,
        scientificName: known.get(name)?.scientificName ?? null,
      })),
      get images() {
        images ??= [...imageList];
        return images;
      },
      imageList,
      get boxes() {
        boxes ??= [...boxList];
        return boxes;
      },
      boxList,
      report: this.report.build(),
    };
  }

  #noteIdentical(): void {
    const boxes = this.#boxes;
    const grouped = groupPlaces(boxes.length, this.#imageIds.length, (row) => boxes.imageAt(row));
    let identical = 0;
    for (let image = 0; image < this.#imageIds.length; image++) {
      const rows = [...placesOf(grouped, image)];
      identical += rows.length <= MAX_PAIRWISE ? countPairwise(rows, boxes) : countByKey(rows, boxes);
    }
    if (identical > 0)
      this.report.note(`${identical} boxes repeat another box of the same class exactly. They were kept.`);
  }
}

/** Up to so many boxes of an image are compared each with each; with more, a key for each is cheaper. */
const MAX_PAIRWISE = 32;

/** Boxes that an earlier one of the same image equals. */
function countPairwise(rows: readonly number[], boxes: BoxColumns): number {
  let count = 0;
  for (let i = 1; i < rows.length; i++) {
    let k = 0;
    while (k < i && !boxes.isSame(rows[k] as number, rows[i] as number)) k++;
    if (k < i) count++;
  }
  return count;
}

function countByKey(rows: readonly number[], boxes: BoxColumns): number {
  const keys = new Set<string>();
  for (const row of rows) {
    const box = boxes.at(row);
    if (box !== undefined) keys.add(`${box.className}|${box.x}|${box.y}|${box.w}|${box.h}`);
  }
  return rows.length - keys.size;
}

function hasKeys(attributes: object): boolean {
  for (const key in attributes) if (Object.hasOwn(attributes, key)) return true;
  return false;
}

function findFault({ x, y, w, h }: PixelBox, image: KnownImage): string | undefined {
  if (![x, y, w, h].every(Number.isFinite)) return 'a coordinate is not a number';
  if (w <= 0 || h <= 0) return 'the box has no area';
  if (image.widthPx <= 0 || image.heightPx <= 0) return 'the size of its image is not known';
  return undefined;
}

function finitePoint(point: Point | null | undefined): Point | null {
  return point !== null && point !== undefined && Number.isFinite(point.x) && Number.isFinite(point.y)
    ? point
    : null;
}
