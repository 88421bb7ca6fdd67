/** Reads a table of boxes: columns found by their names, or named by a person. */
import { AppError } from '../core/errors.ts';
import { boxFromCorners, type PixelBox } from '../core/geometry.ts';
import type { Split } from '../core/records.ts';
import type { CsvImportOptions } from './csv.format.ts';
import { type BoxKind, type CsvColumns, guessColumns, guessDelimiter } from './csv-columns.ts';
import { type CsvRow, csvRowsOf, linesOf } from './csv-rows.ts';
import type { FileTree, ImportedRecords, SourceFile } from './format.ts';
import { dirName, type ImageLookup } from './image-lookup.ts';
import { type BoxDraft, ImportBuilder } from './import-builder.ts';
import { findManifest } from './manifest.ts';
import { importEntries, type SourceEntry, type SourceFault } from './source-entries.ts';
import { findSplit, hasExtension, toFinite } from './text.ts';
import { fromPlainText } from './xml.ts';

interface ImageRows {
  readonly name: string;
  readonly folder: string;
  readonly boxes: BoxDraft[];
  readonly faults: SourceFault[];
  widthPx: number;
  heightPx: number;
  split: Split | null;
}

/** Reads every table of the tree. Throws `format/csv-columns`, naming the columns found, where one has no column for the image or the box. */
export async function readCsv(
  files: FileTree,
  lookup: ImageLookup,
  options: CsvImportOptions,
): Promise<ImportedRecords> {
  const builder = new ImportBuilder('csv', lookup);
  const manifest = await findManifest(files);
  builder.registerClasses(manifest);
  const byImage = new Map<string, ImageRows>();
  let tables = 0;
  let refusal: AppError | undefined;
  for await (const file of files.list()) {
    if (!hasExtension(file.path, '.csv', '.tsv')) continue;
    const table = await openTable(file, options);
    if (table instanceof AppError) {
      refusal ??= table;
      builder.report.note(`“${file.path}” was left aside: ${table.message}`);
      continue;
    }
    tables++;
    for await (const row of table.rows) sortRow(row, file.path, table, byImage, builder, options);
  }
  if (tables === 0) throw refusal ?? refuseNoTable();
  const own = manifest?.settings?.unit === 'pixel' ? 'pixel' : 'auto';
  const unit = options.unit === 'auto' ? own : options.unit;
  const fraction = unit === 'auto' ? isFractions(byImage.values()) : unit === 'fraction';
  if (options.unit === 'auto' && fraction)
    builder.report.note('No coordinate is above 1, so they were taken as fractions of the image.');
  importEntries(
    [...byImage.values()].map((rows) => toEntry(rows, fraction)),
    { builder, lookup, manifest, coordinates: options.coordinates },
  );
  return builder.finish(manifest);
}

interface Table {
  readonly columns: CsvColumns & { readonly image: number };
  readonly kind: BoxKind;
  /** Names of columns that are kept as attributes. */
  readonly rest: ReadonlyMap<number, string>;
  readonly rows: AsyncIterable<CsvRow>;
  /** Where cells are parted by another sign, spreadsheets of half the world write 1,5 for one and a half. */
  readonly hasDecimalCommas: boolean;
}

async function openTable(file: SourceFile, options: CsvImportOptions): Promise<Table | AppError> {
  let first = '';
  for await (const line of linesOf(file)) {
    if (line.trim() === '') continue;
    first = line;
    break;
  }
  const delimiter =
    options.delimiter === 'auto'
      ? guessDelimiter(first)
      : options.delimiter === 'tab'
        ? '\t'
        : options.delimiter;
  const header = first.split(delimiter).map((cell) => cell.trim().replaceAll(/^"|"$/g, ''));
  const guessed = guessColumns(header);
  const named = options.header === 'yes' || (options.header === 'auto' && guessed.image !== undefined);
  const columns = chooseColumns(named ? guessed : {}, named ? header : [], options);
  if (columns.image === undefined || (columns.edges === undefined && columns.bbox === undefined))
    return refuseColumns(file.path, header, columns);
  const used = new Set([
    columns.image,
    columns.class,
    columns.score,
    columns.width,
    columns.height,
    columns.split,
    columns.bbox,
    ...(columns.edges ?? []),
  ]);
  const rest = new Map(
    named ? header.flatMap((name, i) => (used.has(i) || name === '' ? [] : [[i, name] as const])) : [],
  );
  const kind =
    options.box === 'auto'
      ? (columns.kind ?? (columns.bbox === undefined ? 'corners' : 'size'))
      : options.box;
  return {
    columns: { ...columns, image: columns.image },
    kind,
    rest,
    rows: skipFirst(csvRowsOf(file, { delimiter }), named),
    hasDecimalCommas: delimiter !== ',',
  };
}

async function* skipFirst(rows: AsyncIterable<CsvRow>, skip: boolean): AsyncGenerator<CsvRow> {
  let first = skip;
  for await (const row of rows) {
    if (!first) yield row;
    first = false;
  }
}

/** What a person named, by name or by number from 1, before what was guessed. */
function chooseColumns(
  guessed: CsvColumns,
  header: readonly string[],
  options: CsvImportOptions,
): CsvColumns {
  const pick = (given: string, found: number | undefined): number | undefined => {
    if (given === '') return found;
    const at = header.findIndex((name) => name.toLowerCase() === given.toLowerCase());
    const number = Number(given);
    return at >= 0 ? at : Number.isInteger(number) && number >= 1 ? number - 1 : undefined;
  };
  const [a, b, c, d] = [options.x, options.y, options.x2, options.y2].map((given, i) =>
    pick(given, guessed.edges?.[i]),
  );
  const whole = a !== undefined && b !== undefined && c !== undefined && d !== undefined;
  return {
    ...guessed,
    image: pick(options.image, guessed.image),
    class: pick(options.class, guessed.class),
    score: pick(options.score, guessed.score),
    bbox: pick(options.bbox, whole ? undefined : guessed.bbox),
    edges: whole ? [a, b, c, d] : undefined,
  };
}

function sortRow(
  { line, cells }: CsvRow,
  path: string,
  { columns, kind, rest, hasDecimalCommas }: Table,
  byImage: Map<string, ImageRows>,
  builder: ImportBuilder,
  options: CsvImportOptions,
): void {
  const where = `${path} line ${line}`;
  const cell = (at: number | undefined): string => (at === undefined ? '' : (cells[at] ?? ''));
  const toNumber = (text: string): number | undefined =>
    toFinite(hasDecimalCommas ? text.replace(/^(-?\d*),(\d+)$/, '$1.$2') : text);
  const name = cell(columns.image).replaceAll('\\', '/');
  if (name === '') {
    builder.skipBox(undefined, where, 'it names no image');
    return;
  }
  const folder = dirName(path.replaceAll('\\', '/'));
  const rows = byImage.get(`${folder}\n${name}`) ?? {
    name,
    folder,
    boxes: [],
    faults: [],
    widthPx: 0,
    heightPx: 0,
    split: null,
  };
  byImage.set(`${folder}\n${name}`, rows);
  rows.widthPx ||= Math.max(0, toFinite(cell(columns.width)) ?? 0);
  rows.heightPx ||= Math.max(0, toFinite(cell(columns.height)) ?? 0);
  rows.split ??= findSplit(cell(columns.split));
  const texts =
    columns.bbox === undefined
      ? (columns.edges ?? []).map(cell)
      : (cell(columns.bbox).match(/-?[\d.]+(?:e[-+]?\d+)?/gi) ?? []);
  // A row without a box says that the image has none.
  if (texts.every((text) => text === '')) return;
  const score = toNumber(cell(columns.score)) ?? null;
  if (score !== null && score < options.minScore) {
    rows.faults.push({ where, why: `its score is below ${options.minScore}` });
    return;
  }
  const numbers = texts.map((text) => toNumber(text) ?? Number.NaN);
  if (numbers.length !== 4) {
    rows.faults.push({ where, why: 'its box does not have four numbers' });
    return;
  }
  rows.boxes.push({
    className: cell(columns.class) || 'object',
    box: toBox(numbers as [number, number, number, number], kind),
    score: score !== null && score >= 0 && score <= 1 ? score : null,
    attributes: Object.fromEntries(
      [...rest].flatMap(([at, key]) => (cell(at) === '' ? [] : [[key, fromPlainText(cell(at))]])),
    ),
    where,
  });
}

function toBox([a, b, c, d]: [number, number, number, number], kind: BoxKind): PixelBox {
  if (kind === 'corners') return boxFromCorners({ x: a, y: b }, { x: c, y: d });
  return kind === 'size' ? { x: a, y: b, w: c, h: d } : { x: a - c / 2, y: b - d / 2, w: c, h: d };
}

function isFractions(images: Iterable<ImageRows>): boolean {
  let any = false;
  for (const { boxes } of images) {
    for (const { box } of boxes) {
      if (![box.x, box.y, box.w, box.h].every(Number.isFinite)) continue;
      if (box.x + box.w > 1.01 || box.y + box.h > 1.01) return false;
      any = true;
    }
  }
  return any;
}

function toEntry(
  { name, folder, boxes, faults, widthPx, heightPx, split }: ImageRows,
  fraction: boolean,
): SourceEntry {
  return {
    references: folder === '' ? [name] : [`${folder}/${name}`, name],
    key: name,
    what: name,
    widthPx,
    heightPx,
    unit: fraction ? 'fraction' : 'pixel',
    mark: { state: 'empty-if-no-boxes', split },
    boxes,
    faults,
  };
}

export function refuseNoTable(): AppError {
  return new AppError({
    code: 'format/no-labels',
    message: 'No CSV file was found, so nothing was imported.',
    hint: 'Point at the CSV file, or at its folder.',
  });
}

function refuseColumns(path: string, header: readonly string[], columns: CsvColumns): AppError {
  const missing = [
    ...(columns.image === undefined ? ['the image'] : []),
    ...(columns.edges === undefined && columns.bbox === undefined ? ['the box'] : []),
  ].join(' and ');
  return new AppError({
    code: 'format/csv-columns',
    message: `No column of “${path}” is known to hold ${missing}, so nothing was read from it. Its first row is: ${header.slice(0, 20).join(', ').slice(0, 500)}.`,
    hint: 'Name the columns: image=…, class=…, x=…, y=…, x2=…, y2=… (or bbox=…), by their names or numbers from 1, with header=no when there are no names.',
    details: { path, header: header.slice(0, 50) },
  });
}
