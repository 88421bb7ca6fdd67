/** Collects what a codec reads into neutral records: checks and clips every box, settles image states, and keeps the counts. */
import { clipBox, type PixelBox, type Point } from '../core/geometry.ts';
import type { BoxRecord, ImageState, Split } from '../core/records.ts';
import { ClassNames } from './class-names.ts';
import type { ImportedBox, ImportedImage, ImportedRecords } from './format.ts';
import type { ImageLookup, KnownImage } from './image-lookup.ts';
import type { Manifest } from './manifest.ts';
import { ReportBuilder } from './report.ts';

/** Cuts smaller than this are rounding, not news. */
const CLIP_TOLERANCE_PX = 0.01;

/** What a source says of an image before its boxes are known. `empty-if-no-boxes`: listed as looked at. */
export interface ImageMark {
  readonly state: ImageState | 'empty-if-no-boxes' | null;
  readonly split: Split | null;
}

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

interface ImageEntry {
  readonly image: KnownImage;
  state: ImageMark['state'];
  split: Split | null;
  group: string | null;
  boxes: number;
  lost: number;
}

/** Collects what a codec reads. Boxes are clipped to their image, what cannot be a box is skipped, identical ones are noted; all of it is in the report. */
export class ImportBuilder {
  readonly report: ReportBuilder;
  readonly classes = new ClassNames();
  readonly #lookup: ImageLookup;
  readonly #images = new Map<string, ImageEntry>();
  readonly #boxes: ImportedBox[] = [];

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
    const entry = this.#images.get(image.id);
    if (entry === undefined) {
      this.#images.set(image.id, { image, ...mark, group: null, boxes: 0, lost: 0 });
      this.report.countImages(1);
      return;
    }
    entry.state ??= mark.state;
    entry.split ??= mark.split;
  }

  /** Adds a box, or a report entry saying why not. The image must have been marked. */
  addBox(image: KnownImage, draft: BoxDraft): void {
    const { x, y, w, h } = draft.box;
    const clipped = clipBox(draft.box, image);
    const fault = findFault(draft.box, image);
    if (fault !== undefined || clipped === undefined) {
      this.skipBox(image, draft.where, fault ?? 'the box lies outside the image');
      return;
    }
    const cutPx = Math.max(
      clipped.x - x,
      clipped.y - y,
      x + w - clipped.x - clipped.w,
      y + h - clipped.y - clipped.h,
    );
    if (cutPx > CLIP_TOLERANCE_PX) this.report.countClipped(image.id);
    const className = this.classes.register(draft.className);
    const entry = this.#images.get(image.id);
    if (entry !== undefined) entry.boxes++;
    this.report.countBoxes(1);
    this.#boxes.push({
      imageId: image.id,
      className,
      x: clipped.x,
      y: clipped.y,
      w: clipped.w,
      h: clipped.h,
      head: finitePoint(draft.head),
      tail: finitePoint(draft.tail),
      score: draft.score ?? null,
      attributes: draft.attributes ?? noAttributes,
    });
  }

  /** Records boxes that could not be read. Their image is then not called empty. */
  skipBox(image: KnownImage | undefined, what: string, why: string, boxes = 1): void {
    const entry = image === undefined ? undefined : this.#images.get(image.id);
    if (entry !== undefined) entry.lost++;
    this.report.skip({ what, why, boxes, ...(image === undefined ? {} : { imageId: image.id }) });
  }

  /** Lets a manifest settle what the labels left open: states, splits, groups. */
  applyManifest(manifest: Manifest): void {
    const resolved = this.#lookup.resolve(manifest.images.map(({ path }) => path));
    for (const { path, state, split, group } of manifest.images) {
      const image = resolved.get(path)?.image;
      if (image === undefined) continue;
      this.markImage(image, { state, split });
      const entry = this.#images.get(image.id);
      if (entry === undefined) continue;
      entry.state = state;
      entry.split = split;
      entry.group = group;
    }
  }

  /** The records. Classes come in order of registration; the manifest gives colours and scientific names where it knows them. */
  finish(manifest?: Manifest): ImportedRecords {
    if (manifest !== undefined) this.applyManifest(manifest);
    this.#noteIdentical();
    for (const note of this.classes.listNotes()) this.report.note(note);
    const known = new Map(manifest?.classes.map((entry) => [entry.name, entry]));
    return {
      classes: this.classes.list().map((name, position) => ({
        name,
        position,
        color: known.get(name)?.color ?? null,
        scientificName: known.get(name)?.scientificName ?? null,
      })),
      images: [...this.#images.values()].map(toImportedImage),
      boxes: this.#boxes,
      report: this.report.build(),
    };
  }

  /** Compared image by image, so that only one image's boxes need a key at a time. */
  #noteIdentical(): void {
    const byImage = Map.groupBy(this.#boxes.keys(), (i) => this.#boxes[i]?.imageId);
    for (const indices of byImage.values()) {
      if (indices.length < 2) continue;
      const keys = new Set<string>();
      for (const i of indices) {
        const box = this.#boxes[i];
        if (box !== undefined) keys.add(`${box.className}|${box.x}|${box.y}|${box.w}|${box.h}`);
      }
      for (let n = keys.size; n < indices.length; n++)
        this.report.tally(
          'identical',
          (count) => `${count} boxes repeat another box of the same class exactly. They were kept.`,
        );
    }
  }
}

/** Shared by all boxes that have none: a million empty objects are memory, too. */
const noAttributes: BoxRecord['attributes'] = Object.freeze({});

function findFault({ x, y, w, h }: PixelBox, image: KnownImage): string | undefined {
  if (![x, y, w, h].every(Number.isFinite)) return 'a coordinate is not a number';
  if (w <= 0 || h <= 0) return 'the box has no area';
  if (image.widthPx <= 0 || image.heightPx <= 0) return 'the size of its image is not known';
  return undefined;
}

function toImportedImage({ image, state, split, group, boxes, lost }: ImageEntry): ImportedImage {
  return { imageId: image.id, path: image.path, state: settleState(state, boxes, lost), split, group };
}

/** Boxes speak louder than marks; an image whose boxes were all lost is not empty. */
function settleState(state: ImageMark['state'], boxes: number, lost: number): ImageState | null {
  if (boxes > 0) return state === 'reviewed' ? 'reviewed' : 'labelled';
  if (lost > 0) return null;
  if (state === 'empty-if-no-boxes' || state === 'labelled') return 'empty';
  return state;
}

function finitePoint(point: Point | null | undefined): Point | null {
  return point !== null && point !== undefined && Number.isFinite(point.x) && Number.isFinite(point.y)
    ? point
    : null;
}
