/** A contest's sample submission: which columns and rows it wants, in what order, and whether ours are so. */
import { parse } from 'csv-parse/sync';
import { classNameKey } from '../core/class-colors.ts';
import { AppError } from '../core/errors.ts';
import { logLossEdge } from '../core/submission-clip.ts';
import type { ReportTable } from './format.ts';
import { decodeText } from './text.ts';

export interface SampleSubmission {
  /** Of the column with names. */
  readonly nameTitle: string;
  readonly columns: readonly string[];
  readonly names: readonly string[];
}

/** Reads the sample. Throws `format/sample` where it is no table of a name and probabilities. */
export function readSample(bytes: Uint8Array): SampleSubmission {
  let table: string[][];
  try {
    table = parse(decodeText(bytes), { relax_column_count: true, skip_empty_lines: true, trim: true });
  } catch (cause) {
    throw refuseSample(cause instanceof Error ? cause.message : String(cause));
  }
  const [header = [], ...rows] = table;
  const [nameTitle = '', ...columns] = header;
  if (columns.length < 2) throw refuseSample('its first row does not name an image column and classes');
  const names = rows.map(([name = '']) => name);
  if (names.length === 0) throw refuseSample('it has no rows');
  const keys = columns.map(classNameKey);
  if (new Set(keys).size < keys.length) throw refuseSample('a column is named twice');
  if (new Set(names).size < names.length) throw refuseSample('an image is named twice');
  return { nameTitle, columns, names };
}

function refuseSample(why: string): AppError {
  return new AppError({
    code: 'format/sample',
    message: `The sample submission cannot be followed, because ${why}. Nothing was written.`,
    hint: 'Choose the file that the contest gives out, such as sample_submission_stg1.csv.',
  });
}

/** For a sample none of whose columns is a class of the project. */
export function refuseColumns(sample: SampleSubmission, classNames: readonly string[]): AppError {
  return new AppError({
    code: 'format/sample-columns',
    message: `None of the columns of the sample (${sample.columns.join(', ')}) is a class of the project (${classNames.join(', ')}). Nothing was written.`,
    hint: 'Name the classes as the contest does, or choose the sample of this contest.',
    details: { columns: [...sample.columns], classes: [...classNames] },
  });
}

/** A submission as it was written, and what is known of it beside its sample. */
export interface SampleFacts {
  readonly sample: SampleSubmission;
  /** Columns without a class of the project, and classes without a column. */
  readonly strange: readonly string[];
  readonly left: readonly string[];
  /** Rows of the sample that no image stands behind, or of which nothing is known. */
  readonly unknown: number;
  /** The file itself, CSV. */
  readonly written: string;
}

/** The check as a table: what was asked, what stands in the file. It is read back, so that a fault of the writing shows. */
export function checkAgainstSample({ sample, strange, left, unknown, written }: SampleFacts): ReportTable {
  const [header = [], ...rows] = parse(written, { relax_column_count: true }) as string[][];
  const isHeaderSame = isSameList(header, [sample.nameTitle, ...sample.columns]);
  const columns =
    strange.length === 0
      ? `${sample.columns.length} classes, as in the sample`
      : `as in the sample; ${strange.join(', ')} ${strange.length === 1 ? 'is' : 'are'} no class of the project and got the least probability`;
  const names = rows.map(([name = '']) => name);
  const wanted = new Set(sample.names);
  const found = new Set(names.filter((name) => wanted.has(name)));
  const isWhole = found.size === wanted.size && names.length === sample.names.length;
  return {
    title: 'Check against the sample submission',
    head: ['what', 'found', ''],
    rows: [
      [
        'Header',
        isHeaderSame ? columns : `not that of the sample: ${header.join(', ')}`,
        isHeaderSame && strange.length === 0 ? 'right' : isHeaderSame ? 'look' : 'wrong',
      ],
      ...(left.length === 0
        ? []
        : [
            ['Classes without a column', `${left.join(', ')}: their probability is not in the table`, 'look'],
          ]),
      ['Rows', `${found.size} of ${sample.names.length}`, isWhole ? 'right' : 'wrong'],
      [
        'Images known',
        unknown === 0
          ? 'all'
          : `${sample.names.length - unknown}; ${unknown} rows got the same probability for every class`,
        unknown === 0 ? 'right' : 'look',
      ],
      tellOrder(names, sample.names),
      tellRange(rows, sample.columns.length),
    ],
  };
}

function isSameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, i) => text === b[i]);
}

function tellOrder(names: readonly string[], wanted: readonly string[]): string[] {
  const at = wanted.findIndex((name, i) => names[i] !== name);
  return at < 0
    ? ['Order', 'that of the sample', 'right']
    : ['Order', `another from row ${at + 1} on`, 'look'];
}

/** Whether log loss can be computed of every row: as many numbers as classes, none cut by the contest, none of them no probability. */
function tellRange(rows: readonly (readonly string[])[], columns: number): string[] {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  let bad = 0;
  for (const [, ...cells] of rows) {
    const values = cells.map((cell) => (cell.trim() === '' ? Number.NaN : Number(cell)));
    const isWhole = values.length === columns && values.every((value) => value >= 0 && value <= 1);
    // A row of zeros cannot be rescaled to a sum of 1.
    if (!isWhole || values.every((value) => value === 0)) bad++;
    else {
      least = Math.min(least, ...values);
      most = Math.max(most, ...values);
    }
  }
  const what = 'Range for log loss';
  if (bad > 0) return [what, `${bad} rows do not hold a probability for every class`, 'wrong'];
  const isInside = least >= logLossEdge && most <= 1 - logLossEdge;
  return [
    what,
    `${least.toPrecision(3)} to ${most.toPrecision(3)}`,
    isInside ? 'right' : 'the contest cuts it to 1e-15',
  ];
}
