/** The gradients of every loss against finite differences, on every backend, and what each loss says of simple cases. */
import { beforeAll, describe, expect, test } from 'vitest';
import { createRandom } from '../../src/core/random.ts';
import { type Tensor, tf } from '../../src/engine/backends/tf.ts';
import * as losses from '../../src/engine/parts/losses.ts';
import { listAvailableBackends } from '../helpers/backends.ts';

const { focalHeatLoss, giouLoss, maskedSquaredError, smoothL1Loss, softmaxLoss } = losses;

function draw(shape: number[], seed: number, spread = 1): Tensor {
  const random = createRandom(seed);
  const values = Float32Array.from(
    { length: shape.reduce((a, b) => a * b, 1) },
    () => spread * random.gaussian(),
  );
  return tf.tensor(values, shape);
}

/** Largest gap between the gradient and the central difference, relative to the largest gradient. */
function gradientGap(loss: (x: Tensor) => Tensor, x: Tensor): number {
  const step = 2e-3;
  const analytic = tf
    .grad((input: Tensor) => loss(input))(x)
    .dataSync();
  const at = Float32Array.from(x.dataSync());
  let gap = 0;
  for (let i = 0; i < at.length; i++) {
    const shifted = (by: number): number => {
      const copy = at.slice();
      copy[i] = (copy[i] as number) + by;
      return tf.tidy(() => loss(tf.tensor(copy, x.shape)).dataSync()[0] as number);
    };
    const numeric = (shifted(step) - shifted(-step)) / (2 * step);
    gap = Math.max(gap, Math.abs(numeric - (analytic[i] as number)));
  }
  return gap / Math.max(1e-3, ...Array.from(analytic, Math.abs));
}

const classTarget = [1, 0, 0, 0, 0, 1];

/** Each loss of a prediction, with its weight or mask given; `shape` is that of the prediction. */
interface LossCase {
  readonly name: Exclude<keyof typeof losses, 'splitHeatAndBox'>;
  readonly shape: number[];
  readonly weightShape: number[];
  readonly weights: readonly number[];
  loss(x: Tensor, weight: Tensor): Tensor;
}

const cases: readonly LossCase[] = [
  {
    name: 'focalHeatLoss',
    shape: [1, 2, 2, 2],
    weightShape: [1, 2, 2, 1],
    weights: [1, 1, 1, 0],
    loss: (x, weight) =>
      focalHeatLoss(x, tf.tensor([1, 0.6, 0, 0.2, 0, 0, 0.9, 0], [1, 2, 2, 2]), weight, tf.tensor1d([1, 2])),
  },
  {
    name: 'giouLoss',
    shape: [1, 2, 2, 4],
    weightShape: [1, 2, 2, 1],
    weights: [1, 0.5, 0, 0.25],
    loss: (x, weight) => giouLoss(x, draw([1, 2, 2, 4], 9, 0.5), weight),
  },
  {
    name: 'smoothL1Loss',
    shape: [1, 2, 2, 4],
    weightShape: [1, 2, 2, 1],
    weights: [1, 0.5, 0, 0.25],
    loss: (x, weight) => smoothL1Loss(x, draw([1, 2, 2, 4], 8), weight, 0.5),
  },
  {
    name: 'maskedSquaredError',
    shape: [3, 4],
    weightShape: [3, 1],
    weights: [1, 0, 1],
    loss: (x, mask) => maskedSquaredError(x, draw([3, 4], 7), mask),
  },
  {
    name: 'softmaxLoss',
    shape: [2, 3],
    weightShape: [2, 1],
    weights: [1, 0.5],
    loss: (x, weight) => softmaxLoss(x, tf.tensor(classTarget, [2, 3]), weight),
  },
];

test('every loss there is has a case here', () => {
  const known = [...cases.map(({ name }) => name as string), 'splitHeatAndBox'];
  expect(Object.keys(losses).sort()).toEqual(known.sort());
});

describe.each(listAvailableBackends())('on $id a loss', (backend) => {
  beforeAll(() => backend.start());

  test.each(cases)(
    '$name has the gradient its own differences have',
    ({ shape, weightShape, weights, loss }) => {
      const weight = tf.tensor([...weights], weightShape);
      for (const seed of [1, 2, 3])
        expect(gradientGap((x) => loss(x, weight), draw(shape, seed, 0.7))).toBeLessThan(0.02);
    },
  );

  test.each(cases)(
    '$name has a gradient of exactly 0 where its weight is 0, and there alone',
    ({ shape, weightShape, weights, loss }) => {
      const gradientOf = (weight: Tensor): Float32Array =>
        tf
          .grad((x: Tensor) => loss(x, weight))(draw(shape, 4))
          .dataSync() as Float32Array;
      expect(gradientOf(tf.zeros(weightShape)).every((d) => d === 0)).toBe(true);
      const width = shape.at(-1) as number;
      const gradient = gradientOf(tf.tensor([...weights], weightShape));
      weights.forEach((weight, i) => {
        const own = gradient.subarray(i * width, (i + 1) * width);
        expect(
          own.some((d) => d !== 0),
          `sample ${i}`,
        ).toBe(weight > 0);
      });
    },
  );
});

describe('a loss', () => {
  beforeAll(async () => {
    await tf.setBackend('cpu');
  });

  test('of heat is small for a sharp right peak and large for a missed one', () => {
    const right = tf.tensor([8, -8, -8, -8, -8, -8, -8, -8], [1, 2, 2, 2]);
    const target = tf.tensor([1, 0, 0, 0, 0, 0, 0, 0], [1, 2, 2, 2]);
    const all = tf.ones([1, 2, 2, 1]);
    const ones = tf.ones([2]);
    const good = focalHeatLoss(right, target, all, ones).dataSync()[0] as number;
    const bad = focalHeatLoss(right.neg(), target, all, ones).dataSync()[0] as number;
    expect(good).toBeLessThan(1e-3);
    expect(bad).toBeGreaterThan(5);
  });

  test('of boxes is 0 for the same box, grows with distance beyond touching, and does not overflow', () => {
    const weight = tf.ones([1, 1, 1, 1]);
    const at = (dx: number): number => {
      const moved = tf.tensor([dx, 0, 0, 0], [1, 1, 1, 4]);
      return giouLoss(moved, tf.zeros([1, 1, 1, 4]), weight).dataSync()[0] as number;
    };
    expect(at(0)).toBeCloseTo(0, 4);
    expect(at(3)).toBeGreaterThan(1);
    expect(at(6)).toBeGreaterThan(at(3));
    const wild = tf.tensor([0, 0, 500, -500], [1, 1, 1, 4]);
    expect(Number.isFinite(giouLoss(wild, tf.zeros([1, 1, 1, 4]), weight).dataSync()[0])).toBe(true);
  });

  test('of one box an image leaves out images without a fish', () => {
    const predicted = tf.tensor([5, 5, 5, 5, 1, 1, 1, 1], [2, 4]);
    const target = tf.tensor([0, 0, 0, 0, 1, 1, 1, 1], [2, 4]);
    expect(maskedSquaredError(predicted, target, tf.tensor([0, 1], [2, 1])).dataSync()[0]).toBe(0);
    expect(maskedSquaredError(predicted, target, tf.zeros([2, 1])).dataSync()[0]).toBe(0);
  });
});
