/** The way from a source's images to the project's that most formats share: find the photograph, choose the frame, add the boxes. */
import type { PixelBox, Point } from '../core/geometry.ts';
import { type CoordinateFrame, chooseFrame, toUprightInFrame } from './coordinate-frame.ts';
import type { ImageLookup, KnownImage, Resolution } from './image-lookup.ts';
import { stripExtension } from './image-lookup.ts';
import type { ImageMark } from './image-marks.ts';
import type { BoxDraft, ImportBuilder } from './import-builder.ts';
import type { Manifest } from './manifest.ts';
import { getRawSize } from './orientation.ts';

/** What a source says of one image, before it is known which photograph that is. */
export interface SourceEntry {
  /** Paths it may have, best first; the last is taken when none of them is sure. Empty when the source names none. */
  readonly references: readonly string[];
  /** What stands for the image in our own manifest (`exportId`), when the labels came from here. */
  readonly key?: string;
  /** How the report calls it. */
  readonly what: string;
  /** Size of the picture that was labelled; 0 when the source does not say. */
  readonly widthPx: number;
  readonly heightPx: number;
  /** `fraction`: boxes are in parts of the picture. Otherwise in its pixels. */
  readonly unit?: 'pixel' | 'fraction';
  readonly mark: ImageMark;
  /** Boxes and points in the source's frame. */
  readonly boxes: readonly BoxDraft[];
  /** What stood for a box and could not be read as one. */
  readonly faults?: readonly SourceFault[];
}

export interface SourceFault {
  readonly where: string;
  readonly why: string;
}

export interface EntryContext {
  readonly builder: ImportBuilder;
  readonly lookup: ImageLookup;
  readonly manifest: Manifest | undefined;
  /** The option of that name; `auto` goes by the manifest, then by the sizes given. */
  readonly coordinates: 'auto' | 'upright' | 'raw';
}

/** Brings entries to the photographs of the project. Every entry, box and fault is counted or reported. */
export function importEntries(entries: readonly SourceEntry[], context: EntryContext): void {
  const { builder } = context;
  const resolved = resolveEntries(entries, context);
  const coordinates =
    context.coordinates === 'auto' ? (context.manifest?.coordinates ?? 'auto') : context.coordinates;
  const seen = new Set<string>();
  for (const [n, entry] of entries.entries()) {
    const resolution = resolved[n];
    const boxes = entry.boxes.length + (entry.faults?.length ?? 0);
    const lose = (why: string): void => builder.report.skip({ what: entry.what, why, images: 1, boxes });
    if (resolution === undefined) lose('it names no image');
    else if (resolution.image === undefined) lose(resolution.why);
    else {
      const frame = frameOf(entry, resolution.image, coordinates);
      if (typeof frame === 'string') lose(frame);
      else takeEntry(entry, resolution, frame, builder, seen);
    }
  }
}

function takeEntry(
  entry: SourceEntry,
  { image, kind }: Extract<Resolution, { image: KnownImage }>,
  frame: CoordinateFrame,
  builder: ImportBuilder,
  seen: Set<string>,
): void {
  const { report } = builder;
  if (kind === 'name') {
    report.tally('by-name', (n) => `${n} images were found by name in another folder than the labels say.`);
  }
  if (frame.kind === 'raw' && image.orientation > 1) {
    report.tally(
      'raw',
      (n) => `${n} images have their boxes on the pixels as stored; they were turned upright.`,
    );
  }
  if (entry.unit !== 'fraction' && (frame.scaleX !== 1 || frame.scaleY !== 1)) {
    report.tally('scaled', (n) => `${n} images were labelled at another size; their boxes were scaled.`);
  }
  if (seen.has(image.id)) {
    report.skip({
      what: entry.what,
      why: 'the image is listed more than once; its boxes were joined',
      images: 1,
    });
  }
  seen.add(image.id);
  builder.markImage(image, entry.mark);
  for (const draft of entry.boxes) {
    builder.addBox(image, {
      ...draft,
      box: toUprightInFrame(draft.box, frame, image),
      head: placePoint(draft.head, frame, image),
      tail: placePoint(draft.tail, frame, image),
    });
  }
  for (const { where, why } of entry.faults ?? []) builder.skipBox(image, where, why);
}

function placePoint(
  point: Point | null | undefined,
  frame: CoordinateFrame,
  image: KnownImage,
): Point | null {
  if (point === null || point === undefined) return null;
  const { x, y } = toUprightInFrame({ ...point, w: 0, h: 0 }, frame, image);
  return { x, y };
}

function frameOf(
  entry: SourceEntry,
  image: KnownImage,
  coordinates: 'auto' | 'upright' | 'raw',
): CoordinateFrame | string {
  if (entry.unit !== 'fraction') {
    return chooseFrame(
      entry,
      image,
      coordinates,
      entry.boxes.map(({ box }) => [box.x, box.y, box.w, box.h]),
    );
  }
  const kind = coordinates === 'raw' ? 'raw' : 'upright';
  const size = kind === 'raw' ? getRawSize(image) : image;
  return { kind, scaleX: size.widthPx, scaleY: size.heightPx };
}

/** The photograph of each entry: as our manifest says, else by the surest of its paths, else by a path without its extension. */
function resolveEntries(
  entries: readonly SourceEntry[],
  { lookup, manifest }: EntryContext,
): (Resolution | undefined)[] {
  const pathOf = new Map(manifest?.images.map(({ exportId, path }) => [String(exportId), path]));
  const alone = lookup.resolve(
    entries.flatMap(({ references }) => references),
    { allowShared: true },
  );
  const chosen = entries.map(({ key, references }): string | undefined => {
    const known = key === undefined ? undefined : pathOf.get(key);
    if (known !== undefined) return known;
    const sure = references.find((reference) => {
      const resolution = alone.get(reference);
      return resolution?.image !== undefined && resolution.kind !== 'name';
    });
    return (
      sure ?? references.find((reference) => alone.get(reference)?.image !== undefined) ?? references.at(-1)
    );
  });
  const settled = lookup.resolve(chosen.filter((reference) => reference !== undefined));
  const open = chosen.filter(
    (reference) =>
      reference !== undefined &&
      alone.get(reference)?.image === undefined &&
      settled.get(reference)?.image === undefined,
  );
  const byStem = lookup.resolve(
    open.map((reference) => stripKnownExtension(reference ?? '')),
    { withoutExtension: true },
  );
  return chosen.map((reference) => {
    if (reference === undefined) return undefined;
    const found = settled.get(reference);
    if (found?.image !== undefined || alone.get(reference)?.image !== undefined) return found;
    const stem = byStem.get(stripKnownExtension(reference));
    return stem?.image === undefined ? found : stem;
  });
}

/** Names of videos' frames and of other copies have another ending than the photograph, or none. */
function stripKnownExtension(reference: string): string {
  return /\.[a-z0-9]{2,5}$/i.test(reference) ? stripExtension(reference) : reference;
}

/** The upright box around points; undefined for fewer than two. */
export function boundPoints(points: readonly Point[]): PixelBox | undefined {
  if (points.length < 2) return undefined;
  let [left, top, right, bottom] = [
    Number.POSITIVE_INFINITY,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ];
  for (const { x, y } of points) {
    [left, right] = [Math.min(left, x), Math.max(right, x)];
    [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
  }
  return { x: left, y: top, w: right - left, h: bottom - top };
}

/** The upright box around a box turned by `degrees` clockwise about a point, as screens count: y down. */
export function boundTurned(box: PixelBox, degrees: number, about: Point): PixelBox {
  if (degrees === 0) return box;
  const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  const corners = [
    [box.x, box.y],
    [box.x + box.w, box.y],
    [box.x + box.w, box.y + box.h],
    [box.x, box.y + box.h],
  ].map(([x = 0, y = 0]) => ({
    x: about.x + (x - about.x) * cos - (y - about.y) * sin,
    y: about.y + (x - about.x) * sin + (y - about.y) * cos,
  }));
  return boundPoints(corners) ?? box;
}
