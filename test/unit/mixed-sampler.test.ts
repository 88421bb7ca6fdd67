/** Batches mixed of labelled photographs, labelled ones again, and photographs that nobody labelled. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeClassTargets } from '../../src/engine/parts/image-class.ts';
import { pseudoLabelShape } from '../../src/engine/parts/pseudo-labels.ts';
import { createMixedSampler, type Stream } from '../../src/engine/train/mixed-sampler.ts';

const stream = (name: string, share: number, first: number, count: number): Stream => {
  const images = Array.from({ length: count }, (_, i) => first + i);
  return { name, share, images, copies: images.map(() => 2), visits: images.map(() => 1) };
};
/** The lesson's: 44 labelled, 16 of the second stream, 4 pseudo-labelled. Numbers of images tell the streams apart. */
const lesson = (pseudoImages = 30): Stream[] => [
  stream('labelled', 44 / 64, 0, 100),
  stream('second', 16 / 64, 1000, 50),
  stream('pseudo', 4 / 64, 2000, pseudoImages),
];
const countOf = (batch: readonly { image: number }[]): number[] =>
  [0, 1, 2].map((kind) => batch.filter(({ image }) => Math.floor(image / 1000) === kind).length);

describe('mixed batches', () => {
  it('hold 44, 16 and 4 of 64 in every step, as the lesson does', () => {
    const sampler = createMixedSampler({ seed: 1, batchImages: 64, streams: lesson() });
    for (let step = 0; step < 500; step++) expect(countOf(sampler.batch(step))).toEqual([44, 16, 4]);
    expect(pseudoLabelShape.secondShare.parse(undefined)).toBe(16 / 64);
  });

  it('show each photograph of a stream once before any of it twice', () => {
    const sampler = createMixedSampler({ seed: 3, batchImages: 64, streams: lesson() });
    const drawn = Array.from({ length: 25 }, (_, step) => sampler.batch(step)).flat();
    for (const [kind, count] of [100, 50, 30].entries()) {
      const own = drawn.map(({ image }) => image).filter((image) => Math.floor(image / 1000) === kind);
      expect(new Set(own.slice(0, count)).size).toBe(count);
    }
  });

  it('are full, keep any shares on average, and are the same whenever a step is asked for', () => {
    const share = fc.double({ min: 0.01, max: 0.5, noNaN: true });
    fc.assert(
      fc.property(
        share,
        share,
        fc.integer({ min: 1, max: 70 }),
        fc.nat(1000),
        (second, pseudo, batchImages, seed) => {
          const streams = [
            stream('labelled', 1 - second - pseudo, 0, 7),
            stream('second', second, 1000, 5),
            stream('pseudo', pseudo, 2000, 3),
          ].filter((one) => one.share > 0);
          const sampler = createMixedSampler({ seed, batchImages, streams });
          const batches = Array.from({ length: 20 }, (_, step) => sampler.batch(step));
          expect(batches.every((batch) => batch.length === batchImages)).toBe(true);
          const got = countOf(batches.flat());
          for (const [kind, wanted] of [1 - second - pseudo, second, pseudo].entries())
            expect(Math.abs((got[kind] as number) - wanted * 20 * batchImages)).toBeLessThan(2.01);
          expect(createMixedSampler({ seed, batchImages, streams }).batch(19)).toEqual(batches[19]);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('draw each stream in an order of its own: more photographs without labels move no labelled one', () => {
    const [few, many] = [30, 31].map((count) => {
      const sampler = createMixedSampler({ seed: 5, batchImages: 64, streams: lesson(count) });
      return Array.from({ length: 9 }, (_, step) => sampler.batch(step)).flat();
    });
    const labelled = (list: typeof few) => list?.filter(({ image }) => image < 2000);
    expect(labelled(many)).toEqual(labelled(few));
    expect(many).not.toEqual(few);
  });
});

describe('what is learnt of a photograph that nobody labelled', () => {
  const blank = { boxes: [], ignored: [], visible: { x: 0, y: 0, w: 9, h: 9 } };

  it('is what the earlier model says, weighed as its classes are, and not that it is empty', () => {
    const facts = { imagesPerClass: [9, 0, 3] };
    const { class: target, weight } = makeClassTargets(
      0.5,
      2,
      [
        { ...blank, soft: [0.5, 0, 0.5] },
        blank,
        { ...blank, boxes: [{ x: 0, y: 0, w: 4, h: 4, classIndex: 0 }] },
      ],
      facts,
    );
    expect([...(target?.data ?? [])]).toEqual([0.5, 0, 0.5, 0, 0, 1, 1, 0, 0]);
    const [soft = 0, empty = 0, cod = 0] = weight?.data ?? [];
    expect(soft).toBeCloseTo((empty + cod) / 2, 6);
  });

  it('must name every class and nothing', () => {
    expect(() => makeClassTargets(0, 2, [{ ...blank, soft: [1, 0] }], { imagesPerClass: [1, 1, 1] })).toThrow(
      RangeError,
    );
  });
});
