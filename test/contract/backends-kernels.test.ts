/** Every kernel we add to the wasm backend must say what the plain JavaScript backend says, and its gradients what differences say. */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { startCpuBackend } from '../../src/engine/backends/cpu.backend.ts';
import { type Scalar, type Tensor, type Tensor4D, tf } from '../../src/engine/backends/tf.ts';
import { startWasmBackend } from '../../src/engine/backends/wasm.backend.ts';
import { wasmKernelNames } from '../../src/engine/backends/wasm-kernels.ts';

beforeAll(async () => {
  await startCpuBackend();
  expect(await startWasmBackend()).toBe(true);
});

/** Runs the same work on a backend and returns every output's numbers; nothing may stay behind. */
async function runOn(backend: string, work: () => Tensor[]): Promise<number[][]> {
  await tf.setBackend(backend);
  const before = tf.memory().numTensors;
  const outputs = tf.tidy(work);
  const numbers = outputs.map((one) => Array.from(one.dataSync()));
  tf.dispose(outputs);
  expect(tf.memory().numTensors, `tensors left on ${backend}`).toBe(before);
  return numbers;
}

async function expectSameOnBoth(work: () => Tensor[]): Promise<void> {
  const [expected, actual] = [await runOn('cpu', work), await runOn('wasm', work)];
  for (const [i, list] of expected.entries()) {
    const scale = Math.max(1, ...list.map(Math.abs));
    for (const [j, value] of list.entries()) {
      expect(Math.abs((actual[i]?.[j] ?? Number.NaN) - value) / scale).toBeLessThan(1e-4);
    }
  }
}

const random = (shape: number[], seed: number): Tensor => tf.randomNormal(shape, 0, 1, 'float32', seed);

const convolution = fc.record({
  batch: fc.integer({ min: 1, max: 3 }),
  height: fc.integer({ min: 1, max: 9 }),
  width: fc.integer({ min: 1, max: 9 }),
  inChannels: fc.integer({ min: 1, max: 5 }),
  outChannels: fc.integer({ min: 1, max: 5 }),
  filterHeight: fc.integer({ min: 1, max: 4 }),
  filterWidth: fc.integer({ min: 1, max: 4 }),
  strideY: fc.integer({ min: 1, max: 3 }),
  strideX: fc.integer({ min: 1, max: 3 }),
  pad: fc.constantFrom('same' as const, 'valid' as const),
  seed: fc.integer({ min: 1, max: 1e6 }),
});

const fits = (c: {
  pad: string;
  height: number;
  width: number;
  filterHeight: number;
  filterWidth: number;
}): boolean => c.pad === 'same' || (c.height >= c.filterHeight && c.width >= c.filterWidth);

describe('kernels added to the wasm backend', () => {
  it('are registered under the names the list gives', () => {
    for (const name of wasmKernelNames) expect(tf.getKernel(name, 'wasm'), name).toBeDefined();
  });

  it('multiply with either side transposed as the cpu backend does, batches and broadcast included', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          batchA: fc.constantFrom(1, 2, 3),
          sameBatch: fc.boolean(),
          m: fc.integer({ min: 1, max: 9 }),
          k: fc.integer({ min: 1, max: 9 }),
          n: fc.integer({ min: 1, max: 9 }),
          transposeA: fc.boolean(),
          transposeB: fc.boolean(),
          seed: fc.integer({ min: 1, max: 1e6 }),
        }),
        async (c) => {
          await expectSameOnBoth(() => {
            const a = random([c.batchA, ...(c.transposeA ? [c.k, c.m] : [c.m, c.k])], c.seed);
            const b = random(
              [c.sameBatch ? c.batchA : 1, ...(c.transposeB ? [c.n, c.k] : [c.k, c.n])],
              c.seed + 1,
            );
            const bias = random([c.n], c.seed + 2) as never;
            const fused = tf.fused.matMul({
              a: tf.reshape(tf.slice(a, [0, 0, 0], [1, -1, -1]), a.shape.slice(1) as [number, number]),
              b: tf.reshape(tf.slice(b, [0, 0, 0], [1, -1, -1]), b.shape.slice(1) as [number, number]),
              transposeA: c.transposeA,
              transposeB: c.transposeB,
              bias,
              activation: 'relu',
            });
            return [tf.matMul(a, b, c.transposeA, c.transposeB), fused];
          });
        },
      ),
      { numRuns: 40 },
    );
  });

  it('convolve as the cpu backend does, strides longer than the filter included', async () => {
    await fc.assert(
      fc.asyncProperty(convolution.filter(fits), async (c) => {
        await expectSameOnBoth(() => {
          const x = random([c.batch, c.height, c.width, c.inChannels], c.seed) as Tensor4D;
          const filter = random(
            [c.filterHeight, c.filterWidth, c.inChannels, c.outChannels],
            c.seed + 1,
          ) as Tensor4D;
          const strides: [number, number] = [c.strideY, c.strideX];
          const fused = tf.fused.conv2d({ x, filter, strides, pad: c.pad, activation: 'relu' });
          return [
            tf.conv2d(x, filter, strides, c.pad),
            fused,
            tf.depthwiseConv2d(x, filter, c.strideY, c.pad),
          ];
        });
      }),
      { numRuns: 80 },
    );
  });

  it('give the same gradients of a convolution for any stride, padding and filter size', async () => {
    await fc.assert(
      fc.asyncProperty(convolution.filter(fits), async (c) => {
        await expectSameOnBoth(() => {
          const x = random([c.batch, c.height, c.width, c.inChannels], c.seed);
          const filter = random([c.filterHeight, c.filterWidth, c.inChannels, c.outChannels], c.seed + 1);
          const value = (a: Tensor, f: Tensor): Scalar =>
            tf.sum(tf.square(tf.conv2d(a as Tensor4D, f as Tensor4D, [c.strideY, c.strideX], c.pad)));
          return tf.grads(value as (...args: Tensor[]) => Tensor)([x, filter]);
        });
      }),
      { numRuns: 60 },
    );
  });

  it('give the same gradients of a depthwise convolution, channel multipliers included', async () => {
    await fc.assert(
      fc.asyncProperty(convolution.filter(fits), fc.integer({ min: 1, max: 3 }), async (c, multiplier) => {
        // The cpu backend's reference wants one stride for both directions.
        await expectSameOnBoth(() => {
          const x = random([c.batch, c.height, c.width, c.inChannels], c.seed);
          const filter = random([c.filterHeight, c.filterWidth, c.inChannels, multiplier], c.seed + 1);
          const value = (a: Tensor, f: Tensor): Scalar =>
            tf.sum(tf.square(tf.depthwiseConv2d(a as Tensor4D, f as Tensor4D, c.strideY, c.pad)));
          return tf.grads(value as (...args: Tensor[]) => Tensor)([x, filter]);
        });
      }),
      { numRuns: 60 },
    );
  });

  it('pool as the cpu backend does, and their gradients are the transpose of what they did', async () => {
    await fc.assert(
      fc.asyncProperty(
        convolution.filter(fits),
        fc.constantFrom('max' as const, 'average' as const),
        async (c, kind) => {
          const pool = (x: Tensor): Tensor => {
            const size: [number, number] = [c.filterHeight, c.filterWidth];
            const strides: [number, number] = [c.strideY, c.strideX];
            return (kind === 'max' ? tf.maxPool : tf.avgPool)(x as Tensor4D, size, strides, c.pad);
          };
          const shape = [c.batch, c.height, c.width, c.inChannels];
          const weigh = (y: Tensor): Scalar => tf.sum(tf.mul(y, random(y.shape, c.seed + 1)));
          const gradient = (x: Tensor): Tensor => tf.grad((at: Tensor) => weigh(pool(at)))(x);
          await expectSameOnBoth(() => {
            const x = random(shape, c.seed);
            return [pool(x), gradient(x)];
          });
          // Both are linear as long as the same cells stay the largest: the gradient times x is the value at x.
          const [byGradient = [0], value = [0]] = await runOn('wasm', () => {
            const x = random(shape, c.seed);
            return [tf.sum(tf.mul(gradient(x), x)), weigh(pool(x))];
          });
          expect(byGradient[0]).toBeCloseTo(value[0] as number, 3);
        },
      ),
      { numRuns: 80 },
    );
  });

  it('sum segments as the cpu backend does, ids outside the range dropped', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 1e6 }),
        async (rows, columns, segments, seed) => {
          await expectSameOnBoth(() => {
            const x = random([rows, columns], seed);
            const ids = tf.tensor1d(
              Array.from({ length: rows }, (_, i) => ((i * 7 + seed) % (segments + 2)) - 1),
              'int32',
            );
            return [tf.unsortedSegmentSum(x, ids, segments)];
          });
        },
      ),
      { numRuns: 40 },
    );
  });

  it('agree with finite differences of a small network of convolution, depthwise, pooling, normalisation and gather', async () => {
    await tf.setBackend('wasm');
    const shapes = [
      [3, 3, 2, 4],
      [3, 3, 4, 2],
      [1, 1, 8, 3],
    ];
    const weights = shapes.map((shape, i) => tf.tidy(() => tf.mul(random(shape, i + 5), 0.4)));
    const image = random([2, 8, 8, 2], 99) as Tensor4D;
    const loss = (...w: Tensor[]): Scalar => {
      const [conv, depth, point] = w as [Tensor4D, Tensor4D, Tensor4D];
      let x: Tensor4D = tf.conv2d(image, conv, 2, 'same');
      const moments = tf.moments(x, [0, 1, 2]);
      x = tf.batchNorm4d(
        x,
        moments.mean as never,
        moments.variance as never,
        tf.zeros([4]) as never,
        tf.ones([4]) as never,
      ) as Tensor4D;
      x = tf.sigmoid(tf.depthwiseConv2d(x, depth, 1, 'same'));
      x = tf.conv2d(x, point, 1, 'valid');
      x = tf.avgPool(x, 2, 2, 'same');
      const rows = tf.gather(tf.reshape(x, [-1, 3]), tf.tensor1d([0, 3, 3, 1], 'int32'));
      return tf.sum(tf.square(tf.softmax(rows)));
    };
    const gradients = tf.grads(loss as (...args: Tensor[]) => Tensor)(weights);
    const step = 1e-2;
    for (const [i, weight] of weights.entries()) {
      const values = Float32Array.from(weight.dataSync());
      const analytic = gradients[i]?.dataSync() ?? [];
      for (const at of [0, Math.floor(values.length / 2), values.length - 1]) {
        const lossAt = (shift: number): number => {
          const moved = values.slice();
          moved[at] = (moved[at] ?? 0) + shift;
          const tensor = tf.tensor(moved, weight.shape);
          const result = tf.tidy(() => loss(...weights.map((one, j) => (j === i ? tensor : one))));
          const value = result.dataSync()[0] ?? Number.NaN;
          tf.dispose([tensor, result]);
          return value;
        };
        const difference = (lossAt(step) - lossAt(-step)) / (2 * step);
        expect(Math.abs(difference - (analytic[at] ?? Number.NaN)), `weight ${i} at ${at}`).toBeLessThan(
          3e-3,
        );
      }
    }
    tf.dispose([...weights, ...gradients, image]);
  });
});
