/** Reads CVAT XML: images with boxes, and the tracks of videos whose frames are in the project as photographs. */
import { AppError, toAppErrorData } from '../core/errors.ts';
import { boxFromCorners, type PixelBox, type Point } from '../core/geometry.ts';
import type { CvatImportOptions } from './cvat.format.ts';
import type { FileTree, ImportedRecords } from './format.ts';
import { dirName, type ImageLookup } from './image-lookup.ts';
import { type BoxDraft, ImportBuilder } from './import-builder.ts';
import { findManifest } from './manifest.ts';
import type { ReportBuilder } from './report.ts';
import {
  boundPoints,
  boundTurned,
  importEntries,
  type SourceEntry,
  type SourceFault,
} from './source-entries.ts';
import { findSplit, hasExtension, streamOf, toFinite } from './text.ts';
import { childText, fromPlainText, readXml, type XmlElement } from './xml.ts';

/** Parts of an image that stand for an animal. `tag` speaks of the whole image. */
const shapes: ReadonlySet<string> = new Set([
  'box',
  'polygon',
  'ellipse',
  'mask',
  'polyline',
  'points',
  'cuboid',
  'skeleton',
]);
/** Attributes of shapes that the codec itself reads. */
const ownKeys: ReadonlySet<string> = new Set(
  'label xtl ytl xbr ybr points rotation cx cy rx ry rle left top width height occluded source z_order frame outside keyframe group_id'.split(
    ' ',
  ),
);

/** Reads images as they come, so that memory follows the labels, not the file. Throws `format/no-labels`, or what is wrong with the first file, where none is CVAT's. */
export async function readCvat(
  files: FileTree,
  lookup: ImageLookup,
  options: CvatImportOptions,
): Promise<ImportedRecords> {
  const builder = new ImportBuilder('cvat', lookup);
  const manifest = await findManifest(files);
  const state = options.withoutBoxes === 'empty' ? 'empty-if-no-boxes' : null;
  const entries: SourceEntry[] = [];
  const failures: { path: string; thrown: unknown }[] = [];
  let found = 0;
  for await (const file of files.list()) {
    const path = file.path.replaceAll('\\', '/');
    if (!hasExtension(path, '.xml')) continue;
    const before = entries.length;
    try {
      const frames = new Map<string, { boxes: BoxDraft[]; faults: SourceFault[] }>();
      let isCvat = false;
      await readXml(path, streamOf(file), new Set(['meta', 'image', 'track']), (element, parents) => {
        if (parents[0] !== 'annotations') return;
        isCvat = true;
        if (element.name === 'meta') registerLabels(element, builder);
        else if (element.name === 'image') entries.push(toEntry(element, path, state, builder.report));
        else readTrack(element, path, frames, builder.report);
      });
      for (const [frame, drafts] of frames) entries.push(toFrameEntry(frame, path, drafts));
      if (isCvat) found++;
      else builder.report.note(`“${path}” is not a file of CVAT and was left aside.`);
    } catch (thrown) {
      entries.length = before;
      failures.push({ path, thrown });
    }
  }
  if (found === 0) throw refuseNone(failures[0]?.thrown);
  for (const { path, thrown } of failures)
    builder.report.skip({ what: path, why: toAppErrorData(thrown).message });
  builder.registerClasses(manifest);
  importEntries(entries, { builder, lookup, manifest, coordinates: options.coordinates });
  return builder.finish(manifest);
}

function refuseNone(failure: unknown): AppError {
  if (failure !== undefined) return new AppError({ ...toAppErrorData(failure), cause: failure });
  return new AppError({
    code: 'format/no-labels',
    message: 'No XML file with the <annotations> of a CVAT task was found, so nothing was imported.',
    hint: 'Point at `annotations.xml`, exported as “CVAT for images”.',
  });
}

/** The labels of a task or project, in their order. */
function registerLabels(meta: XmlElement, builder: ImportBuilder): void {
  const visit = (element: XmlElement): void => {
    for (const child of element.children) {
      if (child.name !== 'label') visit(child);
      else if (childText(child, 'name') !== '' && childText(child, 'parent') === '')
        builder.classes.register(childText(child, 'name'));
    }
  };
  visit(meta);
}

function toEntry(
  element: XmlElement,
  path: string,
  state: SourceEntry['mark']['state'],
  report: ReportBuilder,
): SourceEntry {
  const name = (element.attributes.name ?? '').replaceAll('\\', '/');
  const boxes: BoxDraft[] = [];
  const faults: SourceFault[] = [];
  const what = name || `image ${element.attributes.id ?? ''} of ${path}`;
  for (const shape of element.children) {
    const where = `${what} ${shape.name} ${boxes.length + faults.length + 1}`;
    if (shape.name === 'tag') report.tally('tags', (n) => `${n} tags of whole images were not kept.`);
    else if (shapes.has(shape.name))
      sortShape(shape, shape.attributes.label ?? '', where, boxes, faults, report);
  }
  return {
    references: name === '' ? [] : [`${dirName(path)}/${name}`, name],
    key: name,
    what,
    widthPx: Math.max(0, toFinite(element.attributes.width) ?? 0),
    heightPx: Math.max(0, toFinite(element.attributes.height) ?? 0),
    mark: { state, split: findSplit(element.attributes.subset ?? '') },
    boxes,
    faults,
  };
}

/** A track is one animal through a video: each frame where it is to be seen becomes a box of that frame. */
function readTrack(
  track: XmlElement,
  path: string,
  frames: Map<string, { boxes: BoxDraft[]; faults: SourceFault[] }>,
  report: ReportBuilder,
): void {
  const label = track.attributes.label ?? '';
  for (const shape of track.children) {
    if (!shapes.has(shape.name) || shape.attributes.outside === '1') continue;
    const number = shape.attributes.frame ?? '';
    const drafts = frames.get(number) ?? { boxes: [], faults: [] };
    frames.set(number, drafts);
    const where = `${path} track ${track.attributes.id ?? ''} frame ${number}`;
    sortShape(shape, label, where, drafts.boxes, drafts.faults, report, {
      track: fromPlainText(track.attributes.id ?? ''),
    });
  }
}

/** CVAT names the frames of a video `frame_000012` when it writes them out. */
function toFrameEntry(
  frame: string,
  path: string,
  { boxes, faults }: { boxes: BoxDraft[]; faults: SourceFault[] },
): SourceEntry {
  return {
    references: [`frame_${frame.padStart(6, '0')}`],
    what: `frame ${frame} of ${path}`,
    widthPx: 0,
    heightPx: 0,
    mark: { state: null, split: null },
    boxes,
    faults,
  };
}

function sortShape(
  shape: XmlElement,
  className: string,
  where: string,
  boxes: BoxDraft[],
  faults: SourceFault[],
  report: ReportBuilder,
  more: BoxDraft['attributes'] = {},
): void {
  const box = boundShape(shape, report);
  const { source = 'manual', z_order: layer = '0' } = shape.attributes;
  if (source !== '' && source !== 'manual')
    report.tally('source', (n) => `${n} boxes were made by a model in CVAT; all count as imported here.`);
  if ((toFinite(layer) ?? 0) !== 0)
    report.tally('layer', (n) => `${n} boxes lay above others in CVAT (z_order); their order was not kept.`);
  if (typeof box === 'string') faults.push({ where, why: box });
  else if (className === '') faults.push({ where, why: 'it has no label' });
  else boxes.push({ className, box, attributes: { ...readAttributes(shape), ...more }, where });
}

/** Shapes of CVAT that are not around anything, and why. */
const noBox: Readonly<Record<string, string>> = {
  points: 'it is a set of points, which has no box',
  polyline: 'it is a line, which has no box',
  skeleton: 'it is a skeleton, which has no box',
};

/** The box of a shape, or why it has none. */
function boundShape(shape: XmlElement, report: ReportBuilder): PixelBox | string {
  const part = (key: string): number => toFinite(shape.attributes[key]) ?? Number.NaN;
  const turn = toFinite(shape.attributes.rotation) ?? 0;
  if (shape.name === 'box') {
    const box = boxFromCorners({ x: part('xtl'), y: part('ytl') }, { x: part('xbr'), y: part('ybr') });
    if (turn !== 0) report.tally('turned', (n) => `${n} turned boxes were widened to upright ones.`);
    return boundTurned(box, turn, { x: box.x + box.w / 2, y: box.y + box.h / 2 });
  }
  const refusal = Object.hasOwn(noBox, shape.name) ? noBox[shape.name] : undefined;
  if (refusal !== undefined) return refusal;
  report.tally('outline', (n) => `${n} outlines were reduced to their boxes.`);
  if (shape.name === 'ellipse') {
    const [cx, cy, rx, ry] = [part('cx'), part('cy'), part('rx'), part('ry')];
    return boundTurned({ x: cx - rx, y: cy - ry, w: 2 * rx, h: 2 * ry }, turn, { x: cx, y: cy });
  }
  if (shape.name === 'mask') return { x: part('left'), y: part('top'), w: part('width'), h: part('height') };
  const points =
    shape.name === 'cuboid'
      ? listCuboid(shape)
      : (shape.attributes.points ?? '').split(';').map((pair): Point => {
          const [x, y] = pair.split(',');
          return { x: toFinite(x) ?? Number.NaN, y: toFinite(y) ?? Number.NaN };
        });
  return boundPoints(points) ?? 'it has fewer than two points';
}

function listCuboid({ attributes }: XmlElement): Point[] {
  return ['tl1', 'bl1', 'tr1', 'br1', 'tl2', 'bl2', 'tr2', 'br2'].map((corner) => ({
    x: toFinite(attributes[`x${corner}`]) ?? Number.NaN,
    y: toFinite(attributes[`y${corner}`]) ?? Number.NaN,
  }));
}

function readAttributes(shape: XmlElement): Record<string, string | number | boolean> {
  const entries: [string, string | number | boolean][] = [];
  if (shape.attributes.occluded === '1') entries.push(['occluded', true]);
  const group = shape.attributes.group_id;
  if (group !== undefined && group !== '0' && group !== '') entries.push(['group_id', fromPlainText(group)]);
  for (const [key, value] of Object.entries(shape.attributes)) {
    if (shape.name === 'box' && !ownKeys.has(key)) entries.push([`cvat.${key}`, fromPlainText(value)]);
  }
  for (const child of shape.children) {
    const name = child.name === 'attribute' ? (child.attributes.name ?? '') : '';
    if (name !== '') entries.push([name, fromPlainText(child.text)]);
  }
  return Object.fromEntries(entries);
}
