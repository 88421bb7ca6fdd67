/** Which labels a model doubts: planted mistakes are found, ranked above what is right, and asked about once. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRandom } from '../../src/core/random.ts';
import { binOfScore, computeScoreHistogram, scoreBins } from '../../src/core/score-histogram.ts';
import { computeBars, findSuspects, type SuspectImage } from '../../src/core/suspects.ts';

const at = (classId: string, x: number, w = 40) => ({ classId, box: { x, y: 10, w, h: 40 } });
const said = (classId: string, x: number, score: number, w = 40) => ({ ...at(classId, x, w), score });
type Image = SuspectImage<ReturnType<typeof at>, ReturnType<typeof said>>;
const image = (hand: Image['hand'], predicted: Image['predicted'], isTaught = false): Image => ({
  hand,
  predicted,
  isTaught,
});
const classIds = ['cod', 'hake', 'ling'];
const doubts = (images: Image[]) => findSuspects(images, computeBars(images, classIds));
/** Cod seen with a score of 0.6 and hake with 0.8, both rightly. */
const usual = [image([at('cod', 0), at('hake', 100)], [said('cod', 1, 0.6), said('hake', 101, 0.8)])];

describe('the bar of a class', () => {
  test('is how sure the model is of boxes labelled so, nothing said counting as 0', () => {
    const images = [...usual, image([at('cod', 0)], [])];
    expect(computeBars(images, classIds)).toEqual([
      { classId: 'cod', minScore: 0.3, boxes: 2 },
      { classId: 'hake', minScore: 0.8, boxes: 1 },
      { classId: 'ling', minScore: null, boxes: 0 },
    ]);
  });

  test('rests on images that taught nothing where these have five boxes of the class', () => {
    const taught = image([at('cod', 0)], [said('cod', 0, 1)], true);
    const apart = image([at('cod', 0)], [said('cod', 0, 0.5)]);
    const bar = (images: Image[]) => computeBars(images, ['cod'])[0];
    expect(bar([taught, apart])).toEqual({ classId: 'cod', minScore: 0.75, boxes: 2 });
    expect(bar([taught, ...Array.from({ length: 5 }, () => apart)])).toEqual({
      classId: 'cod',
      minScore: 0.5,
      boxes: 5,
    });
  });
});

describe('a label is doubted', () => {
  test('when the model names it otherwise, surer than it usually is of that class', () => {
    const wrong = image([at('cod', 0)], [said('hake', 2, 0.9), said('cod', 0, 0.1)]);
    expect(doubts([...usual, wrong])).toMatchObject([
      { image: 1, kind: 'class', doubt: 0.8, hand: { classId: 'cod' }, predicted: { classId: 'hake' } },
    ]);
    const unsure = image([at('cod', 0)], [said('hake', 2, 0.7)]);
    expect(doubts([...usual, unsure])).toEqual([]);
  });

  test('when a fish is seen where none is drawn, once however many classes are said of it', () => {
    const undrawn = image([], [said('cod', 0, 0.7), said('hake', 3, 0.95), said('cod', 200, 0.2)]);
    expect(doubts([...usual, undrawn])).toMatchObject([{ kind: 'not-drawn', predicted: { score: 0.95 } }]);
  });

  test('when the fish is seen beside or at another size, and when nothing at all is seen of a usual class', () => {
    const aside = image([at('hake', 0)], [said('hake', 20, 0.9)]);
    const found = doubts([...usual, ...usual, ...usual, aside, image([at('hake', 0)], [])]);
    expect(found.map(({ kind }) => kind).sort()).toEqual(['not-there', 'place']);
    expect(found.find(({ kind }) => kind === 'place')?.iou).toBeCloseTo(1 / 3);
  });

  test('never by the model’s box of the fish beside it, which has a label of its own', () => {
    const heap = image([at('hake', 0), at('hake', 20)], [said('hake', 20, 0.9)]);
    expect(doubts([...usual, ...usual, heap])).toEqual([]);
  });

  test('never by a class that nobody labelled, nor below the score from which suggestions are shown', () => {
    const images = [image([at('cod', 0)], [said('ling', 0, 0.99)]), image([at('hake', 0)], [])];
    expect(doubts(images)).toEqual([]);
  });
});

test('of labels swapped on purpose, a model that is right nine times of ten brings half of them to the front of the list', () => {
  const random = createRandom(7);
  const swapped = new Set<number>();
  const images = Array.from({ length: 300 }, (_, i) => {
    const truth = random.next() < 0.5 ? 'cod' : 'hake';
    const other = truth === 'cod' ? 'hake' : 'cod';
    if (i % 20 === 0) swapped.add(i);
    const sees = random.next() < 0.9 ? truth : other;
    // Surer where it is right, as models are.
    const score = sees === truth ? 0.6 + 0.4 * random.next() : 0.3 + 0.5 * random.next();
    return image([at(swapped.has(i) ? other : truth, 0)], [said(sees, 1, score)]);
  });
  const first = doubts(images).slice(0, swapped.size);
  const hits = first.filter(({ image: index }) => swapped.has(index)).length;
  // By chance one in twenty would be.
  expect(hits / swapped.size).toBeGreaterThanOrEqual(0.5);
});

test('whatever is drawn and said, each doubt is 0 to 1, in falling order, and each hand box in one at most', () => {
  const box = fc.record({
    classId: fc.constantFrom(...classIds),
    box: fc.record({
      x: fc.double({ min: 0, max: 90, noNaN: true }),
      y: fc.double({ min: 0, max: 90, noNaN: true }),
      w: fc.double({ min: 1, max: 60, noNaN: true }),
      h: fc.double({ min: 1, max: 60, noNaN: true }),
    }),
  });
  const scored = fc
    .tuple(box, fc.double({ min: 0, max: 1, noNaN: true }))
    .map(([placed, score]) => ({ ...placed, score }));
  const anyImage = fc.record({
    hand: fc.array(box, { maxLength: 5 }),
    predicted: fc.array(scored, { maxLength: 8 }),
    isTaught: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(anyImage, { maxLength: 6 }), (images) => {
      const found = findSuspects(images, computeBars(images, classIds));
      const hands = found.flatMap(({ hand }) => (hand === null ? [] : [hand]));
      expect(new Set(hands).size).toBe(hands.length);
      for (const [i, { doubt, hand, predicted }] of found.entries()) {
        expect(doubt).toBeGreaterThan(0);
        expect(doubt).toBeLessThanOrEqual(found[i - 1]?.doubt ?? 1);
        expect(hand !== null || predicted !== null).toBe(true);
      }
    }),
  );
});

test('the score histogram counts every predicted box once, in the step its score names', () => {
  expect([0, 0.05, 0.15, 0.999, 1, 2, -1].map(binOfScore)).toEqual([0, 1, 3, 19, 19, 19, 0]);
  const pair = (verdict: 'matched' | 'wrong-class' | 'extra', score: number) => ({
    verdict,
    iou: 0,
    hand: null,
    predicted: said('cod', 0, score),
  });
  const missed = { verdict: 'missed' as const, iou: 0, hand: at('cod', 0), predicted: null };
  const bins = computeScoreHistogram([
    pair('matched', 0.93),
    pair('extra', 0.91),
    pair('wrong-class', 0.02),
    missed,
  ]);
  expect(bins).toHaveLength(scoreBins);
  expect(bins[18]).toMatchObject({ matched: 1, extra: 1, wrongClass: 0 });
  expect(bins.reduce((sum, bin) => sum + bin.matched + bin.extra + bin.wrongClass, 0)).toBe(3);
});
