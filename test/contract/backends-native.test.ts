/** Native TensorFlow, where it is installed: the fused optimiser equals the composed one, resumes to the same numbers, leaks nothing. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AdamOptimizer } from '../../src/engine/backends/adam-optimizer.ts';
import { locateNativeBinding } from '../../src/engine/backends/native.backend.ts';
import {
  attr,
  executeNativeOp,
  getNativeBackend,
  nativeBackendName,
  registerNativeBackend,
} from '../../src/engine/backends/native-binding.ts';
import { hasHalfProducts, withPrecision } from '../../src/engine/backends/native-half.ts';
import { probeBackend } from '../../src/engine/backends/probe.ts';
import { type Scalar, type Tensor, type Tensor4D, tf, type Variable } from '../../src/engine/backends/tf.ts';
import { engineCacheDir } from '../../src/engine/install/engine-cache.ts';
import { BatchNorm } from '../../src/engine/parts/batch-norm.layer.ts';

function findBinding(): string | undefined {
  try {
    return locateNativeBinding(engineCacheDir()).bindingPath;
  } catch {
    console.log('Skipped: native TensorFlow is not installed (`catchlight engine install`).');
    return undefined;
  }
}

const bindingPath = findBinding();

describe.skipIf(bindingPath === undefined)('native TensorFlow', () => {
  beforeAll(async () => {
    registerNativeBackend(bindingPath ?? '');
    await tf.setBackend(nativeBackendName);
  });
  afterAll(() => tf.disposeVariables());

  const target = (): Tensor => tf.tidy(() => tf.randomNormal([6, 5], 0, 1, 'float32', 4));
  const createWeight = (name: string): Variable =>
    tf.tidy(() => tf.variable(tf.randomNormal([6, 5], 0, 1, 'float32', 3), true, name));

  /** Steps of the same little problem; the numbers of the weight after each. */
  function walk(optimizer: AdamOptimizer, weight: Variable, steps: number): number[][] {
    const goal = target();
    const path: number[][] = [];
    for (let i = 0; i < steps; i++) {
      optimizer.minimize(() => tf.sum(tf.square(tf.sub(weight, goal))) as Scalar, [weight]).dispose();
      path.push(Array.from(weight.dataSync()));
    }
    goal.dispose();
    return path;
  }

  it('passes the probe every backend must pass', async () => {
    await expect(probeBackend()).resolves.toBeUndefined();
  });

  it('runs an op that tfjs does not have', () => {
    const x = tf.tensor1d([3, 1, 2]);
    const [result] = executeNativeOp('Xdivy', [attr.dtype('T', 'float32')], [x, tf.tensor1d([0, 2, 4])], 1);
    expect(Array.from(result?.dataSync() ?? [])).toEqual([Number.POSITIVE_INFINITY, 0.5, 0.5]);
  });

  it('multiplies matrices as plain JavaScript does, whichever side is transposed', async () => {
    const a = tf.randomNormal([5, 7], 0, 1, 'float32', 1);
    const b = tf.randomNormal([7, 4], 0, 1, 'float32', 2);
    const products = (): number[][] =>
      [false, true].flatMap((left) =>
        [false, true].map((right) =>
          Array.from(
            tf.tidy(() =>
              tf.matMul(left ? a.transpose() : a, right ? b.transpose() : b, left, right).dataSync(),
            ),
          ),
        ),
      );
    const native = products();
    await tf.setBackend('cpu');
    const plain = products();
    await tf.setBackend(nativeBackendName);
    native.forEach((numbers, i) => {
      numbers.forEach((x, j) => {
        expect(x).toBeCloseTo(plain[i]?.[j] ?? Number.NaN, 5);
      });
    });
    tf.dispose([a, b]);
  });

  it('brings maps to mean 0 and variance 1 with the numbers and gradients of the formula, and leaves nothing', async () => {
    const shape = [3, 4, 5, 6];
    const x = tf.randomNormal(shape, 3, 2, 'float32', 1);
    const dy = tf.randomNormal(shape, 0, 1, 'float32', 2);
    const step = (): number[][] =>
      tf.tidy(() => {
        const layer = new BatchNorm({ name: 'norm', random: { seed: 1, step: 9 } });
        layer.build([null, 4, 5, 6]);
        const factors = tf.linspace(0.5, 2, 6);
        layer.setWeights([factors, tf.linspace(-1, 1, 6), tf.fill([6], 2.5), tf.fill([6], 3)]);
        const y = (input: Tensor): Tensor => layer.apply(input, { training: true }) as Tensor;
        const dx = tf.grad(y)(x, dy);
        const gamma = layer.trainableWeights[0]?.read() as Variable;
        const { grads } = tf.variableGrads(() => tf.sum(y(x).mul(dy)) as Scalar, [gamma]);
        const numbers = [y(x), dx, grads[gamma.name] as Tensor].map((t) => Array.from(t.dataSync()));
        for (const weight of layer.weights) weight.dispose();
        return numbers;
      });
    step();
    const before = tf.memory().numTensors;
    const native = step();
    expect(tf.memory().numTensors).toBe(before);
    await tf.setBackend('cpu');
    const plain = step();
    await tf.setBackend(nativeBackendName);
    native.forEach((numbers, i) => {
      numbers.forEach((value, j) => {
        expect(value).toBeCloseTo(plain[i]?.[j] ?? Number.NaN, 4);
      });
    });
    tf.dispose([x, dy]);
  });

  it('rounds the factors of convolutions only within withPrecision, only where the processor gains by it, and leaves nothing', () => {
    const x = tf.randomNormal([2, 6, 7, 5], 0, 1, 'float32', 1) as Tensor4D;
    const filter = tf.randomNormal([3, 3, 5, 4], 0, 1, 'float32', 2) as Tensor4D;
    const pass = (): number[][] =>
      tf.tidy(() => {
        const conv = (image: Tensor, weights: Tensor): Tensor =>
          tf.conv2d(image as Tensor4D, weights as Tensor4D, 2, 'same');
        const gradients = tf.grads(conv)([x, filter]);
        return [conv(x, filter), ...gradients].map((tensor) => Array.from(tensor.dataSync()));
      });
    const full = pass();
    withPrecision('bfloat16', pass);
    const tensors = [tf.memory().numTensors, getNativeBackend().binding.getNumOfTensors?.()];
    const rounded = withPrecision('bfloat16', pass);
    expect([tf.memory().numTensors, getNativeBackend().binding.getNumOfTensors?.()]).toEqual(tensors);
    expect(withPrecision('float32', pass)).toEqual(full);
    expect(pass()).toEqual(full);
    full.forEach((numbers, i) => {
      const gap = Math.max(...numbers.map((value, j) => Math.abs(value - (rounded[i]?.[j] ?? Number.NaN))));
      const size = Math.max(...numbers.map(Math.abs));
      expect(gap).toBeLessThan(0.02 * size);
      expect(gap > 0).toBe(hasHalfProducts());
    });
    tf.dispose([x, filter]);
  });

  it('walks with the fused step where the composed one walks', () => {
    const [a, b] = [createWeight('native/fused'), createWeight('native/composed')];
    const fused = new AdamOptimizer({ learningRate: 0.05 });
    const composed = new AdamOptimizer({ learningRate: 0.05, mode: 'composed' });
    expect([fused.kind, composed.kind]).toEqual(['fused', 'composed']);
    const [one, other] = [walk(fused, a, 30).at(-1) ?? [], walk(composed, b, 30).at(-1) ?? []];
    for (const [i, value] of one.entries()) expect(value).toBeCloseTo(other[i] ?? Number.NaN, 4);
    fused.dispose();
    composed.dispose();
  });

  it('leaves a kept copy of the weights alone while the weights move on', () => {
    const weight = createWeight('native/snapshot');
    const optimizer = new AdamOptimizer({ learningRate: 0.1 });
    walk(optimizer, weight, 3);
    const kept = weight.clone();
    const before = Array.from(kept.dataSync());
    walk(optimizer, weight, 3);
    expect(Array.from(kept.dataSync())).toEqual(before);
    expect(Array.from(weight.dataSync())).not.toEqual(before);
    kept.dispose();
    optimizer.dispose();
  });

  it('follows a weight that somebody else has set', () => {
    const weight = createWeight('native/assigned');
    const optimizer = new AdamOptimizer({ learningRate: 0 });
    walk(optimizer, weight, 2);
    tf.tidy(() => weight.assign(tf.fill([6, 5], 7)));
    walk(optimizer, weight, 2);
    expect(Array.from(weight.dataSync())).toEqual(Array.from({ length: 30 }, () => 7));
    optimizer.dispose();
  });

  it('goes on after a restart to the very numbers of a run that was never stopped', () => {
    for (const mode of ['auto', 'composed'] as const) {
      const whole = createWeight(`native/whole/${mode}`);
      const uninterrupted = new AdamOptimizer({ learningRate: 0.05, mode });
      const expected = walk(uninterrupted, whole, 12).at(-1);

      const name = `native/stopped/${mode}`;
      const first = new AdamOptimizer({ learningRate: 0.05, mode });
      const weight = createWeight(name);
      walk(first, weight, 5);
      const state = structuredClone(first.saveState());
      const saved = Float32Array.from(weight.dataSync());
      first.dispose();
      weight.dispose();

      const restored = tf.tidy(() => tf.variable(tf.tensor(saved, [6, 5]), true, name));
      const second = new AdamOptimizer({ learningRate: 0.05, mode });
      second.loadState(state);
      expect(second.step).toBe(5);
      expect(walk(second, restored, 7).at(-1)).toEqual(expected);
      uninterrupted.dispose();
      second.dispose();
    }
  });

  it('refuses a saved state that does not fit the weights, and changes nothing', () => {
    const weight = createWeight('native/misfit');
    const optimizer = new AdamOptimizer({ learningRate: 0.05 });
    const slots = { 'native/misfit': { m: new Float32Array(3), v: new Float32Array(3) } };
    expect(() => optimizer.loadState({ step: 9, slots })).toThrow(
      expect.objectContaining({ code: 'training/slot-size' }),
    );
    const strange = { 'no such weight': { m: new Float32Array(3), v: new Float32Array(3) } };
    expect(() => optimizer.loadState({ step: 9, slots: strange })).toThrow(
      expect.objectContaining({ code: 'training/unknown-weight' }),
    );
    expect(optimizer.step).toBe(0);
    expect(weight.isDisposed).toBe(false);
    optimizer.dispose();
  });

  it('leaks neither tensors nor memory over many steps and many optimisers', () => {
    const weight = tf.tidy(() => tf.variable(tf.zeros([1024, 1024]), true, 'native/leak'));
    const gradient = tf.ones([1024, 1024]);
    const live = (): number => getNativeBackend().numDataIds();
    const round = (): void => {
      const optimizer = new AdamOptimizer({ learningRate: 1e-3 });
      for (let i = 0; i < 5; i++) optimizer.applyGradients({ [weight.name]: gradient });
      optimizer.dispose();
    };
    for (let i = 0; i < 5; i++) round();
    const [tensors, ids, bytes] = [tf.memory().numTensors, live(), process.memoryUsage().rss];
    for (let i = 0; i < 40; i++) round();
    expect(tf.memory().numTensors).toBe(tensors);
    expect(live()).toBe(ids);
    // 40 leaked optimisers would be 40 × 3 × 4 MB.
    expect(process.memoryUsage().rss - bytes).toBeLessThan(100e6);
    tf.dispose([weight, gradient]);
  });

  it('gives the cpu backend’s gradients of a small network', async () => {
    const work = (): Tensor[] => {
      const x = tf.randomNormal([2, 9, 7, 3], 0, 1, 'float32', 1) as Tensor4D;
      const first = tf.randomNormal([3, 3, 3, 4], 0, 1, 'float32', 2);
      const second = tf.randomNormal([3, 3, 4, 2], 0, 1, 'float32', 3);
      const loss = (a: Tensor, b: Tensor): Scalar => {
        const hidden = tf.relu(tf.conv2d(x, a as Tensor4D, 2, 'same'));
        const pooled = tf.maxPool(hidden, 2, 1, 'same');
        return tf.sum(tf.square(tf.sigmoid(tf.depthwiseConv2d(pooled, b as Tensor4D, 1, 'same'))));
      };
      return tf.grads(loss as (...args: Tensor[]) => Tensor)([first, second]);
    };
    const run = async (backend: string): Promise<number[]> => {
      await tf.setBackend(backend);
      const outputs = tf.tidy(work);
      const numbers = outputs.flatMap((one) => Array.from(one.dataSync()));
      tf.dispose(outputs);
      return numbers;
    };
    const expected = await run('cpu');
    const actual = await run(nativeBackendName);
    for (const [i, value] of expected.entries()) expect(actual[i]).toBeCloseTo(value, 3);
  });
});
