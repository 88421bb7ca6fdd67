/** Reads MegaDetector results, with the species of a second model where there are any. */
import type { FileTree, ImportedRecords } from './format.ts';
import { dirName, type ImageLookup } from './image-lookup.ts';
import { type BoxDraft, ImportBuilder } from './import-builder.ts';
import { loadJsonFiles } from './json-files.ts';
import { findManifest } from './manifest.ts';
import type { MegadetectorImportOptions } from './megadetector.format.ts';
import { importEntries, type SourceEntry, type SourceFault } from './source-entries.ts';
import { isObject, own, toFinite } from './text.ts';

/** Reads every result file of the tree. Throws `format/no-labels`, or what is wrong with the first file, where there is none. */
export async function readMegadetector(
  files: FileTree,
  lookup: ImageLookup,
  options: MegadetectorImportOptions,
): Promise<ImportedRecords> {
  const builder = new ImportBuilder('megadetector', lookup);
  const manifest = await findManifest(files);
  builder.registerClasses(manifest);
  const sources = await loadJsonFiles(files, builder.report, {
    accepts: (json) =>
      Array.isArray(own(json, 'images')) &&
      (isObject(own(json, 'detection_categories')) || hasDetections(own(json, 'images'))),
    what: 'JSON with the results of MegaDetector',
    hint: 'Point at the JSON file that MegaDetector or AddaxAI wrote.',
  });
  const entries = sources.flatMap(({ path, json }) => {
    const names = {
      detections: readNames(own(json, 'detection_categories')),
      species: readNames(own(json, 'classification_categories')),
    };
    return (own(json, 'images') as unknown[]).map((image, n) =>
      toEntry(image, `${path} image ${n + 1}`, dirName(path), names, options),
    );
  });
  importEntries(entries, { builder, lookup, manifest, coordinates: options.coordinates });
  return builder.finish(manifest);
}

function hasDetections(images: unknown): boolean {
  return Array.isArray(images) && images.some((image) => own(image, 'detections') !== undefined);
}

/** Keys are strings and may have gaps. */
function readNames(value: unknown): Map<string, string> {
  return new Map(
    Object.entries(isObject(value) ? value : {}).flatMap(([key, name]) =>
      typeof name === 'string' ? [[key, name] as const] : [],
    ),
  );
}

interface Names {
  readonly detections: ReadonlyMap<string, string>;
  readonly species: ReadonlyMap<string, string>;
}

function toEntry(
  image: unknown,
  what: string,
  folder: string,
  names: Names,
  options: MegadetectorImportOptions,
): SourceEntry {
  const given = own(image, 'file');
  const file = typeof given === 'string' ? given.replaceAll('\\', '/') : '';
  const detections = own(image, 'detections');
  const list: unknown[] | undefined = Array.isArray(detections) ? detections : undefined;
  const boxes: BoxDraft[] = [];
  const faults: SourceFault[] = [];
  for (const [n, detection] of (list ?? []).entries()) {
    const where = `${file || what} detection ${n + 1}`;
    const score = toFinite(own(detection, 'conf')) ?? null;
    if (score !== null && score < options.minScore)
      faults.push({ where, why: `its score is below ${options.minScore}` });
    else sortDetection(detection, score, where, names, options, boxes, faults);
  }
  return {
    references: file === '' ? [] : [file, ...(folder === '' ? [] : [`${folder}/${file}`])],
    key: file,
    what: file || what,
    widthPx: 1,
    heightPx: 1,
    unit: 'fraction',
    // An empty list was looked at; no list, or a failure, was not.
    mark: {
      state: list === undefined || typeof own(image, 'failure') === 'string' ? null : 'empty-if-no-boxes',
      split: null,
    },
    boxes,
    faults,
  };
}

function sortDetection(
  detection: unknown,
  conf: number | null,
  where: string,
  names: Names,
  options: MegadetectorImportOptions,
  boxes: BoxDraft[],
  faults: SourceFault[],
): void {
  const bbox = own(detection, 'bbox');
  if (!Array.isArray(bbox) || bbox.length !== 4) {
    faults.push({ where, why: 'it has no box of four numbers' });
    return;
  }
  const [x = Number.NaN, y = Number.NaN, w = Number.NaN, h = Number.NaN] = bbox.map(
    (value: unknown) => toFinite(value) ?? Number.NaN,
  );
  const category = String(own(detection, 'category') ?? '');
  const kind = names.detections.get(category) ?? `class ${category}`;
  const species = options.species === 'auto' ? findSpecies(detection, names.species) : undefined;
  // A label has conf 1, and may remember the score of the suggestion it was.
  const remembered = toFinite(own(detection, 'catchlight_score'));
  const score = remembered ?? (conf === 1 ? null : conf);
  boxes.push({
    className: species?.name ?? kind,
    box: { x, y, w, h },
    score: score !== null && score >= 0 && score <= 1 ? score : null,
    attributes:
      species === undefined
        ? {}
        : { 'megadetector.category': kind, 'megadetector.species-score': species.score },
    where,
  });
}

/** The surest species that a classifier gave, in whatever order it wrote them. */
function findSpecies(
  detection: unknown,
  names: ReadonlyMap<string, string>,
): { name: string; score: number } | undefined {
  const list = own(detection, 'classifications');
  let best: { name: string; score: number } | undefined;
  for (const pair of Array.isArray(list) ? (list as unknown[]) : []) {
    const [key, value] = Array.isArray(pair) ? (pair as unknown[]) : [];
    const name = names.get(String(key));
    const score = toFinite(value);
    if (name !== undefined && score !== undefined && score > (best?.score ?? -1)) best = { name, score };
  }
  return best;
}
