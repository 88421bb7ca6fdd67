/** Reads Pascal VOC: every XML of a tree that describes one image, and the lists of its subsets. */
import { AppError, toAppErrorData } from '../core/errors.ts';
import { boxFromCorners, type PixelBox } from '../core/geometry.ts';
import type { Split } from '../core/records.ts';
import type { FileTree, ImportedRecords, SourceFile } from './format.ts';
import { baseName, dirName, type ImageLookup, stripExtension } from './image-lookup.ts';
import { type BoxDraft, ImportBuilder } from './import-builder.ts';
import { findManifest } from './manifest.ts';
import { importEntries, type SourceEntry, type SourceFault } from './source-entries.ts';
import { collectFiles, decodeText, findSplit, hasExtension, splitLines, streamOf, toFinite } from './text.ts';
import type { VocImportOptions } from './voc.options.ts';
import { childText, findChild, fromPlainText, readXml, type XmlElement } from './xml.ts';

type Origin = 'one-based' | 'zero-based';

interface VocFile {
  readonly path: string;
  readonly root: XmlElement;
}

/** Reads the XML files of a tree. Throws `format/no-labels`, or what is wrong with the first file, where none describes an image. */
export async function readVoc(
  files: FileTree,
  lookup: ImageLookup,
  options: VocImportOptions,
): Promise<ImportedRecords> {
  const builder = new ImportBuilder('voc', lookup);
  const manifest = await findManifest(files);
  builder.registerClasses(manifest);
  const byPath = await collectFiles(files);
  const sources = await loadFiles(byPath, builder);
  const told = manifest?.settings?.origin;
  const given =
    options.origin === 'auto' && (told === 'one-based' || told === 'zero-based') ? told : options.origin;
  const origin = given === 'auto' ? findOrigin(sources, builder) : given;
  const splits = await readSubsets(byPath);
  const state = options.withoutBoxes === 'empty' ? 'empty-if-no-boxes' : null;
  const entries = sources.map((source) =>
    toEntry(source, origin, { state, split: splits.get(toId(source.path)) ?? null }),
  );
  importEntries(entries, { builder, lookup, manifest, coordinates: options.coordinates });
  return builder.finish(manifest);
}

async function loadFiles(
  byPath: ReadonlyMap<string, SourceFile>,
  builder: ImportBuilder,
): Promise<VocFile[]> {
  const sources: VocFile[] = [];
  const failures: { path: string; thrown: unknown }[] = [];
  for (const [path, file] of byPath) {
    if (!hasExtension(path, '.xml')) continue;
    let root: XmlElement | undefined;
    try {
      await readXml(path, streamOf(file), new Set(['annotation']), (element, parents) => {
        if (parents.length === 0) root = element;
      });
      if (root !== undefined) sources.push({ path, root });
      else builder.report.note(`“${path}” does not describe an image in the way of VOC and was left aside.`);
    } catch (thrown) {
      failures.push({ path, thrown });
    }
  }
  if (sources.length === 0) throw refuseNone(failures[0]?.thrown);
  for (const { path, thrown } of failures) {
    builder.report.skip({ what: path, why: toAppErrorData(thrown).message, images: 1 });
  }
  return sources;
}

function refuseNone(failure: unknown): AppError {
  if (failure !== undefined) return new AppError({ ...toAppErrorData(failure), cause: failure });
  return new AppError({
    code: 'format/no-labels',
    message: 'No XML file with an <annotation> was found, so nothing was imported.',
    hint: 'Point at the folder that holds `Annotations`, or at a folder of XML files.',
  });
}

function objectsOf(root: XmlElement): XmlElement[] {
  return root.children.filter(({ name }) => name === 'object');
}

function cornersOf(object: XmlElement): [xmin: number, ymin: number, xmax: number, ymax: number] {
  const box = findChild(object, 'bndbox');
  const part = (name: string): number => toFinite(childText(box, name)) ?? Number.NaN;
  return [part('xmin'), part('ymin'), part('xmax'), part('ymax')];
}

/** A corner at 0 or between pixels cannot come from counting whole pixels from 1. All files of a source are taken alike. */
function findOrigin(sources: readonly VocFile[], builder: ImportBuilder): Origin {
  let boxes = 0;
  for (const { root } of sources) {
    for (const object of objectsOf(root)) {
      const corners = cornersOf(object).filter(Number.isFinite);
      if (corners.length > 0) boxes++;
      if (!corners.some((value) => value === 0 || !Number.isInteger(value))) continue;
      builder.report.note(
        'Corners at 0 or between pixels were found, so coordinates were taken as edges from 0.',
      );
      return 'zero-based';
    }
  }
  if (boxes > 0) {
    builder.report.note(
      'Pixels were taken as counted from 1, as the VOC specification has it. If boxes seem one pixel off, import with origin=zero-based.',
    );
  }
  return 'one-based';
}

function toPixels(
  [xmin, ymin, xmax, ymax]: readonly [number, number, number, number],
  origin: Origin,
): PixelBox {
  const { x, y, w, h } = boxFromCorners({ x: xmin, y: ymin }, { x: xmax, y: ymax });
  return origin === 'one-based' ? { x: x - 1, y: y - 1, w: w + 1, h: h + 1 } : { x, y, w, h };
}

function toEntry({ path, root }: VocFile, origin: Origin, mark: SourceEntry['mark']): SourceEntry {
  const size = findChild(root, 'size');
  const boxes: BoxDraft[] = [];
  const faults: SourceFault[] = [];
  for (const [n, object] of objectsOf(root).entries()) {
    const where = `${path} object ${n + 1}`;
    const className = childText(object, 'name');
    if (findChild(object, 'bndbox') === undefined) faults.push({ where, why: 'it has no box' });
    else if (className === '') faults.push({ where, why: 'it has no class' });
    else
      boxes.push({
        className,
        box: toPixels(cornersOf(object), origin),
        attributes: readAttributes(object),
        where,
      });
  }
  return {
    references: listReferences(path, root),
    key: path,
    what: path,
    widthPx: Math.max(0, toFinite(childText(size, 'width')) ?? 0),
    heightPx: Math.max(0, toFinite(childText(size, 'height')) ?? 0),
    mark,
    boxes,
    faults,
  };
}

/** Paths the image may have: below `folder`, beside the XML, where `path` says, by its name; and the name of the XML itself. */
function listReferences(path: string, root: XmlElement): string[] {
  const [folder, name, full] = ['folder', 'filename', 'path'].map((key) =>
    childText(root, key).replaceAll('\\', '/'),
  ) as [string, string, string];
  if (name === '') return [stripExtension(path), ...(full === '' ? [] : [full])];
  const id = toId(path);
  const below = id.includes('/') ? `${dirName(id)}/${baseName(name)}` : name;
  return [
    ...(folder === '' ? [] : [`${folder}/${name}`]),
    `${dirName(path)}/${name}`,
    below,
    ...(baseName(full) === baseName(name) ? [full] : []),
    name,
  ];
}

/** What the lists of subsets call the image: the path below `Annotations`, without its ending. */
function toId(path: string): string {
  const stem = stripExtension(path);
  const parts = stem.split('/');
  const at = parts.map((part) => part.toLowerCase()).lastIndexOf('annotations');
  return at < 0 ? baseName(stem) : parts.slice(at + 1).join('/');
}

/** Flags and attributes of an object that say something; the rest is VOC's own "no". */
function readAttributes(object: XmlElement): Record<string, string | number | boolean> {
  const entries: [string, string | number | boolean][] = [];
  for (const flag of ['truncated', 'difficult', 'occluded']) {
    const text = childText(object, flag).toLowerCase();
    if (text === 'true' || (toFinite(text) ?? 0) !== 0) entries.push([flag, true]);
  }
  const pose = childText(object, 'pose');
  if (pose !== '' && pose.toLowerCase() !== 'unspecified') entries.push(['pose', pose]);
  for (const attribute of findChild(object, 'attributes')?.children ?? []) {
    const name = childText(attribute, 'name');
    if (name !== '') entries.push([name, fromPlainText(childText(attribute, 'value'))]);
  }
  return Object.fromEntries(entries);
}

/** Image id → split, from `ImageSets/Main/{train,val,test}.txt`; lists of single classes are passed over. */
async function readSubsets(byPath: ReadonlyMap<string, SourceFile>): Promise<Map<string, Split>> {
  const splits = new Map<string, Split>();
  for (const [path, file] of byPath) {
    const name = stripExtension(baseName(path)).toLowerCase();
    const isSubset =
      /(^|\/)imagesets\/main\/[^/]+\.txt$/i.test(path) && /^(train|val|valid|test)$/.test(name);
    const split = isSubset ? findSplit(name) : null;
    if (split === null) continue;
    for (const line of splitLines(decodeText(await file.bytes()))) {
      const id = /^"(.+)"/.exec(line.trim())?.[1] ?? line.trim().split(/\s+/)[0] ?? '';
      if (id !== '') splits.set(id, split);
    }
  }
  return splits;
}
