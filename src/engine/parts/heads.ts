/** The trainable nets behind the frozen backbone, from tfjs layers. Weights are seeded; names are stable, for files. */
import { hashText } from '../../core/random.ts';
import { type LayersModel, type SymbolicTensor, tf } from '../backends/tf.ts';
import type { TapShape } from '../features/feature-types.ts';
import { ChannelScale } from './channel-scale.layer.ts';
import { SeededDropout, type StepRandom } from './seeded-dropout.layer.ts';
import { UpsampleTwice } from './upsample-twice.layer.ts';

/** Makes layers whose weights follow from one seed and the layer's name. */
export interface LayerKit {
  /** The tap's feature maps, each channel brought to a like size (see {@link ChannelScale}). */
  input(tap: TapShape): { raw: SymbolicTensor; scaled: SymbolicTensor };
  conv(x: SymbolicTensor, options: ConvOptions): SymbolicTensor;
  dropChannels(x: SymbolicTensor, name: string, rate: number): SymbolicTensor;
}

export interface ConvOptions {
  readonly name: string;
  readonly filters: number;
  readonly kernel: 1 | 3;
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
  return {
    input: (tap) => {
      const shape = [tap.heightCells, tap.widthCells, tap.channels];
      const raw = tf.input({ shape, name: `features-${tap.name}` });
      return { raw, scaled: apply(new ChannelScale({ name: `scale-${tap.name}`, tap: tap.name }), raw) };
    },
    conv: (x, o) => {
      const fanIn = o.kernel * o.kernel * (x.shape[3] ?? 1);
      const stddev = (o.gain ?? 1) * Math.sqrt((o.relu ? 2 : 1) / fanIn);
      const layer = tf.layers.conv2d({
        name: o.name,
        filters: o.filters,
        kernelSize: o.kernel,
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
    dropChannels: (x, name, rate) => (rate > 0 ? apply(new SeededDropout({ name, rate, random }), x) : x),
  };
}

/** Layers leave the start values of their weights behind; a tidy takes them away, and weights outlive it. */
function buildTidily(build: () => LayersModel): LayersModel {
  const made: LayersModel[] = [];
  tf.tidy(() => {
    made.push(build());
  });
  return made[0] as LayersModel;
}

export interface DetectorHeadOptions {
  readonly fine: TapShape;
  readonly coarse: TapShape;
  /** Half the coarse tap's resolution: what stands around, and what it may be. */
  readonly context: TapShape;
  readonly classes: number;
  readonly width: number;
  readonly dropout: number;
  readonly random: StepRandom;
}

/** A rare event's log odds: heat starts near 0.01 everywhere, as it will stay almost everywhere (Lin et al. 2017). */
const RARE_LOGIT = -Math.log((1 - 0.01) / 0.01);

/**
 * Two levels of centre maps: the coarse tap's with what the context tap knows added, and the fine tap's with what the coarse one knows.
 * Outputs, fine then coarse: `[n, h, w, classes + 4]`.
 */
export function buildDetectorHead(o: DetectorHeadOptions): LayersModel {
  return buildTidily(() => connectDetectorHead(o));
}

function connectDetectorHead(o: DetectorHeadOptions): LayersModel {
  const kit = createLayerKit(o.random);
  const fineIn = kit.input(o.fine);
  const coarseIn = kit.input(o.coarse);
  const wide = Math.round(o.width * 1.5);
  const relu = (x: SymbolicTensor, name: string, filters: number, kernel: 1 | 3): SymbolicTensor =>
    kit.conv(x, { name, filters, kernel, relu: true });

  const double = (x: SymbolicTensor, name: string): SymbolicTensor =>
    new UpsampleTwice({ name }).apply(x) as SymbolicTensor;
  const add = (pair: SymbolicTensor[], name: string): SymbolicTensor =>
    tf.layers.add({ name }).apply(pair) as SymbolicTensor;

  const contextIn = kit.input(o.context);
  const context = relu(contextIn.scaled, 'context', wide, 1);
  const coarse0 = relu(coarseIn.scaled, 'coarse-1', wide, 3);
  const coarse1 = add([coarse0, double(context, 'context-doubled')], 'coarse-sum');
  const coarse2 = relu(kit.dropChannels(coarse1, 'coarse-1-drop', o.dropout), 'coarse-2', wide, 3);
  const fine1 = relu(fineIn.scaled, 'fine-1', o.width, 1);
  const lateral = kit.conv(coarse2, { name: 'down', filters: o.width, kernel: 1, relu: false });
  const sum = add([fine1, double(lateral, 'down-doubled')], 'fine-sum');
  const fine2 = relu(kit.dropChannels(sum, 'fine-1-drop', o.dropout), 'fine-2', o.width, 3);
  const last = (x: SymbolicTensor, name: string): SymbolicTensor =>
    kit.conv(x, {
      name,
      filters: o.classes + 4,
      kernel: 1,
      relu: false,
      gain: 0.1,
      // A box starts at two cells a side: ln 2 = 0.7.
      bias: [...new Array<number>(o.classes).fill(RARE_LOGIT), 0, 0, 0.7, 0.7],
    });
  return tf.model({
    name: 'detector',
    inputs: [fineIn.raw, coarseIn.raw, contextIn.raw],
    outputs: [last(fine2, 'fine-out'), last(coarse2, 'coarse-out')],
  });
}

export interface BoxAndClassHeadOptions {
  readonly tap: TapShape;
  readonly classes: number;
  readonly units: number;
  /** The lesson's p: p / 4 before the first dense layer, p after it, p / 2 after the second. */
  readonly dropout: number;
  readonly random: StepRandom;
}

/** Channels kept of the tap: where things lie matters more here than all that can be said of them. */
const NARROW_CHANNELS = 64;

/**
 * One trunk on pooled features, two outputs: class logits `[n, classes + 1]` (the last is "nothing here") and box `[n, 4]`:
 * centre x, centre y, width, height as fractions of the canvas. Layer instead of batch normalisation: it works with three images too.
 */
export function buildBoxAndClassHead(o: BoxAndClassHeadOptions): LayersModel {
  return buildTidily(() => connectBoxAndClassHead(o));
}

function connectBoxAndClassHead(o: BoxAndClassHeadOptions): LayersModel {
  const kit = createLayerKit(o.random);
  const input = kit.input(o.tap);
  const seedOf = (name: string): number => hashText(`${o.random.seed}/${name}`) % 2147483647;
  const dense = (x: SymbolicTensor, name: string, units: number, relu: boolean, gain = 1): SymbolicTensor => {
    const stddev = gain * Math.sqrt((relu ? 2 : 1) / (x.shape[1] ?? 1));
    const kernelInitializer = tf.initializers.truncatedNormal({ stddev, seed: seedOf(name) });
    return tf.layers.dense({ name, units, kernelInitializer }).apply(x) as SymbolicTensor;
  };
  const block = (x: SymbolicTensor, name: string, units: number, rate: number): SymbolicTensor => {
    const normal = tf.layers.layerNormalization({ name: `${name}-norm` });
    const y = normal.apply(dense(x, name, units, true)) as SymbolicTensor;
    const active = tf.layers.reLU({ name: `${name}-relu` }).apply(y) as SymbolicTensor;
    return kit.dropChannels(active, `${name}-drop`, rate);
  };
  const narrow = kit.conv(input.scaled, { name: 'narrow', filters: NARROW_CHANNELS, kernel: 1, relu: true });
  const pooled = tf.layers.maxPooling2d({ name: 'pool', poolSize: 2, padding: 'same' }).apply(narrow);
  const flat = tf.layers.flatten({ name: 'flat' }).apply(pooled) as SymbolicTensor;
  const first = block(kit.dropChannels(flat, 'flat-drop', o.dropout / 4), 'dense-1', o.units, o.dropout);
  const second = block(first, 'dense-2', o.units, o.dropout / 2);
  return tf.model({
    name: 'box-and-class',
    inputs: [input.raw],
    outputs: [dense(second, 'class', o.classes + 1, false, 0.1), dense(second, 'box', 4, false, 0.1)],
  });
}
