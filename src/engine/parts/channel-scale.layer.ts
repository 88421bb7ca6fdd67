/** Brings the channels of a feature map to a like size, so that one learning rate suits all of them. */
import { type Tensor, tf } from '../backends/tf.ts';
import type { StandardForm, StandardizableLayer } from './standard-form.ts';

type LayerShape = ReturnType<InstanceType<typeof tf.layers.Layer>['computeOutputShape']>;

/** Multiplies each channel by a fixed number, measured once on training features (1 / root mean square) and saved with the model. */
export class ChannelScale extends tf.layers.Layer implements StandardizableLayer {
  static className = 'CatchlightChannelScale';
  /** The tap whose features come in. */
  readonly tap: string;
  private isLeftOut = false;
  private scale: ReturnType<InstanceType<typeof tf.layers.Layer>['addWeight']> | undefined;

  constructor(config: { name: string; tap: string }) {
    super({ name: config.name });
    this.tap = config.tap;
  }

  override build(inputShape: LayerShape): void {
    const channels = (inputShape as number[])[inputShape.length - 1] ?? 1;
    this.scale = this.addWeight('scale', [channels], 'float32', tf.initializers.ones(), undefined, false);
    this.built = true;
  }

  override computeOutputShape(inputShape: LayerShape): LayerShape {
    return inputShape;
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    const x = Array.isArray(inputs) ? (inputs[0] as Tensor) : inputs;
    const { scale } = this;
    return scale === undefined || this.isLeftOut ? x.clone() : tf.tidy(() => x.mul(scale.read()));
  }

  /** From now on it does nothing: whoever reads it multiplies (`fold-scales.ts`). */
  leaveOut(): void {
    this.isLeftOut = true;
  }

  override getConfig(): { name: string; tap: string } {
    return { name: this.name, tap: this.tap };
  }

  /** A 1 × 1 convolution of each channel by itself. */
  standardForm(): StandardForm {
    const channels = this.scale?.shape[0] ?? 1;
    return {
      className: 'DepthwiseConv2D',
      config: {
        kernel_size: [1, 1],
        strides: [1, 1],
        padding: 'valid',
        depth_multiplier: 1,
        data_format: 'channels_last',
        activation: 'linear',
        use_bias: false,
      },
      weights: [{ own: 'scale', standard: 'depthwise_kernel', shape: [1, 1, channels, 1] }],
    };
  }
}

/** A channel never seen to move is not blown up beyond this. */
const MAX_SCALE = 100;

/** 1 / root mean square of each channel over `[…, channels]` values; at most {@link MAX_SCALE}. */
export function measureChannelScale(values: Float32Array, channels: number): Float32Array {
  const squares = new Float64Array(channels);
  const rows = Math.floor(values.length / channels);
  for (let row = 0; row < rows; row++) {
    for (let c = 0; c < channels; c++) {
      const value = values[row * channels + c] as number;
      squares[c] = (squares[c] as number) + value * value;
    }
  }
  return Float32Array.from(squares, (sum) =>
    Math.min(MAX_SCALE, 1 / Math.sqrt(Math.max(sum / Math.max(1, rows), 1e-12))),
  );
}
