/** The submission table of the Kaggle fisheries contest, for any list of classes: one row of probabilities an image. */
import { stringify } from 'csv-stringify/sync';
import { z } from 'zod';
import { classNameKey } from '../core/class-colors.ts';
import { AppError } from '../core/errors.ts';
import type { ImageRecord } from '../core/records.ts';
import { clipProbabilities, computeLabelProbabilities, type ImageProbabilities } from '../core/submission.ts';
import { defineFormat } from './define-format.ts';
import { planExport } from './export-plan.ts';
import type { Detection, ExportResult, ExportSource, FileTree } from './format.ts';
import { baseName, createImageLookup } from './image-lookup.ts';
import { chooseClip } from './kaggle-submission.clip.ts';
import {
  checkAgainstSample,
  readSample,
  refuseColumns,
  type SampleSubmission,
} from './kaggle-submission.sample.ts';
import type { ReportBuilder } from './report.ts';
import { encodeText, hasExtension, readStart } from './text.ts';

const exportOptions = z.object({
  sample: z
    .string()
    .default('')
    .meta({
      description:
        'The contest’s sample submission: its columns, rows and order are taken, and ours checked against it',
      examples: ['sample_submission_stg1.csv'],
      picks: 'file',
    }),
  clip: z
    .enum(['tuned', 'fixed'])
    .default('tuned')
    .meta({
      description:
        'The highest probability: the one of lowest log loss on the validation images, or the one given here',
      examples: ['fixed'],
    }),
  maxProbability: z
    .number()
    .gt(0)
    .max(1)
    .default(0.82)
    .meta({
      description:
        'Probabilities are cut to this, and from below to (1 − this) / (columns − 1), where the cut is fixed or cannot be tuned; lesson 7 took 0.82',
      examples: [0.9],
    }),
  nothingColumn: z
    .string()
    .min(1)
    .default('NoF')
    .meta({ description: 'Name of the column for images without fish', examples: ['NoF'] }),
  split: z
    .enum(['all', 'train', 'valid', 'test'])
    .default('all')
    .meta({ description: 'Which images get a row', examples: ['valid'] }),
  names: z
    .enum(['file-name', 'path'])
    .default('file-name')
    .meta({ description: 'What stands in the image column', examples: ['path'] }),
  prefix: z
    .string()
    .default('')
    .meta({
      description: 'Written before each image name: test_stg2/ for the second stage',
      examples: ['test_stg2/'],
    }),
  missing: z
    .enum(['skip', 'uniform'])
    .default('skip')
    .meta({
      description: 'Images without probabilities or labels: no row, or the same probability for every class',
      examples: ['uniform'],
    }),
});
type KaggleOptions = z.infer<typeof exportOptions>;

export const kaggleSubmissionFormat = defineFormat({
  id: 'kaggle-submission',
  title: 'Kaggle fisheries submission',
  description:
    'A CSV with one row an image and one probability a class: image,ALB,BET,DOL,LAG,NoF,OTHER,SHARK,YFT.',
  extensions: ['.csv'],
  options: exportOptions,
  loses: ['It holds no boxes.', 'It holds one set of probabilities an image, whatever the number of fish.'],
  precisionPx: null,
  detect: detectSubmission,
  write: writeSubmission,
});

async function detectSubmission(files: FileTree): Promise<Detection> {
  for await (const file of files.list()) {
    if (!hasExtension(file.path, '.csv')) continue;
    const [header = '', first = ''] = (await readStart(file)).split(/\r\n|\n|\r/, 2);
    const columns = header.split(',');
    if (columns[0] !== 'image' || columns.length < 2) continue;
    const reason = `“${file.path}” has a column for images and one for each class`;
    if (columns.includes('NoF')) return { confidence: 0.95, reason };
    const values = first.split(',').slice(1 - columns.length);
    if (values.every((value) => value !== '' && Number(value) >= 0 && Number(value) <= 1))
      return { confidence: 0.7, reason };
  }
  return { confidence: 0, reason: 'no CSV that begins with image and class columns' };
}

interface Column {
  readonly title: string;
  readonly classIds: readonly string[];
  /** The column of images without fish; a class of that name goes there too. */
  readonly isNothing: boolean;
}

function writeSubmission(input: ExportSource, options: KaggleOptions): ExportResult {
  const plan = planExport('kaggle-submission', { ...input, boxes: [] });
  const own = chooseColumns(input, options);
  const bytes = options.sample === '' ? undefined : input.attachments?.sample;
  const sample = bytes === undefined ? undefined : readSample(bytes);
  const columns = sample === undefined ? own : orderAsSample(own, sample);
  const toRow = (probabilities: ImageProbabilities | undefined): number[] =>
    columns.map((column) => probabilityOf(column, probabilities, columns.length));
  const clip =
    options.clip === 'tuned' && input.probabilities !== undefined
      ? chooseClip(input, options.maxProbability, toRow)
      : { maxFrac: options.maxProbability, notes: [], tables: [] };
  const wanted = listWanted(plan.images, sample, options, plan.report);
  const given = new Map(input.probabilities?.map((row) => [row.imageId, row]));
  const labels = Map.groupBy(input.boxes, ({ imageId }) => imageId);
  const rows: (string | number)[][] = [];
  let unknown = 0;
  let written = 0;
  for (const { name, image } of wanted) {
    const probabilities =
      image === undefined
        ? undefined
        : (given.get(image.id) ?? fromLabels(image, labels.get(image.id) ?? [], input));
    if (probabilities === undefined && sample === undefined && options.missing === 'skip') {
      plan.report.skip({
        what: image?.path ?? name,
        why: 'it has neither probabilities of a model nor labels',
        images: 1,
      });
      continue;
    }
    if (probabilities === undefined) unknown++;
    if (image !== undefined) written++;
    rows.push([name, ...clipProbabilities(toRow(probabilities), clip.maxFrac)]);
  }
  plan.report.countImages(written);
  if (input.probabilities === undefined)
    plan.report.note('No model was given, so the probabilities are those of the labels.');
  if (input.boxes.length > 0)
    plan.report.note('Boxes have no place in this table; only probabilities of whole images were written.');
  for (const note of clip.notes) plan.report.note(note);
  const header = [sample?.nameTitle ?? 'image', ...columns.map(({ title }) => title)];
  const table = stringify([header, ...rows], { record_delimiter: 'unix' });
  const check =
    sample === undefined
      ? []
      : [checkAgainstSample({ sample, ...compareColumns(own, sample), unknown, written: table })];
  return {
    files: oneFile('submission.csv', table),
    report: { ...plan.report.build(), tables: [...check, ...clip.tables] },
    copies: [],
  };
}

interface WantedRow {
  readonly name: string;
  readonly image: ImageRecord | undefined;
}

/** The rows of the table: those of the sample where there is one, else those of the split. What is left out is reported. */
function listWanted(
  all: readonly ImageRecord[],
  sample: SampleSubmission | undefined,
  options: KaggleOptions,
  report: ReportBuilder,
): WantedRow[] {
  if (sample !== undefined) {
    const found = createImageLookup(all).resolve(sample.names);
    const byId = new Map(all.map((image) => [image.id, image]));
    const rows = sample.names.map((name) => ({ name, image: byId.get(found.get(name)?.image?.id ?? '') }));
    const taken = new Set(rows.map(({ image }) => image?.id));
    const rest = all.filter(({ id }) => !taken.has(id)).length;
    if (rest > 0)
      report.skip({ what: `${rest} images`, why: 'the sample submission has no row for them', images: rest });
    return rows;
  }
  const images = all.filter(({ split }) => options.split === 'all' || split === options.split);
  const outside = all.length - images.length;
  if (outside > 0)
    report.skip({
      what: `${outside} images`,
      why: `they are not in the split “${options.split}”`,
      images: outside,
    });
  const nameOf = chooseNames(images, options);
  return images.map((image) => ({ name: nameOf(image), image }));
}

/** The columns of the sample, in its order, each with the class of that name where there is one. */
function orderAsSample(own: readonly Column[], sample: SampleSubmission): Column[] {
  const byName = new Map(own.map((column) => [classNameKey(column.title), column]));
  const columns = sample.columns.map((title): Column => {
    const { classIds, isNothing } = byName.get(classNameKey(title)) ?? { classIds: [], isNothing: false };
    return { title, classIds, isNothing };
  });
  if (columns.every(({ classIds }) => classIds.length === 0))
    throw refuseColumns(
      sample,
      own.filter(({ classIds }) => classIds.length > 0).map(({ title }) => title),
    );
  return columns;
}

function compareColumns(
  own: readonly Column[],
  { columns }: SampleSubmission,
): { strange: string[]; left: string[] } {
  const ours = new Set(own.map(({ title }) => classNameKey(title)));
  const theirs = new Set(columns.map(classNameKey));
  return {
    strange: columns.filter((title) => !ours.has(classNameKey(title))),
    left: own.filter(({ title }) => !theirs.has(classNameKey(title))).map(({ title }) => title),
  };
}

async function* oneFile(path: string, text: string): AsyncGenerator<{ path: string; bytes: Uint8Array }> {
  yield { path, bytes: encodeText(text) };
}

/** Class names in alphabetical order, capitals or not, with the column for nothing among them: the order of the contest. */
function chooseColumns(input: ExportSource, options: KaggleOptions): Column[] {
  const nothing = classNameKey(options.nothingColumn);
  const columns: Column[] = input.classes
    .filter(({ name }) => classNameKey(name) !== nothing)
    .map(({ id, name }) => ({ title: name, classIds: [id], isNothing: false }));
  if (input.classes.length === 0) {
    throw new AppError({
      code: 'format/no-classes',
      message:
        'The project has no classes, so a table of class probabilities would be empty. Nothing was written.',
      hint: 'Add the classes, then export again.',
    });
  }
  const alsoNothing = input.classes.filter(({ name }) => classNameKey(name) === nothing).map(({ id }) => id);
  columns.push({ title: options.nothingColumn, classIds: alsoNothing, isNothing: true });
  return columns.sort(
    (a, b) => compareText(a.title.toUpperCase(), b.title.toUpperCase()) || compareText(a.title, b.title),
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Only what a person has looked at says anything. */
function fromLabels(
  image: ImageRecord,
  boxes: readonly { classId: string }[],
  input: ExportSource,
): ImageProbabilities | undefined {
  if (boxes.length === 0 && image.state === 'unseen') return undefined;
  const known = new Set(input.classes.map(({ id }) => id));
  return computeLabelProbabilities(
    image.id,
    boxes.filter(({ classId }) => known.has(classId)),
  );
}

function probabilityOf(
  column: Column,
  probabilities: ImageProbabilities | undefined,
  columns: number,
): number {
  if (probabilities === undefined) return 1 / columns;
  return column.classIds.reduce(
    (sum, id) => sum + (probabilities.byClass.get(id) ?? 0),
    column.isNothing ? probabilities.nothing : 0,
  );
}

/** Bare file names, except where two images share one: then their paths, since a name may stand only once. */
function chooseNames(images: readonly ImageRecord[], options: KaggleOptions): (image: ImageRecord) => string {
  const shared = Map.groupBy(images, ({ path }) => baseName(path));
  return ({ path }) => {
    const alone = (shared.get(baseName(path))?.length ?? 0) < 2;
    return options.prefix + (options.names === 'file-name' && alone ? baseName(path) : path);
  };
}
