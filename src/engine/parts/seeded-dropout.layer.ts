/** Dropout whose masks follow from a seed and the step, so that a resumed training draws the very same ones. */
import { fillByChance, hashText } from '../../core/random.ts';
import { allocateAligned } from '../backends/aligned.ts';
import { type Tensor, tf } from '../backends/tf.ts';
import type { StandardForm, StandardizableLayer } from './standard-form.ts';

/** The chance of a model: the loop sets `step` before each step. */
export interface StepRandom {
  readonly seed: number;
  step: number;
}

/**
 * Drops whole channels of each sample with probability `rate` (0..1) while training, scaling the rest so that the mean stays
 * (spatial dropout, Tompson et al. 2015). The input is `[n, c]` or `[n, h, w, c]`; a mask has one number a sample and channel.
 */
export class SeededDropout extends tf.layers.Layer implements StandardizableLayer {
  static className = 'CatchlightSeededDropout';
  private readonly rate: number;
  private readonly random: StepRandom;
  /** The mask of the last step that drew one: millions of numbers a step would keep the garbage collector busy. */
  private last: { readonly step: number; readonly mask: Float32Array<ArrayBuffer> } | undefined;

  constructor(config: { name: string; rate: number; random: StepRandom }) {
    super({ name: config.name });
    this.rate = config.rate;
    this.random = config.random;
  }

  override computeOutputShape(inputShape: tfShape): tfShape {
    return inputShape;
  }

  override call(inputs: Tensor | Tensor[], kwargs: { training?: boolean }): Tensor {
    const x = Array.isArray(inputs) ? (inputs[0] as Tensor) : inputs;
    if (kwargs.training !== true || this.rate <= 0) return x.clone();
    const samples = x.shape[0] ?? 1;
    const channels = x.shape[x.rank - 1] ?? 1;
    const mask = this.takeMask(samples * channels);
    const seed = hashText(`${this.random.seed}/${this.random.step}/${this.name}`);
    fillByChance(mask, seed, { probability: this.rate, hit: 0, miss: 1 / (1 - this.rate) });
    const shape = x.rank === 4 ? [samples, 1, 1, channels] : [samples, channels];
    return tf.tidy(() => x.mul(tf.tensor(mask, shape)));
  }

  /** Room for a mask. That of an earlier step serves again: its step has taken its gradients and holds no tensor of it any more. */
  private takeMask(length: number): Float32Array<ArrayBuffer> {
    const { step } = this.random;
    const isFree = this.last !== undefined && this.last.step !== step && this.last.mask.length === length;
    const mask = isFree && this.last ? this.last.mask : allocateAligned(length);
    this.last = { step, mask };
    return mask;
  }

  override getConfig(): { name: string; rate: number } {
    return { name: this.name, rate: this.rate };
  }

  /** tfjs' own dropout: like this one it does nothing but in training. */
  standardForm(): StandardForm {
    return { className: 'Dropout', config: { rate: this.rate } };
  }
}

type tfShape = ReturnType<InstanceType<typeof tf.layers.Layer>['computeOutputShape']>;
