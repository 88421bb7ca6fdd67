/** Head and tail: where copies put the two points, that nothing is learnt where there are none, and what becomes of a suggestion. */
import { beforeAll, describe, expect, test } from 'vitest';
import { boxFromPrediction } from '../../src/core/review.ts';
import { startCpuBackend } from '../../src/engine/backends/cpu.backend.ts';
import { type Tensor, tf } from '../../src/engine/backends/tf.ts';
import { placeImage, toCanvasPoint, toImagePoint } from '../../src/engine/features/letterbox.ts';
import { FLIP, PLAIN } from '../../src/engine/features/variants.ts';
import { getRecipe } from '../../src/engine/recipes/list.ts';
import { placeSample } from '../../src/engine/train/samples.ts';
import { gatherFacts } from '../../src/engine/train/training-facts.ts';
import { makeSample, standOnDrawn, testCanvas } from '../helpers/drawn-features.ts';

const fish = { x: 10, y: 20, w: 60, h: 40, classIndex: 0 };
const line = { head: { x: 10, y: 40 }, tail: { x: 70, y: 44 } };
const lined = makeSample('lined', [{ ...fish, ...line }]);
const unlined = makeSample('unlined', [fish]);

describe('the line of a fish', () => {
  test('lies where the copy shows it, mirrored with it, and goes when one end is cut off', () => {
    expect(placeSample(lined, testCanvas, PLAIN).boxes[0]?.line).toEqual(line);
    expect(placeSample(lined, testCanvas, FLIP).boxes[0]?.line).toEqual({
      head: { x: 118, y: 40 },
      tail: { x: 58, y: 44 },
    });
    const cut = placeSample(lined, testCanvas, { ...PLAIN, id: 'cut', shiftXFrac: -0.15 });
    expect(cut.boxes).toHaveLength(1);
    expect(cut.boxes[0]?.line).toBeUndefined();
    expect(placeSample(unlined, testCanvas, PLAIN).boxes[0]?.line).toBeUndefined();
  });

  test('comes back from the canvas to the photograph, whatever the letterbox', () => {
    const placement = placeImage({ widthPx: 300, heightPx: 200 }, testCanvas, { ...FLIP, zoom: 1.3 });
    const back = toImagePoint(placement, toCanvasPoint(placement, { x: 123, y: 45 }));
    expect(back.x).toBeCloseTo(123, 9);
    expect(back.y).toBeCloseTo(45, 9);
  });
});

describe('the recipe head-tail', () => {
  beforeAll(startCpuBackend);
  const recipe = getRecipe('head-tail');
  const configured = recipe.configure({}, standOnDrawn(recipe, {}).task);
  const factsOf = (samples: (typeof lined)[]) =>
    gatherFacts(
      {
        samples,
        classes: [
          { id: 'a', name: 'Cod' },
          { id: 'b', name: 'Hake' },
        ],
        seed: 1,
      },
      true,
      null,
    );

  test('has no gradient of the points of a fish without a line, and one of those with', () => {
    const samples = [lined, unlined];
    const placed = samples.map((sample) => placeSample(sample, testCanvas, PLAIN));
    const arrays = Object.entries(configured.makeTargets(placed, factsOf(samples)));
    const gradient = tf.tidy(() => {
      const targets = Object.fromEntries(
        arrays.map(([name, { data, shape }]) => [name, tf.tensor(data, [...shape])]),
      );
      const total = (points: Tensor): Tensor =>
        configured.computeLosses([tf.zeros([2, 3]), points], targets).total as Tensor;
      return tf
        .grad(total)(tf.zeros([2, 4]))
        .arraySync() as number[][];
    });
    expect(gradient[0]?.every((d) => d !== 0)).toBe(true);
    expect(gradient[1]).toEqual([0, 0, 0, 0]);
  });

  test('is refused, with what to do, where no fish has a head and a tail', () => {
    expect(factsOf([lined, unlined]).lines).toBe(1);
    expect(() => configured.planSchedule(factsOf([unlined]))).toThrow(/no points to learn/);
  });

  test('suggests the points and a box around them, and accepting keeps the points', () => {
    const outputs = [tf.tensor([[5, 0, 0]]), tf.tensor([[-0.25, 0, 0.25, 0]])];
    const visible = [{ x: 0, y: 0, w: 128, h: 128 }];
    const [decoded] = configured.decode(outputs, { minScore: 0.1, maxDetections: 1, visible });
    tf.dispose(outputs);
    const [found] = decoded?.detections ?? [];
    expect(found?.line).toEqual({ head: { x: 32, y: 64 }, tail: { x: 96, y: 64 } });
    expect(found?.classIndex).toBe(0);
    expect(found?.x).toBeCloseTo(32 - 9.6, 6);
    expect(found?.w).toBeCloseTo(64 + 19.2, 6);
    const prediction = {
      id: 'p',
      modelId: 'm',
      imageId: 'i',
      classId: 'a',
      ...{ x: 20, y: 50, w: 80, h: 20 },
      score: 0.9,
      probabilities: [0.9, 0.1],
      status: 'pending' as const,
      boxId: null,
      ...line,
    };
    const size = { widthPx: 128, heightPx: 128 };
    expect(boxFromPrediction(prediction, 'b', size)).toMatchObject(line);
  });
});
