/** Reads a table about photographs: any CSV in which one column names them. Columns and delimiter are found, never guessed between two photographs. */
import { countValues, readValue } from '../core/audit/metadata.ts';
import { AppError } from '../core/errors.ts';
import { csvRowsOf } from './csv-rows.ts';
import type { SourceFile } from './format.ts';
import type { ImageLookup } from './image-lookup.ts';
import { isImagePath, readStart, splitLines } from './text.ts';

export interface MetadataTable {
  /** Column that names the photographs. */
  readonly nameColumn: string;
  /** The other columns, in the order of the table. */
  readonly columns: readonly {
    readonly name: string;
    readonly filled: number;
    readonly examples: string[];
  }[];
  readonly rows: number;
  /** Image id → column → value. The first row of a photograph counts. */
  readonly values: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** Rows of photographs that an earlier row has, with other values. */
  readonly contradictions: number;
  /** Rows that name no photograph of the project, the first twenty of them with the reason. */
  readonly unmatchedRows: number;
  readonly unmatched: readonly { readonly line: number; readonly name: string; readonly why: string }[];
}

const mostTableColumns = 1000;
/** Rows by which the column of names is told. */
const probeRows = 300;
/** Lines by which the sign between cells is told. */
const probeLines = 20;
const shownUnmatched = 20;

/**
 * Throws `metadata/no-table` where the file has no two columns, `metadata/no-names` where no column names photographs of the project (or the
 * one asked for is not there).
 */
export async function readMetadataTable(
  file: SourceFile,
  lookup: ImageLookup,
  nameColumn?: string,
): Promise<MetadataTable> {
  const delimiter = findDelimiter(splitLines(await readStart(file)).filter((line) => line.trim() !== ''));
  const all: { line: number; cells: readonly string[] }[] = [];
  for await (const row of csvRowsOf(file, { delimiter })) all.push(row);
  const first = all[0]?.cells ?? [];
  if (first.length < 2 || first.length > mostTableColumns || all.length < 2) throw noTable(file.path);
  const at = findNameColumn(all, lookup, nameColumn, file.path);
  // A first row that names a photograph is no heading.
  const hasHeading = !resolveAll([first[at] ?? ''], lookup).has(first[at] ?? '');
  const names = uniqueNames(hasHeading ? first : first.map((_, i) => `column ${i + 1}`));
  const rows = hasHeading ? all.slice(1) : all;
  const found = resolveAll(
    rows.map(({ cells }) => cells[at] ?? ''),
    lookup,
  );
  const others = names.map((name, i) => ({ name, i })).filter(({ i }) => i !== at);
  const commas = delimiter === ',' ? new Set<number>() : findDecimalCommas(rows, others);
  const values = new Map<string, Map<string, string>>();
  const unmatched: { line: number; name: string; why: string }[] = [];
  let [unmatchedRows, contradictions] = [0, 0];
  for (const { line, cells } of rows) {
    const name = cells[at] ?? '';
    const imageId = found.get(name);
    if (imageId === undefined) {
      unmatchedRows += 1;
      if (unmatched.length < shownUnmatched) unmatched.push({ line, name, why: whyNot(name, lookup) });
      continue;
    }
    const own = new Map(
      others.flatMap((column): [string, string][] => {
        const value = readValue(cells[column.i]);
        if (value === undefined) return [];
        return [[column.name, commas.has(column.i) ? value.replace(',', '.') : value]];
      }),
    );
    const earlier = values.get(imageId);
    if (earlier === undefined) values.set(imageId, own);
    else if (own.size !== earlier.size || [...own].some(([key, value]) => earlier.get(key) !== value))
      contradictions += 1;
  }
  const columns = others.map(({ name }) => {
    const known = [...values.values()].flatMap((own) => own.get(name) ?? []);
    return {
      name,
      filled: known.length,
      examples: countValues(known)
        .slice(0, 5)
        .map(({ value }) => value),
    };
  });
  return {
    nameColumn: names[at] ?? '',
    columns,
    rows: rows.length,
    values,
    contradictions,
    unmatchedRows,
    unmatched,
  };
}

/** The sign that cuts the first lines into as many cells as the heading; a heading alone cannot tell `a;1,5` from `a,1;5`. */
function findDelimiter(lines: readonly string[]): string {
  const first = lines.slice(0, probeLines);
  const signs = [';', '\t', '|', ','].map((sign) => {
    const [heading = 1, ...others] = first.map((line) => line.split(sign).length);
    return { sign, heading, alike: others.filter((cells) => cells === heading).length };
  });
  const cutting = signs.filter(({ heading }) => heading > 1);
  return cutting.sort((a, b) => b.alike - a.alike || b.heading - a.heading)[0]?.sign ?? ',';
}

/** Reference → image id. A name without an image's ending may leave it out. */
function resolveAll(references: readonly string[], lookup: ImageLookup): Map<string, string> {
  const found = new Map<string, string>();
  const wanted = new Set(references.filter((reference) => reference !== ''));
  const take = (asked: Iterable<string>, withoutExtension: boolean): void => {
    for (const [reference, hit] of lookup.resolve(asked, { allowShared: true, withoutExtension }))
      if (hit.image !== undefined) found.set(reference, hit.image.id);
  };
  take(wanted, false);
  take(
    [...wanted].filter((reference) => !found.has(reference) && !isImagePath(reference)),
    true,
  );
  return found;
}

function whyNot(name: string, lookup: ImageLookup): string {
  if (name === '') return 'The row names no photograph.';
  const hit = lookup.resolve([name], { allowShared: true }).get(name);
  return hit === undefined || hit.image !== undefined ? 'No photograph has this name.' : hit.why;
}

/** The column that was asked for, by its name or its number from 1; else the one that names most photographs. */
function findNameColumn(
  rows: readonly { readonly cells: readonly string[] }[],
  lookup: ImageLookup,
  asked: string | undefined,
  path: string,
): number {
  const first = rows[0]?.cells ?? [];
  if (asked !== undefined && asked !== '') {
    const byName = first.findIndex((cell) => cell.toLowerCase() === asked.trim().toLowerCase());
    const at = byName >= 0 ? byName : /^\d+$/.test(asked) ? Number(asked) - 1 : -1;
    if (at >= 0 && at < first.length) return at;
    throw noNames(path, `It has no column “${asked}”. Its columns: ${first.slice(0, 12).join(', ')}.`);
  }
  const probe = rows.slice(0, probeRows);
  const hits = first.map((_, i) => {
    const cells = probe.map(({ cells: own }) => own[i] ?? '');
    const found = resolveAll(cells, lookup);
    return cells.filter((cell) => found.has(cell)).length;
  });
  const best = hits.reduce((top, n, i) => (n > (hits[top] ?? 0) ? i : top), 0);
  if ((hits[best] ?? 0) > 0) return best;
  throw noNames(path, 'None of its columns holds names of photographs of this project.');
}

/** Columns of `12,5`: in tables that are not divided by commas a comma stands before decimals. */
function findDecimalCommas(
  rows: readonly { readonly cells: readonly string[] }[],
  columns: readonly { readonly i: number }[],
): Set<number> {
  return new Set(
    columns.flatMap(({ i }) => {
      const known = rows.flatMap(({ cells }) => readValue(cells[i]) ?? []);
      return known.length > 0 && known.every((value) => /^[+-]?\d+(,\d+)?$/.test(value)) ? [i] : [];
    }),
  );
}

/** Names that are there, short and each once. */
function uniqueNames(heading: readonly string[]): string[] {
  const seen = new Set<string>();
  return heading.map((cell, i) => {
    const plain = cell.slice(0, 50).trim();
    // An object cannot have this one as a key of its own.
    const base = plain === '' || plain === '__proto__' ? `column ${i + 1}` : plain;
    let name = base;
    for (let n = 2; seen.has(name); n++) name = `${base} ${n}`;
    seen.add(name);
    return name;
  });
}

function noTable(path: string): AppError {
  return new AppError({
    code: 'metadata/no-table',
    message: `“${path}” is no table with a heading, a row and at least two columns, so nothing was read from it.`,
    hint: 'Save the table as CSV with a column for the file names and one for each fact.',
    details: { path },
  });
}

function noNames(path: string, why: string): AppError {
  return new AppError({
    code: 'metadata/no-names',
    message: `“${path}” does not say which photographs its rows are about. ${why} Nothing was changed.`,
    hint: 'Choose the column that holds the file names; they may have folders and leave out the ending.',
    details: { path },
  });
}
