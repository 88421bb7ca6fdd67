/** Layers for the trainable nets behind the frozen backbone. Weights are seeded; names are stable, for files. */
import { hashText } from '../../core/random.ts';
import { type LayersModel, type SymbolicTensor, tf } from '../backends/tf.ts';
import type { TapShape } from '../features/feature-types.ts';
import { BatchNorm } from './batch-norm.layer.ts';
import { ChannelScale } from './channel-scale.layer.ts';
import { SeededDropout, type StepRandom } from './seeded-dropout.layer.ts';

/** Makes layers whose weights follow from one seed and the layer's name. */
export interface LayerKit {
  /** The tap's feature maps as they are stored. */
  features(tap: TapShape): SymbolicTensor;
  /** The tap's feature maps, each channel brought to a like size (see {@link ChannelScale}). */
  input(tap: TapShape): { raw: SymbolicTensor; scaled: SymbolicTensor };
  /** Maps of a tap that come from layers, brought to a like size as {@link LayerKit.input} does. */
  scale(tap: TapShape, maps: SymbolicTensor): SymbolicTensor;
  conv(x: SymbolicTensor, options: ConvOptions): SymbolicTensor;
  dense(x: SymbolicTensor, options: DenseOptions): SymbolicTensor;
  /** Normalisation of the last axis, of the kind a person chose; `none` gives `x` itself. */
  normalize(x: SymbolicTensor, name: string, kind: Normalization): SymbolicTensor;
  maxPool(x: SymbolicTensor, name: string, size: readonly [number, number]): SymbolicTensor;
  dropChannels(x: SymbolicTensor, name: string, rate: number): SymbolicTensor;
}

/** `batch`: over the photographs of a step. `layer`: over the channels of one photograph, whatever the step holds. */
export const normalizations = ['batch', 'layer', 'none'] as const;
export type Normalization = (typeof normalizations)[number];

export interface DenseOptions {
  readonly name: string;
  readonly units: number;
  readonly relu: boolean;
  /** Factor on the start weights: small for last layers, so that training starts undecided. */
  readonly gain?: number;
}

export interface ConvOptions {
  readonly name: string;
  readonly filters: number;
  readonly kernel: 1 | 3 | 5;
  /** Cells from one place of the filter to the next; 1 unless told. */
  readonly stride?: 1 | 2;
  readonly relu: boolean;
  /** Start value of every bias, or one for each filter. 0 unless told. */
  readonly bias?: number | readonly number[];
  /** Factor on the start weights: small for last layers, so that training starts from the biases. */
  readonly gain?: number;
}

/** Layers whose start weights follow from the seed and their name (He 2015 where a ReLU follows, else 1 / fan-in), whatever is built before them. */
export function createLayerKit(random: StepRandom): LayerKit {
  const seedOf = (name: string): number => hashText(`${random.seed}/${name}`) % 2147483647;
  const apply = (layer: InstanceType<typeof tf.layers.Layer>, x: SymbolicTensor): SymbolicTensor =>
    layer.apply(x) as SymbolicTensor;
  const scale = (tap: TapShape, maps: SymbolicTensor): SymbolicTensor =>
    apply(new ChannelScale({ name: `scale-${tap.name}`, tap: tap.name }), maps);
  const features = (tap: TapShape): SymbolicTensor =>
    tf.input({ shape: [tap.heightCells, tap.widthCells, tap.channels], name: `features-${tap.name}` });
  return {
    scale,
    features,
    input: (tap) => {
      const raw = features(tap);
      return { raw, scaled: scale(tap, raw) };
    },
    conv: (x, o) => {
      const fanIn = o.kernel * o.kernel * (x.shape[3] ?? 1);
      const stddev = (o.gain ?? 1) * Math.sqrt((o.relu ? 2 : 1) / fanIn);
      const layer = tf.layers.conv2d({
        name: o.name,
        filters: o.filters,
        kernelSize: o.kernel,
        strides: o.stride ?? 1,
        padding: 'same',
        activation: o.relu ? 'relu' : 'linear',
        kernelInitializer: tf.initializers.truncatedNormal({ stddev, seed: seedOf(o.name) }),
        biasInitializer: 'zeros',
      });
      const y = apply(layer, x);
      if (o.bias !== undefined) {
        const values = typeof o.bias === 'number' ? new Array<number>(o.filters).fill(o.bias) : [...o.bias];
        tf.tidy(() => {
          const [kernel] = layer.getWeights();
          if (kernel !== undefined) layer.setWeights([kernel, tf.tensor1d(values)]);
        });
      }
      return y;
    },
    dense: (x, o) => {
      const stddev = (o.gain ?? 1) * Math.sqrt((o.relu ? 2 : 1) / (x.shape[1] ?? 1));
      const layer = tf.layers.dense({
        name: o.name,
        units: o.units,
        activation: o.relu ? 'relu' : 'linear',
        kernelInitializer: tf.initializers.truncatedNormal({ stddev, seed: seedOf(o.name) }),
      });
      return apply(layer, x);
    },
    normalize: (x, name, kind) => {
      if (kind === 'none') return x;
      const layer =
        kind === 'batch' ? new BatchNorm({ name, random }) : tf.layers.layerNormalization({ name });
      return apply(layer, x);
    },
    maxPool: (x, name, [rows, columns]) =>
      // `same`: a side of odd length, or of one cell, loses nothing.
      apply(
        tf.layers.maxPooling2d({
          name,
          poolSize: [rows, columns],
          strides: [rows, columns],
          padding: 'same',
        }),
        x,
      ),
    dropChannels: (x, name, rate) => (rate > 0 ? apply(new SeededDropout({ name, rate, random }), x) : x),
  };
}

/** Layers leave the start values of their weights behind; a tidy takes them away, and weights outlive it. */
export function buildTidily(build: () => LayersModel): LayersModel {
  const made: LayersModel[] = [];
  tf.tidy(() => {
    made.push(build());
  });
  return made[0] as LayersModel;
}
