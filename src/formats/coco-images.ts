/** The images of a COCO data set as photographs of the project, or as what was lost and why. */
import type { CocoEntry } from './coco-sources.ts';
import { type CoordinateFrame, chooseFrame } from './coordinate-frame.ts';
import type { RecordList } from './format.ts';
import type { KnownImage, Resolution } from './image-lookup.ts';
import type { ImageMark } from './image-marks.ts';
import type { ImportBuilder } from './import-builder.ts';
import { swapsSides } from './orientation.ts';
import type { ReportBuilder } from './report.ts';

/** One image id of a source: placed, or waiting to be reported with the boxes that name it. */
export type EntryState =
  | { readonly image: KnownImage; readonly frame: CoordinateFrame }
  | {
      readonly image: undefined;
      readonly what: string;
      readonly why: string;
      readonly images: number;
      boxes: number;
    };

export interface PlaceContext {
  readonly builder: ImportBuilder;
  readonly coordinates: 'auto' | 'upright' | 'raw';
  readonly mark: ImageMark;
  /** Boxes of images whose frame depends on them, by id: see {@link listOpenFrames}. */
  readonly bboxesOf: ReadonlyMap<string, readonly unknown[]>;
}

/** Ids of images that are turned and listed in their stored size: whether boxes are turned, too, only the boxes can tell. */
export function listOpenFrames(
  entries: readonly CocoEntry[],
  resolved: Pick<RecordList<Resolution>, 'at'>,
): Map<string, unknown[]> {
  const open = new Map<string, unknown[]>();
  for (const [n, { id }] of entries.entries()) {
    const image = resolved.at(n)?.image;
    if (image !== undefined && swapsSides(image.orientation)) open.set(id, []);
  }
  return open;
}

/** Finds the photograph of each listed image and marks it; those without one wait for their boxes to be counted. */
export function placeEntries(
  entries: readonly CocoEntry[],
  resolved: Pick<RecordList<Resolution>, 'at'>,
  context: PlaceContext,
): Map<string, EntryState> {
  const { report } = context.builder;
  const placed = new Map<string, EntryState>();
  const seen = new Set<string>();
  for (const [n, entry] of entries.entries()) {
    const what = entry.fileName || `image ${entry.id}`;
    if (entry.id === '' || placed.has(entry.id)) {
      const why = entry.id === '' ? 'it has no id' : `its id ${entry.id} is already taken by another image`;
      report.skip({ what, why, images: 1 });
      continue;
    }
    const state = placeEntry(entry, resolved.at(n), context.bboxesOf.get(entry.id) ?? [], context);
    placed.set(entry.id, state);
    if (state.image === undefined) continue;
    if (seen.has(state.image.id)) {
      report.skip({ what, why: 'the image is listed more than once; its boxes were joined', images: 1 });
      continue;
    }
    seen.add(state.image.id);
    context.builder.markImage(state.image, context.mark);
  }
  return placed;
}

function placeEntry(
  entry: CocoEntry,
  resolution: Resolution | undefined,
  bboxes: readonly unknown[],
  { builder, coordinates }: PlaceContext,
): EntryState {
  const lost = (why: string): EntryState => ({
    image: undefined,
    what: entry.fileName || `image ${entry.id}`,
    why,
    images: 1,
    boxes: 0,
  });
  if (resolution === undefined) return lost('it has no file name');
  if (resolution.image === undefined) return lost(resolution.why);
  const frame = chooseFrame(entry, resolution.image, coordinates, bboxes);
  if (typeof frame === 'string') return lost(frame);
  const { report } = builder;
  if (frame.kind === 'raw') {
    report.tally(
      'raw',
      (n) => `${n} images have their boxes on the pixels as stored; they were turned upright.`,
    );
  }
  if (frame.scaleX !== 1 || frame.scaleY !== 1) {
    report.tally('scaled', (n) => `${n} images were labelled at another size; their boxes were scaled.`);
  }
  if (resolution.kind === 'name') {
    report.tally('by-name', (n) => `${n} images were found by name in another folder than the labels say.`);
  }
  return { image: resolution.image, frame };
}

/** Images without a photograph are reported once each, with all the boxes that named them. */
export function reportLost(entries: ReadonlyMap<string, EntryState>, report: ReportBuilder): void {
  for (const entry of entries.values()) {
    if (entry.image !== undefined || entry.images + entry.boxes === 0) continue;
    report.skip({ what: entry.what, why: entry.why, images: entry.images, boxes: entry.boxes });
  }
}
