/** Doubles a feature map by repetition, from ops that every backend can also run backwards. */
import { type Tensor, tf } from '../backends/tf.ts';
import type { StandardForm, StandardizableLayer } from './standard-form.ts';

type LayerShape = ReturnType<InstanceType<typeof tf.layers.Layer>['computeOutputShape']>;

/** `[n, h, w, c]` to `[n, 2h, 2w, c]`: nearest neighbour. */
export class UpsampleTwice extends tf.layers.Layer implements StandardizableLayer {
  static className = 'CatchlightUpsampleTwice';

  override computeOutputShape(inputShape: LayerShape): LayerShape {
    const [n, h, w, c] = inputShape as (number | null)[];
    return [n ?? null, h == null ? null : h * 2, w == null ? null : w * 2, c ?? null];
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    const x = Array.isArray(inputs) ? (inputs[0] as Tensor) : inputs;
    const [n = 1, h = 1, w = 1, c = 1] = x.shape;
    return tf.tidy(() => {
      const wide = tf.stack([x, x], 3).reshape([n, h, w * 2, c]);
      return tf.stack([wide, wide], 2).reshape([n, h * 2, w * 2, c]);
    });
  }

  /** tfjs' own layer; it is not used in training because not every backend can run it backwards. */
  standardForm(): StandardForm {
    const config = { size: [2, 2], data_format: 'channels_last', interpolation: 'nearest' };
    return { className: 'UpSampling2D', config };
  }
}
