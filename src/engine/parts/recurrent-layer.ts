/** One recurrent layer over a row of frames, its start weights from the seed and its name. */
import { hashText } from '../../core/random.ts';
import { type SymbolicTensor, tf } from '../backends/tf.ts';
import type { StepRandom } from './seeded-dropout.layer.ts';

/** `simple`: the lesson's, ReLU with recurrent weights that start as the identity (Le et al. 2015). `gru`, `lstm`: with gates. */
export const recurrentKinds = ['simple', 'gru', 'lstm'] as const;
export type RecurrentKind = (typeof recurrentKinds)[number];

export interface RecurrentOptions {
  readonly name: string;
  readonly kind: RecurrentKind;
  readonly units: number;
  readonly random: StepRandom;
}

/** The state after the last frame: `[n, frames, channels]` to `[n, units]`. `core/recurrent.ts` says what each cell computes. */
export function connectRecurrent(x: SymbolicTensor, o: RecurrentOptions): SymbolicTensor {
  const seedOf = (part: string): number => hashText(`${o.random.seed}/${o.name}/${part}`) % 2147483647;
  const inputs = x.shape[2] ?? 1;
  const common = {
    name: o.name,
    units: o.units,
    kernelInitializer: tf.initializers.truncatedNormal({
      stddev: 1 / Math.sqrt(inputs),
      seed: seedOf('kernel'),
    }),
  };
  const gated = {
    ...common,
    recurrentActivation: 'sigmoid' as const,
    recurrentInitializer: tf.initializers.randomNormal({
      stddev: 1 / Math.sqrt(o.units),
      seed: seedOf('recurrent'),
    }),
  };
  const layers = {
    simple: () =>
      tf.layers.simpleRNN({
        ...common,
        activation: 'relu',
        recurrentInitializer: tf.initializers.identity({ gain: 1 }),
      }),
    gru: () => tf.layers.gru(gated),
    lstm: () => tf.layers.lstm(gated),
  };
  return layers[o.kind]().apply(x) as SymbolicTensor;
}
