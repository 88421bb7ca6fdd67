/** Products with factors rounded to bfloat16, where native TensorFlow is installed on a processor that has them: near the full ones, and gone when the step is. */
import { beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../src/core/random.ts';
import { locateNativeBinding } from '../../src/engine/backends/native.backend.ts';
import {
  getNativeBackend,
  nativeBackendName,
  registerNativeBackend,
} from '../../src/engine/backends/native-binding.ts';
import { hasHalfProducts, type Precision, withPrecision } from '../../src/engine/backends/native-half.ts';
import { isWorthRounding } from '../../src/engine/backends/rounded-products.ts';
import { type Scalar, type Tensor, tf, type Variable } from '../../src/engine/backends/tf.ts';
import { engineCacheDir } from '../../src/engine/install/engine-cache.ts';

function startNative(): boolean {
  try {
    registerNativeBackend(locateNativeBinding(engineCacheDir()).bindingPath);
    if (hasHalfProducts()) return true;
    console.log('Skipped: this processor has no products in bfloat16.');
  } catch {
    console.log('Skipped: native TensorFlow is not installed (`catchlight engine install`).');
  }
  return false;
}

const [samples, inputs, outputs] = [512, 384, 192];
const random = createRandom(3);
const draw = (length: number): Float32Array => Float32Array.from({ length }, () => random.gaussian());
const numbers = { x: draw(samples * inputs), w: draw(inputs * outputs), goal: draw(samples * outputs) };

function vary(data: Float32Array, shape: [number, number]): Variable {
  return tf.tidy(() => tf.variable(tf.tensor2d(data, shape), true));
}

/** A layer's output, and the gradients of weights and of what came in. */
function learn(precision: Precision): Float32Array[] {
  const x = vary(numbers.x, [samples, inputs]);
  const w = vary(numbers.w, [inputs, outputs]);
  const seen: Tensor[] = [];
  const { value, grads } = withPrecision(precision, () =>
    tf.variableGrads(() => {
      const y = tf.matMul(x as never, w as never);
      seen.push(tf.keep(y));
      return tf.sum(tf.mul(y, tf.tensor2d(numbers.goal, [samples, outputs]))) as Scalar;
    }, [x, w]),
  );
  const told = [...seen, grads[x.name] as Tensor, grads[w.name] as Tensor];
  const read = told.map((tensor) => Float32Array.from(tensor.dataSync()));
  tf.dispose([x, w, value, grads, ...seen]);
  return read;
}

/** Root mean square of the difference, as a part of the numbers' own. */
function distance(a: Float32Array, b: Float32Array): number {
  const square = (of: (i: number) => number): number => a.reduce((sum, _, i) => sum + of(i) ** 2, 0);
  return Math.sqrt(square((i) => (a[i] as number) - (b[i] as number)) / square((i) => b[i] as number));
}

describe.skipIf(!startNative())('products in bfloat16', () => {
  beforeAll(() => tf.setBackend(nativeBackendName));

  it('are within a hundredth of the full ones, there and back, and not the same', () => {
    const full = learn('float32');
    const rounded = learn('bfloat16');
    for (const [i, values] of rounded.entries()) {
      const apart = distance(values, full[i] as Float32Array);
      expect(apart).toBeLessThan(0.01);
      expect(apart).toBeGreaterThan(1e-5);
    }
  });

  it('are taken of what a tensor holds now: nothing rounded outlives its step', () => {
    const w = vary(numbers.w, [inputs, outputs]);
    const x = tf.tensor2d(numbers.x, [samples, inputs]);
    const multiply = (): Float32Array =>
      withPrecision('bfloat16', () => tf.tidy(() => tf.matMul(x, w as never).dataSync<'float32'>()));
    const before = multiply();
    tf.tidy(() => w.assign(tf.mul(w, 2)));
    expect(
      distance(
        multiply(),
        before.map((value) => 2 * value),
      ),
    ).toBeLessThan(1e-6);
    tf.dispose([w, x]);
  });

  it('leave no tensor behind', () => {
    learn('bfloat16');
    const before = { ours: tf.memory().numTensors, map: countHeld() };
    for (let i = 0; i < 3; i++) learn('bfloat16');
    expect({ ours: tf.memory().numTensors, map: countHeld() }).toEqual(before);
  });
});

/** Numbers tfjs knows of in TensorFlow. */
function countHeld(): number {
  return getNativeBackend().numDataIds();
}

it('small and narrow products are not worth rounding', () => {
  const matrix = (...shape: number[]) => ({ dataId: {}, shape, dtype: 'float32' as const });
  const plain = { transposeA: false, transposeB: false };
  expect(isWorthRounding(matrix(3000, 2016), matrix(2016, 256), plain)).toBe(true);
  expect(isWorthRounding(matrix(3000, 2016), matrix(3000, 256), { ...plain, transposeA: true })).toBe(true);
  expect(isWorthRounding(matrix(64, 512), matrix(512, 512), plain)).toBe(false);
  expect(isWorthRounding(matrix(100_000, 512), matrix(512, 8), plain)).toBe(false);
});
