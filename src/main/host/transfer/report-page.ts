/** The report of an import or export for other eyes: a page that prints and needs no network, a table of its images, or data. */
import { stringify } from 'csv-stringify/sync';
import type { ImportPreview } from '../../../contract/import-plan.ts';
import type { TransferReport, TransferRow } from '../../../contract/transfer.ts';
import { reportStyle } from '../../../core/audit/report-page.ts';
import { escapeText } from '../../../core/audit/report-plots.ts';
import { countOf } from '../../../core/count.ts';

export interface TransferFacts {
  readonly project: string;
  readonly direction: 'import' | 'export';
  readonly formatTitle: string;
  /** File or folder that was read, or folder that was written. */
  readonly place: string;
  readonly atMs: number;
  readonly report: TransferReport;
  readonly preview: ImportPreview | null;
  readonly rows: readonly TransferRow[];
}

const columns = ['path', 'seen', 'taken', 'repeated', 'removed', 'clipped', 'lost', 'state'] as const;

/** A row an image. Cells that a spreadsheet would take for a formula are quoted by an apostrophe. */
export function renderRows(rows: readonly TransferRow[]): string {
  return stringify(
    rows.map((row) => columns.map((name) => row[name])),
    { header: true, columns: [...columns], record_delimiter: 'unix', escape_formulas: true },
  );
}

/** All of it as data. */
export function renderData(facts: TransferFacts): string {
  return `${JSON.stringify(facts, null, 1)}\n`;
}

/** The page. Names of files and classes are escaped: they are no markup. */
export function renderTransferPage(facts: TransferFacts): string {
  const { report, preview, rows, project, direction } = facts;
  const title = `${direction === 'import' ? 'Import into' : 'Export of'} ${project}`;
  const sections = [
    section('In and out', inAndOut(facts)),
    ...(preview === null ? [] : [section('Classes', classes(preview))]),
    ...(report.tables ?? []).map((one) => section(one.title, table(one.head, one.rows))),
    section('Left out', leftOut(report)),
    ...(report.notes.length === 0 ? [] : [section('Notes', list(report.notes))]),
    section('Image by image', images(rows, direction)),
    ...(report.files.length === 0 ? [] : [section('Files', list(report.files.slice(0, 1000)))]),
  ];
  const when = new Date(facts.atMs).toISOString().slice(0, 16).replace('T', ' ');
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escapeText(title)}</title><style>${reportStyle}</style></head><body>
<header><h1>${escapeText(title)}</h1>
<p>${escapeText(facts.formatTitle)} · ${escapeText(facts.place)} · ${when} UTC</p></header>
${sections.join('\n')}
</body></html>
`;
}

const number = (value: number): string => value.toLocaleString('en');
const section = (title: string, body: string): string =>
  `<section><h2>${escapeText(title)}</h2>${body}</section>`;
const list = (items: readonly string[]): string =>
  `<ul>${items.map((item) => `<li>${escapeText(item)}</li>`).join('')}</ul>`;

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const cell = (value: string | number): string =>
    typeof value === 'number' ? `<td class="n">${number(value)}</td>` : `<td>${escapeText(value)}</td>`;
  const names = head.map(
    (name, i) => `<th${typeof rows[0]?.[i] === 'number' ? ' class="n"' : ''}>${escapeText(name)}</th>`,
  );
  const body = rows.map((row) => `<tr>${row.map(cell).join('')}</tr>`).join('');
  return `<table><thead><tr>${names.join('')}</tr></thead><tbody>${body}</tbody></table>`;
}

function inAndOut({ report, preview, direction }: TransferFacts): string {
  const seen = report.seen ?? { images: report.images, boxes: report.boxes };
  const isImport = direction === 'import';
  return table(
    ['', 'images', 'boxes'],
    [
      [isImport ? 'In the source' : 'In the project', seen.images, seen.boxes],
      [isImport ? 'Taken in' : 'Written', report.images, report.boxes],
      ...(preview === null
        ? []
        : [
            ['There already', '', preview.boxes.repeated],
            ['Made way for those of the source', '', preview.boxes.removed],
          ]),
      ['Clipped at the edge of the image', '', report.clipped],
    ],
  );
}

function classes({ classes: entries }: ImportPreview): string {
  return table(
    ['class of the source', 'boxes', 'became'],
    entries.map(({ name, boxes, target, isNew }) => [
      name,
      boxes,
      target === null ? 'left out' : isNew ? `${target} (new)` : target,
    ]),
  );
}

function leftOut({ skipped }: TransferReport): string {
  if (skipped.length === 0) return '<p>Nothing was left out.</p>';
  return table(
    ['what', 'why'],
    skipped.map(({ what, why }) => [what, why]),
  );
}

/** Beyond this a page is a burden to a browser; the table and the data hold all. */
const shownRows = 5000;

function images(rows: readonly TransferRow[], direction: TransferFacts['direction']): string {
  const isImport = direction === 'import';
  const head = isImport
    ? ['image', 'in the source', 'taken in', 'there already', 'made way', 'clipped', 'left out', 'state']
    : ['image', 'in the project', 'written', 'clipped', 'left out', 'state'];
  const shown = rows
    .slice(0, shownRows)
    .map((row) =>
      isImport
        ? [row.path, row.seen, row.taken, row.repeated, row.removed, row.clipped, row.lost, row.state]
        : [row.path, row.seen, row.taken, row.clipped, row.lost, row.state],
    );
  const more = rows.length - shown.length;
  return `${table(head, shown)}${more > 0 ? `<p class="note">and ${countOf(more, 'image')} more; the report as .csv or .json holds them.</p>` : ''}`;
}
