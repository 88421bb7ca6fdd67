import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateInSteps } from '../../src/core/evaluate.ts';
import { type EvaluationReport, evaluationReportSchema } from '../../src/core/evaluation.ts';
import { computeMetrics, type EvaluationInput, type JudgedImage } from '../../src/core/judge.ts';
import { learnClueTable, sizeClue } from '../../src/core/metrics-baseline.ts';
import {
  computeAccuracy,
  computeCalibration,
  computeConfusion,
  computeLogLoss,
  findArgMax,
} from '../../src/core/metrics-class.ts';
import { computeClassFigures, computeRankingAp } from '../../src/core/metrics-per-class.ts';
import { createRandom } from '../../src/core/random.ts';

interface GoldenCase {
  name: string;
  classes: number;
  truth: number[];
  probabilities: number[][];
  expected: {
    accuracy: number;
    logLoss: number;
    confusion: number[][];
    calibrationError: number;
    perClass: Record<string, number | null>[];
  };
}

const golden = JSON.parse(readFileSync(new URL('../fixtures/class-eval.json', import.meta.url), 'utf8')) as {
  cases: GoldenCase[];
};

const share = fc.double({ min: 0, max: 1, noNaN: true });
const labels = fc
  .record({ classes: fc.integer({ min: 2, max: 5 }), n: fc.integer({ min: 1, max: 30 }) })
  .chain(({ classes, n }) =>
    fc.record({
      classes: fc.constant(classes),
      truth: fc.array(fc.nat(classes - 1), { minLength: n, maxLength: n }),
      rows: fc.array(fc.array(share, { minLength: classes, maxLength: classes }), {
        minLength: n,
        maxLength: n,
      }),
    }),
  );

describe('figures of each class', () => {
  it.each(golden.cases)(
    'equal scikit-learn to 1e-9 on $name',
    ({ classes, truth, probabilities, expected }) => {
      const guesses = probabilities.map(findArgMax);
      expect(computeAccuracy(truth, guesses)).toBeCloseTo(expected.accuracy, 9);
      expect(computeLogLoss(truth, probabilities)).toBeCloseTo(expected.logLoss, 9);
      expect(computeConfusion(truth, guesses, classes)).toEqual(expected.confusion);
      const confidence = probabilities.map((row) => Math.max(...row));
      const right = guesses.map((guess, i) => guess === truth[i]);
      expect(computeCalibration(confidence, right).expectedError).toBeCloseTo(expected.calibrationError, 9);
      const figures = computeClassFigures(truth, probabilities, classes);
      expect(figures).toHaveLength(classes);
      expected.perClass.forEach((wanted, c) => {
        for (const [name, value] of Object.entries(wanted)) {
          const ours = figures[c]?.[name as keyof (typeof figures)[number]];
          if (value === null) expect(ours, `${name} of class ${c}`).toBeNull();
          else expect(ours, `${name} of class ${c}`).toBeCloseTo(value, 9);
        }
      });
    },
  );

  it('agree with the confusion, whatever the labels', () => {
    fc.assert(
      fc.property(labels, ({ classes, truth, rows }) => {
        const table = computeConfusion(truth, rows.map(findArgMax), classes);
        computeClassFigures(truth, rows, classes).forEach((figures, c) => {
          const row = table[c] ?? [];
          const hit = row[c] ?? 0;
          expect(figures.truth).toBe(row.reduce((a, b) => a + b, 0));
          expect(figures.predicted).toBe(table.reduce((sum, line) => sum + (line[c] ?? 0), 0));
          expect(figures.recall).toBe(figures.truth === 0 ? null : hit / figures.truth);
          expect(figures.precision).toBe(figures.predicted === 0 ? null : hit / figures.predicted);
          expect(figures.ap === null).toBe(figures.truth === 0);
        });
      }),
    );
  });

  it('rank alike whatever rising function is applied to the scores', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), fc.nat(20)), { minLength: 1, maxLength: 40 }), (list) => {
        const right = list.map(([value]) => value);
        const scores = list.map(([, score]) => score);
        expect(computeRankingAp(right, scores)).toBe(
          computeRankingAp(
            right,
            scores.map((score) => score ** 3 - 7),
          ),
        );
      }),
    );
    expect(computeRankingAp([true, false, true, false], [0.5, 0.5, 0.5, 0.5])).toBe(0.5);
    expect(() => computeRankingAp([true], [])).toThrow(RangeError);
    expect(() => computeClassFigures([1], [], 2)).toThrow(RangeError);
  });

  it('keep a calibration between 0 and 1 in which every score is counted once', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(share, fc.boolean()), { minLength: 1, maxLength: 50 }), (list) => {
        const { bins, expectedError } = computeCalibration(
          list.map(([score]) => score),
          list.map(([, right]) => right),
        );
        expect(bins.reduce((sum, { n }) => sum + n, 0)).toBe(list.length);
        expect(expectedError).toBeGreaterThanOrEqual(0);
        expect(expectedError).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('guesses from a fact alone', () => {
  const clues = fc.array(
    fc.record({ clue: fc.constantFrom('1280×720', '1276×718', '1334×750'), classIndex: fc.nat(3) }),
    { maxLength: 40 },
  );

  it('are probabilities, none of them 0, and those of a fact never seen are the majority’s', () => {
    fc.assert(
      fc.property(clues, fc.double({ min: 0.01, max: 10, noNaN: true }), (train, smoothing) => {
        const table = learnClueTable(train, 4, smoothing);
        const majority = learnClueTable(
          train.map((entry) => ({ ...entry, clue: 'any' })),
          4,
          smoothing,
        );
        for (const clue of ['1280×720', 'another']) {
          const row = table.predict(clue);
          expect(row.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9);
          expect(Math.min(...row)).toBeGreaterThan(0);
        }
        expect(table.predict('another')).toEqual(majority.predict('any'));
        expect(table.knows('another')).toBe(false);
      }),
    );
  });

  it('count as Laplace does', () => {
    const train = [0, 0, 1].map((classIndex) => ({
      clue: sizeClue({ widthPx: 4, heightPx: 3 }),
      classIndex,
    }));
    expect([...learnClueTable(train, 3).predict('4×3')]).toEqual([3 / 6, 2 / 6, 1 / 6]);
    expect(() => learnClueTable([], 0)).toThrow(RangeError);
    expect(() => learnClueTable([], 2, 0)).toThrow(RangeError);
  });
});

/** Boats photograph at their own pixel size; `leak` is how often the boat decides the class. */
function drawFleet(seed: number, leak: number, images = 120): EvaluationInput {
  const random = createRandom(seed);
  const make = (i: number): EvaluationInput['images'][number] => {
    const boat = random.int(6);
    const classIndex = random.next() < leak ? boat % 3 : random.int(3);
    const box = { x: 10, y: 10, w: 50, h: 40 };
    const hand = [{ classId: 'abc'[classIndex] ?? 'a', box }];
    const seen = random.next() < 0.8 ? classIndex : random.int(3);
    const probabilities = [0.05, 0.05, 0.05, 0.05];
    probabilities[seen] = 0.85;
    return {
      imageId: `i${i}`,
      group: `boat ${boat}`,
      widthPx: 1000 + boat,
      heightPx: 700,
      hand,
      found: [{ classId: 'abc'[seen] ?? 'a', box, score: 0.85 }],
      probabilities,
    };
  };
  return {
    images: Array.from({ length: images }, (_, i) => make(i)),
    trainedOn: Array.from({ length: 200 }, (_, i) => make(i)),
    classes: [...'abc'].map((id) => ({ id, name: id.toUpperCase() })),
    split: 'valid',
    seed,
  };
}

function finish(input: EvaluationInput): EvaluationReport {
  const steps = evaluateInSteps(input);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    expect(step.value).toBeLessThanOrEqual(1);
  }
}

const rival = (report: EvaluationReport, id: string) =>
  report.baselines?.rivals.find((entry) => entry.id === id);

describe('an evaluation report', () => {
  it('shows a leak: where the boat tells the fish, the pixel size alone does as well as the model', () => {
    const report = finish(drawFleet(1, 1));
    expect(rival(report, 'pixel-size')?.accuracy).toBe(1);
    expect(rival(report, 'majority')?.accuracy).toBeLessThan(0.6);
    expect(rival(report, 'pixel-size')?.gain?.high).toBeLessThan(0.05);
    expect(report.baselines).toMatchObject({ of: 'images', n: 120, learntOn: 200 });
  });

  it('shows none where there is none: the model is better by more than chance', () => {
    const report = finish(drawFleet(2, 0));
    expect(rival(report, 'pixel-size')?.accuracy).toBeLessThan(0.5);
    expect(rival(report, 'pixel-size')?.gain?.low).toBeGreaterThan(0.2);
  });

  it('holds the figures of a training record, each within its own interval, and crosses processes as it is', () => {
    const input = drawFleet(3, 0.5);
    const report = finish(input);
    expect(evaluationReportSchema.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
    expect(report).toMatchObject(
      computeMetrics(
        input.images,
        input.classes.map(({ id }) => id),
        'valid',
      ),
    );
    for (const name of ['classAcc', 'logLoss', 'map50', 'boxClassAcc'] as const) {
      expect(report.intervals[name]?.low).toBeLessThanOrEqual(report[name] ?? Number.NaN);
      expect(report.intervals[name]?.high).toBeGreaterThanOrEqual(report[name] ?? Number.NaN);
    }
    expect(report.groups).toEqual({ count: 6, by: 'group' });
    expect(report.confusion.images?.flat().reduce((a, b) => a + b, 0)).toBe(120);
    expect(report.perImageClass?.map(({ name }) => name)).toEqual(['A', 'B', 'C', 'nothing here']);
    expect(finish(input)).toEqual(report);
  });

  it('says so when no image has a group, and gives no interval for a single boat', () => {
    const input = drawFleet(4, 0);
    const alone = finish({ ...input, images: input.images.map((image) => ({ ...image, group: null })) });
    expect(alone.groups).toEqual({ count: 120, by: 'image' });
    const single = finish({ ...input, images: input.images.map((image) => ({ ...image, group: 'boat' })) });
    expect(single.groups).toEqual({ count: 1, by: 'group' });
    expect(Object.values(single.intervals)).toEqual([null, null, null, null, null, null]);
    expect(rival(single, 'majority')?.gain).toBeNull();
  });

  it('compares names of boxes where a recipe says nothing of whole images', () => {
    const input = drawFleet(5, 1);
    const report = finish({
      ...input,
      images: input.images.map((image) => ({ ...image, probabilities: null })),
    });
    expect(report).toMatchObject({ classAcc: null, logLoss: null, perImageClass: null });
    expect(report.baselines).toMatchObject({ of: 'boxes', model: { accuracy: report.boxClassAcc } });
    expect(rival(report, 'pixel-size')?.accuracy).toBe(1);
    expect(report.calibration.images).toBeNull();
    expect(report.calibration.detections?.bins[8]?.accuracy).toBeCloseTo(report.boxClassAcc ?? Number.NaN, 9);
  });

  it('gives the figures without what the model knows already, and how much that flattered it', () => {
    const input = drawFleet(8, 0);
    // Of two photographs in three the model has a twin, and is always right.
    const images = input.images.map((image, i) => {
      const truth = 'abc'.indexOf(image.hand[0]?.classId ?? 'a');
      const seen = (truth + (i % 6 === 0 ? 0 : 1)) % 3;
      const isSeen = i % 3 !== 0;
      const guess = isSeen ? truth : seen;
      const probabilities = [0.05, 0.05, 0.05, 0.05].map((low, c) => (c === guess ? 0.85 : low));
      return {
        ...image,
        isSeen,
        probabilities,
        found: [{ ...image.found[0], classId: 'abc'[guess] ?? 'a' }],
      };
    }) as EvaluationInput['images'];
    const report = finish({ ...input, images });
    expect(report.unseen).toMatchObject({ n: 40, seen: 80, classAcc: 0.5 });
    const alone = finish({ ...input, images: images.filter(({ isSeen }) => isSeen !== true) });
    for (const name of ['map50', 'map', 'classAcc', 'boxClassAcc'] as const)
      expect(report.unseen?.[name]).toBeCloseTo(alone[name] ?? Number.NaN, 9);
    expect(report.unseen?.flattery.classAcc?.low).toBeGreaterThan(0.15);
    expect(report.unseen?.flattery.classAcc?.high).toBeLessThan(0.5);
    expect(evaluationReportSchema.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
    expect(alone.unseen).toBeNull();
    expect(
      finish({ ...input, images: images.map((image) => ({ ...image, isSeen: true })) }).unseen,
    ).toMatchObject({
      n: 0,
      map50: null,
    });
  });

  it('has no baseline where the training images are not known, and no figure where nothing was judged', () => {
    const input = drawFleet(6, 0, 10);
    expect(finish({ ...input, trainedOn: [] }).baselines).toBeNull();
    const empty = finish({ ...input, images: [] });
    expect(empty).toMatchObject({ n: 0, map50: null, classAcc: null, baselines: null });
  });

  it('does not depend on the order of images', () => {
    const input = drawFleet(7, 0.5, 40);
    const turned = { ...input, images: [...input.images].reverse() };
    const pick = ({ perClass, confusion, classAcc, calibration }: EvaluationReport) => ({
      perClass: perClass.map(({ ap50Interval: _, ...rest }) => rest),
      confusion,
      classAcc,
      detections: calibration.detections?.bins.map(({ n, accuracy }) => ({ n, accuracy })),
    });
    // Equal scores in different images are taken in the order of the images, as COCO does; here they are made different.
    const distinct = (data: EvaluationInput): EvaluationInput => ({
      ...data,
      images: data.images.map((image) => ({
        ...image,
        found: image.found.map((box) => ({ ...box, score: 0.5 + Number(image.imageId.slice(1)) / 1000 })),
      })),
    });
    expect(pick(finish(distinct(turned)))).toEqual(pick(finish(distinct(input))));
  });

  it('counts an image whose fish was not suggested as no overlap, where a recipe says one fish an image', () => {
    const box = { x: 0, y: 0, w: 10, h: 10 };
    const image = (imageId: string, found: JudgedImage['found'], said: number[] | null): JudgedImage => ({
      imageId,
      hand: [{ classId: 'a', box }],
      found,
      probabilities: said,
    });
    const hit = [{ classId: 'a', box, score: 0.9 }];
    const single = [image('1', hit, [0.9, 0.1]), image('2', [], [0.4, 0.6])];
    expect(computeMetrics(single, ['a'], 'valid')).toMatchObject({ n: 2, classAcc: 0.5, meanIou: 0.5 });
    const many = single.map((entry) => ({ ...entry, probabilities: null }));
    expect(computeMetrics(many, ['a'], 'valid')).toMatchObject({ classAcc: null, meanIou: 1 });
  });

  it('holds no missed box against a recipe that promises none', () => {
    const box = { x: 0, y: 0, w: 10, h: 10 };
    const image = { imageId: '1', hand: [{ classId: 'a', box }], found: [], probabilities: [0.8, 0.2] };
    const boxless = { classAcc: 1, meanIou: null, map50: null, map: null };
    expect(computeMetrics([image], ['a'], 'valid', false)).toMatchObject(boxless);
    expect(computeMetrics([image], ['a'], 'valid')).toMatchObject({ classAcc: 1, meanIou: 0, map50: 0 });
  });
});
