/** Sorts a project's records for an export: which images and boxes can be written, and which cannot and why. */
import type { BoxRecord, ImageRecord } from '../core/records.ts';
import type { ExportInput } from './format.ts';
import { ReportBuilder } from './report.ts';

export interface ExportPlan {
  readonly images: readonly ImageRecord[];
  /** Boxes of each image, in the project's order; absent for none. */
  readonly boxesOf: ReadonlyMap<string, readonly BoxRecord[]>;
  readonly report: ReportBuilder;
}

/** Leaves out images that could not be read and boxes that belong to no known image or class, each with a report entry. */
export function planExport(format: string, input: ExportInput): ExportPlan {
  const report = new ReportBuilder(format);
  const classIds = new Set(input.classes.map(({ id }) => id));
  const images = input.images.filter((image) => image.widthPx > 0 && image.heightPx > 0);
  const writable = new Set(images.map(({ id }) => id));
  const boxesOf = new Map<string, BoxRecord[]>();
  for (const box of input.boxes) {
    const lose = (why: string): void =>
      report.skip({ what: `box ${box.id}`, why, boxes: 1, imageId: box.imageId });
    if (!writable.has(box.imageId)) lose('its image cannot be read');
    else if (!classIds.has(box.classId)) lose('its class is not in the project');
    else {
      const list = boxesOf.get(box.imageId);
      if (list === undefined) boxesOf.set(box.imageId, [box]);
      else list.push(box);
    }
  }
  for (const { id, path } of input.images) {
    if (!writable.has(id)) report.skip({ what: path, why: 'the size of the image is not known', images: 1 });
  }
  return { images, boxesOf, report };
}

/** The images that a person has looked at or that have boxes; the others are reported as left out, with what they would be taken for. */
export function takeSeen({ images, boxesOf, report }: ExportPlan, otherwise: string): ImageRecord[] {
  const seen = images.filter(({ id, state }) => state !== 'unseen' || boxesOf.has(id));
  const unseen = images.length - seen.length;
  if (unseen > 0)
    report.skip({
      what: `${unseen} images`,
      why: `nobody has looked at them yet; ${otherwise}`,
      images: unseen,
    });
  return seen;
}

/** All images, or those somebody has looked at, as the option `unseen` asks; notes what a reader cannot tell apart. */
export function takeListed(plan: ExportPlan, unseen: 'write' | 'leave-out'): readonly ImageRecord[] {
  if (unseen === 'leave-out') return takeSeen(plan, 'they were left out, as asked');
  const { images, boxesOf, report } = plan;
  const count = images.filter(({ id, state }) => state === 'unseen' && !boxesOf.has(id)).length;
  if (count > 0) {
    report.note(
      `${count} images that nobody has looked at are listed without boxes; the manifest tells them from empty ones.`,
    );
  }
  return images;
}
