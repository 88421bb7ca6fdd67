import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  computeDetectionMetrics,
  type DetectionInput,
  prepareDetectionMetrics,
} from '../../src/core/metrics.ts';
import { createRandom } from '../../src/core/random.ts';

interface GoldenCase {
  name: string;
  images: number;
  classes: number;
  truth: { image: number; class: number; box: [number, number, number, number]; crowd: boolean }[];
  detections: { image: number; class: number; box: [number, number, number, number]; score: number }[];
  expected: {
    map: number | null;
    map50: number | null;
    map75: number | null;
    perClass: { ap: number | null; ap50: number | null; recall50: number | null }[];
  };
}

const golden = JSON.parse(readFileSync(new URL('../fixtures/coco-eval.json', import.meta.url), 'utf8')) as {
  cases: GoldenCase[];
};
const ids = (count: number): string[] => Array.from({ length: count }, (_, i) => String(i + 1));
const toBox = ([x, y, w, h]: [number, number, number, number]) => ({ x, y, w, h });

function toInput(data: GoldenCase): DetectionInput {
  return {
    imageIds: ids(data.images),
    classIds: ids(data.classes),
    truth: data.truth.map((t) => ({
      imageId: String(t.image),
      classId: String(t.class),
      box: toBox(t.box),
      crowd: t.crowd,
    })),
    detections: data.detections.map((d) => ({
      imageId: String(d.image),
      classId: String(d.class),
      box: toBox(d.box),
      score: d.score,
    })),
  };
}

/** Equal within 1e-6, null only to null. */
function expectSame(actual: number | null | undefined, expected: number | null): void {
  if (expected === null) expect(actual).toBeNull();
  else expect(Math.abs((actual ?? Number.NaN) - expected)).toBeLessThan(1e-6);
}

const randomInput = (images: number, perImage: number, seed: number): DetectionInput => {
  const random = createRandom(seed);
  const box = () => ({
    x: random.range(0, 500),
    y: random.range(0, 300),
    w: random.range(5, 120),
    h: random.range(5, 90),
  });
  const classIds = ids(7);
  const truth = ids(images).flatMap((imageId) =>
    Array.from({ length: 7 }, () => ({ imageId, classId: random.pick(classIds), box: box() })),
  );
  const detections = ids(images).flatMap((imageId) =>
    Array.from({ length: perImage }, () => ({
      imageId,
      classId: random.pick(classIds),
      box: box(),
      score: random.next(),
    })),
  );
  return { imageIds: ids(images), classIds, truth, detections };
};

describe('average precision', () => {
  for (const data of golden.cases) {
    it(`equals pycocotools on ${data.name}`, () => {
      const actual = computeDetectionMetrics(toInput(data));
      expectSame(actual.map, data.expected.map);
      expectSame(actual.map50, data.expected.map50);
      expectSame(actual.map75, data.expected.map75);
      data.expected.perClass.forEach((expected, k) => {
        expectSame(actual.perClass[k]?.ap, expected.ap);
        expectSame(actual.perClass[k]?.ap50, expected.ap50);
        expectSame(actual.perClass[k]?.recall50, expected.recall50);
      });
    });
  }

  it('gives 1 to a copy of the truth and 0 to silence', () => {
    const input = randomInput(5, 0, 3);
    const copy = input.truth.map((t) => ({ ...t, score: 0.5 }));
    expect(computeDetectionMetrics({ ...input, detections: copy }).map).toBeCloseTo(1, 12);
    expect(computeDetectionMetrics({ ...input, detections: [] }).map).toBe(0);
  });

  it('takes a weighted image for as many copies of it', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1e6 }),
        fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 4, maxLength: 4 }),
        (seed, weights) => {
          const input = randomInput(4, 12, seed);
          const weighted = prepareDetectionMetrics(input).summarise(weights);
          const copies = input.imageIds.flatMap((id, i) =>
            Array.from({ length: weights[i] ?? 0 }, (_, n) => ({ id, copy: `${id}/${n}` })),
          );
          const repeat = <T extends { imageId: string }>(list: readonly T[]): T[] =>
            copies.flatMap(({ id, copy }) =>
              list.filter((item) => item.imageId === id).map((item) => ({ ...item, imageId: copy })),
            );
          const repeated = computeDetectionMetrics({
            ...input,
            imageIds: copies.map((c) => c.copy),
            truth: repeat(input.truth),
            detections: repeat(input.detections),
          });
          expectSame(weighted.map, repeated.map);
          expectSame(weighted.map50, repeated.map50);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('leaves out images and classes that were not asked for', () => {
    const input = randomInput(6, 10, 4);
    const some = { ...input, imageIds: ['1', '2'], classIds: ['3'] };
    const alone = {
      ...some,
      truth: input.truth.filter((t) => Number(t.imageId) < 3 && t.classId === '3'),
      detections: input.detections.filter((d) => Number(d.imageId) < 3 && d.classId === '3'),
    };
    expect(computeDetectionMetrics(some)).toEqual(computeDetectionMetrics(alone));
  });

  it('refuses a score that is not a number, since a figure made of it would mislead', () => {
    const input = randomInput(1, 1, 5);
    const detections = input.detections.map((d) => ({ ...d, score: Number.NaN }));
    expect(() => computeDetectionMetrics({ ...input, detections })).toThrowError(
      expect.objectContaining({ code: 'metrics/not-finite' }),
    );
  });
});
