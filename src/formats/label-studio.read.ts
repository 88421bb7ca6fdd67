/** Reads Label Studio's JSON export: the annotation of each task, and predictions where nobody annotated. */
import type { PixelBox } from '../core/geometry.ts';
import type { FileTree, ImportedRecords } from './format.ts';
import { baseName, dirName, type ImageLookup } from './image-lookup.ts';
import { type BoxDraft, ImportBuilder } from './import-builder.ts';
import { loadJsonFiles } from './json-files.ts';
import type { LabelStudioImportOptions } from './label-studio.format.ts';
import { findManifest } from './manifest.ts';
import type { ReportBuilder } from './report.ts';
import {
  boundPoints,
  boundTurned,
  importEntries,
  type SourceEntry,
  type SourceFault,
} from './source-entries.ts';
import { findSplit, isImagePath, isObject, own, toFinite } from './text.ts';

/** Reads every list of tasks in the tree. Throws `format/no-labels`, or what is wrong with the first file, where there is none. */
export async function readLabelStudio(
  files: FileTree,
  lookup: ImageLookup,
  options: LabelStudioImportOptions,
): Promise<ImportedRecords> {
  const builder = new ImportBuilder('label-studio', lookup);
  const manifest = await findManifest(files);
  builder.registerClasses(manifest);
  const sources = await loadJsonFiles(files, builder.report, {
    accepts: (json) => Array.isArray(json) && json.some((task) => isObject(own(task, 'data'))),
    what: 'JSON list of Label Studio tasks',
    hint: 'Export from Label Studio as “JSON”, and point at that file.',
  });
  const entries = sources.flatMap(({ path, json }) =>
    (json as unknown[]).map((task, n) =>
      toEntry(task, `${path} task ${n + 1}`, dirName(path), options, builder.report),
    ),
  );
  importEntries(entries, { builder, lookup, manifest, coordinates: options.coordinates });
  return builder.finish(manifest);
}

function toEntry(
  task: unknown,
  what: string,
  folder: string,
  options: LabelStudioImportOptions,
  report: ReportBuilder,
): SourceEntry {
  const url = findImageUrl(own(task, 'data'));
  const draft: Draft = { boxes: [], faults: [], size: undefined, minScore: options.minScore, report };
  const annotations = listOf(task, 'annotations', 'completions').filter(
    (one) => own(one, 'was_cancelled') !== true,
  );
  const used = options.annotations === 'all' ? annotations : annotations.slice(-1);
  for (let n = used.length; n < annotations.length; n++)
    report.tally(
      'annotations',
      (c) => `${c} annotations of tasks that were annotated again later were left aside.`,
    );
  for (const annotation of used) readRegions(annotation, what, null, draft);
  const predictions = listOf(task, 'predictions');
  const takeThem =
    options.predictions === 'import' || (options.predictions === 'auto' && annotations.length === 0);
  if (takeThem) {
    const last = predictions.at(-1);
    if (last !== undefined)
      readRegions(last, `${what} prediction`, toFinite(own(last, 'score')) ?? null, draft);
  } else if (predictions.length > 0) {
    report.tally(
      'predictions',
      (c) => `${c} tasks have predictions beside annotations; these were left aside.`,
    );
  }
  const state = annotations.length > 0 ? 'empty-if-no-boxes' : null;
  const split = own(own(task, 'meta'), 'split');
  return {
    references: listPaths(url, folder),
    key: listPaths(url, '').at(0) ?? '',
    what: url === '' ? what : `${what} (${baseName(url)})`,
    widthPx: draft.size?.[0] ?? 1,
    heightPx: draft.size?.[1] ?? 1,
    unit: draft.size === undefined ? 'fraction' : 'pixel',
    mark: { state, split: typeof split === 'string' ? findSplit(split) : null },
    boxes: draft.boxes,
    faults: draft.faults,
  };
}

function listOf(value: unknown, ...keys: readonly string[]): unknown[] {
  for (const key of keys) {
    const list = own(value, key);
    if (Array.isArray(list)) return list as unknown[];
  }
  return [];
}

/** The value of `data` that is a picture: its key is the labelling config's to choose. */
function findImageUrl(data: unknown): string {
  const entries = isObject(data) ? Object.entries(data) : [];
  const texts = entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  const [, url = ''] =
    texts.find(([, value]) => isImagePath(value.split('?', 1)[0] ?? '') || isImagePath(value)) ??
    texts.find(([key]) => /^(image|img|photo|picture)$/i.test(key)) ??
    [];
  return url;
}

/** The paths behind an address. Uploads get eight signs and a hyphen before their name. */
function listPaths(url: string, folder: string): string[] {
  if (url === '') return [];
  const local = /[?&]d=([^&]*)/.exec(url)?.[1];
  const bare = (
    local ?? url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/]*\//i, '').replace(/^([^?]*\.\w+)\?.*$/, '$1')
  ).replaceAll('\\', '/');
  const path = decode(bare);
  const name = baseName(path).replace(/^[0-9a-f]{8}-/i, '');
  const upload = /(^|\/)upload\//.test(path) && name !== baseName(path);
  return [path, ...(folder === '' ? [] : [`${folder}/${path}`]), ...(upload ? [name] : [])];
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

interface Draft {
  readonly boxes: BoxDraft[];
  readonly faults: SourceFault[];
  /** Width and height that the regions were drawn on; undefined until a region tells. */
  size: readonly [number, number] | undefined;
  readonly minScore: number;
  readonly report: ReportBuilder;
}

/** The boxes of one annotation or prediction. Labels may stand in a result of their own with the same id. */
function readRegions(annotation: unknown, what: string, fallbackScore: number | null, draft: Draft): void {
  const results = listOf(annotation, 'result');
  const labelsOf = new Map<string, string>();
  for (const result of results) {
    const label = findLabel(result);
    if (label !== undefined) labelsOf.set(String(own(result, 'id') ?? ''), label);
  }
  const sized = results.find((result) => (toFinite(own(result, 'original_width')) ?? 0) > 0);
  const [width, height] = [
    toFinite(own(sized, 'original_width')) ?? 0,
    toFinite(own(sized, 'original_height')) ?? 0,
  ];
  if (draft.size === undefined && draft.boxes.length === 0 && width > 0 && height > 0)
    draft.size = [width, height];
  for (const [n, result] of results.entries()) {
    const type = String(own(result, 'type') ?? '').replace(/labels$/, '');
    if (type === '' || type === 'labels' || own(result, 'value') === undefined || !isRegion(result)) continue;
    const where = `${what} region ${n + 1}`;
    const box = boundRegion(result, type, draft);
    const className = labelsOf.get(String(own(result, 'id') ?? '')) ?? findLabel(result);
    const score = toFinite(own(result, 'score')) ?? fallbackScore;
    if (typeof box === 'string') draft.faults.push({ where, why: box });
    else if (className === undefined) draft.faults.push({ where, why: 'it has no label' });
    else if (score !== null && score < draft.minScore)
      draft.faults.push({ where, why: `its score is below ${draft.minScore}` });
    else
      draft.boxes.push({
        className,
        box,
        score: score !== null && score >= 0 && score <= 1 ? score : null,
        attributes: readAttributes(result),
        where,
      });
  }
}

/** Choices and texts about the whole picture are no regions. */
function isRegion(result: unknown): boolean {
  const value = own(result, 'value');
  return ['x', 'points', 'rle', 'vertices'].some((key) => own(value, key) !== undefined);
}

function findLabel(result: unknown): string | undefined {
  const value = own(result, 'value');
  for (const key of isObject(value) ? Object.keys(value) : []) {
    const list = own(value, key);
    if (key.endsWith('labels') && Array.isArray(list) && typeof list[0] === 'string') return list[0];
  }
  return undefined;
}

/** The box of a region, in pixels of the picture when its size is known, else in fractions; or why it has none. */
function boundRegion(result: unknown, type: string, draft: Draft): PixelBox | string {
  if ((toFinite(own(result, 'image_rotation')) ?? 0) !== 0)
    return 'its picture was turned in Label Studio, whose export then does not tell where it lies';
  const value = own(result, 'value');
  const [width, height] = draft.size ?? [1, 1];
  const across = (key: string): number => ((toFinite(own(value, key)) ?? Number.NaN) / 100) * width;
  const down = (key: string): number => ((toFinite(own(value, key)) ?? Number.NaN) / 100) * height;
  const turn = toFinite(own(value, 'rotation')) ?? 0;
  if (turn !== 0) draft.report.tally('turned', (n) => `${n} turned boxes were widened to upright ones.`);
  if (turn !== 0 && draft.size === undefined) return 'it is turned, and the size of its picture is not known';
  if (type === 'rectangle') {
    const box = { x: across('x'), y: down('y'), w: across('width'), h: down('height') };
    // Label Studio turns about the upper left corner.
    return boundTurned(box, turn, box);
  }
  if (type === 'ellipse') {
    const [cx, cy, rx, ry] = [across('x'), down('y'), across('radiusX'), down('radiusY')];
    draft.report.tally('outline', (n) => `${n} outlines were reduced to their boxes.`);
    return boundTurned({ x: cx - rx, y: cy - ry, w: 2 * rx, h: 2 * ry }, turn, { x: cx, y: cy });
  }
  if (type === 'polygon') {
    draft.report.tally('outline', (n) => `${n} outlines were reduced to their boxes.`);
    const points = listOf(value, 'points').map((point) => {
      const [x, y] = Array.isArray(point) ? (point as unknown[]) : [];
      return {
        x: ((toFinite(x) ?? Number.NaN) / 100) * width,
        y: ((toFinite(y) ?? Number.NaN) / 100) * height,
      };
    });
    return boundPoints(points) ?? 'its outline has fewer than two points';
  }
  return `it is a region of type “${type}”, which has no box`;
}

function readAttributes(result: unknown): Record<string, string | number | boolean> {
  const given = own(own(result, 'meta'), 'attributes');
  const text = own(own(result, 'meta'), 'text');
  const entries: [string, string | number | boolean][] = [];
  for (const [key, value] of isObject(given) ? Object.entries(given) : []) {
    if (typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number')
      entries.push([key, value]);
  }
  if (Array.isArray(text) && text.length > 0) entries.push(['note', text.map(String).join('\n')]);
  return Object.fromEntries(entries);
}
