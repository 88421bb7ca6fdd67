/** The detector's net: two levels of centre maps, and the same weights applied to single cells. */

import type { Trunk } from '../backbones/trunk.ts';
import { type LayersModel, type SymbolicTensor, type Tensor, type Tensor4D, tf } from '../backends/tf.ts';
import type { TapShape } from '../features/feature-types.ts';
import type { LevelSource } from './cell-batches.ts';
import { buildTidily, createLayerKit, type LayerKit } from './layer-kit.ts';
import { applyNativeTrunk, canRunNatively } from './native-trunk.ts';
import type { StepRandom } from './seeded-dropout.layer.ts';
import { connectTrunk, nameTrunkLayer } from './trunk-layers.ts';
import { UpsampleTwice } from './upsample-twice.layer.ts';

/** The taps a head stands on. */
export interface HeadTaps {
  readonly fine: TapShape;
  readonly coarse: TapShape;
  /** Half the coarse tap's resolution: what stands around, and what it may be. */
  readonly context: TapShape;
  /** True: the fine level reads its own tap cell by cell, without neighbours; left out, with them. */
  readonly isLean?: boolean;
}

export interface DetectorHeadOptions extends HeadTaps {
  readonly classes: number;
  readonly width: number;
  readonly dropout: number;
  readonly random: StepRandom;
}

/** A rare event's log odds: heat starts near 0.01 everywhere, as it will stay almost everywhere (Lin et al. 2017). */
const RARE_LOGIT = -Math.log((1 - 0.01) / 0.01);

/** What one level reads, and the name of the layer that reads it. */
interface NamedSource extends LevelSource {
  readonly layer: string;
}

/**
 * What each level reads, fine then coarse: its own tap and the next coarser one, both with their neighbours (where a fish ends is seen from
 * its middle only when the surroundings reach as far), and the fine level the coarsest cell besides. A lean head leaves out the dearest of these
 * neighbours, those of the finest tap: a third of what a photograph costs.
 */
export function listLevelSources({
  fine,
  coarse,
  context,
  isLean = false,
}: HeadTaps): readonly [NamedSource[], NamedSource[]] {
  return [
    [
      { tap: fine, kernel: isLean ? 1 : 3, layer: 'fine-near' },
      { tap: coarse, kernel: 3, layer: 'fine-around' },
      { tap: context, kernel: 1, layer: 'fine-far' },
    ],
    [
      { tap: coarse, kernel: 3, layer: 'coarse-near' },
      { tap: context, kernel: 3, layer: 'coarse-around' },
    ],
  ];
}

/**
 * Two levels of centre maps. Behind what a level reads ({@link listLevelSources}) all is 1 × 1, so that single cells can be trained
 * without the whole map ({@link applyDetectorToCells}). Outputs, fine then coarse: `[n, h, w, classes + 4]`.
 */
export function buildDetectorHead(o: DetectorHeadOptions): LayersModel {
  return buildTidily(() => {
    const kit = createLayerKit(o.random);
    const taps = [o.fine, o.coarse, o.context].map((tap) => ({ tap, ...kit.input(tap) }));
    return tf.model({
      name: 'detector',
      inputs: taps.map(({ raw }) => raw),
      outputs: connectLevels(o, kit, new Map(taps.map(({ tap, scaled }) => [tap.name, scaled]))),
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
    const scaled = new Map(
      [o.fine, o.coarse, o.context].map((tap) => [
        tap.name,
        kit.scale(tap, maps.get(tap.name) as SymbolicTensor),
      ]),
    );
    return tf.model({ name: 'detector-fine', inputs: raw, outputs: connectLevels(o, kit, scaled) });
  });
}

function connectLevels(
  o: DetectorHeadOptions,
  kit: LayerKit,
  scaled: ReadonlyMap<string, SymbolicTensor>,
): SymbolicTensor[] {
  const read = (source: NamedSource, own: TapShape): SymbolicTensor => {
    let x = kit.conv(scaled.get(source.tap.name) as SymbolicTensor, {
      name: source.layer,
      filters: o.width,
      kernel: source.kernel,
      relu: false,
      gain: Math.SQRT2,
    });
    for (let stride = source.tap.stride; stride > own.stride; stride /= 2) {
      x = new UpsampleTwice({ name: `${source.layer}-doubled-${stride}` }).apply(x) as SymbolicTensor;
    }
    return x;
  };
  const level = (name: string, own: TapShape, sources: readonly NamedSource[]): SymbolicTensor => {
    const parts = sources.map((source) => read(source, own));
    const sum = tf.layers.add({ name: `${name}-sum` }).apply(parts) as SymbolicTensor;
    const active = tf.layers.reLU({ name: `${name}-relu` }).apply(sum) as SymbolicTensor;
    const dropped = kit.dropChannels(active, `${name}-drop`, o.dropout);
    const branch = (part: string, filters: number, bias: number[]): SymbolicTensor => {
      const mixed = kit.conv(dropped, {
        name: `${name}-${part}-mix`,
        filters: o.width,
        kernel: 1,
        relu: true,
      });
      return kit.conv(mixed, {
        name: `${name}-${part}-out`,
        filters,
        kernel: 1,
        relu: false,
        gain: 0.1,
        bias,
      });
    };
    return tf.layers.concatenate({ name: `${name}-out` }).apply([
      branch('heat', o.classes, new Array<number>(o.classes).fill(RARE_LOGIT)),
      // A box starts at two cells a side: ln 2 = 0.7.
      branch('box', 4, [0, 0, 0.7, 0.7]),
    ]) as SymbolicTensor;
  };
  const [fine, coarse] = listLevelSources(o);
  return [level('fine', o.fine, fine), level('coarse', o.coarse, coarse)];
}

/**
 * The detector's outputs at single cells, in training: `[m, 1, 1, classes + 4]` for each level. `inputs`: `[m, kernel² · channels]` of every
 * source of the fine level, then of the coarse one. The same weights as on whole maps; the first layer is one product a source.
 */
export function applyDetectorToCells(
  model: LayersModel,
  inputs: readonly Tensor[],
  taps: HeadTaps,
): Tensor[] {
  const weightOf = (name: string, index: number): Tensor => readWeight(model, name, index);
  const product = (x: Tensor, { layer, tap }: NamedSource): Tensor => {
    const kernel = weightOf(layer, 0);
    const channels = kernel.shape[2] ?? 1;
    const filters = kernel.shape[3] ?? 1;
    // Scaling the kernel instead of the features: one pass over little instead of much.
    const scaled = kernel.mul(weightOf(`scale-${tap.name}`, 0).reshape([1, 1, channels, 1]));
    return x.matMul(scaled.reshape([-1, filters])).add(weightOf(layer, 1));
  };
  const level = (name: string, sources: readonly NamedSource[], first: number): Tensor => {
    const sum = tf.addN(sources.map((source, i) => product(inputs[first + i] as Tensor, source)));
    const [cells = 0, width = 0] = sum.shape;
    const active = tf.relu(sum);
    const hasDrop = model.layers.some((layer) => layer.name === `${name}-drop`);
    const dropped = hasDrop
      ? (
          model
            .getLayer(`${name}-drop`)
            .apply(active.reshape([cells, 1, 1, width]), { training: true }) as Tensor
        ).reshape([cells, width])
      : active;
    // A convolution of single cells is a product, which is several times faster said so.
    const mix = (x: Tensor, layer: string): Tensor => {
      const kernel = weightOf(layer, 0);
      return x
        .matMul(kernel.mul(1).reshape(kernel.shape.slice(2) as [number, number]))
        .add(weightOf(layer, 1));
    };
    const branch = (part: string): Tensor =>
      mix(tf.relu(mix(dropped, `${name}-${part}-mix`)), `${name}-${part}-out`);
    return tf.concat([branch('heat'), branch('box')], 1).reshape([cells, 1, 1, -1]);
  };
  const [fine, coarse] = listLevelSources(taps);
  return [level('fine', fine, 0), level('coarse', coarse, fine.length)];
}

function readWeight(model: LayersModel, layer: string, index: number): Tensor {
  const weight = model.getLayer(layer).weights[index];
  if (weight === undefined) throw new RangeError(`the model has no weight ${index} in ${layer}`);
  return weight.read();
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

/** Maps of the taps called `names`, `[n, h, w, c]`, in training. */
function applyTrunk(
  model: LayersModel,
  features: Tensor4D,
  names: readonly string[],
  trunk: Trunk,
): Tensor4D[] {
  if (!canRunNatively(trunk)) return trunkOf(model, names).apply(features, { training: true }) as Tensor4D[];
  const maps = applyNativeTrunk(trunk, features, (output) => {
    const layer = nameTrunkLayer(output);
    return { kernel: readWeight(model, layer, 0), bias: readWeight(model, layer, 1) };
  });
  return names.map((name) => maps[trunk.taps.indexOf(name)] as Tensor4D);
}

/**
 * As {@link applyDetectorToCells}, behind a trunk that runs on whole maps. `inputs`: the features where the frozen part ends, then for every
 * source of the fine and of the coarse level the rows of what it reads (`placeCells`).
 */
export function applyTrunkDetectorToCells(
  model: LayersModel,
  inputs: readonly Tensor[],
  taps: HeadTaps,
  trunk: Trunk,
): Tensor[] {
  const [features, ...places] = inputs as [Tensor4D, ...Tensor[]];
  const names = [taps.fine.name, taps.coarse.name, taps.context.name];
  const maps = applyTrunk(model, features, names, trunk);
  const padded = new Map(
    maps.map((map, i) => [
      names[i] as string,
      tf.pad(map, [
        [0, 0],
        [1, 1],
        [1, 1],
        [0, 0],
      ]),
    ]),
  );
  const patches = listLevelSources(taps)
    .flat()
    .map(({ tap, kernel }, i) =>
      tf
        .gather((padded.get(tap.name) as Tensor4D).reshape([-1, tap.channels]), (places[i] as Tensor).toInt())
        .reshape([-1, kernel * kernel * tap.channels]),
    );
  return applyDetectorToCells(model, patches, taps);
}
