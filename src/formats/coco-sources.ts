/** Finds the COCO files of a tree, sets aside those that only repeat others, and resolves their images. */
import { AppError, toAppErrorData } from '../core/errors.ts';
import type { FileTree, RecordList, SourceFile } from './format.ts';
import { baseName, dirName, type ImageLookup, type Resolution } from './image-lookup.ts';
import { type JsonElement, scanJson } from './json-stream.ts';
import { MANIFEST_NAME } from './manifest.ts';
import type { ReportBuilder } from './report.ts';
import { collectFiles, findSplit, hasExtension, isObject, own, toFinite } from './text.ts';

/** One of a data set's `images`. */
export interface CocoEntry {
  /** Empty when it has none. */
  readonly id: string;
  /** As in the file; empty when it has none. */
  readonly fileName: string;
  /** 0 when not given. */
  readonly widthPx: number;
  readonly heightPx: number;
}

/** What is kept of a data set. Its annotations are read from the file when they are needed: they are what makes it large. */
export interface CocoDataset {
  readonly path: string;
  readonly file: SourceFile;
  readonly entries: readonly CocoEntry[];
  readonly categories: readonly unknown[];
  /** Number of annotations. */
  readonly annotations: number;
  /** What its images and classes say that the studio has no field for: `license of images`. */
  readonly unread: ReadonlySet<string>;
}

/** A bare list of a model's results. */
export interface CocoResults {
  readonly path: string;
  readonly file: SourceFile;
  readonly count: number;
}

export interface CocoSources {
  readonly datasets: readonly CocoDataset[];
  readonly results: readonly CocoResults[];
}

/** COCO's own file families, those with the best boxes first; the same images are in all of them. */
const families = ['instances', 'person_keypoints', 'stuff', 'panoptic', 'labels', 'captions', 'image_info'];

/** Reads every JSON file of the tree. Throws when none is COCO; single bad files go to the report. */
export async function loadCocoSources(files: FileTree, report: ReportBuilder): Promise<CocoSources> {
  const datasets: CocoDataset[] = [];
  const results: CocoResults[] = [];
  const failures: { path: string; thrown: unknown }[] = [];
  for (const [path, file] of await collectFiles(files)) {
    if (!hasExtension(path, '.json') || baseName(path) === MANIFEST_NAME) continue;
    try {
      const source = await readHead(path, file);
      if (source === undefined) report.note(`“${path}” is not a COCO file and was left aside.`);
      else if ('entries' in source) datasets.push(source);
      else results.push(source);
    } catch (thrown) {
      failures.push({ path, thrown });
    }
  }
  if (datasets.length === 0 && results.length === 0) throw refuseNoCoco(failures);
  for (const { unread } of datasets) noteUnread(unread, report);
  for (const { path, thrown } of failures) report.skip({ what: path, why: toAppErrorData(thrown).message });
  return { datasets: keepBestFamily(datasets, report), results };
}

/**
 * Images and classes of a data set, or the length of a list of results; undefined for anything else. A data set lists images, and annotations
 * unless there are none at all; a list of results is known by its first object.
 */
async function readHead(path: string, file: SourceFile): Promise<CocoDataset | CocoResults | undefined> {
  const entries: CocoEntry[] = [];
  const categories: unknown[] = [];
  const unread = new Set<string>();
  let annotations = 0;
  let count = 0;
  let first: unknown;
  const { lists } = await scanJson(path, file, (list, element) => {
    if (list === 'images') entries.push(toEntry(element.parse(), unread));
    else if (list === 'categories') {
      const category = element.parse();
      listUnread(category, categoryKeys, 'classes', unread);
      categories.push(category);
    } else if (list === 'licenses') unread.add('licenses');
    else if (list === 'annotations') annotations++;
    else if (list === '') {
      count++;
      if (first === undefined) {
        const value = element.parse();
        if (isObject(value)) first = value;
      }
    }
  });
  if (lists.has('images') && (lists.has('annotations') || lists.has('categories')))
    return { path, file, entries, categories, annotations, unread };
  if (lists.has('') && own(first, 'image_id') !== undefined && own(first, 'bbox') !== undefined)
    return { path, file, count };
  return undefined;
}

const imageKeys: ReadonlySet<string> = new Set(['id', 'file_name', 'width', 'height']);
const categoryKeys: ReadonlySet<string> = new Set(['id', 'name', 'keypoints', 'skeleton', 'scientific_name']);

/** Adds the keys of an image or class that hold something and are not among `known`. */
function listUnread(item: unknown, known: ReadonlySet<string>, of: string, unread: Set<string>): void {
  if (!isObject(item)) return;
  for (const key in item) {
    if (known.has(key) || !Object.hasOwn(item, key)) continue;
    const value = item[key];
    if (value !== null && value !== '' && value !== 0) unread.add(`${key.slice(0, 40)} of ${of}`);
  }
}

/** So many keys are named; a file may make up one for each image. */
const MAX_NAMED = 12;

function noteUnread(unread: ReadonlySet<string>, report: ReportBuilder): void {
  if (unread.size === 0) return;
  const named = [...unread].slice(0, MAX_NAMED).join(', ');
  const rest = unread.size > MAX_NAMED ? ` and ${unread.size - MAX_NAMED} more` : '';
  report.note(
    `The studio has no place for what the file says beside its boxes: ${named}${rest}. It was not kept.`,
  );
}

function toEntry(item: unknown, unread: Set<string>): CocoEntry {
  if (unread.size < 1000) listUnread(item, imageKeys, 'images', unread);
  const fileName = own(item, 'file_name');
  return {
    id: String(own(item, 'id') ?? ''),
    fileName: typeof fileName === 'string' ? fileName : '',
    widthPx: Math.max(0, toFinite(own(item, 'width')) ?? 0),
    heightPx: Math.max(0, toFinite(own(item, 'height')) ?? 0),
  };
}

/** Goes through the annotations of a data set, or the elements of a list of results; `n` counts from 0. */
export async function eachAnnotation(
  { path, file }: Pick<CocoDataset, 'path' | 'file'>,
  list: 'annotations' | '',
  take: (annotation: JsonElement, n: number) => void,
): Promise<void> {
  let n = 0;
  await scanJson(path, file, (name, element) => {
    if (name === list) take(element, n++);
  });
}

function keepBestFamily(datasets: readonly CocoDataset[], report: ReportBuilder): CocoDataset[] {
  const rankOf = ({ path }: CocoDataset): number =>
    Math.max(
      0,
      families.findIndex((family) => baseName(path).toLowerCase().startsWith(`${family}_`)),
    );
  const best = Math.min(...datasets.map(rankOf));
  const kept = datasets.filter((dataset) => rankOf(dataset) === best);
  for (const { path } of datasets.filter((dataset) => rankOf(dataset) !== best)) {
    report.note(`“${path}” speaks of the same images as “${kept[0]?.path}” and was left aside.`);
  }
  return kept;
}

/**
 * The photograph of each entry, in the order of the entries. A file name is first looked for in a folder named like the split, then
 * beside the JSON, then anywhere: `a.jpg` of train and `a.jpg` of val are two photographs. `exact`: names are whole paths already.
 */
export function resolveEntries(
  datasets: readonly CocoDataset[],
  lookup: ImageLookup,
  exact: boolean,
): Pick<RecordList<Resolution>, 'at'>[] {
  const homes = exact || datasets.length < 2 ? new Map<string, Set<string>>() : listHomes(datasets);
  const entries = listEntries(datasets);
  /** Of each entry the candidate that stands at this place, drawn when it is asked for: there may be hundreds of thousands. */
  const candidatesAt = (place: number): RecordList<string> =>
    mapList(entries, ({ dataset, entry }) => listCandidates(dataset, entry, exact)[place] ?? '');
  const isSure = Array.from({ length: exact ? 0 : MAX_CANDIDATES - 1 }, (_, place) =>
    lookup.resolveList(candidatesAt(place), { allowShared: true }),
  );
  const chosen = mapList(entries, ({ dataset, entry }, n) => {
    if (entry.fileName === '') return '';
    const candidates = listCandidates(dataset, entry, exact);
    const sure = candidates.slice(0, -1).find((_, place) => {
      const resolution = isSure[place]?.at(n);
      return resolution?.image !== undefined && resolution.kind !== 'name';
    });
    const shared = (homes.get(entry.fileName)?.size ?? 0) > 1;
    return sure ?? (shared ? `${homeOf(dataset)}/${entry.fileName}` : (candidates.at(-1) ?? ''));
  });
  const settled = lookup.resolveList(chosen);
  let start = 0;
  return datasets.map((dataset) => {
    const first = start;
    start += dataset.entries.length;
    return { at: (n) => (dataset.entries[n]?.fileName === '' ? undefined : settled.at(first + n)) };
  });
}

/** A name in a folder named like the split, beside the JSON, and alone. */
const MAX_CANDIDATES = 3;

interface PlacedEntry {
  readonly dataset: CocoDataset;
  readonly entry: CocoEntry;
}

/** The entries of all data sets, one after the other. */
function listEntries(datasets: readonly CocoDataset[]): RecordList<PlacedEntry> {
  const each = function* (): Generator<PlacedEntry> {
    for (const dataset of datasets) for (const entry of dataset.entries) yield { dataset, entry };
  };
  return {
    length: datasets.reduce((sum, { entries }) => sum + entries.length, 0),
    at: (n) => {
      let rest = n;
      for (const dataset of datasets) {
        const entry = dataset.entries[rest];
        if (entry !== undefined) return { dataset, entry };
        rest -= dataset.entries.length;
      }
      return undefined;
    },
    [Symbol.iterator]: each,
  };
}

function mapList<T>(list: RecordList<T>, text: (item: T, n: number) => string): RecordList<string> {
  return {
    length: list.length,
    at: (n) => {
      const item = list.at(n);
      return item === undefined ? undefined : text(item, n);
    },
    *[Symbol.iterator]() {
      let n = 0;
      for (const item of list) yield text(item, n++);
    },
  };
}

/** The data sets that list a file name, told apart by folder and split: in two of them it may be two photographs. */
function listHomes(datasets: readonly CocoDataset[]): Map<string, Set<string>> {
  const homes = new Map<string, Set<string>>();
  for (const dataset of datasets) {
    for (const { fileName } of dataset.entries) {
      homes.set(fileName, (homes.get(fileName) ?? new Set()).add(homeOf(dataset)));
    }
  }
  return homes;
}

function homeOf({ path }: CocoDataset): string {
  return `${dirName(path)}/${findSplit(path) ?? ''}`;
}

/** Paths an entry may have, best first; the last is its name alone. */
function listCandidates({ path }: CocoDataset, { fileName }: CocoEntry, exact: boolean): string[] {
  const name = fileName.replaceAll('\\', '/');
  if (exact) return [name];
  const beside = `${dirName(path)}/${name}`;
  if (name.includes('/')) return [beside, name];
  const subset = /_([a-z0-9]+)\.json$/i.exec(path)?.[1] ?? findSplit(path);
  return subset === null ? [beside, name] : [`${subset}/${name}`, beside, name];
}

/** Raised when nothing in a tree is COCO; keeps the reason of the first file that failed. */
function refuseNoCoco(failures: readonly { path: string; thrown: unknown }[]): AppError {
  const first = failures[0];
  if (first !== undefined) return new AppError({ ...toAppErrorData(first.thrown), cause: first.thrown });
  return new AppError({
    code: 'format/no-labels',
    message:
      'No COCO file was found: no JSON with “images” and “annotations”, and no list of results. Nothing was imported.',
    hint: 'Point at the folder or JSON file that holds the annotations.',
  });
}
