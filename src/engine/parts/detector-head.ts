/** The detector's net: two levels of centre maps, and the same weights applied to single cells. */

import type { Trunk } from '../backbones/trunk.ts';
import { type LayersModel, type SymbolicTensor, type Tensor, type Tensor4D, tf } from '../backends/tf.ts';
import type { TapShape } from '../features/feature-types.ts';
import { buildTidily, createLayerKit, type LayerKit } from './layer-kit.ts';
import type { StepRandom } from './seeded-dropout.layer.ts';
import { connectTrunk } from './trunk-layers.ts';
import { UpsampleTwice } from './upsample-twice.layer.ts';

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
  return buildTidily(() => {
    const kit = createLayerKit(o.random);
    const taps = [o.fine, o.coarse, o.context].map((tap) => kit.input(tap));
    const scaled = taps.map((tap) => tap.scaled) as [SymbolicTensor, SymbolicTensor, SymbolicTensor];
    return tf.model({
      name: 'detector',
      inputs: taps.map((tap) => tap.raw),
      outputs: connectLevels(o, kit, scaled),
    });
  });
}

/**
 * The same head behind trainable last blocks of the backbone. One input: the features where the frozen part ends, shaped as `cut`.
 * Weights of the head have the same names as in {@link buildDetectorHead}.
 */
export function buildTrunkDetector(o: DetectorHeadOptions, trunk: Trunk, cut: TapShape): LayersModel {
  return buildTidily(() => {
    const kit = createLayerKit(o.random);
    const raw = tf.input({
      shape: [cut.heightCells, cut.widthCells, cut.channels],
      name: `features-${cut.name}`,
    });
    const maps = connectTrunk(trunk, raw);
    const scaled = [o.fine, o.coarse, o.context].map((tap) =>
      kit.scale(tap, maps.get(tap.name) as SymbolicTensor),
    ) as [SymbolicTensor, SymbolicTensor, SymbolicTensor];
    return tf.model({ name: 'detector-fine', inputs: raw, outputs: connectLevels(o, kit, scaled) });
  });
}

function connectLevels(
  o: DetectorHeadOptions,
  kit: LayerKit,
  [fine, coarse, context]: readonly [SymbolicTensor, SymbolicTensor, SymbolicTensor],
): SymbolicTensor[] {
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
  return [level('fine', fine, coarse), level('coarse', coarse, context)];
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

/** Trunks of fine-tuned detectors, kept as nets of their own: the same layers, their taps as outputs. */
const trunks = new WeakMap<LayersModel, LayersModel>();

function trunkOf(model: LayersModel, taps: readonly string[]): LayersModel {
  const known = trunks.get(model);
  if (known !== undefined) return known;
  const outputs = taps.map((tap) => model.getLayer(`scale-${tap}`).input as SymbolicTensor);
  const trunk = tf.model({ name: 'trunk', inputs: model.inputs, outputs });
  trunks.set(model, trunk);
  return trunk;
}

/**
 * As {@link applyDetectorToCells}, behind a trunk that runs on whole maps. `inputs`: the features where the frozen part ends, then for the
 * fine and the coarse level the rows of patches and surroundings (`placeCells`).
 */
export function applyTrunkDetectorToCells(
  model: LayersModel,
  inputs: readonly Tensor[],
  taps: { readonly fine: string; readonly coarse: string; readonly context: string },
): Tensor[] {
  const [features, finePatches, fineAround, coarsePatches, coarseAround] = inputs as [
    Tensor,
    Tensor,
    Tensor,
    Tensor,
    Tensor,
  ];
  const maps = trunkOf(model, [taps.fine, taps.coarse, taps.context]).apply(features, {
    training: true,
  }) as Tensor4D[];
  const [fine, coarse, context] = maps as [Tensor4D, Tensor4D, Tensor4D];
  const rows = (map: Tensor, places: Tensor): Tensor =>
    tf.gather(map.reshape([-1, map.shape[3] ?? 1]), places.toInt());
  const patches = (map: Tensor4D, places: Tensor): Tensor => {
    const padded = tf.pad(map, [
      [0, 0],
      [1, 1],
      [1, 1],
      [0, 0],
    ]);
    return rows(padded, places).reshape([-1, 9 * map.shape[3]]);
  };
  const cut = [
    patches(fine, finePatches),
    rows(coarse, fineAround),
    patches(coarse, coarsePatches),
    rows(context, coarseAround),
  ];
  return applyDetectorToCells(model, cut, taps);
}
