import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { clipProbabilities, computeDetectionProbabilities } from '../../src/core/submission.ts';
import type { ExportInput } from '../../src/formats/format.ts';
import { kaggleSubmissionFormat } from '../../src/formats/kaggle-submission.format.ts';
import { ncfmFormat } from '../../src/formats/ncfm.format.ts';
import { makeBox } from '../helpers/arbitrary-project.ts';
import { drainExport, lookupOf, makeImage, treeOf } from '../helpers/file-trees.ts';

const rect = (x: number, y: number, width: number, height: number) => ({
  class: 'rect',
  x,
  y,
  width,
  height,
});
const entry = (filename: string, ...annotations: object[]) => ({ class: 'image', filename, annotations });
const read = (files: Record<string, unknown>, images: string[], options?: object) =>
  ncfmFormat.read(
    treeOf(Object.fromEntries(Object.entries(files).map(([name, json]) => [name, JSON.stringify(json)]))),
    lookupOf(...images),
    options,
  );

describe('reading the fisheries contest boxes', () => {
  it('matches names without their foreign folder, clips what lies outside, and counts it', async () => {
    const { boxes, report } = await read(
      {
        'shark_labels.json': [entry('../data/train/SHARK/img_1.jpg', rect(-3, 10, 20, 20), rect(0, 0, 0, 0))],
      },
      ['train/SHARK/img_1.jpg'],
    );
    expect(boxes).toMatchObject([{ className: 'SHARK', x: 0, y: 10, w: 17, h: 20 }]);
    expect(report).toMatchObject({
      seen: { images: 1, boxes: 2 },
      boxes: 1,
      clipped: 1,
      skipped: [{ why: 'the box has no area' }],
    });
  });

  it('prefers the class folder when two photographs share a name', async () => {
    const { boxes } = await read(
      {
        'alb_labels.json': [entry('i.jpg', rect(1, 1, 5, 5))],
        'yft_labels.json': [entry('i.jpg', rect(2, 2, 5, 5))],
      },
      ['ALB/i.jpg', 'YFT/i.jpg'],
    );
    expect(boxes.map(({ imageId, className }) => [imageId, className])).toEqual([
      ['ALB/i.jpg', 'ALB'],
      ['YFT/i.jpg', 'YFT'],
    ]);
  });

  it('leaves the state of an image open when its class is known but no box was drawn', async () => {
    const { images, report } = await read(
      { 'dol_labels.json': [{ class: 'image', filename: 'a.jpg' }, entry('b.jpg')] },
      ['a.jpg', 'b.jpg'],
    );
    expect(images.map(({ state }) => state)).toEqual([null, null]);
    expect(report.notes).toContain('2 images are of a class but have no box; their state was left as it is.');
  });

  it('refuses the set with head and tail points, unless boxes around them are wanted', async () => {
    const points = {
      'alb_labels.json': [
        entry('a.jpg', { class: 'point', x: 100, y: 100 }, { class: 'point', x: 200, y: 100 }),
      ],
    };
    await expect(read(points, ['a.jpg'])).rejects.toMatchObject({ code: 'format/points-not-boxes' });
    const { boxes } = await read(points, ['a.jpg'], { points: 'box' });
    expect(boxes).toMatchObject([
      { x: 85, y: 85, w: 130, h: 30, head: { x: 100, y: 100 }, tail: { x: 200, y: 100 } },
    ]);
  });

  it('reads the whole files when one is broken, and names the broken one', async () => {
    const good = JSON.stringify([entry('a.jpg', rect(1, 1, 5, 5))]);
    const { boxes, report } = await ncfmFormat.read(
      treeOf({ 'alb_labels.json': good, 'yft_labels.json': good.slice(0, 30) }),
      lookupOf('a.jpg'),
    );
    expect(boxes).toHaveLength(1);
    expect(report.skipped).toMatchObject([{ what: 'yft_labels.json' }]);
  });
});

const eight = ['ALB', 'BET', 'DOL', 'LAG', 'OTHER', 'SHARK', 'YFT'];
const project = (names: readonly string[], part: Partial<ExportInput> = {}): ExportInput => ({
  projectName: 'Contest',
  classes: names.map((name, position) => ({
    id: name,
    name,
    color: '#000000',
    key: null,
    scientificName: null,
    position,
  })),
  images: [
    makeImage('t/a.jpg', { state: 'labelled' }),
    makeImage('t/b.jpg', { state: 'empty' }),
    makeImage('t/c.jpg'),
  ],
  boxes: names.length === 0 ? [] : [makeBox('t/a.jpg', names[0] ?? '', { x: 0, y: 0, w: 9, h: 9 }, '1')],
  nowMs: 0,
  ...part,
});
async function table(input: ExportInput, options?: object): Promise<string[][]> {
  const files = await drainExport(kaggleSubmissionFormat.write(input, options));
  return parse(new TextDecoder().decode(files['submission.csv']));
}

describe('writing a submission', () => {
  it('has the columns of the contest and cuts probabilities as lesson 7 does', async () => {
    const [header, a, b, ...more] = await table(project(eight.toReversed()));
    expect(header?.join()).toBe('image,ALB,BET,DOL,LAG,NoF,OTHER,SHARK,YFT');
    expect([a?.[0], Number(a?.[8]), Number(a?.[1])]).toEqual(['a.jpg', 0.82, (1 - 0.82) / 7]);
    expect([b?.[0], Number(b?.[5])]).toEqual(['b.jpg', 0.82]);
    expect(more).toEqual([]);
  });

  it('takes the probabilities of a model before labels, and reports images that have neither', async () => {
    const probabilities = [
      {
        imageId: 't/a.jpg',
        byClass: new Map([
          ['cod', 0.25],
          ['eel', 0.5],
        ]),
        nothing: 0.25,
      },
    ];
    const input = project(['eel', 'cod'], { probabilities });
    expect((await table(input, { maxProbability: 1 }))[1]).toEqual(['a.jpg', '0.25', '0.5', '0.25']);
    expect(kaggleSubmissionFormat.write(input).report).toMatchObject({
      images: 2,
      seen: { images: 3 },
      skipped: [{ what: 't/c.jpg', images: 1 }],
    });
    expect((await table(input, { missing: 'uniform' }))[3]).toEqual([
      'c.jpg',
      ...new Array(3).fill(String(1 / 3)),
    ]);
  });

  it('puts a class named like the column for nothing into it', async () => {
    expect(await table(project(['NoF']), { maxProbability: 1 })).toEqual([
      ['image', 'NoF'],
      ['a.jpg', '1'],
      ['b.jpg', '1'],
    ]);
  });

  it('quotes odd names, adds the prefix, and writes paths where bare names would clash', async () => {
    const images = [
      makeImage('x/a,b.jpg', { state: 'empty' }),
      makeImage('y/a,b.jpg', { state: 'empty' }),
      makeImage('y/c.jpg', { state: 'empty', split: 'test' }),
    ];
    const rows = await table(project(['a "b"'], { images, boxes: [] }), { prefix: 'test_stg2/' });
    expect(rows.map(([first]) => first)).toEqual([
      'image',
      'test_stg2/x/a,b.jpg',
      'test_stg2/y/a,b.jpg',
      'test_stg2/c.jpg',
    ]);
    expect(rows[0]?.[1]).toBe('a "b"');
    expect(await table(project(['x'], { images, boxes: [] }), { split: 'test' })).toHaveLength(2);
  });

  it('refuses a project without classes', () => {
    expect(() => kaggleSubmissionFormat.write(project([]))).toThrowError(
      expect.objectContaining({ code: 'format/no-classes' }),
    );
  });

  it('turns detections into probabilities that sum to one', () => {
    const { byClass, nothing } = computeDetectionProbabilities('a', [
      { classId: 'x', score: 0.5 },
      { classId: 'x', score: 0.5 },
      { classId: 'y', score: 0.25 },
    ]);
    const sum = 0.75 + 0.25 + 0.25 * 0.75;
    expect([byClass.get('x'), byClass.get('y'), nothing]).toEqual([
      0.75 / sum,
      0.25 / sum,
      (0.25 * 0.75) / sum,
    ]);
    expect(computeDetectionProbabilities('a', [])).toMatchObject({ nothing: 1 });
    expect(clipProbabilities([Number.NaN, 1], 0.82)).toEqual([1 - 0.82, 0.82]);
  });
});
