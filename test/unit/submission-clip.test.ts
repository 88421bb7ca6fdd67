/** A submission follows the contest's sample, and its cut is tuned where that can be trusted. */
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../src/core/errors.ts';
import type { ImageRecord } from '../../src/core/records.ts';
import type { ImageProbabilities } from '../../src/core/submission.ts';
import { computeLogLoss, tuneClip } from '../../src/core/submission-clip.ts';
import type { ExportInput } from '../../src/formats/format.ts';
import { kaggleSubmissionFormat } from '../../src/formats/kaggle-submission.format.ts';
import { checkAgainstSample } from '../../src/formats/kaggle-submission.sample.ts';
import { makeBox } from '../helpers/arbitrary-project.ts';
import { drainExport, makeImage } from '../helpers/file-trees.ts';

const sure = (imageId: string, classId: string, p: number): ImageProbabilities => ({
  imageId,
  byClass: new Map([[classId, p]]),
  nothing: 1 - p,
});

/** Twenty validation images of class ALB; the model is as good as certain of all, and wrong about the first few. */
function project(wrong: number, part: Partial<ImageRecord> = {}): ExportInput {
  const images = Array.from({ length: 20 }, (_, i) =>
    makeImage(`v/${i}.jpg`, { state: 'reviewed', split: 'valid', group: `boat ${i % 3}`, ...part }),
  );
  return {
    projectName: 'reef',
    classes: ['ALB', 'YFT'].map((name, position) => ({
      id: name,
      name,
      color: '#123456',
      key: null,
      scientificName: null,
      position,
    })),
    images,
    boxes: images.map(({ id }) => makeBox(id, 'ALB', { x: 0, y: 0, w: 9, h: 9 }, `b${id}`)),
    probabilities: images.map(({ id }, i) => sure(id, i < wrong ? 'YFT' : 'ALB', 0.9999)),
    nowMs: 0,
  };
}

async function write(input: ExportInput, options: object = {}) {
  const result = kaggleSubmissionFormat.write(input, options);
  const files = await drainExport(result);
  const table = parse(new TextDecoder().decode(files['submission.csv'])) as string[][];
  return { report: result.report, table };
}

const highest = (table: readonly string[][]): number =>
  Math.max(...table.slice(1).flatMap((row) => row.slice(1).map(Number)));

const sampleOf = (text: string): Pick<ExportInput, 'attachments'> => ({
  attachments: { sample: new TextEncoder().encode(text) },
});

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
  return 'none';
}

describe('the cut of a submission', () => {
  it('is the one of lowest log loss: the more mistakes, the lower', () => {
    const rows = (wrong: number) =>
      Array.from({ length: 100 }, (_, i) => ({
        said: i < wrong ? [0.0001, 0.9999] : [0.9999, 0.0001],
        truth: [1, 0],
      }));
    const best = [0, 2, 10, 30].map((wrong) => tuneClip(rows(wrong))?.best.maxFrac ?? 0);
    expect(best).toEqual([...best].sort((a, b) => b - a));
    // With a tenth of mistakes by a model that is always sure, nine tenths is what it should have said.
    expect([best[0], best[2]]).toEqual([1, 0.9]);
    expect(tuneClip([])).toBeNull();
  });

  it('never gives a loss that is no number, whatever a model says', () => {
    const value = fc.oneof(fc.double(), fc.constantFrom(0, 1, -1, Number.NaN, 1e308));
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 2, maxLength: 8 }),
        fc.double({ min: 0.2, max: 1, noNaN: true }),
        (said, max) => {
          const truth = said.map((_, i) => (i === 0 ? 1 : 0));
          expect(Number.isFinite(computeLogLoss([{ said, truth }], max))).toBe(true);
        },
      ),
    );
  });

  it('is tuned on labelled validation images and told with every figure; with too few of them it is the one that was given', async () => {
    const tuned = await write(project(2));
    expect(highest(tuned.table)).toBe(0.9);
    expect(tuned.report.tables?.[0]?.rows.find((row) => row[2] === 'chosen')?.[0]).toBe('0.9');
    expect(tuned.report.notes.join()).toContain('3 groups, none of which is in training');
    expect(highest((await write(project(2), { clip: 'fixed', maxProbability: 0.7 })).table)).toBe(0.7);
    const few = await write(project(2, { split: 'train' }));
    expect([highest(few.table), few.report.notes.join().includes('Only 0 validation images')]).toEqual([
      0.82,
      true,
    ]);
  });

  it('is doubted where validation images share groups with training', async () => {
    const input = project(2);
    const images = [...input.images, makeImage('t/1.jpg', { split: 'train', group: 'boat 1' })];
    expect((await write({ ...input, images })).report.notes.join()).toContain('1 of the 3 groups');
  });
});

describe('a sample submission', () => {
  it('gives columns, rows and their order; what the project does not know is counted, not invented', async () => {
    const text = 'image,YFT,NoF,ALB,OTHER\n7.jpg,1,0,0,0\nnobody.jpg,1,0,0,0\ntest_stg2/3.jpg,1,0,0,0\n';
    const { table, report } = await write(
      { ...project(0), ...sampleOf(text) },
      { sample: 's.csv', clip: 'fixed' },
    );
    expect(table[0]).toEqual(['image', 'YFT', 'NoF', 'ALB', 'OTHER']);
    expect(table.slice(1).map(([name]) => name)).toEqual(['7.jpg', 'nobody.jpg', 'test_stg2/3.jpg']);
    expect(table[1]?.slice(1).map(Number)).toEqual([0.06, 0.06, 0.82, 0.06].map((p) => expect.closeTo(p, 9)));
    expect(new Set(table[2]?.slice(1))).toEqual(new Set(['0.25']));
    const found = Object.fromEntries(
      (report.tables?.[0]?.rows ?? []).map(([what, text, ok]) => [what, [text, ok]]),
    );
    expect(found).toMatchObject({
      Header: [expect.stringContaining('OTHER is no class'), 'look'],
      Rows: ['3 of 3', 'right'],
      'Images known': [expect.stringContaining('1 rows got the same'), 'look'],
      'Range for log loss': [expect.any(String), 'right'],
    });
    expect(report.skipped).toMatchObject([{ images: 18, why: 'the sample submission has no row for them' }]);
    expect(report.seen.images).toBe(report.images + 18);
  });

  it('is held against the file as it was written: a row, name, column or number that is not as it should be is called wrong', () => {
    const sample = { nameTitle: 'image', columns: ['ALB', 'NoF'], names: ['1.jpg', 'a, b.jpg', '3.jpg'] };
    const check = (written: string): Record<string, unknown> => {
      const { rows } = checkAgainstSample({ sample, strange: [], left: [], unknown: 0, written });
      return Object.fromEntries(rows.map(([what = '', , verdict]) => [what, verdict]));
    };
    const right = { Header: 'right', Rows: 'right', Order: 'right', 'Range for log loss': 'right' };
    const lines = ['image,ALB,NoF', '1.jpg,0.9,0.1', '"a, b.jpg",0.5,0.5', '3.jpg,0.2,0.8'];
    const [head = '', one = '', two = '', three = ''] = lines;
    expect(check(lines.join('\n'))).toMatchObject(right);
    const spoilt: readonly [lines: string[], is: Record<string, string>][] = [
      [['image,NoF,ALB', one, two, three], { Header: 'wrong' }],
      [[head, one, two], { Rows: 'wrong', Order: 'look' }],
      [[head, one, two, three, three], { Rows: 'wrong' }],
      [[head, one, 'b.jpg,0.5,0.5', three], { Rows: 'wrong', Order: 'look' }],
      [[head, three, two, one], { Order: 'look' }],
      [[head, one, two, '3.jpg,NaN,0.8'], { 'Range for log loss': 'wrong' }],
      [[head, one, two, '3.jpg,,0.8'], { 'Range for log loss': 'wrong' }],
      [[head, one, two, '3.jpg,0.2'], { 'Range for log loss': 'wrong' }],
      [[head, one, two, '3.jpg,0,0'], { 'Range for log loss': 'wrong' }],
      [[head, one, two, '3.jpg,-0.2,1.2'], { 'Range for log loss': 'wrong' }],
      [[head, one, two, '3.jpg,0,1'], { 'Range for log loss': 'the contest cuts it to 1e-15' }],
    ];
    for (const [text, is] of spoilt)
      expect([text, check(text.join('\n'))]).toEqual([text, expect.objectContaining({ ...right, ...is })]);
  });

  it('that is none, or of another contest, ends in a message and no file', () => {
    const input = project(0);
    const refuse = (text: string): string =>
      codeOf(() => kaggleSubmissionFormat.write({ ...input, ...sampleOf(text) }, { sample: 's.csv' }));
    expect(refuse('')).toBe('format/sample');
    expect(refuse('image\n1.jpg\n')).toBe('format/sample');
    expect(refuse('image,ALB,YFT\n')).toBe('format/sample');
    expect(refuse('image,ALB,alb\n1.jpg,0,1\n')).toBe('format/sample');
    expect(refuse('image,ALB,YFT\n1.jpg,0,1\n1.jpg,0,1\n')).toBe('format/sample');
    expect(refuse('id,cat,dog\n1,0,1\n')).toBe('format/sample-columns');
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(['format/sample', 'format/sample-columns', 'none']).toContain(refuse(text));
      }),
    );
  });
});
