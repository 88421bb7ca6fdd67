/** What the recipes that tell the class of a whole photograph share: settings, schedule, targets, loss, verdict. They differ in their nets. */
import { z } from 'zod';
import type { Precision } from '../backends/native-half.ts';
import { type LayersModel, type Scalar, type Tensor, type Tensor4D, tf } from '../backends/tf.ts';
import type {
  CanvasSample,
  ConfiguredRecipe,
  DecodedImage,
  RecipeTask,
  TargetArray,
  TrainingFacts,
} from '../recipes/recipe.ts';
import type { TrainingSchedule } from '../recipes/training-schedule.ts';
import { clampSteps } from '../train/schedule.ts';
import { augmentationShape, countDrawnCopies, planCopyRange } from './augmentation.ts';
import { computeClassWeights } from './class-balance.ts';
import { normalizations } from './layer-kit.ts';
import { softmaxLoss } from './losses.ts';
import { planMix, pseudoLabelShape, writeSoftTarget } from './pseudo-labels.ts';
import type { StepRandom } from './seeded-dropout.layer.ts';

/** Settings of every such recipe; the lesson's numbers where it has any. Spread into the recipe's own schema. */
export const imageClassShape = {
  normalization: z
    .enum(normalizations)
    .default('batch')
    .describe(
      'How activations are kept at a like size: over the photographs of a step (the lesson), over the channels of each photograph, or not at all.',
    ),
  classBalance: z
    .number()
    .min(0)
    .max(1)
    .default(0.25)
    .describe('How much more a rare class counts: 0 not at all, 1 all classes alike.'),
  batchImages: z.number().int().min(1).max(256).default(64).describe('Photographs a step.'),
  epochs: z
    .number()
    .min(0)
    .max(10_000)
    .default(0)
    .describe('Visits of each photograph when no time is given. 0: as many as suit their number.'),
  learningRate: z
    .number()
    .positive()
    .max(0.1)
    .default(0.001)
    .describe("Highest learning rate (Adam); the lesson's 0.001."),
  schedule: z
    .enum(['one-cycle', 'stepped'])
    .default('stepped')
    .describe('How the learning rate changes: in the steps of the lesson, or up and down once.'),
  weightDecay: z.number().min(0).max(1).default(0.01).describe('Pull of the weights towards zero.'),
  averageDecay: z
    .number()
    .min(0)
    .max(0.99999)
    .default(0.98)
    .describe('Moving average of the weights; the average is what judges. 0: none.'),
  patience: z
    .number()
    .int()
    .min(0)
    .max(100)
    .default(6)
    .describe(
      'Training ends early when so many of its twelve evaluations in a row brought no lower log loss. 0: never.',
    ),
  ...augmentationShape,
  ...pseudoLabelShape,
};
export type ImageClassSettings = z.infer<z.ZodObject<typeof imageClassShape>>;

/** What each recipe adds to become a {@link ConfiguredRecipe}. */
export interface ImageClassNet extends Pick<ConfiguredRecipe, 'taps' | 'imageInputs' | 'prepare'> {
  /** First output: logits `[n, classes + 1]`, the last "nothing here". Second, where there is one: the class map they were pooled from. */
  build(random: StepRandom): LayersModel;
  readonly hasClassMap: boolean;
  /** How convolutions and wide layers multiply in training; left out, in full. */
  readonly precision?: Precision;
  /** Photographs a step where convolutions are slow, so that a cancel is heard in time. */
  readonly slowBatchImages: number;
}

/** A whole recipe around a net. */
export function configureImageClass(
  settings: ImageClassSettings,
  task: RecipeTask,
  net: ImageClassNet,
): ConfiguredRecipe {
  const { taps, imageInputs, prepare, build, hasClassMap, slowBatchImages, precision } = net;
  return {
    taps,
    build,
    ...(imageInputs && { imageInputs }),
    ...(prepare && { prepare }),
    ...(hasClassMap && { classMaps: (outputs: readonly Tensor[]) => outputs[1] as Tensor4D }),
    outputMeanings: [{ kind: 'class-logits' }, ...(hasClassMap ? [{ kind: 'class-map' } as const] : [])],
    planCopies: (facts) => ({
      ...planCopyRange(settings),
      drawn: countDrawnCopies(settings, facts.trainImages),
    }),
    planSchedule: (facts) => ({
      ...planSchedule(settings, slowBatchImages, facts),
      ...(precision && { precision }),
    }),
    makeTargets: (samples, facts) => makeClassTargets(settings.classBalance, task.classes, samples, facts),
    computeLosses: ([logits], targets) => {
      const loss = softmaxLoss(logits as Tensor, targets.class as Tensor, targets.weight as Tensor);
      return { total: loss as Scalar };
    },
    decode: ([logits]) => decodeClasses(logits as Tensor),
  };
}

function planSchedule(
  settings: ImageClassSettings,
  slowBatchImages: number,
  facts: TrainingFacts,
): TrainingSchedule {
  const images = Math.max(1, facts.trainImages);
  const most = facts.fastBackend ? settings.batchImages : Math.min(settings.batchImages, slowBatchImages);
  // Never more than there are, but four at least: the statistics of one photograph are its own.
  const batchImages = Math.min(most, Math.max(4, images));
  const epochs = settings.epochs > 0 ? settings.epochs : Math.max(12, Math.min(60, 6000 / images));
  return {
    batchImages,
    steps: clampSteps(Math.round((epochs * images) / batchImages), settings.epochs > 0 ? 1 : 60),
    shape: settings.schedule,
    peakRate: settings.learningRate,
    weightDecay: settings.weightDecay,
    averageDecay: settings.averageDecay,
    patience: settings.patience === 0 ? null : settings.patience,
    best: { metric: 'valid/logLoss', higher: false },
    rareBoost: 0,
    ...planMix(settings),
  };
}

/**
 * `class` one-hot `[n, classes + 1]` and `weight` `[n, 1]`. The class of a photograph is that of its largest box; without boxes it is
 * "nothing here". Where what is ignored is larger than the largest box (a fish cut off, a suggestion without an answer) nobody knows which
 * class that is: such a copy weighs nothing. A photograph that nobody labelled has the shares an
 * earlier model gives each class.
 */
export function makeClassTargets(
  classBalance: number,
  classes: number,
  samples: readonly CanvasSample[],
  facts: Pick<TrainingFacts, 'imagesPerClass'>,
): Record<string, TargetArray> {
  const columns = classes + 1;
  const balance = computeClassWeights(facts.imagesPerClass, classBalance);
  const oneHot = new Float32Array(samples.length * columns);
  const weight = new Float32Array(samples.length);
  samples.forEach((sample, i) => {
    const row = oneHot.subarray(i * columns, (i + 1) * columns);
    const softWeight = writeSoftTarget(sample, row, (c) => balance[c] ?? 1);
    if (softWeight !== undefined) {
      weight[i] = softWeight;
      return;
    }
    const { boxes, ignored } = sample;
    const largest = findLargest(boxes);
    const classIndex = largest?.classIndex ?? classes;
    row[classIndex] = 1;
    const unknown = findLargest(ignored);
    const isUnknown =
      unknown !== undefined && (largest === undefined || unknown.w * unknown.h > largest.w * largest.h);
    weight[i] = isUnknown ? 0 : (balance[classIndex] ?? 1);
  });
  return {
    class: { data: oneHot, shape: [samples.length, columns] },
    weight: { data: weight, shape: [samples.length, 1] },
  };
}

/** The box of the largest area; of equal ones the first. */
export function findLargest<Box extends { readonly w: number; readonly h: number }>(
  boxes: readonly Box[],
): Box | undefined {
  let largest: Box | undefined;
  for (const box of boxes) if (largest === undefined || box.w * box.h > largest.w * largest.h) largest = box;
  return largest;
}

function decodeClasses(logits: Tensor): DecodedImage[] {
  const columns = logits.shape[1] ?? 1;
  const shares = tf.softmax(logits);
  const values = shares.dataSync();
  shares.dispose();
  return Array.from({ length: logits.shape[0] ?? 0 }, (_, i) => ({
    detections: [],
    imageProbabilities: [...values.subarray(i * columns, (i + 1) * columns)],
  }));
}
