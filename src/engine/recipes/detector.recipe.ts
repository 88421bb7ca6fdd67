/** The recipe for real photographs: any number of fish an image, each with its own box and class. */
import { z } from 'zod';
import { type Scalar, type Tensor, tf } from '../backends/tf.ts';
import { cutCells, type FeatureMaps } from '../parts/cell-batches.ts';
import { computeClassWeights } from '../parts/class-balance.ts';
import { applyDetectorToCells, buildDetectorHead } from '../parts/detector-head.ts';
import { type HeatLevel, isOnLevel, makeLevelTargets } from '../parts/heat-targets.ts';
import { focalHeatLoss, giouLoss, smoothL1Loss, splitHeatAndBox } from '../parts/losses.ts';
import { suppressOverlaps } from '../parts/nms.ts';
import { pickPeaks } from '../parts/peaks.ts';
import { clampSteps } from '../train/schedule.ts';
import {
  type CanvasSample,
  type ConfiguredRecipe,
  type DecodedImage,
  type DecodeOptions,
  defineRecipe,
  findTap,
  type RecipeTask,
  type TargetArray,
  type TrainingFacts,
  type TrainingSchedule,
} from './recipe.ts';

const parameters = z.object({
  width: z.number().int().min(8).max(256).default(128).describe('Channels of each level.'),
  dropout: z
    .number()
    .min(0)
    .max(0.9)
    .default(0.1)
    .describe('Share of channels left out at random while training. More holds back learning by heart.'),
  batchImages: z
    .number()
    .int()
    .min(1)
    .max(64)
    .default(16)
    .describe('Photographs a step; of each only some cells are looked at.'),
  epochs: z
    .number()
    .min(0)
    .max(10_000)
    .default(0)
    .describe('Visits of each photograph when no time is given. 0: as many as suit their number.'),
  learningRate: z.number().positive().max(0.1).default(0.002).describe('Highest learning rate (Adam).'),
  schedule: z
    .enum(['one-cycle', 'stepped'])
    .default('one-cycle')
    .describe('How the learning rate changes: up and down once, or in the steps of the lesson.'),
  weightDecay: z.number().min(0).max(1).default(0.01).describe('Pull of the weights towards zero.'),
  averageDecay: z
    .number()
    .min(0)
    .max(0.99999)
    .default(0.995)
    .describe('Moving average of the weights; the average is what suggests. 0: none.'),
  copies: z
    .number()
    .int()
    .min(-1)
    .max(32)
    .default(-1)
    .describe(
      'Copies of each photograph drawn with other zoom, place and colour. -1: as many as time and number of photographs allow.',
    ),
  flip: z.boolean().default(true).describe('Also learn from the mirrored photograph.'),
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
  boxWeight: z.number().min(0).max(100).default(2).describe('Weight of the box loss beside the heat loss.'),
  offsetWeight: z
    .number()
    .min(0)
    .max(100)
    .default(0.2)
    .describe('Weight of the plain error of place and size.'),
  overlapCut: z
    .number()
    .min(0.1)
    .max(0.95)
    .default(0.5)
    .describe('Overlap (IoU) above which the weaker of two suggestions of one class goes.'),
});
type Parameters = z.infer<typeof parameters>;

/** Sides (√ of area, canvas pixels) learnt on both levels: the sizes between do not depend on a threshold. */
const FINE_MAX_SIDE_PX = 96;
const COARSE_MIN_SIDE_PX = 64;
const OTHER_CLASS_IOU = 0.8;
/** Cells of each photograph that a step looks at. */
const FINE_CELLS = { near: 64, far: 128 };
const COARSE_CELLS = { near: 48, far: 64 };

export const detectorRecipe = defineRecipe({
  id: 'detector',
  version: 2,
  title: 'Detector',
  summary:
    'Finds every fish of a photograph, large and small, with a box and a class for each. A centre map for each class at two resolutions, with size and place at every centre.',
  whenItFails:
    'Fish that touch one another with the same centre become one. With fewer than about ten labelled boxes a class it guesses the class. Photographs labelled only in part teach it that the rest is empty.',
  readingTheNumbers:
    'mAP@.5 is the mean, over classes, of the average precision of boxes that overlap a hand box by half or more: 0 finds nothing, 1 finds all and nothing else. mAP averages stricter overlaps too and is always lower. The score of a suggestion ranks; it is not yet a probability.',
  outputs: ['boxes'],
  parameters,
  create: (settings, task) => configureDetector(settings, task),
});

function configureDetector(settings: Parameters, task: RecipeTask): ConfiguredRecipe {
  const fine = findTap(task, 's8');
  const coarse = findTap(task, 's16');
  const context = findTap(task, 's32');
  const level = (tap: typeof fine, minSidePx: number, maxSidePx: number): HeatLevel => ({
    name: tap.name,
    stride: tap.stride,
    heightCells: tap.heightCells,
    widthCells: tap.widthCells,
    minSidePx,
    maxSidePx,
  });
  const levels = [
    level(fine, 0, FINE_MAX_SIDE_PX),
    level(coarse, COARSE_MIN_SIDE_PX, Number.POSITIVE_INFINITY),
  ];
  return {
    taps: [fine.name, coarse.name, context.name],
    planCopies: (facts) => ({ flip: settings.flip, drawn: planDrawnCopies(settings, facts) }),
    planSchedule: (facts) => planSchedule(settings, facts),
    build: (random) =>
      buildDetectorHead({
        fine,
        coarse,
        context,
        classes: task.classes,
        width: settings.width,
        dropout: settings.dropout,
        random,
      }),
    cells: {
      cut: ([fineMaps, coarseMaps, contextMaps], samples, facts, random) => {
        const [fineLevel, coarseLevel] = levels as [HeatLevel, HeatLevel];
        const maps = {
          fine: fineMaps as FeatureMaps,
          coarse: coarseMaps as FeatureMaps,
          context: contextMaps as FeatureMaps,
        };
        const near = cutCells(fineLevel, maps.fine, maps.coarse, samples, task.classes, FINE_CELLS, random);
        const far = cutCells(
          coarseLevel,
          maps.coarse,
          maps.context,
          samples,
          task.classes,
          COARSE_CELLS,
          random,
        );
        return {
          inputs: [near.patches, near.around, far.patches, far.around],
          targets: { ...near.targets, ...far.targets, ...batchFacts(settings, levels, samples, facts) },
        };
      },
      apply: (model, inputs) =>
        applyDetectorToCells(model, inputs, { fine: fine.name, coarse: coarse.name, context: context.name }),
    },
    makeTargets: (samples, facts) => makeTargets(settings, levels, task.classes, samples, facts),
    computeLosses: (outputs, targets) => computeLosses(settings, levels, task.classes, outputs, targets),
    outputMeanings: levels.map((level) => ({ kind: 'centre-map', level })),
    decode: (outputs, options) => decode(settings, levels, task.classes, outputs, options),
  };
}

/** Few photographs are worth many copies; of many, each copy costs time that training would use better. */
function planDrawnCopies(settings: Parameters, facts: TrainingFacts): number {
  if (settings.copies >= 0) return settings.copies;
  const images = Math.max(1, facts.trainImages);
  const wished = Math.min(6, Math.ceil(48 / images));
  if (facts.budgetMs === null) return images > 48 ? 0 : wished;
  // About 50 ms a copy; an eighth of the time at most for those beyond the plain and the mirrored one.
  const affordable = Math.floor((facts.budgetMs * 0.125) / (50 * images));
  return Math.max(0, Math.min(6, affordable));
}

function planSchedule(settings: Parameters, facts: TrainingFacts): TrainingSchedule {
  const images = Math.max(1, facts.trainImages);
  const batchImages = Math.min(settings.batchImages, facts.fastBackend ? 64 : 8);
  const epochs = settings.epochs > 0 ? settings.epochs : Math.max(20, Math.min(150, 4000 / images));
  return {
    batchImages,
    steps: clampSteps(Math.round((epochs * images) / batchImages), settings.epochs > 0 ? 1 : 80),
    shape: settings.schedule,
    peakRate: settings.learningRate,
    weightDecay: settings.weightDecay,
    averageDecay: settings.averageDecay,
    patience: null,
    best: { metric: 'valid/map50', higher: true },
    rareBoost: settings.rareBoost,
  };
}

function makeTargets(
  settings: Parameters,
  levels: readonly HeatLevel[],
  classes: number,
  samples: readonly CanvasSample[],
  facts: TrainingFacts,
): Record<string, TargetArray> {
  return {
    ...Object.assign({}, ...levels.map((level) => makeLevelTargets(level, samples, classes))),
    ...batchFacts(settings, levels, samples, facts),
  };
}

/** What the losses need to know of a batch besides its cells: a weight for each class, and how many fish there are to divide by. */
function batchFacts(
  settings: Parameters,
  levels: readonly HeatLevel[],
  samples: readonly CanvasSample[],
  facts: TrainingFacts,
): Record<string, TargetArray> {
  const weights = computeClassWeights(facts.boxesPerClass, settings.classBalance);
  const fish = samples.reduce(
    (sum, sample) =>
      sum + sample.boxes.reduce((n, box) => n + levels.filter((level) => isOnLevel(level, box)).length, 0),
    0,
  );
  return {
    classWeights: { data: weights, shape: [weights.length] },
    // An empty batch must not divide by nothing; it teaches as if it held one fish.
    fish: { data: Float32Array.of(Math.max(1, fish)), shape: [] },
  };
}

function computeLosses(
  settings: Parameters,
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
    const total = heat.add(box.mul(settings.boxWeight)).add(offset.mul(settings.offsetWeight)) as Scalar;
    return { total, heat, box, offset };
  });
}

function decode(
  settings: Parameters,
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
      sameClassIou: settings.overlapCut,
      otherClassIou: OTHER_CLASS_IOU,
      maxDetections: options.maxDetections,
    });
    return { detections, imageProbabilities: null };
  });
}
