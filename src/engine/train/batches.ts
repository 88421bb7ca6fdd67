/** Batches of features and targets from the store: the next one is read while a step runs, in memory that does not grow with the data. */
import type { Canvas } from '../../core/learning.ts';
import { createRandom } from '../../core/random.ts';
import { type Numbers, tensorOf } from '../backends/half-tensor.ts';
import { type Tensor, tf } from '../backends/tf.ts';
import type { BackgroundCopies } from '../features/background-copies.ts';
import type { FeatureSource } from '../features/feature-types.ts';
import { makeRoom, type NumberKind, readMaps } from '../features/read-maps.ts';
import type { FeatureVariant } from '../features/variants.ts';
import type { TrainingSample } from '../messages.ts';
import type { ConfiguredRecipe, InputArray, TargetArray, TrainingFacts } from '../recipes/recipe.ts';
import type { Sampler } from './sampler.ts';
import { placeSample } from './samples.ts';

/** A training image with the copies of it that are, or will be, in the store. */
export interface TrainingItem {
  readonly sample: TrainingSample;
  readonly variants: readonly FeatureVariant[];
}

/** A batch in plain numbers, ready to become tensors. */
export interface LoadedBatch {
  /** The model's inputs. */
  readonly features: readonly InputArray[];
  readonly targets: Record<string, TargetArray>;
  readonly images: number;
}

export interface BatchLoaderOptions {
  readonly source: FeatureSource;
  readonly recipe: ConfiguredRecipe;
  readonly facts: TrainingFacts;
  readonly items: readonly TrainingItem[];
  readonly sampler: Sampler;
  readonly canvas: Canvas;
  /** Copies that are still being computed; left out, all are there. */
  readonly copies?: Pick<BackgroundCopies, 'take'>;
}

/** Reads the batch of any step; holds the arrays of two batches. */
export class BatchLoader {
  private readonly options: BatchLoaderOptions;
  private readonly buffers = new Map<string, Numbers>();
  private ahead: { step: number; batch: Promise<LoadedBatch> } | undefined;

  constructor(options: BatchLoaderOptions) {
    this.options = options;
  }

  /** The batch of `step`; that of `step + 1` is begun at once. What an earlier call returned is overwritten two steps later. */
  async take(step: number): Promise<LoadedBatch> {
    const batch = await (this.ahead?.step === step ? this.ahead.batch : this.load(step));
    const following = this.load(step + 1);
    // A fault belongs to the step that takes the batch, not to nobody.
    following.catch(() => undefined);
    this.ahead = { step: step + 1, batch: following };
    return batch;
  }

  /** Waits until nothing is being read any more. */
  async close(): Promise<void> {
    await this.ahead?.batch.catch(() => undefined);
    this.ahead = undefined;
  }

  private async load(step: number): Promise<LoadedBatch> {
    const { source, recipe, facts, items, sampler, canvas, copies } = this.options;
    const chosen = await Promise.all(
      sampler.batch(step).map(async ({ image, copy }) => {
        const { sample, variants } = items[image] as TrainingItem;
        const variant = variants[copy] as FeatureVariant;
        return { sample, variant: (await copies?.take(sample.image, variant)) ?? variant };
      }),
    );
    const keys = chosen.map(({ sample, variant }) => ({ hash: sample.image.hash, variant: variant.id }));
    const features = await Promise.all(
      recipe.taps.map(async (name) => {
        const tap = source.shape(name);
        const data = await readMaps(source, keys, name, (length, kind) =>
          this.buffer(`${name}/${step % 2}`, length, kind),
        );
        return { data, shape: [keys.length, tap.heightCells, tap.widthCells, tap.channels] as const };
      }),
    );
    const placed = chosen.map(({ sample, variant }) => placeSample(sample, canvas, variant));
    if (recipe.cells !== undefined) {
      const maps = features.map(({ data }, i) => ({ data, tap: source.shape(recipe.taps[i] as string) }));
      const random = createRandom(facts.seed).fork(`cells/${step}`);
      const { inputs, targets } = recipe.cells.cut(maps, placed, facts, random, (name, length, kind) =>
        this.buffer(`cells/${name}/${step % 2}`, length, kind),
      );
      return { features: inputs, targets, images: keys.length };
    }
    const further = recipe.imageInputs?.(chosen.map(({ sample }) => sample.image)) ?? [];
    return {
      features: [...features, ...further],
      targets: recipe.makeTargets(placed, facts),
      images: keys.length,
    };
  }

  /** Of one name all buffers are of one kind. */
  private buffer(name: string, length: number, kind: NumberKind): Numbers {
    const known = this.buffers.get(name);
    if (known !== undefined && known.length >= length) return known.subarray(0, length);
    // Batches of cells differ in length: a little more than is asked for serves most that follow.
    const wanted = known === undefined ? length : Math.ceil(length * 1.1);
    const made = makeRoom(wanted, kind);
    this.buffers.set(name, made);
    return made.subarray(0, length);
  }
}

/** The batch as tensors; the caller disposes of them before the loader fills the arrays again. */
export function toTensors(batch: LoadedBatch): { inputs: Tensor[]; targets: Record<string, Tensor> } {
  const inputs = batch.features.map(({ data, shape }) => tensorOf(data, shape));
  const targets = Object.fromEntries(
    Object.entries(batch.targets).map(([name, { data, shape }]) => [name, tf.tensor(data, [...shape])]),
  );
  return { inputs, targets };
}
