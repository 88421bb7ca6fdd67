/** A batch brought to mean 0 and variance 1, each channel by itself, in TensorFlow's one op each way in place of a dozen passes over memory. */
import { attr, executeNativeOp } from './native-binding.ts';
import { type Tensor, type Tensor4D, tf } from './tf.ts';

/** What the forward op gives: the standard form of `x` and, a number a channel, the batch's mean and variance. `kept` is for the gradient. */
export interface StandardBatch {
  readonly standard: Tensor;
  readonly mean: Tensor;
  /** Of the batch itself: divided by the count, not by one less. */
  readonly variance: Tensor;
  readonly kept: readonly Tensor[];
}

/** `[n, c]` seen as maps of one cell. */
function asMaps(x: Tensor): Tensor4D {
  return (x.rank === 4 ? x : tf.reshape(x, [x.size / (x.shape.at(-1) ?? 1), 1, 1, -1])) as Tensor4D;
}

const attrs = (epsilon: number) => [
  attr.dtype('T', 'float32'),
  attr.dtype('U', 'float32'),
  attr.float('epsilon', epsilon),
  attr.string('data_format', 'NHWC'),
  attr.bool('is_training', true),
];

/** `x` is `[n, c]` or `[n, h, w, c]`. Only while the native backend is active (else throws `engine/not-native`); call inside a tidy. */
export function standardizeNative(x: Tensor, epsilon: number): StandardBatch {
  const channels = x.shape.at(-1) ?? 1;
  const none = tf.tensor1d([]);
  const [standard, mean, sampleVariance, ...kept] = executeNativeOp(
    'FusedBatchNormV3',
    [...attrs(epsilon), attr.float('exponential_avg_factor', 1)],
    [asMaps(x), tf.ones([channels]), tf.zeros([channels]), none, none],
    6,
  ) as [Tensor, Tensor, Tensor, ...Tensor[]];
  const count = x.size / channels;
  // The op tells the variance of what the batch was drawn from; of one number it tells that number's, nought.
  const variance = count > 1 ? tf.mul(sampleVariance, (count - 1) / count) : sampleVariance;
  return { standard: tf.reshape(standard, x.shape), mean, variance, kept };
}

/** The gradient of `scale · standard` by `x`, and that by `scale` and by an added offset, each `[c]`. */
export function standardizeNativeGradient(
  dy: Tensor,
  x: Tensor,
  scale: Tensor,
  kept: readonly Tensor[],
  epsilon: number,
): { dx: Tensor; dScale: Tensor; dOffset: Tensor } {
  const [dx, dScale, dOffset] = executeNativeOp(
    'FusedBatchNormGradV3',
    attrs(epsilon),
    [asMaps(dy), asMaps(x), scale, ...kept],
    5,
  ) as [Tensor, Tensor, Tensor];
  return { dx: tf.reshape(dx, x.shape), dScale, dOffset };
}
