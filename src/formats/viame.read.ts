/** Reads VIAME CSV: nine fixed columns, pairs of class and score, and tokens such as `(kp) head 10 20`. */
import { AppError } from '../core/errors.ts';
import { boxFromCorners, type Point } from '../core/geometry.ts';
import { type CsvRow, csvRowsOf } from './csv-rows.ts';
import type { FileTree, ImportedRecords } from './format.ts';
import { dirName, type ImageLookup } from './image-lookup.ts';
import { type BoxDraft, ImportBuilder } from './import-builder.ts';
import { findManifest } from './manifest.ts';
import type { ReportBuilder } from './report.ts';
import { importEntries, type SourceFault } from './source-entries.ts';
import { hasExtension, readStart, splitLines, toFinite } from './text.ts';
import type { ViameImportOptions } from './viame.format.ts';
import { fromPlainText } from './xml.ts';

const FIXED_COLUMNS = 9;

interface ImageRows {
  readonly folder: string;
  readonly name: string;
  readonly boxes: BoxDraft[];
  readonly faults: SourceFault[];
}

/** Reads every CSV of the tree. Throws `format/no-labels` where none has a row of at least nine columns. */
export async function readViame(
  files: FileTree,
  lookup: ImageLookup,
  options: ViameImportOptions,
): Promise<ImportedRecords> {
  const builder = new ImportBuilder('viame', lookup);
  const manifest = await findManifest(files);
  builder.registerClasses(manifest);
  const byImage = new Map<string, ImageRows>();
  let found = 0;
  for await (const file of files.list()) {
    const path = file.path.replaceAll('\\', '/');
    if (!hasExtension(path, '.csv')) continue;
    const rows: CsvRow[] = [];
    for await (const row of csvRowsOf(file, { comments: true })) rows.push(row);
    if (!rows.some(({ cells }) => cells.length >= FIXED_COLUMNS)) {
      builder.report.note(`“${path}” has no row of VIAME's nine columns and was left aside.`);
      continue;
    }
    found++;
    noteMetadata(splitLines(await readStart(file)), builder.report);
    const tracks = countTracks(rows);
    for (const { line, cells } of rows)
      sortRow(cells, `${path} line ${line}`, path, { builder, options, byImage, tracks });
  }
  if (found === 0)
    throw new AppError({
      code: 'format/no-labels',
      message: 'No CSV with the nine columns of VIAME was found, so nothing was imported.',
      hint: 'Point at the CSV file that VIAME or DIVE exported.',
    });
  const entries = [...byImage.values()].map(({ folder, name, boxes, faults }) => ({
    references: folder === '' ? [name] : [`${folder}/${name}`, name],
    key: name,
    what: name,
    widthPx: 0,
    heightPx: 0,
    mark: { state: null, split: null },
    boxes,
    faults,
  }));
  importEntries(entries, { builder, lookup, manifest, coordinates: options.coordinates });
  return builder.finish(manifest);
}

/** `# metadata, fps: 5, …` speaks of the film as a whole. */
function noteMetadata(lines: readonly string[], report: ReportBuilder): void {
  for (const line of lines.slice(0, 20)) {
    const [, said = ''] = /^#\s*metadata\s*,?(.*)$/i.exec(line) ?? [];
    if (said.trim() !== '')
      report.note(`What the file says of the film as a whole was not kept: ${said.trim().slice(0, 200)}.`);
  }
}

/** How many rows each track has: an id that stands once is only a number, not an animal followed through a film. */
function countTracks(rows: readonly CsvRow[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { cells } of rows) counts.set(cells[0] ?? '', (counts.get(cells[0] ?? '') ?? 0) + 1);
  return counts;
}

interface RowContext {
  readonly builder: ImportBuilder;
  readonly options: ViameImportOptions;
  readonly byImage: Map<string, ImageRows>;
  readonly tracks: ReadonlyMap<string, number>;
}

function sortRow(cells: readonly string[], where: string, path: string, context: RowContext): void {
  const { builder, options, byImage, tracks } = context;
  if (cells.length < FIXED_COLUMNS) {
    builder.skipBox(undefined, where, `it has ${cells.length} columns, not nine`);
    return;
  }
  const [track = '', written = ''] = cells;
  const name = written.replaceAll('\\', '/');
  if (name === '') {
    builder.skipBox(undefined, where, 'it gives a frame but no image name');
    return;
  }
  const folder = dirName(path);
  const key = `${folder}\n${name}`;
  const image = byImage.get(key) ?? { folder, name, boxes: [], faults: [] };
  byImage.set(key, image);
  const numbers = cells.slice(3, 9).map((cell) => toFinite(cell) ?? Number.NaN);
  const [x1 = Number.NaN, y1 = Number.NaN, x2 = Number.NaN, y2 = Number.NaN, confidence = 1, length = -1] =
    numbers;
  const rest = cells.slice(FIXED_COLUMNS);
  // A class may be called “(a)”, too: then its score follows, which no token has.
  const firstToken = rest.findIndex(
    (cell, i) => cell.startsWith('(') && (i % 2 === 1 || toFinite(rest[i + 1]) === undefined),
  );
  const classes = readClasses(firstToken < 0 ? rest : rest.slice(0, firstToken));
  const [best, ...others] = classes;
  const score = best?.score ?? confidence;
  if (score < options.minScore) {
    image.faults.push({ where, why: `its score is below ${options.minScore}` });
    return;
  }
  const tokens = readTokens(firstToken < 0 ? [] : rest.slice(firstToken), builder.report);
  const certain = score === 1 && confidence === 1;
  image.boxes.push({
    className: best?.name ?? 'unknown',
    box: boxFromCorners({ x: x1, y: y1 }, { x: x2, y: y2 }),
    head: tokens.head,
    tail: tokens.tail,
    score: certain || !(score >= 0 && score <= 1) ? null : score,
    attributes: {
      ...(Number.isFinite(confidence) && confidence !== score ? { 'viame.confidence': confidence } : {}),
      ...(length > 0 ? { 'viame.length': length } : {}),
      ...(others.length > 0
        ? { 'viame.classes': others.map(({ name: other, score: s }) => `${other} ${s}`).join('; ') }
        : {}),
      ...((tracks.get(track) ?? 0) > 1 ? { track: fromPlainText(track) } : {}),
      ...tokens.attributes,
    },
    where,
  });
}

/** Pairs of class and score, best first; a class without a number counts as sure. */
function readClasses(cells: readonly string[]): { name: string; score: number }[] {
  const classes: { name: string; score: number }[] = [];
  for (let i = 0; i < cells.length; i += 2) {
    const name = cells[i] ?? '';
    if (name !== '') classes.push({ name, score: toFinite(cells[i + 1]) ?? 1 });
  }
  return classes.sort((a, b) => b.score - a.score);
}

interface Tokens {
  head: Point | null;
  tail: Point | null;
  readonly attributes: Record<string, string | number | boolean>;
}

function readTokens(cells: readonly string[], report: ReportBuilder): Tokens {
  const tokens: Tokens = { head: null, tail: null, attributes: {} };
  const attributes: [string, string | number | boolean][] = [];
  const notes: string[] = [];
  for (const cell of cells) {
    const [, kind = '', rest = ''] = /^\(([^)]*)\)\s*(.*)$/s.exec(cell) ?? [];
    const [first = '', ...words] = rest.split(' ');
    if (kind === 'kp') readPoint(first, words, tokens, report);
    else if (kind === 'atr' && first !== '') attributes.push([first, fromPlainText(words.join(' '))]);
    else if (kind === 'trk-atr' && first !== '')
      attributes.push([`track.${first}`, fromPlainText(words.join(' '))]);
    else if (kind === 'note' && rest !== '') notes.push(rest);
    else if (kind === 'poly' || kind === 'mask')
      report.tally('outline', (n) => `${n} outlines were not kept; their boxes were.`);
    else if (kind !== 'hole' && cell !== '')
      report.tally('tokens', (n) => `${n} remarks of an unknown kind were not kept.`);
  }
  if (notes.length > 0) attributes.push(['note', notes.join('\n')]);
  Object.assign(tokens.attributes, Object.fromEntries(attributes));
  return tokens;
}

function readPoint(name: string, words: readonly string[], tokens: Tokens, report: ReportBuilder): void {
  const [x, y] = words.map((word) => toFinite(word));
  if ((name !== 'head' && name !== 'tail') || x === undefined || y === undefined)
    report.tally('points', (n) => `${n} key points other than head and tail were not kept.`);
  else tokens[name] = { x, y };
}
