/** The recipe for real photographs: any number of fish an image, each with its own box and class. */
import { z } from 'zod';
import { augmentationShape, planCopyRange } from '../parts/augmentation.ts';
import { type CellBatch, type CellShares, cutCells, type LevelSource } from '../parts/cell-batches.ts';
import { applyDetectorToCells, buildDetectorHead, listLevelSources } from '../parts/detector-head.ts';
import {
  COARSE_CELLS,
  chooseDetectorWidth,
  chooseNear,
  computeDetectorLosses,
  decodeDetector,
  detectorHeadShape,
  detectorLossShape,
  FINE_CELLS,
  findDetectorTaps,
  isQuick,
  makeBatchFacts,
  makeDetectorCloseUps,
  makeDetectorMirror,
  makeDetectorTargets,
} from '../parts/detector-task.ts';
import type { HeatLevel } from '../parts/heat-targets.ts';
import { precisionShape } from '../parts/precision.ts';
import { clampSteps } from '../train/schedule.ts';
import {
  type ConfiguredRecipe,
  type CopyPlan,
  defineRecipe,
  type RecipeTask,
  type TrainingFacts,
} from './recipe.ts';
import type { TrainingSchedule } from './training-schedule.ts';

const parameters = z.object({
  ...detectorHeadShape,
  batchImages: z
    .number()
    .int()
    .min(0)
    .max(64)
    .default(0)
    .describe(
      'Photographs a step; of each only some cells are looked at. 0: as suits the time, 4 for less than half a minute, else 16.',
    ),
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
  ...augmentationShape,
  ...precisionShape('bfloat16'),
  ...detectorLossShape,
});
type Parameters = z.infer<typeof parameters>;

export const detectorRecipe = defineRecipe({
  id: 'detector',
  version: 3,
  title: 'Detector',
  tagline: 'Every fish, with box and class',
  summary:
    'Finds every fish of a photograph, large and small, with a box and a class for each. A centre map for each class at two resolutions, with size and place at every centre.',
  whenItFails:
    'Fish that touch one another with the same centre become one. With fewer than about ten labelled boxes a class it guesses the class. Photographs labelled only in part teach it that the rest is empty.',
  readingTheNumbers:
    'mAP@.5 is the mean, over classes, of the average precision of boxes that overlap a hand box by half or more: 0 finds nothing, 1 finds all and nothing else. mAP averages stricter overlaps too and is always lower. The score of a suggestion ranks; it is not yet a probability.',
  outputs: ['boxes'],
  parameters,
  create: (settings, task) => configureDetector(settings, task),
  settle: (settings, { budgetMs }) => ({
    ...settings,
    width: chooseDetectorWidth(settings.width, budgetMs),
    near: chooseNear(settings.near, budgetMs),
    batchImages: chooseBatch(settings.batchImages, budgetMs),
  }),
});

function configureDetector(settings: Parameters, task: RecipeTask): ConfiguredRecipe {
  const { fine, coarse, context, levels } = findDetectorTaps(task);
  const isLean = chooseNear(settings.near, null) === 1;
  const sources = listLevelSources({ fine, coarse, context, isLean });
  return {
    taps: [fine.name, coarse.name, context.name],
    planCopies: (facts) => planDetectorCopies(settings, facts),
    planSchedule: (facts) => planSchedule(settings, facts),
    build: (random) =>
      buildDetectorHead({
        fine,
        coarse,
        context,
        classes: task.classes,
        width: chooseDetectorWidth(settings.width, null),
        dropout: settings.dropout,
        isLean,
        random,
      }),
    cells: {
      cut: (maps, samples, facts, random, room) => {
        const cut = (level: number, shares: CellShares): CellBatch =>
          cutCells(
            levels[level] as HeatLevel,
            sources[level] as LevelSource[],
            maps,
            samples,
            task.classes,
            shares,
            random,
            room,
          );
        const [near, far] = [cut(0, FINE_CELLS), cut(1, COARSE_CELLS)];
        return {
          inputs: [...near.inputs, ...far.inputs],
          targets: { ...near.targets, ...far.targets, ...makeBatchFacts(settings, levels, samples, facts) },
        };
      },
      apply: (model, inputs) => applyDetectorToCells(model, inputs, { fine, coarse, context, isLean }),
    },
    makeTargets: (samples, facts) => makeDetectorTargets(settings, levels, task.classes, samples, facts),
    computeLosses: (outputs, targets) =>
      computeDetectorLosses(settings, levels, task.classes, outputs, targets),
    mirror: makeDetectorMirror(settings.mirror, task.classes),
    closeUps: makeDetectorCloseUps(settings),
    outputMeanings: levels.map((level) => ({ kind: 'centre-map', level })),
    decode: (outputs, options) => decodeDetector(settings.overlapCut, levels, task.classes, outputs, options),
  };
}

/** What was asked for; where nothing was, few a step in a training of seconds: there many small steps teach more than few good ones. */
function chooseBatch(asked: number, budgetMs: number | null): number {
  if (asked > 0) return asked;
  return isQuick(budgetMs) ? 4 : 16;
}

/** About what a copy takes, in ms. */
const COPY_MS = 50;
/** Of a budget no more than this is for drawn copies, and no more for mirrored ones: they are made on the cores that train. */
const COPIES_SHARE = 0.125;

/** Few photographs are worth many copies; of many, each costs time that training would use better: in a hurry the mirrored one, too. */
function planDetectorCopies(settings: Parameters, { trainImages, budgetMs }: TrainingFacts): CopyPlan {
  const range = planCopyRange(settings);
  if (settings.copies >= 0) return { ...range, drawn: settings.copies };
  const images = Math.max(1, trainImages);
  if (budgetMs === null) return { ...range, drawn: images > 48 ? 0 : Math.min(6, Math.ceil(48 / images)) };
  const affordable = Math.floor((budgetMs * COPIES_SHARE) / (COPY_MS * images));
  return { ...range, flip: range.flip && affordable > 0, drawn: Math.min(6, affordable) };
}

function planSchedule(settings: Parameters, facts: TrainingFacts): TrainingSchedule {
  const images = Math.max(1, facts.trainImages);
  const batchImages = Math.min(chooseBatch(settings.batchImages, facts.budgetMs), facts.fastBackend ? 64 : 8);
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
    precision: settings.precision,
  };
}
