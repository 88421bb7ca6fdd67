/** The net of one place (a box, or a line from head to tail) and one class an image: a shared trunk with two outputs. */
import { hashText } from '../../core/random.ts';
import { type LayersModel, type SymbolicTensor, tf } from '../backends/tf.ts';
import type { TapShape } from '../features/feature-types.ts';
import { buildTidily, createLayerKit } from './layer-kit.ts';
import type { StepRandom } from './seeded-dropout.layer.ts';

export interface BoxAndClassHeadOptions {
  /** Of the model: the recipe's id. */
  readonly name: string;
  /** Of the layer that says where, four fractions of the canvas: `box`, or `line`. */
  readonly place: 'box' | 'line';
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
 * One trunk on pooled features, two outputs: class logits `[n, classes + 1]` (the last is "nothing here") and place `[n, 4]`: of a box
 * centre x, centre y, width, height, of a line head x, head y, tail x, tail y, as fractions of the canvas (the line's from its middle). Layer instead of batch normalisation: it works with three images too.
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
    name: o.name,
    inputs: [input.raw],
    outputs: [dense(second, 'class', o.classes + 1, false, 0.1), dense(second, o.place, 4, false, 0.1)],
  });
}
