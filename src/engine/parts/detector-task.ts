/** What every net that finds many fish shares, whatever it stands on: two levels of centre maps, their targets, losses and reading. */
import { z } from 'zod';
import { type Scalar, type Tensor, tf } from '../backends/tf.ts';
import type { TapShape } from '../features/feature-types.ts';
import type {
  CanvasSample,
  CloseReading,
  DecodedImage,
  DecodeOptions,
  MirroredReading,
  RecipeTask,
  TargetArray,
  TrainingFacts,
} from '../recipes/recipe.ts';
import { findTap } from '../recipes/recipe.ts';
import { computeClassWeights } from './class-balance.ts';
import { type HeatLevel, isOnLevel, makeLevelTargets } from './heat-targets.ts';
import { focalHeatLoss, giouLoss, smoothL1Loss, splitHeatAndBox } from './losses.ts';
import { OTHER_CLASS_IOU, suppressOverlaps } from './nms.ts';
import { pickPeaks } from './peaks.ts';

/** Sides (√ of area, canvas pixels) learnt on both levels: the sizes between do not depend on a threshold. */
const FINE_MAX_SIDE_PX = 96;
const COARSE_MIN_SIDE_PX = 64;
/** Cells of each photograph that a step looks at, on the fine and on the coarse level. */
export const FINE_CELLS = { near: 64, far: 128 };
export const COARSE_CELLS = { near: 48, far: 64 };

/** Settings of the net, the same whatever it stands on: a head trained with them fits the whole. */
export const detectorHeadShape = {
  width: z
    .number()
    .int()
    .min(0)
    .max(512)
    .default(0)
    .describe('Channels of each level. 0: as suits the time, 64 for less than half a minute, else 256.'),
  near: z
    .number()
    .int()
    .min(0)
    .max(2)
    .default(0)
    .describe(
      'How far the fine level looks on the finest features: 1 its own cell alone, a third quicker, 2 its neighbours too. 0: as suits the time, 1 for less than half a minute.',
    ),
  dropout: z
    .number()
    .min(0)
    .max(0.9)
    .default(0.1)
    .describe('Share of channels left out at random while training. More holds back learning by heart.'),
};

const FULL_WIDTH = 256;
const QUICK_WIDTH = 64;
const QUICK_BELOW_MS = 30_000;

/** True for a training of seconds. */
export function isQuick(budgetMs: number | null): boolean {
  return budgetMs !== null && budgetMs < QUICK_BELOW_MS;
}

/** Channels of each level: those that were asked for; where none were, a quarter for a training of seconds, which also suggests four times as fast. */
export function chooseDetectorWidth(asked: number, budgetMs: number | null): number {
  if (asked > 0) return asked;
  return isQuick(budgetMs) ? QUICK_WIDTH : FULL_WIDTH;
}

/** How far the fine level looks on the finest tap: what was asked for; where nothing was, a cell in a training of seconds. */
export function chooseNear(asked: number, budgetMs: number | null): number {
  if (asked > 0) return asked;
  return isQuick(budgetMs) ? 1 : 2;
}

/** Settings of what it learns and how it is read. */
export const detectorLossShape = {
  mirror: z
    .enum(['auto', 'always', 'never'])
    .default('auto')
    .describe(
      'Read each photograph mirrored too, and join both: surer, for twice the time a photograph. auto: when training has minutes.',
    ),
  closeUps: z
    .enum(['auto', 'always', 'never'])
    .default('auto')
    .describe(
      'Read four overlapping close-ups of each photograph too, for small fish: for three to five times the time a photograph. auto: when training has five minutes or more.',
    ),
  classBalance: z
    .number()
    .min(0)
    .max(1)
    .default(0.4)
    .describe('How much more a rare class counts: 0 not at all, 1 all classes alike.'),
  rareBoost: z
    .number()
    .min(0)
    .max(1)
    .default(0.3)
    .describe('How much more often photographs of rare classes are shown: 0 not at all.'),
  boxWeight: z.number().min(0).max(100).default(15).describe('Weight of the box loss beside the heat loss.'),
  offsetWeight: z
    .number()
    .min(0)
    .max(100)
    .default(1)
    .describe('Weight of the plain error of place and size.'),
  overlapCut: z
    .number()
    .min(0.1)
    .max(0.95)
    .default(0.5)
    .describe('Overlap (IoU) above which the weaker of two suggestions of one class goes.'),
};

/** How much each part of the loss counts. */
export interface DetectorWeights {
  /** How much more a rare class counts: 0 not at all, 1 all classes alike. */
  readonly classBalance: number;
  readonly boxWeight: number;
  readonly offsetWeight: number;
}

/** The taps a detector reads, and the levels it finds fish on. */
export interface DetectorTaps {
  readonly fine: TapShape;
  readonly coarse: TapShape;
  readonly context: TapShape;
  /** Fine, coarse: in the order of the model's outputs. */
  readonly levels: readonly [HeatLevel, HeatLevel];
}

/** Throws `features/no-tap` when the backbone lacks a tap of stride 8, 16 or 32. */
export function findDetectorTaps(task: RecipeTask): DetectorTaps {
  const fine = findTap(task, 's8');
  const coarse = findTap(task, 's16');
  const level = (tap: TapShape, minSidePx: number, maxSidePx: number): HeatLevel => ({
    name: tap.name,
    stride: tap.stride,
    heightCells: tap.heightCells,
    widthCells: tap.widthCells,
    minSidePx,
    maxSidePx,
  });
  return {
    fine,
    coarse,
    context: findTap(task, 's32'),
    levels: [level(fine, 0, FINE_MAX_SIDE_PX), level(coarse, COARSE_MIN_SIDE_PX, Number.POSITIVE_INFINITY)],
  };
}

/** Targets of whole maps, a name to numbers. */
export function makeDetectorTargets(
  weights: DetectorWeights,
  levels: readonly HeatLevel[],
  classes: number,
  samples: readonly CanvasSample[],
  facts: TrainingFacts,
): Record<string, TargetArray> {
  return {
    ...Object.assign({}, ...levels.map((level) => makeLevelTargets(level, samples, classes))),
    ...makeBatchFacts(weights, levels, samples, facts),
  };
}

/** What the losses need to know of a batch besides its cells: a weight for each class, and how many fish there are to divide by. */
export function makeBatchFacts(
  weights: DetectorWeights,
  levels: readonly HeatLevel[],
  samples: readonly CanvasSample[],
  facts: TrainingFacts,
): Record<string, TargetArray> {
  const perClass = computeClassWeights(facts.boxesPerClass, weights.classBalance);
  const fish = samples.reduce(
    (sum, sample) =>
      sum + sample.boxes.reduce((n, box) => n + levels.filter((level) => isOnLevel(level, box)).length, 0),
    0,
  );
  return {
    classWeights: { data: perClass, shape: [perClass.length] },
    // An empty batch must not divide by nothing; it teaches as if it held one fish.
    fish: { data: Float32Array.of(Math.max(1, fish)), shape: [] },
  };
}

/** Losses of outputs `[n, h, w, classes + 4]` a level against targets of the same cells: `total` and its parts, a fish's mean each. */
export function computeDetectorLosses(
  weights: DetectorWeights,
  levels: readonly HeatLevel[],
  classes: number,
  outputs: readonly Tensor[],
  targets: Readonly<Record<string, Tensor>>,
): Record<string, Scalar> {
  const target = (name: string): Tensor => targets[name] as Tensor;
  return tf.tidy(() => {
    const sums = { heat: [] as Tensor[], box: [] as Tensor[], offset: [] as Tensor[] };
    levels.forEach((level, i) => {
      const { heat, box } = splitHeatAndBox(outputs[i] as Tensor, classes);
      const wanted = target(`${level.name}/box`);
      const weight = target(`${level.name}/boxWeight`);
      sums.heat.push(
        focalHeatLoss(
          heat,
          target(`${level.name}/heat`),
          target(`${level.name}/seen`),
          target('classWeights'),
        ),
      );
      sums.box.push(giouLoss(box, wanted, weight));
      sums.offset.push(smoothL1Loss(box, wanted, weight, 0.5));
    });
    const mean = (parts: Tensor[]): Scalar => tf.addN(parts).div(target('fish')) as Scalar;
    const heat = mean(sums.heat);
    const box = mean(sums.box);
    const offset = mean(sums.offset);
    const total = heat.add(box.mul(weights.boxWeight)).add(offset.mul(weights.offsetWeight)) as Scalar;
    return { total, heat, box, offset };
  });
}

/** From here on a person has asked for quality: reading twice is worth its time. */
const MIRROR_FROM_MS = 120_000;
/** The same where no time was named: so many photographs take minutes. */
const MIRROR_FROM_IMAGES = 200;

/** How a detector of that many classes reads photographs mirrored too. */
export function makeDetectorMirror(mirror: 'auto' | 'always' | 'never', classes: number): MirroredReading {
  return {
    isWorth: ({ budgetMs, trainImages }) =>
      mirror === 'always' ||
      (mirror === 'auto' &&
        (budgetMs === null ? trainImages >= MIRROR_FROM_IMAGES : budgetMs >= MIRROR_FROM_MS)),
    turnBack: (outputs) =>
      outputs.map((output) => {
        const signs = new Float32Array(classes + 4).fill(1);
        // The centre lies to the other side of the cell's middle.
        signs[classes] = -1;
        return output.reverse(2).mul(tf.tensor1d(signs));
      }),
  };
}

/** From here on what is small is worth the time of reading it closer. */
const CLOSE_FROM_MS = 300_000;

/** How a detector reads close-ups too. */
export function makeDetectorCloseUps(settings: {
  readonly closeUps: 'auto' | 'always' | 'never';
  readonly overlapCut: number;
}): CloseReading {
  return {
    isWorth: ({ budgetMs }) =>
      settings.closeUps === 'always' ||
      (settings.closeUps === 'auto' && budgetMs !== null && budgetMs >= CLOSE_FROM_MS),
    overlapCut: settings.overlapCut,
  };
}

/** Peaks of the heat maps with their boxes, overlapping ones thinned out: IoU above `overlapCut` within a class. */
export function decodeDetector(
  overlapCut: number,
  levels: readonly HeatLevel[],
  classes: number,
  outputs: readonly Tensor[],
  options: DecodeOptions,
): DecodedImage[] {
  const values = outputs.map((output) => output.dataSync() as Float32Array);
  return options.visible.map((visible, i) => {
    const peaks = levels.flatMap((level, l) => {
      const length = level.heightCells * level.widthCells * (classes + 4);
      const own = (values[l] as Float32Array).subarray(i * length, (i + 1) * length);
      return pickPeaks({ level, classes, values: own }, options.minScore, visible);
    });
    const detections = suppressOverlaps(peaks, {
      sameClassIou: overlapCut,
      otherClassIou: OTHER_CLASS_IOU,
      maxDetections: options.maxDetections,
    });
    return { detections, imageProbabilities: null };
  });
}
