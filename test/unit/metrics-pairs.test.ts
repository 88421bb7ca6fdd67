import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { computeIou } from '../../src/core/geometry.ts';
import {
  computeAccuracy,
  computeCalibration,
  computeConfusion,
  computeLogLoss,
  findArgMax,
} from '../../src/core/metrics-class.ts';
import { computeBootstrapInterval } from '../../src/core/metrics-interval.ts';
import {
  computeBoxConfusion,
  computeMeanIou,
  computePrecisionRecall,
  matchBoxes,
} from '../../src/core/metrics-match.ts';
import { createRandom } from '../../src/core/random.ts';

const at = (x: number, classId: string, score = 1) => ({ classId, box: { x, y: 0, w: 10, h: 10 }, score });
const boxes = fc.array(
  fc.record({
    classId: fc.constantFrom('a', 'b', 'c'),
    score: fc.double({ min: 0, max: 1, noNaN: true }),
    box: fc.record({
      x: fc.integer({ min: 0, max: 40 }),
      y: fc.constant(0),
      w: fc.integer({ min: 1, max: 20 }),
      h: fc.constant(10),
    }),
  }),
  { maxLength: 12 },
);

describe('matching hand and predicted boxes', () => {
  it('tells found, missed, extra and misnamed fish apart', () => {
    const hand = [at(0, 'tuna'), at(100, 'shark'), at(200, 'tuna')];
    const predicted = [at(1, 'tuna', 0.9), at(101, 'tuna', 0.8), at(300, 'shark', 0.7)];
    const pairs = matchBoxes(hand, predicted, 0.5);
    expect(pairs.map((p) => [p.verdict, p.hand?.box.x ?? null, p.predicted?.box.x ?? null])).toEqual([
      ['matched', 0, 1],
      ['wrong-class', 100, 101],
      ['extra', null, 300],
      ['missed', 200, null],
    ]);
    expect(computePrecisionRecall(pairs)).toEqual({
      found: 1,
      wrong: 2,
      missed: 2,
      precision: 1 / 3,
      recall: 1 / 3,
      f1: 1 / 3,
    });
    expect(computePrecisionRecall(pairs, 'shark')).toMatchObject({ found: 0, wrong: 1, missed: 1 });
    expect(computeMeanIou(pairs)).toBeCloseTo(9 / 11, 12);
    expect(computeBoxConfusion(pairs, ['tuna', 'shark'])).toEqual([
      [1, 0, 1],
      [1, 0, 0],
      [0, 1, 0],
    ]);
  });

  it('lets the surer of two suggestions on one fish have it', () => {
    const pairs = matchBoxes([at(0, 'tuna')], [at(0, 'tuna', 0.2), at(2, 'tuna', 0.9)], 0.5);
    expect(pairs.map((p) => [p.verdict, p.predicted?.score])).toEqual([
      ['matched', 0.9],
      ['extra', 0.2],
    ]);
  });

  it('prefers the same class among equal overlaps', () => {
    const pairs = matchBoxes([at(0, 'shark'), at(0, 'tuna')], [at(0, 'tuna', 0.9), at(0, 'shark', 0.8)], 0.5);
    expect(pairs.map((p) => p.verdict)).toEqual(['matched', 'matched']);
  });

  it('accounts for every box of both sides once, whatever they are', () => {
    fc.assert(
      fc.property(boxes, boxes, fc.double({ min: 0, max: 1, noNaN: true }), (hand, predicted, cut) => {
        const pairs = matchBoxes(hand, predicted, cut);
        const seen = (side: 'hand' | 'predicted') =>
          pairs.flatMap((p) => (p[side] === null ? [] : [p[side]]));
        expect(new Set(seen('hand'))).toEqual(new Set(hand));
        expect(seen('hand')).toHaveLength(hand.length);
        expect(seen('predicted')).toHaveLength(predicted.length);
        for (const pair of pairs) {
          if (pair.hand === null || pair.predicted === null) expect(pair.iou).toBe(0);
          else {
            expect(pair.iou).toBe(computeIou(pair.hand.box, pair.predicted.box));
            expect(pair.iou).toBeGreaterThanOrEqual(cut);
            expect(pair.verdict).toBe(
              pair.hand.classId === pair.predicted.classId ? 'matched' : 'wrong-class',
            );
          }
        }
        const table = computeBoxConfusion(pairs, ['a', 'b', 'c']);
        expect(table.flat().reduce((a, b) => a + b, 0)).toBe(pairs.length);
      }),
    );
  });

  it('has no figure where there is nothing to measure', () => {
    expect(computeMeanIou([])).toBeNull();
    expect(computePrecisionRecall([])).toMatchObject({ precision: null, recall: null, f1: null });
  });
});

describe('classification figures', () => {
  it('counts accuracy and confusion', () => {
    expect(computeAccuracy([0, 1, 2, 1], [0, 1, 1, 1])).toBe(0.75);
    expect(computeConfusion([0, 1, 2, 1], [0, 1, 1, 1], 3)).toEqual([
      [1, 0, 0],
      [0, 2, 0],
      [0, 1, 0],
    ]);
    expect(computeAccuracy([], [])).toBeNull();
    expect(findArgMax([0.1, 0.5, 0.5])).toBe(1);
  });

  it('computes log loss as Kaggle does: rows scaled, values cut at 1e-15', () => {
    expect(
      computeLogLoss(
        [0, 1],
        [
          [0.5, 0.5],
          [1, 3],
        ],
      ),
    ).toBeCloseTo((Math.log(2) - Math.log(0.75)) / 2, 12);
    expect(computeLogLoss([0], [[0, 1]])).toBeCloseTo(-Math.log(1e-15), 9);
    expect(computeLogLoss([1], [[0, 1]])).toBeLessThan(1e-14);
  });

  it('shows how far scores can be believed', () => {
    const { bins, expectedError } = computeCalibration([0.95, 0.95, 1, 0.05], [true, true, false, false], 10);
    expect(bins).toHaveLength(10);
    expect(bins[9]).toMatchObject({ n: 3, accuracy: 2 / 3 });
    expect(bins[9]?.meanScore).toBeCloseTo(2.9 / 3, 12);
    expect(bins[5]).toMatchObject({ n: 0, meanScore: null, accuracy: null });
    expect(expectedError).toBeCloseTo(0.75 * (2.9 / 3 - 2 / 3) + 0.25 * 0.05, 12);
  });

  it('refuses lists of different length', () => {
    expect(() => computeAccuracy([1], [])).toThrow(RangeError);
  });
});

describe('bootstrap interval', () => {
  const mean = (values: readonly number[]) => (weights: Uint32Array) => {
    const n = weights.reduce((a, b) => a + b, 0);
    return n === 0 ? null : values.reduce((sum, value, i) => sum + value * (weights[i] ?? 0), 0) / n;
  };

  it('covers the mean of a normal sample with about the textbook width', () => {
    const random = createRandom(1);
    const values = Array.from({ length: 400 }, () => random.gaussian());
    const interval = computeBootstrapInterval({
      groups: values.map((_, i) => String(i)),
      compute: mean(values),
      random: createRandom(2),
    });
    expect((interval?.high ?? 0) - (interval?.low ?? 0)).toBeCloseTo((2 * 1.96) / 20, 1);
    expect(interval).toMatchObject({ groups: 400, level: 0.95 });
  });

  it('is wider when images of one boat stand together, and the same for the same seed', () => {
    const random = createRandom(3);
    const boats = Array.from({ length: 10 }, () => random.gaussian());
    const values = Array.from({ length: 200 }, (_, i) => (boats[i % 10] ?? 0) + 0.1 * random.gaussian());
    const run = (groups: string[]) =>
      computeBootstrapInterval({ groups, compute: mean(values), random: createRandom(4) });
    const byBoat = run(values.map((_, i) => `boat ${i % 10}`));
    const byImage = run(values.map((_, i) => String(i)));
    const width = (interval: typeof byBoat) => (interval?.high ?? 0) - (interval?.low ?? 0);
    expect(width(byBoat)).toBeGreaterThan(2 * width(byImage));
    expect(run(values.map((_, i) => `boat ${i % 10}`))).toEqual(byBoat);
  });

  it('gives none for a single group, since nothing is known of others', () => {
    expect(
      computeBootstrapInterval({ groups: ['a', 'a'], compute: () => 1, random: createRandom(1) }),
    ).toBeNull();
  });
});
