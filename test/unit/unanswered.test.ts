/** Suggestions without an answer: which ones count as known by nobody, and what that means for learning and judging. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { computeMetrics, prepareJudgement } from '../../src/core/judge.ts';
import type { PredictionStatus } from '../../src/core/records.ts';
import { defaultCutScore } from '../../src/core/review.ts';
import { makeLevelTargets } from '../../src/engine/parts/heat-targets.ts';
import { makeClassTargets } from '../../src/engine/parts/image-class.ts';
import type { AnsweredBeside } from '../../src/main/db/review.repository.ts';
import { listUnanswered } from '../../src/main/host/learning/unanswered.ts';
import { makeBox } from '../helpers/test-host.ts';

const said = (
  x: number,
  status: PredictionStatus,
  score = 0.6,
  part: Partial<AnsweredBeside> = {},
): AnsweredBeside => ({
  imageId: 'i',
  modelId: 'now',
  classId: 'cod',
  status,
  score,
  x,
  y: 0,
  w: 10,
  h: 10,
  ...part,
});
const boxAt = (x: number, classId = 'cod') =>
  makeBox({ id: `b${x}`, imageId: 'i', classId, x, y: 0, w: 10, h: 10 });
const places = (list: readonly AnsweredBeside[], boxes = [boxAt(0)]): number[] =>
  listUnanswered(list, boxes, 'now').map(({ x }) => x);

describe('of a photograph on which one suggestion was accepted', () => {
  it('the others that were shown are known by nobody, weaker ones are background', () => {
    expect(
      places([
        said(0, 'accepted'),
        said(20, 'pending'),
        said(40, 'pending', defaultCutScore),
        said(60, 'pending', 0.1),
      ]),
    ).toEqual([20, 40]);
  });

  it('weaker ones count too once the person has answered one as weak: the cut was lower', () => {
    expect(places([said(0, 'accepted', 0.12), said(20, 'pending', 0.15), said(40, 'pending', 0.1)])).toEqual([
      20,
    ]);
  });

  it('what was put aside stays unknown, until a box says what it is', () => {
    expect(places([said(0, 'accepted'), said(20, 'unsure', 0.1)])).toEqual([20]);
    expect(places([said(0, 'accepted'), said(20, 'unsure')], [boxAt(0), boxAt(21, 'hake')])).toEqual([]);
  });

  it('counts what the model in use says, and one that was answered here, but none that nobody asks about any more', () => {
    const others = [
      said(20, 'pending', 0.6, { modelId: 'older' }),
      said(40, 'pending', 0.6, { modelId: 'oldest' }),
    ];
    expect(places([said(0, 'accepted', 0.6, { modelId: 'older' }), ...others, said(60, 'pending')])).toEqual([
      20, 60,
    ]);
  });

  it('nothing is unknown where nothing was answered: that one was labelled by drawing', () => {
    expect(places([said(20, 'pending'), said(40, 'pending')])).toEqual([]);
    expect(places([])).toEqual([]);
  });
});

const level = {
  name: 's8',
  stride: 8,
  heightCells: 8,
  widthCells: 16,
  minSidePx: 0,
  maxSidePx: Number.POSITIVE_INFINITY,
};
const visible = { x: 0, y: 0, w: 128, h: 64 };

describe('a place that nobody knows', () => {
  it('teaches a detector nothing, but hides no cell of a fish that is known', () => {
    const place = fc.record({
      x: fc.integer({ min: 0, max: 100 }),
      y: fc.integer({ min: 0, max: 40 }),
      w: fc.integer({ min: 8, max: 60 }),
      h: fc.integer({ min: 8, max: 50 }),
    });
    fc.assert(
      fc.property(place, (region) => {
        const fish = { x: 40, y: 16, w: 40, h: 32, classIndex: 0 };
        const targets = makeLevelTargets(level, [{ boxes: [fish], ignored: [region], visible }], 1);
        const seen = targets['s8/seen']?.data ?? new Float32Array();
        const weight = targets['s8/boxWeight']?.data ?? new Float32Array();
        for (let cell = 0; cell < seen.length; cell++) {
          const x = (cell % 16) * 8;
          const y = Math.floor(cell / 16) * 8;
          const isTouched =
            x < region.x + region.w && x + 8 > region.x && y < region.y + region.h && y + 8 > region.y;
          expect(seen[cell]).toBe(!isTouched || (weight[cell] ?? 0) > 0 ? 1 : 0);
        }
        expect(weight.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 4);
      }),
      { numRuns: 60 },
    );
  });

  it('leaves the class of a photograph open only where it is larger than the largest fish', () => {
    const weightWith = (side: number): number | undefined =>
      makeClassTargets(
        0,
        2,
        [
          {
            boxes: [{ x: 0, y: 0, w: 20, h: 20, classIndex: 1 }],
            ignored: [{ x: 50, y: 0, w: side, h: side }],
            visible,
          },
        ],
        { imagesPerClass: [1, 1, 0] },
      ).weight?.data[0];
    expect(weightWith(10)).toBeGreaterThan(0);
    expect(weightWith(30)).toBe(0);
  });

  it('makes a suggestion there neither right nor wrong, whatever its class, and a fish beside it counts on', () => {
    const box = (x: number) => ({ x, y: 0, w: 10, h: 10 });
    const image = {
      imageId: 'i',
      hand: [{ classId: 'cod', box: box(0) }],
      found: [
        { classId: 'cod', score: 0.9, box: box(40) },
        { classId: 'hake', score: 0.8, box: box(41) },
        { classId: 'cod', score: 0.7, box: box(0) },
      ],
      probabilities: null,
    };
    const strict = computeMetrics([image], ['cod', 'hake'], 'valid');
    const fair = computeMetrics([{ ...image, ignored: [box(40)] }], ['cod', 'hake'], 'valid');
    expect([strict.map50, fair.map50]).toEqual([expect.closeTo(0.5, 2), expect.closeTo(1, 6)]);
    const [pairs = []] = prepareJudgement([{ ...image, ignored: [box(40)] }], ['cod', 'hake']).pairs;
    expect(pairs.map(({ verdict }) => verdict)).toEqual(['matched']);
  });
});
