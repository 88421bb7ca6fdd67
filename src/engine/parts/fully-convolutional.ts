/** Lesson 7's fully convolutional net: convolutions down to one map a class, and one verdict pooled from it. */
import { z } from 'zod';
import { type LayersModel, type SymbolicTensor, tf } from '../backends/tf.ts';
import type { TapShape } from '../features/feature-types.ts';
import { defineRecipe, findTap, type Recipe, type RecipeCard } from '../recipes/recipe.ts';
import { configureImageClass, imageClassShape } from './image-class.ts';
import { buildTidily, createLayerKit, type LayerKit, type Normalization } from './layer-kit.ts';
import { precisionShape } from './precision.ts';
import type { StepRandom } from './seeded-dropout.layer.ts';

/** Settings of every recipe around this net; the lesson's numbers. */
const fullyConvolutionalShape = {
  width: z.number().int().min(8).max(512).default(128).describe('Filters of each of the three convolutions.'),
  ...precisionShape('bfloat16'),
  dropout: z
    .number()
    .min(0)
    .max(0.9)
    .default(0)
    .describe('Share of channels left out at random before the class map; the lesson needed none.'),
};

/** What tells one such recipe from another. */
interface FullyConvolutionalNet {
  /** Max-pooling after each convolution: half the cells each way, and a quarter of the work. Without: a map as fine as the tap. */
  readonly pooled: boolean;
  /** How the class map becomes one verdict. */
  readonly verdict: Verdict;
  /** Photographs a step where convolutions are slow, so that a cancel is heard in time. */
  readonly slowBatchImages: number;
}

/** A recipe around this net, from what its card says and how it judges. Reads tap `s16`. */
export function defineFullyConvolutional(
  card: Omit<RecipeCard, 'outputs' | 'parameters' | 'seesNeighbours'>,
  net: FullyConvolutionalNet,
): Recipe {
  return defineRecipe({
    ...card,
    outputs: ['class', 'heatmap'],
    parameters: z.object({ ...fullyConvolutionalShape, ...imageClassShape }),
    create: (settings, task) => {
      const tap = findTap(task, 's16');
      return configureImageClass(settings, task, {
        taps: [tap.name],
        hasClassMap: true,
        precision: settings.precision,
        slowBatchImages: net.slowBatchImages,
        build: (random) =>
          buildFullyConvolutional({
            ...settings,
            ...net,
            name: card.id,
            tap,
            classes: task.classes,
            random,
          }),
      });
    },
  });
}

interface FullyConvolutionalOptions extends FullyConvolutionalNet {
  readonly name: string;
  readonly tap: TapShape;
  readonly classes: number;
  /** Filters of each of the three convolutions. */
  readonly width: number;
  readonly dropout: number;
  readonly normalization: Normalization;
  readonly random: StepRandom;
}

/** `average`: how much of the photograph looks like it. `max`: the one cell that looks most like it. */
type Verdict = 'average' | 'max';

/** Outputs: logits `[n, classes + 1]` and the class map `[n, h, w, classes + 1]` they are pooled from. */
function buildFullyConvolutional(o: FullyConvolutionalOptions): LayersModel {
  return buildTidily(() => {
    const kit = createLayerKit(o.random);
    const input = kit.input(o.tap);
    let x = input.scaled;
    for (const block of [1, 2, 3]) {
      const active = kit.conv(x, { name: `conv-${block}`, filters: o.width, kernel: 3, relu: true });
      x = kit.normalize(active, `norm-${block}`, o.normalization);
      if (o.pooled) x = kit.maxPool(x, `pool-${block}`, block < 3 ? [2, 2] : towardsSquare(x));
    }
    return tf.model({
      name: o.name,
      inputs: [input.raw],
      outputs: connectClassMap(kit, x, o),
    });
  });
}

/** The lesson's last pooling, 1 × 2 of its 5 × 10 cells: the longer side of an oblong map, both of one nearly square. */
function towardsSquare(x: SymbolicTensor): [number, number] {
  const [, rows = 1, columns = 1] = x.shape as number[];
  if (columns >= 1.5 * rows) return [1, 2];
  if (rows >= 1.5 * columns) return [2, 1];
  return [2, 2];
}

/** The layer `class-map`, one map a class and one of "nothing here", and the verdict pooled from it, as `[verdict, map]`. */
export function connectClassMap(
  kit: LayerKit,
  x: SymbolicTensor,
  o: {
    readonly classes: number;
    readonly dropout: number;
    readonly verdict: Verdict;
  },
): SymbolicTensor[] {
  const dropped = kit.dropChannels(x, 'drop', o.dropout);
  const map = kit.conv(dropped, {
    name: 'class-map',
    filters: o.classes + 1,
    kernel: 3,
    relu: false,
    gain: 0.1,
  });
  const pool =
    o.verdict === 'average'
      ? tf.layers.globalAveragePooling2d({ name: 'verdict' })
      : tf.layers.globalMaxPooling2d({ name: 'verdict' });
  return [pool.apply(map) as SymbolicTensor, map];
}
