/** Finds out how a YOLO data set lies in its folders: Ultralytics `data.yaml`, Darknet `obj.data`, or bare text files. */
import { parse } from 'yaml';
import { AppError } from '../core/errors.ts';
import type { Split } from '../core/records.ts';
import { type FileTable, joinPath } from './file-table.ts';
import { baseName, dirName, normalisePath, stripExtension } from './image-lookup.ts';
import type { ReportBuilder } from './report.ts';
import {
  decodeText,
  findSplit,
  hasExtension,
  isImagePath,
  isObject,
  own,
  splitLines,
  toFinite,
} from './text.ts';
import { LabelList } from './yolo-labels.ts';
import { looksLikeLabels } from './yolo-line.ts';
import { listLabelPaths, resolveWritten, swapLastFolder } from './yolo-paths.ts';

export interface YoloLayout {
  /** Class number → name, from the file named here; empty when there is no list. */
  readonly names: ReadonlyMap<number, string>;
  readonly namesFrom: string | null;
  readonly labels: LabelList;
  /** Photographs that the data set lists, whether or not they have a label file; the first mention of one counts. */
  listed(): Iterable<readonly [path: string, split: Split | null]>;
  /** Numbers of key points that follow each box. */
  readonly keypointNumbers: number;
}

interface Draft {
  readonly files: FileTable;
  readonly labels: LabelList;
  /** Photographs named one by one. */
  readonly listed: Map<string, Split | null>;
  /** Folders all of whose photographs are listed. */
  readonly folders: Map<string, Split | null>;
  /** Text files that are lists or names, not labels. */
  readonly notLabels: Set<string>;
}

const byDepth = (a: string, b: string): number =>
  a.split('/').length - b.split('/').length || (a < b ? -1 : 1);

/** Text files that hold names, or list images. */
const namesText = /(^|_)classes\.txt$|^labels\.txt$/i;
const listText = /^(train|val|valid|test)\.txt$/i;

function isIndexName(name: string): boolean {
  return namesText.test(name) || listText.test(name);
}

/** Finds out which of YOLO’s layouts the tree has: a `data.yaml`, darknet’s lists, or bare text files. Reports text files that are labels of nothing. */
export async function findYoloLayout(files: FileTable, report: ReportBuilder): Promise<YoloLayout> {
  const draft: Draft = {
    files,
    labels: new LabelList(),
    listed: new Map(),
    folders: new Map(),
    notLabels: new Set(),
  };
  // Labels themselves are many, and of no interest here.
  const paths: string[] = [];
  for (const [folder, names] of files.folders())
    for (const name of names)
      if (!isImagePath(name) && (isIndexName(name) || !isLabelName(name))) paths.push(joinPath(folder, name));
  paths.sort(byDepth);
  const layout =
    (await readDataYaml(draft, paths, report)) ??
    (await readDarknet(draft, paths)) ??
    (await readBareNames(draft, paths));
  const spare = await listSpareLabels(draft, report);
  if (draft.labels.length === 0) {
    for (const [folder, list] of Map.groupBy(spare, dirName))
      draft.labels.addFolder(folder, list.map(baseName), findSplit(folder));
  } else if (spare.length > 0) {
    const why = `${layout.namesFrom ?? 'the data set'} does not name their folder`;
    report.skip({ what: `${spare.length} label files, the first “${spare[0]}”`, why, images: spare.length });
  }
  return { ...layout, labels: draft.labels, listed: () => eachListed(draft) };
}

function* eachListed({
  files,
  listed,
  folders,
}: Draft): Generator<readonly [path: string, split: Split | null]> {
  yield* listed;
  for (const [folder, split] of folders)
    for (const name of files.folders().get(folder) ?? []) {
      const path = joinPath(folder, name);
      if (isImagePath(name) && !listed.has(path)) yield [path, split];
    }
}

type Heading = Pick<YoloLayout, 'names' | 'namesFrom' | 'keypointNumbers'>;

async function readText(files: FileTable, path: string): Promise<string> {
  const file = files.get(path);
  return file === undefined ? '' : decodeText(await file.bytes());
}

async function readDataYaml(
  draft: Draft,
  paths: readonly string[],
  report: ReportBuilder,
): Promise<Heading | undefined> {
  let found: Heading | undefined;
  for (const path of paths.filter((candidate) => hasExtension(candidate, '.yaml', '.yml'))) {
    const text = await readText(draft.files, path);
    if (!/^\s*["']?names["']?\s*:/m.test(text)) continue;
    if (found !== undefined) {
      report.note(`“${path}” was left aside: “${found.namesFrom}” already describes the data set.`);
      continue;
    }
    const yaml = parseYaml(path, text);
    for (const [key, split] of [
      ['train', 'train'],
      ['val', 'valid'],
      ['valid', 'valid'],
      ['test', 'test'],
    ] as const) {
      for (const part of listParts(own(yaml, key)))
        await addPart(draft, path, own(yaml, 'path'), part, split, report);
    }
    const shape = own(yaml, 'kpt_shape');
    const [points = 0, dims = 0] = Array.isArray(shape) ? shape.map((value) => toFinite(value) ?? 0) : [];
    found = { names: readNames(own(yaml, 'names'), report), namesFrom: path, keypointNumbers: points * dims };
  }
  return found;
}

/** Brackets within brackets: a data set needs two. A million of them would keep the parser busy for a minute. */
const MAX_BRACKETS = 100;

/** Some thousand keys; the list of COCO's classes has a hundredth of it. */
const MAX_COMPARED_CHARACTERS = 100_000;

function refuseDeep(text: string): void {
  let depth = 0;
  for (const [sign] of text.matchAll(/[[\]{}]/g)) {
    depth = Math.max(0, depth + (sign === '[' || sign === '{' ? 1 : -1));
    if (depth > MAX_BRACKETS) throw new Error('its brackets are nested deeper than in any data set');
  }
}

function parseYaml(path: string, text: string): unknown {
  try {
    refuseDeep(text);
    // Looking for a key that stands there twice compares each with each: of 100,000 classes that would take minutes.
    const uniqueKeys = text.length < MAX_COMPARED_CHARACTERS;
    return parse(text, { maxAliasCount: 100, logLevel: 'error', uniqueKeys }) as unknown;
  } catch (cause) {
    throw new AppError({
      code: 'format/not-yaml',
      message: `“${path}” is not whole YAML, so no labels were read: ${cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause)}`,
      hint: 'Correct the file, or export it again from the tool that made it.',
      details: { path },
      cause,
    });
  }
}

function listParts(value: unknown): string[] {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return list.filter((part): part is string => typeof part === 'string' && part.trim() !== '');
}

/** A list of names or a map from number to name; numbers may have gaps. */
function readNames(value: unknown, report: ReportBuilder): Map<number, string> {
  const names = new Map<number, string>();
  const entries: [string | number, unknown][] = Array.isArray(value)
    ? [...value.entries()]
    : isObject(value)
      ? Object.entries(value)
      : [];
  for (const [key, name] of entries) {
    const id = toFinite(key);
    if (id === undefined || !Number.isSafeInteger(id) || id < 0)
      report.note(`A class is listed under “${key}”, which is no number; it was left out.`);
    else if (name !== null && typeof name !== 'object') names.set(id, String(name));
  }
  return names;
}

/** One value of `train`, `val` or `test`: a folder of images, an image, or a text file that lists images. */
async function addPart(
  draft: Draft,
  yamlPath: string,
  root: unknown,
  part: string,
  split: Split,
  report: ReportBuilder,
): Promise<void> {
  const { files } = draft;
  const base = dirName(yamlPath);
  const bases = typeof root === 'string' ? [normalisePath(`${base}/${root}`), base] : [base];
  const resolve = (exists: (path: string) => boolean): string | undefined =>
    bases.map((from) => resolveWritten(from, part, exists)).find((path) => path !== undefined);
  if (hasExtension(part, '.txt')) {
    const list = resolve((path) => files.has(path));
    if (list !== undefined) return addList(draft, list, split);
  } else if (isImagePath(part)) {
    return addImage(draft, base, part, split);
  }
  const folder = resolve(
    (path) =>
      path !== '' &&
      (files.hasFolder(path) || files.hasFolder(swapLastFolder(path, 'images', 'labels') ?? path)),
  );
  const fallback = /^\.?\/?$/.test(part) ? base : undefined;
  if (folder === undefined && fallback === undefined)
    report.note(`“${yamlPath}” names “${part}” for ${split}, which is not there.`);
  else addFolder(draft, folder ?? fallback ?? '', split);
}

function addFolder({ files, folders, labels }: Draft, images: string, split: Split): void {
  for (const [folder] of files.foldersBelow(images)) if (!folders.has(folder)) folders.set(folder, split);
  const swapped = swapLastFolder(images, 'images', 'labels');
  const home = swapped !== undefined && files.hasFolder(swapped) ? swapped : images;
  for (const [folder, names] of files.foldersBelow(home)) {
    const texts = names.every(isLabelName) ? names : names.filter(isLabelName);
    labels.addFolder(folder, texts, split);
  }
}

const isLabelName = (name: string): boolean => hasExtension(name, '.txt');

async function addList(draft: Draft, path: string, split: Split | null): Promise<void> {
  draft.notLabels.add(path);
  for (const line of splitLines(await readText(draft.files, path))) {
    if (line.trim() !== '') addImage(draft, dirName(path), line.trim(), split);
  }
}

/** An image by its path in a list; its label is found beside it or under `labels`, with or without the image being there. */
function addImage(draft: Draft, base: string, written: string, split: Split | null): void {
  const { files } = draft;
  const labelOf = (path: string): string | undefined =>
    listLabelPaths(path).find((label) => files.has(label));
  const image =
    resolveWritten(base, written, (path) => files.has(path) || labelOf(path) !== undefined) ??
    normalisePath(written);
  const isListed = draft.listed.has(image) || (draft.folders.has(dirName(image)) && files.has(image));
  if (!isListed) draft.listed.set(image, split);
  const label = labelOf(image);
  if (label !== undefined) draft.labels.addOne(label, stripExtension(image), split);
}

/** `obj.data`: lines of `key = value` that name the lists. Only `train` and `valid` are known to Darknet. */
async function readDarknet(draft: Draft, paths: readonly string[]): Promise<Heading | undefined> {
  const { files } = draft;
  const path = paths.find((candidate) => hasExtension(candidate, '.data'));
  if (path === undefined) return undefined;
  const settings = new Map<string, string>();
  for (const line of splitLines(await readText(draft.files, path))) {
    const at = line.indexOf('=');
    if (at > 0) settings.set(line.slice(0, at).trim().toLowerCase(), line.slice(at + 1).trim());
  }
  const find = (key: string): string | undefined => {
    const value = settings.get(key);
    return value === undefined
      ? undefined
      : resolveWritten(dirName(path), value, (candidate) => files.has(candidate));
  };
  const names = find('names');
  if (names !== undefined) draft.notLabels.add(names);
  for (const [key, split] of [
    ['train', 'train'],
    ['valid', 'valid'],
    ['test', 'test'],
  ] as const) {
    const list = find(key);
    if (list !== undefined) await addList(draft, list, split);
  }
  return {
    names: names === undefined ? new Map() : await readNameLines(draft, names),
    namesFrom: names ?? null,
    keypointNumbers: 0,
  };
}

/** Bare text files; names from `classes.txt` or any `.names`, splits from text files that list images. */
async function readBareNames(draft: Draft, paths: readonly string[]): Promise<Heading> {
  const found = paths.filter((path) => namesText.test(baseName(path)) || hasExtension(path, '.names'));
  for (const path of found) draft.notLabels.add(path);
  for (const list of paths.filter((candidate) => listText.test(baseName(candidate)))) {
    if (!looksLikeLabels(await readText(draft.files, list)))
      await addList(draft, list, findSplit(baseName(list)));
  }
  const path = found[0];
  return {
    names: path === undefined ? new Map() : await readNameLines(draft, path),
    namesFrom: path ?? null,
    keypointNumbers: 0,
  };
}

/** One name a line; the line number is the class, so a blank line in between keeps its number. */
async function readNameLines(draft: Draft, path: string): Promise<Map<number, string>> {
  const lines = splitLines(await readText(draft.files, path));
  return new Map([...lines.entries()].filter(([, line]) => line.trim() !== ''));
}

/** Text files that nothing has claimed and that hold labels. An empty one counts when it stands among labels or beside a photograph. */
async function listSpareLabels(draft: Draft, report: ReportBuilder): Promise<string[]> {
  const spare: string[] = [];
  const empty: string[] = [];
  for (const path of draft.files.keys()) {
    if (!hasExtension(path, '.txt') || draft.labels.has(path) || draft.notLabels.has(path)) continue;
    const text = await readText(draft.files, path);
    if (looksLikeLabels(text)) spare.push(path);
    else if (text.trim() === '') empty.push(path);
    else
      report.tally(
        'other-text',
        (n) => `${n} text files hold no labels and were left aside, the first “${path}”.`,
      );
  }
  const folders = new Set(spare.map(dirName));
  return [...spare, ...empty.filter((path) => folders.has(dirName(path)))].sort();
}
