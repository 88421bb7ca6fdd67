/** Lesson 7's two heads as the studio trains them, on drawn features in memory: what `training.bench.ts` sets against Keras and PyTorch. */
import type { Canvas } from '../src/core/learning.ts';
import { createRandom } from '../src/core/random.ts';
import {
  type FeatureKey,
  type FeatureSource,
  type TapShape,
  tapLength,
} from '../src/engine/features/feature-types.ts';
import { PLAIN } from '../src/engine/features/variants.ts';
import type { TrainingSample } from '../src/engine/messages.ts';
import { denseHeadRecipe } from '../src/engine/recipes/dense-head.recipe.ts';
import { fcnGapRecipe } from '../src/engine/recipes/fcn-gap.recipe.ts';
import type { Recipe } from '../src/engine/recipes/recipe.ts';
import { BatchLoader } from '../src/engine/train/batches.ts';
import { Learner } from '../src/engine/train/learner.ts';
import { createSampler } from '../src/engine/train/sampler.ts';
import { gatherFacts } from '../src/engine/train/training-facts.ts';

/** As many as the lesson's seven fishes; "nothing here" is the eighth. */
const CLASSES = 7;
const SEED = 1;

export interface Head {
  readonly id: 'dense' | 'fcn';
  readonly title: string;
  readonly recipe: Recipe;
  readonly canvas: Canvas;
  readonly tap: TapShape;
  /** Photographs there are; a batch is drawn from them without one twice. */
  readonly images: number;
}

/** The lesson's batch. */
export const BATCH = 64;

export const heads: readonly Head[] = [
  {
    id: 'dense',
    title: 'dense head, 14×14×512 pooled to 25088→512→512→8',
    recipe: denseHeadRecipe,
    canvas: { widthPx: 448, heightPx: 448 },
    tap: { name: 's32', stride: 32, heightCells: 14, widthCells: 14, channels: 512 },
    images: 256,
  },
  {
    id: 'fcn',
    title: 'FCN head, 22×40×512, three convolutions of 128',
    recipe: fcnGapRecipe,
    canvas: { widthPx: 640, heightPx: 352 },
    tap: { name: 's16', stride: 16, heightCells: 22, widthCells: 40, channels: 512 },
    images: 128,
  },
];

/** Settings beyond the lesson's: it had neither a decay of weights nor an average of them, the studio has both unless told. */
export const ways = {
  lesson: { weightDecay: 0, averageDecay: 0, precision: 'float32' },
  rounded: { weightDecay: 0, averageDecay: 0, precision: 'bfloat16' },
  studio: {},
} as const;
export type Way = keyof typeof ways;

/** What all sides train on: features that are nought as often as a ReLU leaves them, `[images, h, w, c]`, and a class each. */
export interface TrainingSet {
  readonly features: Float32Array<ArrayBuffer>;
  readonly labels: Int32Array<ArrayBuffer>;
}

export function drawTrainingSet({ tap, images }: Head): TrainingSet {
  const random = createRandom(SEED);
  const features = new Float32Array(images * tapLength(tap));
  for (let i = 0; i < features.length; i++) features[i] = Math.max(0, 4 * random.next() - 2);
  return { features, labels: Int32Array.from({ length: images }, (_, i) => i % (CLASSES + 1)) };
}

/** The studio's own loop around a head, a step at a time. */
export class StudioSide implements Disposable {
  readonly learner: Learner;
  private readonly loader: BatchLoader;
  private lastLoss = Number.NaN;

  constructor(head: Head, set: TrainingSet, way: Way) {
    const { recipe, canvas, tap, images } = head;
    const samples = Array.from(set.labels, (label, i) => makeSample(i, label, canvas));
    const classes = Array.from({ length: CLASSES }, (_, i) => ({ id: `${i}`, name: `Fish ${i}` }));
    const configured = recipe.configure(ways[way], { classes: CLASSES, canvas, taps: [tap] });
    const facts = gatherFacts({ samples, classes, seed: SEED }, true, null);
    const schedule = configured.planSchedule(facts);
    const random = { seed: SEED, step: 0 };
    const sampler = createSampler({
      seed: SEED,
      images,
      copies: samples.map(() => 1),
      visits: samples.map(() => 1),
      batchImages: BATCH,
    });
    this.loader = new BatchLoader({
      source: new FeaturesInMemory(head, set),
      recipe: configured,
      facts,
      items: samples.map((sample) => ({ sample, variants: [PLAIN] })),
      sampler,
      canvas,
    });
    this.learner = new Learner({
      model: configured.build(random),
      recipe: configured,
      schedule,
      loader: this.loader,
      random,
      length: { kind: 'steps', steps: Number.MAX_SAFE_INTEGER },
      epochVisits: sampler.epochVisits,
      evaluate: null,
      evaluations: 0,
      nowMs: () => performance.now(),
      callbacks: [
        {
          afterStep: (_, { total }) => {
            this.lastLoss = total ?? Number.NaN;
          },
        },
      ],
    });
  }

  /** Milliseconds a step, and the loss of the last. */
  async train(steps: number): Promise<{ ms: number; loss: number }> {
    const startMs = performance.now();
    for (let i = 0; i < steps; i++) await this.learner.takeStep();
    return { ms: (performance.now() - startMs) / steps, loss: this.lastLoss };
  }

  async close(): Promise<void> {
    await this.loader.close();
    this[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    this.learner.dispose();
    this.learner.model.dispose();
  }
}

/** A photograph of one fish, or of none for the last label. */
function makeSample(i: number, label: number, { widthPx, heightPx }: Canvas): TrainingSample {
  const image = { id: `${i}`, file: `${i}.jpg`, hash: `${i}`, widthPx, heightPx };
  const fish = { x: 20, y: 20, w: 60, h: 40, classIndex: label };
  return { image, split: 'train', boxes: label < CLASSES ? [fish] : [] };
}

class FeaturesInMemory implements FeatureSource {
  readonly canvas: Canvas;
  readonly taps: readonly TapShape[];
  private readonly set: TrainingSet;

  constructor({ canvas, tap }: Head, set: TrainingSet) {
    this.canvas = canvas;
    this.taps = [tap];
    this.set = set;
  }

  shape(): TapShape {
    return this.taps[0] as TapShape;
  }

  has(): boolean {
    return true;
  }

  async read(keys: readonly FeatureKey[], _tap: string, into?: Float32Array): Promise<Float32Array> {
    const length = tapLength(this.shape());
    const out = into ?? new Float32Array(keys.length * length);
    keys.forEach(({ hash }, i) => {
      out.set(this.set.features.subarray(Number(hash) * length, (Number(hash) + 1) * length), i * length);
    });
    return await Promise.resolve(out);
  }
}
