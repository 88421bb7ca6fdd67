/** The self-test of our own ops: two Adam steps of a dense layer against the composed ones, and a product in bfloat16 against the full one. */
import { AdamOptimizer } from './adam-optimizer.ts';
import { FactoredGradients } from './factored-gradients.ts';
import { executeNativeOp } from './native-binding.ts';
import { hasHalfProduct } from './native-ops.ts';
import { expectClose } from './probe.ts';
import { type Scalar, type Tensor, tf } from './tf.ts';

/** Shapes with rests in every direction: rows and columns that fill no tile, an odd number of samples. */
const SAMPLES = 5;
const INPUTS = 75;
const OUTPUTS = 45;

/** Numbers between -1 and 1 that look like chance. */
const draw = (count: number, seed: number): Float32Array =>
  Float32Array.from({ length: count }, (_, i) => Math.sin(1 + i * 12.9898 + seed * 78.233));

/** Takes a few milliseconds. Throws an Error naming the first wrong result. */
export function probeNativeOps(): void {
  const [composed, own] = [learn(false), learn(true)];
  expectClose('wide dense step', own.weights, composed.weights);
  expectClose('average of a wide dense layer', own.average, composed.average);
  if (hasHalfProduct()) probeHalfProduct();
}

function learn(isOwn: boolean): { weights: Float32Array; average: Float32Array } {
  const x = tf.tensor2d(draw(SAMPLES * INPUTS, 1), [SAMPLES, INPUTS]);
  const weight = tf.variable(tf.tensor2d(draw(INPUTS * OUTPUTS, 2), [INPUTS, OUTPUTS]), true);
  const average = tf.variable(tf.zeros([INPUTS, OUTPUTS]), false);
  const factored = new FactoredGradients(isOwn ? [weight] : []);
  const optimizer = new AdamOptimizer({ learningRate: 0.01, mode: isOwn ? 'auto' : 'composed' });
  const [keep, mix] = [0.99, 0.25];
  for (let step = 0; step < 2; step++) {
    const { value, grads } = factored.watch(() =>
      tf.variableGrads(() => tf.sum(tf.square(tf.relu(tf.matMul(x, weight as never)))) as Scalar, [weight]),
    );
    const named = { weight: grads[weight.name] as Tensor };
    const tail = { keep, average: { variable: average, mix } };
    const done = optimizer.applyGradients(named, { weight }, () => tail);
    if (done.has('weight') !== isOwn) throw new Error('the wide dense step was not used');
    if (!isOwn) {
      tf.tidy(() => {
        weight.assign(weight.mul(keep));
        average.assign(average.add(tf.sub(weight, average).mul(mix)));
      });
    }
    factored.release();
    tf.dispose([value, grads]);
  }
  const read = { weights: weight.dataSync<'float32'>(), average: average.dataSync<'float32'>() };
  optimizer.dispose();
  tf.dispose([x, weight, average]);
  return read;
}

/** Factors of few digits are the same in bfloat16, so the product must be. */
function probeHalfProduct(): void {
  const [samples, inputs, outputs] = [9, 151, 64];
  const round = (values: Float32Array): Float32Array => values.map((value) => Math.round(value * 8) / 8);
  const [full, half] = tf.tidy(() => {
    const x = tf.tensor2d(round(draw(samples * inputs, 3)), [samples, inputs]);
    const w = tf.tensor2d(round(draw(inputs * outputs, 4)), [inputs, outputs]);
    const [product] = executeNativeOp('CatchlightDenseHalf', [], [x, w], 1) as [Tensor];
    return [tf.matMul(x, w).dataSync(), product.dataSync()];
  });
  expectClose('product in bfloat16', half, full);
}
