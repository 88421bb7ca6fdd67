/** Batch normalisation whose running statistics settle within a short training, and that resumes to the same numbers. */
import { standardizeNative, standardizeNativeGradient } from '../backends/native-batch-norm.ts';
import { isNativeBackendActive } from '../backends/native-binding.ts';
import { type Scalar, type Tensor, tf } from '../backends/tf.ts';
import type { StepRandom } from './seeded-dropout.layer.ts';
import type { StandardForm, StandardizableLayer } from './standard-form.ts';

type LayerShape = ReturnType<InstanceType<typeof tf.layers.Layer>['computeOutputShape']>;
type Weight = ReturnType<InstanceType<typeof tf.layers.Layer>['addWeight']>;

/** As Keras and tfjs have it, so that a saved model means the same there. */
const EPSILON = 1e-3;
/** Largest share of the running statistics kept at each step. */
const MOST_KEPT = 0.98;
/** Steps until the running statistics are fully trusted, and how far they may then lie from the batch's own (Ioffe 2017). */
const TRUSTED_AFTER = 20;
const MOST_STRETCH = 3;
const MOST_SHIFT = 5;

/**
 * Each channel (last axis of `[n, c]` or `[n, h, w, c]`) to mean 0 and variance 1 over the batch, then times `gamma` plus `beta`
 * (Ioffe & Szegedy 2015). Out of training the running statistics stand in for the batch's. They start from the first batch and keep
 * `min(0.98, (1 + step) / (10 + step))` a step: the usual fixed 0.99 has hardly moved from its start after the sixty steps that twenty
 * photographs get. The gradient is written out, in two sums and one pass, instead of through every op of the formula; on maps,
 * native TensorFlow does either way in one op (of vectors there are too few numbers to gain by it).
 */
export class BatchNorm extends tf.layers.Layer implements StandardizableLayer {
  static className = 'CatchlightBatchNorm';
  private readonly random: StepRandom;
  private gamma: Weight | undefined;
  private beta: Weight | undefined;
  private movingMean: Weight | undefined;
  private movingVariance: Weight | undefined;

  constructor(config: { name: string; random: StepRandom }) {
    super({ name: config.name });
    this.random = config.random;
  }

  override build(inputShape: LayerShape): void {
    const shape = [(inputShape as number[])[inputShape.length - 1] ?? 1];
    const { ones, zeros } = tf.initializers;
    const add = (name: string, start: ReturnType<typeof ones>, isTrained: boolean): Weight =>
      this.addWeight(name, shape, 'float32', start, undefined, isTrained);
    this.gamma = add('gamma', ones(), true);
    this.beta = add('beta', zeros(), true);
    this.movingMean = add('moving_mean', zeros(), false);
    this.movingVariance = add('moving_variance', ones(), false);
    this.built = true;
  }

  override computeOutputShape(inputShape: LayerShape): LayerShape {
    return inputShape;
  }

  override call(inputs: Tensor | Tensor[], kwargs: { training?: boolean }): Tensor {
    const x = Array.isArray(inputs) ? (inputs[0] as Tensor) : inputs;
    const { gamma, beta, movingMean, movingVariance } = this;
    if (gamma === undefined || beta === undefined) return x.clone();
    if (movingMean === undefined || movingVariance === undefined) return x.clone();
    if (kwargs.training !== true) {
      return tf.tidy(() => {
        const factor = gamma.read().mul(tf.rsqrt(movingVariance.read().add(EPSILON)));
        return x.mul(factor).add(beta.read().sub(movingMean.read().mul(factor)));
      });
    }
    const { step } = this.random;
    return normalizeBatch(x, gamma.read(), beta.read(), (mean, variance) => {
      const kept = Math.min(MOST_KEPT, (1 + step) / (10 + step));
      const follow = (weight: Weight, value: Tensor): Tensor => {
        const old = weight.read();
        weight.write(step === 0 ? value : old.add(value.sub(old).mul(1 - kept)));
        return weight.read();
      };
      const known = { mean: follow(movingMean, mean), variance: follow(movingVariance, variance) };
      const trust = Math.min(1, step / TRUSTED_AFTER);
      const deviation = tf.sqrt(known.variance.add(EPSILON));
      const most = 1 + trust * (MOST_STRETCH - 1);
      return {
        stretch: tf.clipByValue(tf.sqrt(variance.add(EPSILON)).div(deviation), 1 / most, most),
        shift: tf.clipByValue(mean.sub(known.mean).div(deviation), -trust * MOST_SHIFT, trust * MOST_SHIFT),
      };
    });
  }

  override getConfig(): { name: string } {
    return { name: this.name };
  }

  standardForm(): StandardForm {
    const channels = this.gamma?.shape[0] ?? 1;
    return {
      className: 'BatchNormalization',
      config: { axis: -1, momentum: 0.99, epsilon: EPSILON, center: true, scale: true },
      weights: ['gamma', 'beta', 'moving_mean', 'moving_variance'].map((name) => ({
        own: name,
        standard: name,
        shape: [channels],
      })),
    };
  }
}

/** What brings a batch's own normal form to that of the running statistics: times `stretch`, plus `shift`, each channel. */
interface Correction {
  readonly stretch: Tensor;
  readonly shift: Tensor;
}

/** Normalises a batch by its own statistics and corrects that, the correction taken as given; differentiable in `x`, `gamma` and `beta`. */
function normalizeBatch(
  x: Tensor,
  gamma: Tensor,
  beta: Tensor,
  correct: (mean: Tensor, variance: Tensor) => Correction,
): Tensor {
  if (x.rank === 4 && isNativeBackendActive()) return normalizeBatchNative(x, gamma, beta, correct);
  const axes = x.shape.map((_, i) => i).slice(0, -1);
  const run = tf.customGrad((...args) => {
    const [input, scale, offset, save] = args as [Tensor, Tensor, Tensor, (tensors: Tensor[]) => void];
    const mean = tf.mean(input, axes);
    const variance = tf.mean(tf.squaredDifference(input, mean), axes);
    const { stretch, shift } = correct(mean, variance);
    const inverse = tf.rsqrt(variance.add(EPSILON));
    const factor = scale.mul(inverse).mul(stretch);
    save([input, scale, mean, inverse, stretch, shift]);
    return {
      value: input.mul(factor).add(offset.add(scale.mul(shift)).sub(mean.mul(factor))),
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [x0, scale0, mean0, inverse0, stretch0, shift0] = saved as [
          Tensor,
          Tensor,
          Tensor,
          Tensor,
          Tensor,
          Tensor,
        ];
        const count = x0.size / (mean0.size || 1);
        const sum = tf.sum(dy, axes);
        // Σ dy · x̂, without making x̂.
        const along = tf.sum(dy.mul(x0), axes).sub(sum.mul(mean0)).mul(inverse0);
        const slope = scale0.mul(inverse0).mul(stretch0);
        const pull = slope.mul(inverse0).mul(along).div(count);
        const dx = dy
          .mul(slope)
          .sub(x0.mul(pull))
          .add(pull.mul(mean0).sub(slope.mul(sum).div(count)));
        return [dx, along.mul(stretch0).add(sum.mul(shift0)), sum];
      },
    };
  });
  return run(x, gamma, beta) as Scalar;
}

/** The same from TensorFlow's own op. */
function normalizeBatchNative(
  x: Tensor,
  gamma: Tensor,
  beta: Tensor,
  correct: (mean: Tensor, variance: Tensor) => Correction,
): Tensor {
  const run = tf.customGrad((...args) => {
    const [input, scale, offset, save] = args as [Tensor, Tensor, Tensor, (tensors: Tensor[]) => void];
    const { standard, mean, variance, kept } = standardizeNative(input, EPSILON);
    const { stretch, shift } = correct(mean, variance);
    save([input, scale, stretch, shift, ...kept]);
    return {
      value: standard.mul(scale.mul(stretch)).add(offset.add(scale.mul(shift))),
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [x0, scale0, stretch0, shift0, ...kept0] = saved as [
          Tensor,
          Tensor,
          Tensor,
          Tensor,
          ...Tensor[],
        ];
        const slope = scale0.mul(stretch0);
        const { dx, dScale, dOffset } = standardizeNativeGradient(dy, x0, slope, kept0, EPSILON);
        return [dx, dScale.mul(stretch0).add(dOffset.mul(shift0)), dOffset];
      },
    };
  });
  return run(x, gamma, beta) as Scalar;
}
