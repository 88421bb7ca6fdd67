/** Rows of a CSV: written so that they come back, and read as they come, so that memory follows what is kept of them and not the file. */
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import type { SourceFile } from './format.ts';
import { streamOf } from './text.ts';

export interface CsvRow {
  /** Where it begins in the file, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

/** A quoted cell that is open for longer is a quote that was never closed: its lines are then read one by one. */
const MAX_OPEN_LINES = 100;

/** Rows as lines that come back cell for cell: what readers would trim or take for the end of a line is quoted. */
export function drawCsvRows(rows: readonly (readonly (string | number)[])[]): string {
  return stringify(rows as (string | number)[][], { record_delimiter: 'unix', quoted_match: /^\s|\s$|\r/ });
}

/** The lines of a file, whatever ends them, in pieces. UTF-8 or, by its byte order mark, UTF-16. */
export async function* linesOf(file: SourceFile): AsyncGenerator<string> {
  for await (const { text } of endedLinesOf(file)) yield text;
}

/** The same with what ended each: inside a quoted cell that is part of its text. Empty after the last. */
async function* endedLinesOf(file: SourceFile): AsyncGenerator<{ text: string; end: string }> {
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  let rest = '';
  for await (const piece of streamOf(file)) {
    decoder ??= new TextDecoder(
      piece[0] === 0xff && piece[1] === 0xfe
        ? 'utf-16le'
        : piece[0] === 0xfe && piece[1] === 0xff
          ? 'utf-16be'
          : 'utf-8',
    );
    const text = rest + decoder.decode(piece, { stream: true });
    // A carriage return at the end may be half of a line's end.
    const held = text.endsWith('\r') ? 1 : 0;
    const parts = text.slice(0, text.length - held).split(LINE_END);
    rest = (parts.pop() ?? '') + text.slice(text.length - held);
    yield* pairLines(parts);
  }
  const parts = (rest + (decoder?.decode() ?? '')).split(LINE_END);
  yield* pairLines([...parts, '']);
}

/** With what ends the line as a part of its own. */
const LINE_END = /(\r\n|\n|\r)/;

function* pairLines(parts: readonly string[]): Generator<{ text: string; end: string }> {
  for (let i = 0; i < parts.length; i += 2) yield { text: parts[i] ?? '', end: parts[i + 1] ?? '' };
}

/** Rows with cells trimmed; blank lines and, with `comments`, lines that begin with `#` are left out. Quoted cells may hold line breaks. */
export async function* csvRowsOf(
  file: SourceFile,
  { delimiter = ',', comments = false }: { delimiter?: string; comments?: boolean } = {},
): AsyncGenerator<CsvRow> {
  let open: string[] = [];
  let record = '';
  let line = 0;
  for await (const { text, end } of endedLinesOf(file)) {
    line++;
    if (open.length === 0) {
      if (text.trim() === '' || (comments && text.trimStart().startsWith('#'))) continue;
      if (!text.includes('"')) {
        yield { line, cells: text.split(delimiter).map((cell) => cell.trim()) };
        continue;
      }
    }
    record = open.length === 0 ? text : record + text;
    open.push(text);
    if (isClosed(open)) {
      yield { line: line - open.length + 1, cells: splitQuoted(record, delimiter) };
      open = [];
    } else if (open.length > MAX_OPEN_LINES) {
      for (const [i, single] of open.entries())
        yield { line: line - open.length + 1 + i, cells: splitQuoted(single, delimiter) };
      open = [];
    }
    record += end;
  }
  for (const [i, single] of open.entries())
    if (single.trim() !== '')
      yield { line: line - open.length + 1 + i, cells: splitQuoted(single, delimiter) };
}

function isClosed(lines: readonly string[]): boolean {
  let quotes = 0;
  for (const text of lines) for (const character of text) if (character === '"') quotes++;
  return quotes % 2 === 0;
}

/** The cells of one record; one that is no CSV comes back as a single cell, so that it costs nothing but itself. */
function splitQuoted(record: string, delimiter: string): string[] {
  try {
    const [cells = []] = parse(record, {
      delimiter,
      relax_column_count: true,
      relax_quotes: true,
      trim: true,
    }) as string[][];
    return cells;
  } catch {
    return [record];
  }
}
