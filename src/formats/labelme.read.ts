/** Reads labelme JSON, also what X-AnyLabeling and old labelme versions make of it. */
import type { PixelBox, Point } from '../core/geometry.ts';
import type { FileTree, ImportedRecords } from './format.ts';
import { baseName, dirName, type ImageLookup, stripExtension } from './image-lookup.ts';
import { type BoxDraft, ImportBuilder } from './import-builder.ts';
import { loadJsonFiles } from './json-files.ts';
import type { LabelmeImportOptions } from './labelme.format.ts';
import { findManifest } from './manifest.ts';
import type { ReportBuilder } from './report.ts';
import { boundPoints, importEntries, type SourceEntry, type SourceFault } from './source-entries.ts';
import { isObject, own, toFinite } from './text.ts';

/** Keys of a shape that the codec itself reads. */
const ownKeys: ReadonlySet<string> = new Set(
  'label points group_id description shape_type flags mask score attributes difficult'.split(' '),
);

/** Reads every JSON of the tree that has shapes. Throws `format/no-labels`, or what is wrong with the first file, where none has. */
export async function readLabelme(
  files: FileTree,
  lookup: ImageLookup,
  options: LabelmeImportOptions,
): Promise<ImportedRecords> {
  const builder = new ImportBuilder('labelme', lookup);
  const manifest = await findManifest(files);
  builder.registerClasses(manifest);
  const sources = await loadJsonFiles(files, builder.report, {
    accepts: (json) => Array.isArray(own(json, 'shapes')),
    what: 'JSON with the shapes of an image',
    hint: 'Point at the folder that labelme saved its JSON files in.',
  });
  const state = options.withoutBoxes === 'empty' ? 'empty-if-no-boxes' : null;
  const entries = sources.map(({ path, json }) => toEntry(path, json, state, builder.report));
  importEntries(entries, { builder, lookup, manifest, coordinates: options.coordinates });
  return builder.finish(manifest);
}

function toEntry(
  path: string,
  json: unknown,
  state: SourceEntry['mark']['state'],
  report: ReportBuilder,
): SourceEntry {
  const boxes: BoxDraft[] = [];
  const faults: SourceFault[] = [];
  const shapes = own(json, 'shapes');
  for (const [n, shape] of (Array.isArray(shapes) ? (shapes as unknown[]) : []).entries()) {
    const where = `${path} shape ${n + 1}`;
    const box = isObject(shape) ? boundShape(shape, report) : 'it is not a shape';
    const label = own(shape, 'label');
    if (typeof box === 'string') faults.push({ where, why: box });
    else if (typeof label !== 'string' || label.trim() === '') faults.push({ where, why: 'it has no label' });
    else boxes.push({ className: label, box, ...readRest(shape as Record<string, unknown>), where });
  }
  const flags = own(json, 'flags');
  if (isObject(flags) && Object.values(flags).includes(true))
    report.tally('flags', (n) => `${n} images have flags as a whole, which were not kept.`);
  const given = own(json, 'imagePath');
  const name = typeof given === 'string' ? given.replaceAll('\\', '/') : '';
  return {
    references:
      name === ''
        ? [stripExtension(path)]
        : [
            `${dirName(path)}/${name}`,
            name,
            `${stripExtension(path)}${name.slice(stripExtension(name).length)}`,
            baseName(name),
          ],
    key: path,
    what: path,
    widthPx: Math.max(0, toFinite(own(json, 'imageWidth')) ?? 0),
    heightPx: Math.max(0, toFinite(own(json, 'imageHeight')) ?? 0),
    mark: { state, split: null },
    boxes,
    faults,
  };
}

/** The box of a shape, or why it has none. A shape without a type is a polygon: so wrote labelme before it had types. */
function boundShape(shape: Record<string, unknown>, report: ReportBuilder): PixelBox | string {
  const kind = typeof shape.shape_type === 'string' ? shape.shape_type : 'polygon';
  const points = (Array.isArray(shape.points) ? (shape.points as unknown[]) : []).map((point): Point => {
    const [x, y] = Array.isArray(point) ? (point as unknown[]) : [];
    return { x: toFinite(x) ?? Number.NaN, y: toFinite(y) ?? Number.NaN };
  });
  if (kind === 'rectangle' || kind === 'mask') {
    if (kind === 'mask') report.tally('outline', (n) => `${n} outlines were reduced to their boxes.`);
    return boundPoints(points) ?? 'it has fewer than two corners';
  }
  if (kind === 'point' || kind === 'points' || kind === 'line' || kind === 'linestrip')
    return `it is a ${kind}, which has no box`;
  if (kind === 'circle') {
    const [centre, edge] = points;
    if (centre === undefined || edge === undefined) return 'its circle has no edge';
    const r = Math.hypot(edge.x - centre.x, edge.y - centre.y);
    report.tally('outline', (n) => `${n} outlines were reduced to their boxes.`);
    return { x: centre.x - r, y: centre.y - r, w: 2 * r, h: 2 * r };
  }
  report.tally(
    kind === 'rotation' ? 'turned' : 'outline',
    kind === 'rotation'
      ? (n) => `${n} turned boxes were widened to upright ones.`
      : (n) => `${n} outlines were reduced to their boxes.`,
  );
  return points.length < 3
    ? 'its outline has fewer than three points'
    : (boundPoints(points) ?? 'it has no points');
}

/** The score, and all else a shape says, as attributes: lists and objects as JSON text. */
function readRest(shape: Record<string, unknown>): Pick<BoxDraft, 'score' | 'attributes'> {
  const entries: [string, string | number | boolean][] = [];
  const add = (key: string, value: unknown): void => {
    if (value === null || value === undefined || value === '') return;
    const plain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
    entries.push([key, plain ? value : JSON.stringify(value)]);
  };
  add('description', shape.description);
  add('group_id', shape.group_id);
  if (shape.difficult === true) add('difficult', true);
  for (const key of ['flags', 'attributes']) {
    const group = shape[key];
    for (const [name, value] of isObject(group) ? Object.entries(group) : []) {
      if (value !== false || key === 'attributes') add(name, value);
    }
  }
  for (const [key, value] of Object.entries(shape)) {
    if (!ownKeys.has(key) && !(isObject(value) && Object.keys(value).length === 0))
      add(`labelme.${key}`, value);
  }
  const score = toFinite(shape.score);
  return {
    score: score !== undefined && score >= 0 && score <= 1 ? score : null,
    attributes: Object.fromEntries(entries),
  };
}
