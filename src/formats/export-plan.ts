/** Sorts a project's records for an export: which images and boxes can be written, and which cannot and why. */
import { countOf } from '../core/count.ts';
import type { BoxRecord, ImageRecord } from '../core/records.ts';
import { type Grouped, groupPlaces } from './box-columns.ts';
import type { ExportSource, RecordList } from './format.ts';
import { ReportBuilder } from './report.ts';
import { TextTable } from './text-table.ts';

export interface ExportPlan {
  readonly images: readonly ImageRecord[];
  readonly boxesOf: BoxesOfImages;
  /** The place of an image among `images` by its id; -1 for none. */
  placeOf(imageId: string): number;
  readonly report: ReportBuilder;
}

/** Boxes by image, in the project's order: places in the list of boxes, so that a million of them need not be held as objects. */
export class BoxesOfImages {
  /** How many boxes can be written at all. */
  readonly total: number;
  readonly #boxes: RecordList<BoxRecord>;
  readonly #placeOf: (imageId: string) => number;
  readonly #grouped: Grouped;

  /** `images`: how many there are; `placeOf`: the place of an image, `ownerOf`: that of each box's image; -1 for none. */
  constructor(
    boxes: RecordList<BoxRecord>,
    images: number,
    placeOf: (imageId: string) => number,
    ownerOf: (box: number) => number,
  ) {
    this.#boxes = boxes;
    this.#placeOf = placeOf;
    this.#grouped = groupPlaces(boxes.length, images, ownerOf);
    this.total = this.#grouped.starts[images] ?? 0;
  }

  /** The boxes of an image; undefined for none. */
  get(imageId: string): readonly BoxRecord[] | undefined {
    const place = this.#placeOf(imageId);
    if (place < 0 || this.#countAt(place) === 0) return undefined;
    const { order, starts } = this.#grouped;
    const boxes: BoxRecord[] = [];
    for (let i = starts[place] as number; i < (starts[place + 1] as number); i++) {
      const box = this.#boxes.at(order === undefined ? i : (order[i] as number));
      if (box !== undefined) boxes.push(box);
    }
    return boxes;
  }

  has(imageId: string): boolean {
    return this.count(imageId) > 0;
  }

  count(imageId: string): number {
    const place = this.#placeOf(imageId);
    return place < 0 ? 0 : this.#countAt(place);
  }

  #countAt(place: number): number {
    const { starts } = this.#grouped;
    return (starts[place + 1] ?? 0) - (starts[place] ?? 0);
  }
}

/** Leaves out images that could not be read and boxes that belong to no known image or class, each with a report entry. */
export function planExport(format: string, input: ExportSource): ExportPlan {
  const report = new ReportBuilder(format);
  const classIds = new Set(input.classes.map(({ id }) => id));
  const images = input.images.filter((image) => image.widthPx > 0 && image.heightPx > 0);
  const placeOf = createPlaces(images);
  const owners = new Int32Array(input.boxes.length).fill(-1);
  let n = 0;
  for (const box of input.boxes) {
    const lose = (why: string): void =>
      report.skip({ what: `box ${box.id}`, why, boxes: 1, imageId: box.imageId });
    const place = placeOf(box.imageId);
    if (place < 0) lose('its image cannot be read');
    else if (!classIds.has(box.classId)) lose('its class is not in the project');
    else owners[n] = place;
    n++;
  }
  for (const { id, path } of input.images) {
    if (placeOf(id) < 0) report.skip({ what: path, why: 'the size of the image is not known', images: 1 });
  }
  const boxesOf = new BoxesOfImages(input.boxes, images.length, placeOf, (box) => owners[box] ?? -1);
  return { images, boxesOf, placeOf, report };
}

/** The place of an image in the list by its id, -1 for none; the first of two with one id counts. */
export function createPlaces(images: readonly ImageRecord[]): (id: string) => number {
  const table = new TextTable((place) => images[place]?.id ?? '');
  for (const [place, { id }] of images.entries()) if (table.find(id) < 0) table.add(id, place);
  const isEachOnce = table.size === images.length;
  // Boxes of an image mostly follow one another, and images come in their order.
  let last = -1;
  return (id) => {
    if (images[last]?.id === id) return last;
    last = isEachOnce && images[last + 1]?.id === id ? last + 1 : table.find(id);
    return last;
  };
}

/** The images that a person has looked at or that have boxes; the others are reported as left out, with `why`: what they would be taken for. */
export function takeSeen({ images, boxesOf, report }: ExportPlan, why: string): ImageRecord[] {
  const seen = images.filter(({ id, state }) => state !== 'unseen' || boxesOf.has(id));
  const unseen = images.length - seen.length;
  if (unseen > 0)
    report.skip({
      what: countOf(unseen, 'image'),
      why,
      images: unseen,
    });
  return seen;
}

/** All images, or those somebody has looked at, as the option `unseen` asks; notes what a reader cannot tell apart. */
export function takeListed(plan: ExportPlan, unseen: 'write' | 'leave-out'): readonly ImageRecord[] {
  if (unseen === 'leave-out')
    return takeSeen(plan, 'nobody has looked at them yet; they were left out, as asked');
  const { images, boxesOf, report } = plan;
  const count = images.filter(({ id, state }) => state === 'unseen' && !boxesOf.has(id)).length;
  if (count > 0) {
    report.note(
      `${count} images that nobody has looked at are listed without boxes; the manifest tells them from empty ones.`,
    );
  }
  return images;
}
