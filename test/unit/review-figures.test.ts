/** What a review may promise from photographs drawn at random, when it may stop, and which suggestions are worth a look. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isNotWorse } from '../../src/core/keep-learning.ts';
import { estimateShare, normalQuantile, studentQuantile, wilsonInterval } from '../../src/core/proportion.ts';
import { createRandom } from '../../src/core/random.ts';
import type { Metrics } from '../../src/core/records.ts';
import {
  adviseStop,
  type DrawnPhotograph,
  estimateReview,
  fewestDrawn,
  scoreBands,
} from '../../src/core/review-estimate.ts';
import { isDrawDue } from '../../src/core/review-queue.ts';
import { chooseCut, computeWorthFrom, usualCosts, weighSuggestions } from '../../src/core/review-worth.ts';

const photograph = (right: number, wrong: number, boxes = right, score = 0.6): DrawnPhotograph => ({
  suggestions: [
    ...Array.from({ length: right }, () => ({ score, isRight: true })),
    ...Array.from({ length: wrong }, () => ({ score, isRight: false })),
  ],
  boxes,
  met: right,
});
const many = (n: number, one: DrawnPhotograph): DrawnPhotograph[] => Array.from({ length: n }, () => one);
const advise = (drawn: DrawnPhotograph[], waiting: number[], boxes: number) =>
  adviseStop({ drawn, waiting, boxes, worthFrom: computeWorthFrom() });

describe('an interval of a share', () => {
  it('is that of Wilson, as Newcombe (1998, table I) printed it', () => {
    for (const [top, n, low, high] of [
      [81, 263, 0.2553, 0.3662],
      [15, 148, 0.0624, 0.1605],
      [0, 20, 0, 0.1611],
      [1, 29, 0.0061, 0.1718],
    ] as const) {
      const interval = wilsonInterval(top, n);
      expect(interval.low).toBeCloseTo(low, 4);
      expect(interval.high).toBeCloseTo(high, 4);
    }
    expect(normalQuantile(0.975)).toBeCloseTo(1.959964, 6);
    expect(normalQuantile(0.001)).toBeCloseTo(-3.090232, 6);
  });

  it('knows Student’s quantiles, as printed tables have them', () => {
    for (const [p, freedom, t] of [
      [0.975, 1, 12.7062],
      [0.975, 2, 4.30265],
      [0.9, 3, 1.63774],
      [0.995, 5, 4.03214],
      [0.975, 10, 2.22814],
      [0.999, 11, 4.0247],
      [0.75, 20, 0.68695],
      [0.9995, 60, 3.4602],
      [0.975, 100_000, 1.95998],
    ] as const)
      expect(Math.abs(studentQuantile(p, freedom) - t)).toBeLessThan(0.003);
  });

  it('lies around the share, within 0 and 1, and is wider the surer it is to be', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.double({ min: 0, max: 1, noNaN: true }), (n, part) => {
        const top = Math.round(part * n);
        const [usual, sure] = [wilsonInterval(top, n), wilsonInterval(top, n, 0.99)];
        expect(usual.low).toBeGreaterThanOrEqual(0);
        expect(usual.high).toBeLessThanOrEqual(1);
        expect(usual.low).toBeLessThanOrEqual(top / n + 1e-12);
        expect(usual.high).toBeGreaterThanOrEqual(top / n - 1e-12);
        expect(sure.low).toBeLessThanOrEqual(usual.low + 1e-12);
        expect(sure.high).toBeGreaterThanOrEqual(usual.high - 1e-12);
      }),
    );
  });

  it('is wider where the things of one photograph are alike', () => {
    const mixed = estimateShare(Array.from({ length: 20 }, () => ({ top: 5, bottom: 10 })));
    const alike = estimateShare(
      Array.from({ length: 20 }, (_, i) => ({ top: i % 2 === 0 ? 10 : 0, bottom: 10 })),
    );
    if (mixed === null || alike === null) throw new Error('Both have figures.');
    expect([mixed.value, alike.value]).toEqual([0.5, 0.5]);
    expect(alike.high - alike.low).toBeGreaterThan(2 * (mixed.high - mixed.low));
  });

  it('holds the true share about as often as it says, photographs being alike in themselves', () => {
    const random = createRandom(3);
    let held = 0;
    const rounds = 400;
    for (let round = 0; round < rounds; round++) {
      const units = Array.from({ length: 40 }, () => {
        // Half of the photographs are easy (0.9), half are hard (0.5): 0.7 in all.
        const share = random.next() < 0.5 ? 0.9 : 0.5;
        return { top: Array.from({ length: 6 }).filter(() => random.next() < share).length, bottom: 6 };
      });
      const estimate = estimateShare(units);
      if (estimate !== null && estimate.low <= 0.7 && estimate.high >= 0.7) held++;
    }
    expect(held / rounds).toBeGreaterThan(0.92);
  });
});

describe('the figures of a review', () => {
  it('stay silent with few photographs, then tell precision and recall', () => {
    expect(estimateReview(many(fewestDrawn - 1, photograph(2, 1)))).toMatchObject({
      precision: null,
      recall: null,
    });
    const { precision, recall } = estimateReview(many(fewestDrawn, photograph(3, 1, 4)));
    expect(precision).toMatchObject({ value: 0.75, n: 40, units: 10 });
    expect(recall).toMatchObject({ value: 0.75, n: 40 });
    expect(estimateReview(many(fewestDrawn, photograph(0, 0))).precision).toBeNull();
  });

  it('say when to stop, and why', () => {
    const usual = many(30, photograph(3, 1));
    expect(advise(usual, [0, 0, 0, 0], 10).reason).toBe('answered');
    expect(advise(many(3, photograph(3, 1)), [0, 0, 5, 0], 10).reason).toBe('unknown');
    // Ten wait, 200 fish have labels: even if all ten were right, less than 5 % would be missing.
    expect(advise(usual, [0, 0, 10, 0], 200)).toMatchObject({ reason: 'few-left' });
    expect(advise(usual, [0, 0, 500, 0], 200).reason).toBe('go-on');
    expect(advise(many(60, photograph(5, 0)), [0, 0, 500, 0], 200).reason).toBe('go-on');
    expect(advise(many(100, photograph(5, 0)), [0, 0, 500, 0], 200).reason).toBe('sure');
    expect(advise(many(60, photograph(0, 5, 1)), [0, 0, 500, 0], 10).reason).toBe('not-worth');
  });

  it('never stop on suggestions with scores that no drawn photograph showed', () => {
    expect(advise(many(60, photograph(5, 0)), [0, 0, 0, 500], 200).reason).toBe('go-on');
    expect(scoreBands.length).toBe(4);
  });

  it('are fed by a photograph drawn at random as often as its share says', () => {
    let drawn = 0;
    for (let all = 0; all < 1000; all++) if (isDrawDue({ all, drawn }, 0.1)) drawn++;
    expect(drawn).toBeGreaterThanOrEqual(100);
    expect(drawn).toBeLessThanOrEqual(101);
    expect(isDrawDue({ all: 0, drawn: 0 }, 0)).toBe(false);
  });
});

describe('a suggestion', () => {
  const box = { x: 0, y: 0, w: 10, h: 10 };
  const hand = { classId: 'cod', box };

  it('saves what drawing takes more than answering, and costs where there is nothing', () => {
    const [right, moved, renamed, wrong] = [
      { classId: 'cod', box, score: 0.9 },
      { classId: 'cod', box: { ...box, w: 20 }, score: 0.9 },
      { classId: 'hake', box, score: 0.9 },
      { classId: 'cod', box: { ...box, x: 50 }, score: 0.9 },
    ].map((one) => weighSuggestions([hand], [one])[0]?.savedS);
    const { draw, accept, adjust, rename, reject } = usualCosts;
    expect([right, moved, renamed, wrong]).toEqual([
      draw - accept,
      draw - adjust,
      draw - accept - rename,
      -reject,
    ]);
  });

  it('is worth showing from the cut on that would have saved most', () => {
    const seen = Array.from({ length: 10 }, () => [
      { score: 0.9, savedS: 5.8 },
      { score: 0.55, savedS: 3.5 },
      { score: 0.31, savedS: -1.2 },
      { score: 0.12, savedS: -1.2 },
    ]);
    const cut = chooseCut(seen, 0.25);
    expect(cut).toBeGreaterThan(0.31);
    expect(cut).toBeLessThanOrEqual(0.55);
    expect(chooseCut(seen.slice(0, 3), 0.25)).toBe(0.25);
    expect(
      chooseCut(
        Array.from({ length: 10 }, () => [{ score: 0.9, savedS: -1.2 }]),
        0.25,
      ),
    ).toBe(1);
  });

  it('no other cut would have saved more', () => {
    const suggestion = fc.record({
      score: fc.integer({ min: 5, max: 100 }).map((n) => n / 100 - 0.003),
      savedS: fc.constantFrom(5.8, 3.5, -1.2),
    });
    fc.assert(
      fc.property(
        fc.array(fc.array(suggestion, { maxLength: 6 }), { minLength: 8, maxLength: 20 }),
        (seen) => {
          const savedFrom = (cut: number): number =>
            seen.flat().reduce((sum, { score, savedS }) => sum + (score >= cut ? savedS : 0), 0);
          const best = Math.max(...Array.from({ length: 101 }, (_, n) => savedFrom(n / 100)), 0);
          expect(savedFrom(chooseCut(seen, 0.25))).toBeCloseTo(best, 9);
        },
      ),
    );
  });
});

describe('a model that learnt in the background', () => {
  const metrics = (part: Partial<Metrics>): Metrics => ({
    n: 20,
    split: 'valid',
    classAcc: null,
    logLoss: null,
    meanIou: null,
    map50: null,
    map: null,
    ...part,
  });

  it('takes over by itself only where it is known to be no worse on the same photographs', () => {
    const old = metrics({ map50: 0.3 });
    expect(isNotWorse(old, metrics({ map50: 0.3 }))).toBe(true);
    expect(isNotWorse(old, metrics({ map50: 0.29 }))).toBe(false);
    expect(isNotWorse(null, metrics({ map50: 0.9 }))).toBe(false);
    expect(isNotWorse(old, metrics({ map50: 0.9, n: 21 }))).toBe(false);
    expect(isNotWorse(metrics({ n: 0 }), metrics({ n: 0 }))).toBe(false);
    expect(isNotWorse(metrics({ classAcc: 0.5 }), metrics({ map50: 0.9 }))).toBe(false);
  });
});
