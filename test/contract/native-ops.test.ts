/** Our own ops for wide dense layers, where native TensorFlow is installed with them: the same training as without, resumed to the byte, leaking nothing. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { drawTrainingSet, type Head, heads, StudioSide, type Way } from '../../bench/training-heads.ts';
import { FactoredGradients, findFactors } from '../../src/engine/backends/factored-gradients.ts';
import { locateNativeBinding } from '../../src/engine/backends/native.backend.ts';
import {
  getNativeBackend,
  nativeBackendName,
  registerNativeBackend,
} from '../../src/engine/backends/native-binding.ts';
import { hasHalfProduct, startNativeOps, withoutNativeOps } from '../../src/engine/backends/native-ops.ts';
import { probeNativeOps } from '../../src/engine/backends/probe-native-ops.ts';
import { type Scalar, type Tensor, tf, type Variable } from '../../src/engine/backends/tf.ts';
import { engineCacheDir } from '../../src/engine/install/engine-cache.ts';

async function startOps(): Promise<boolean> {
  try {
    const { bindingPath } = locateNativeBinding(engineCacheDir());
    registerNativeBackend(bindingPath);
    await tf.setBackend(nativeBackendName);
    const lack = startNativeOps(bindingPath, probeNativeOps);
    if (lack !== undefined) console.log(`Skipped: native TensorFlow is here ${lack}.`);
    return lack === undefined;
  } catch {
    console.log('Skipped: native TensorFlow is not installed (`catchlight engine install`).');
    return false;
  }
}

const hasOps = await startOps();

/** Narrow enough for a test, wide enough for the ops: 2304 × 512 weights. */
const small: Head = {
  ...(heads[0] as Head),
  tap: { name: 's32', stride: 32, heightCells: 6, widthCells: 6, channels: 256 },
  canvas: { widthPx: 192, heightPx: 192 },
  images: 64,
};
const set = drawTrainingSet(small);

describe.skipIf(!hasOps)('our own ops for wide dense layers', () => {
  // A step of a busy machine takes seconds.
  vi.setConfig({ testTimeout: 180_000 });
  const open: StudioSide[] = [];
  beforeAll(() => tf.setBackend(nativeBackendName));
  afterAll(async () => {
    for (const side of open) await side.close();
  });
  const start = (way: Way): StudioSide => {
    const side = new StudioSide(small, set, way);
    open.push(side);
    return side;
  };
  /** A million numbers are the same if their hash is: comparing them one by one takes a runner seconds. */
  const hash = (data: Float32Array): string =>
    createHash('sha256')
      .update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
      .digest('hex');

  async function walk(side: StudioSide, steps: number): Promise<number[]> {
    const losses: number[] = [];
    for (let i = 0; i < steps; i++) losses.push((await side.train(1)).loss);
    return losses;
  }

  it.each(['lesson', 'studio'] as const)('%s: the losses are those of TensorFlow’s own ops', async (way) => {
    const ours = await walk(start(way), 4);
    const theirs = await withoutNativeOps(() => walk(start(way), 4));
    ours.forEach((loss, step) => {
      const expected = theirs[step] as number;
      // As the studio trains, a wide product is rounded to bfloat16, which TensorFlow's own op is not.
      const most = way === 'studio' && hasHalfProduct() ? 5e-3 : 2e-4;
      expect(Math.abs(loss - expected) / expected, `step ${step}`).toBeLessThan(most);
    });
    expect(theirs[3]).not.toBeCloseTo(theirs[0] as number, 2);
  });

  it('goes on from a saved state to the very same numbers, averages too', async () => {
    const whole = start('studio');
    await whole.train(3);
    const saved = whole.learner.save('run');
    const rest = start('studio');
    rest.learner.restore(saved);
    const expected = await walk(whole, 3);
    expect(await walk(rest, 3)).toEqual(expected);
    const [a, b] = [whole, rest].map((side) =>
      [...side.learner.save('run').arrays].map(([name, data]) => `${name} ${hash(data)}`),
    );
    expect(b).toEqual(a);
  });

  it('takes no more memory with every step', async () => {
    const side = start('studio');
    await side.train(3);
    const count = (): (number | undefined)[] => [
      tf.memory().numTensors,
      getNativeBackend().binding.getNumOfTensors?.(),
    ];
    const before = count();
    await side.train(4);
    expect(count()).toEqual(before);
  });

  it('leaves a kept copy of the weights as it was', async () => {
    const side = start('lesson');
    await side.train(2);
    const wide = side.learner.model.trainableWeights[0]?.read() as Variable;
    expect(wide.size).toBeGreaterThan(1 << 20);
    const kept = wide.clone();
    const before = hash(kept.dataSync<'float32'>());
    await side.train(2);
    expect(hash(kept.dataSync<'float32'>())).toBe(before);
    expect(hash(wide.dataSync<'float32'>())).not.toBe(before);
    kept.dispose();
  });

  it('gives a gradient that no op can mistake for numbers', () => {
    const x = tf.randomNormal([3, 8]);
    const weight = tf.variable(tf.randomNormal([8, 4]));
    const factored = new FactoredGradients([weight]);
    const { value, grads } = factored.watch(() =>
      tf.variableGrads(() => tf.sum(tf.matMul(x as never, weight as never)) as Scalar, [weight]),
    );
    const gradient = grads[weight.name] as Tensor;
    expect(gradient.shape).toEqual([8, 4]);
    expect(findFactors(gradient)?.dy.shape).toEqual([3, 4]);
    expect(() => tf.tidy(() => gradient.mul(2).dataSync())).toThrow(/not referenced|Invalid/i);
    factored.release();
    tf.dispose([x, weight, value, grads]);
  });

  it.skipIf(!hasHalfProduct())(
    'learns as well with factors in bfloat16, which are other numbers',
    async () => {
      const full = await walk(start('lesson'), 12);
      const half = await walk(start('rounded'), 12);
      expect(half).not.toEqual(full);
      expect(Math.abs((half[0] as number) - (full[0] as number))).toBeLessThan(0.02 * (full[0] as number));
      const [first, fullEnd, halfEnd] = [full[0], full.at(-1), half.at(-1)] as [number, number, number];
      expect(halfEnd).toBeLessThan(0.8 * first);
      expect(Math.abs(halfEnd - fullEnd)).toBeLessThan(0.1 * fullEnd);
    },
  );
});
