/** The trainable nets behind the frozen backbone, from tfjs layers. Weights are seeded; names are stable, for files. */
import { hashText } from '../../core/random.ts';
import { type LayersModel, type SymbolicTensor, type Tensor, tf } from '../backends/tf.ts';
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
 * Two levels of centre maps. Each reads its own tap with its 3 × 3 surroundings and, cell by cell, the next coarser tap; the rest is
 * 1 × 1, so that single cells can be trained without the whole map ({@link applyDetectorToCells}).
 * Outputs, fine then coarse: `[n, h, w, classes + 4]`.
 */
export function buildDetectorHead(o: DetectorHeadOptions): LayersModel {
  return buildTidily(() => connectDetectorHead(o));
}

function connectDetectorHead(o: DetectorHeadOptions): LayersModel {
  const kit = createLayerKit(o.random);
  const fineIn = kit.input(o.fine);
  const coarseIn = kit.input(o.coarse);
  const contextIn = kit.input(o.context);
  const level = (name: string, own: SymbolicTensor, around: SymbolicTensor): SymbolicTensor => {
    const near = kit.conv(own, {
      name: `${name}-near`,
      filters: o.width,
      kernel: 3,
      relu: false,
      gain: Math.SQRT2,
    });
    const wide = kit.conv(around, { name: `${name}-around`, filters: o.width, kernel: 1, relu: false });
    const doubled = new UpsampleTwice({ name: `${name}-doubled` }).apply(wide) as SymbolicTensor;
    const sum = tf.layers.add({ name: `${name}-sum` }).apply([near, doubled]) as SymbolicTensor;
    const active = tf.layers.reLU({ name: `${name}-relu` }).apply(sum) as SymbolicTensor;
    const dropped = kit.dropChannels(active, `${name}-drop`, o.dropout);
    const mixed = kit.conv(dropped, { name: `${name}-mix`, filters: o.width, kernel: 1, relu: true });
    return kit.conv(mixed, {
      name: `${name}-out`,
      filters: o.classes + 4,
      kernel: 1,
      relu: false,
      gain: 0.1,
      // A box starts at two cells a side: ln 2 = 0.7.
      bias: [...new Array<number>(o.classes).fill(RARE_LOGIT), 0, 0, 0.7, 0.7],
    });
  };
  return tf.model({
    name: 'detector',
    inputs: [fineIn.raw, coarseIn.raw, contextIn.raw],
    outputs: [
      level('fine', fineIn.scaled, coarseIn.scaled),
      level('coarse', coarseIn.scaled, contextIn.scaled),
    ],
  });
}

/**
 * The detector's outputs at single cells, in training: `[m, 1, 1, classes + 4]` for each level. `inputs`: patches `[m, 9 · channels]` and
 * surroundings `[m, channels]` of the fine level, then of the coarse one. The same weights as on whole maps; the first layer is one product.
 */
export function applyDetectorToCells(
  model: LayersModel,
  inputs: readonly Tensor[],
  taps: { readonly fine: string; readonly coarse: string; readonly context: string },
): Tensor[] {
  const run = (x: Tensor, name: string): Tensor =>
    model.getLayer(name).apply(x, { training: true }) as Tensor;
  const weightOf = (name: string, index: number): Tensor => {
    const weight = model.getLayer(name).weights[index];
    if (weight === undefined) throw new RangeError(`the detector has no weight ${index} in ${name}`);
    return weight.read();
  };
  const product = (x: Tensor, layer: string, tap: string): Tensor => {
    const kernel = weightOf(layer, 0);
    const channels = kernel.shape[2] ?? 1;
    const filters = kernel.shape[3] ?? 1;
    // Scaling the kernel instead of the features: one pass over little instead of much.
    const scaled = kernel.mul(weightOf(`scale-${tap}`, 0).reshape([1, 1, channels, 1]));
    return x.matMul(scaled.reshape([-1, filters])).add(weightOf(layer, 1));
  };
  const level = (name: string, patches: Tensor, around: Tensor, own: string, coarser: string): Tensor => {
    const sum = product(patches, `${name}-near`, own).add(product(around, `${name}-around`, coarser));
    const active = tf.relu(sum).reshape([sum.shape[0] ?? 0, 1, 1, sum.shape[1] ?? 0]);
    const hasDrop = model.layers.some((layer) => layer.name === `${name}-drop`);
    return run(run(hasDrop ? run(active, `${name}-drop`) : active, `${name}-mix`), `${name}-out`);
  };
  const [finePatches, fineAround, coarsePatches, coarseAround] = inputs as [Tensor, Tensor, Tensor, Tensor];
  return [
    level('fine', finePatches, fineAround, taps.fine, taps.coarse),
    level('coarse', coarsePatches, coarseAround, taps.coarse, taps.context),
  ];
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
