/** The first rows of a table, for a person who says which column is what. */

import { refuseNoTable } from './csv.read.ts';
import { guessColumns, guessDelimiter } from './csv-columns.ts';
import { csvRowsOf, linesOf } from './csv-rows.ts';
import type { FileTree } from './format.ts';
import { hasExtension } from './text.ts';

export interface TableChoices {
  readonly header: 'auto' | 'yes' | 'no';
  readonly delimiter: 'auto' | ',' | ';' | 'tab' | '|';
}

const shownRows = 8;
const shownColumns = 60;
/** A cell may hold a whole mask; enough is shown to know it by. */
const shownLetters = 80;

/**
 * The first table of a source: its first rows, and which column (from 1) each part was found in, under the names that the options of the
 * import have. Throws `format/no-labels` where there is no table.
 */
export async function previewTable(files: FileTree, { header, delimiter }: TableChoices) {
  for await (const file of files.list()) {
    if (!hasExtension(file.path, '.csv', '.tsv', '.txt')) continue;
    let first = '';
    for await (const line of linesOf(file)) {
      if (line.trim() === '') continue;
      first = line;
      break;
    }
    if (first === '') continue;
    const sign = delimiter === 'auto' ? guessDelimiter(first) : delimiter === 'tab' ? '\t' : delimiter;
    const rows: string[][] = [];
    for await (const { cells } of csvRowsOf(file, { delimiter: sign })) {
      rows.push(cells.slice(0, shownColumns).map((cell) => cell.slice(0, shownLetters)));
      if (rows.length > shownRows) break;
    }
    const [names = []] = rows;
    const guessed = guessColumns(names);
    const isNamed = header === 'yes' || (header === 'auto' && guessed.image !== undefined);
    const found = isNamed ? guessed : {};
    const place = (at: number | undefined): number | null => (at === undefined ? null : at + 1);
    const [x, y, x2, y2] = found.edges ?? [];
    return {
      path: file.path,
      delimiter: sign,
      header: isNamed ? names : [],
      rows: isNamed ? rows.slice(1) : rows.slice(0, shownRows),
      columns: {
        image: place(found.image),
        class: place(found.class),
        x: place(x),
        y: place(y),
        x2: place(x2),
        y2: place(y2),
        score: place(found.score),
        bbox: found.edges === undefined ? place(found.bbox) : null,
      },
      box: found.kind ?? null,
    };
  }
  throw refuseNoTable();
}
