/** The detector with the backbone's last blocks learning too: slower, and better where there are labels enough. */
import { z } from 'zod';
import { copyRangeShape, pickCopyRange, planCopyRange } from '../parts/augmentation.ts';
import {
  type CellBatch,
  type CellShares,
  type FeatureMaps,
  type LevelSource,
  placeCells,
} from '../parts/cell-batches.ts';
import { applyTrunkDetectorToCells, buildTrunkDetector, listLevelSources } from '../parts/detector-head.ts';
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
  defineRecipe,
  type RecipeTask,
  type TaskTrunk,
  type TrainingFacts,
} from './recipe.ts';
import type { TrainingSchedule } from './training-schedule.ts';

const parameters = z.object({
  headShare: z
    .number()
    .min(0.05)
    .max(0.9)
    .default(0.35)
    .describe(
      'Part of the time in which the head learns alone, before the last blocks move too; four minutes at most.',
    ),
  ...detectorHeadShape,
  batchImages: z.number().int().min(1).max(32).default(8).describe('Photographs a step.'),
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
    .default(0.0003)
    .describe('Highest learning rate (Adam) once the last blocks move.'),
  weightDecay: z.number().min(0).max(1).default(0.01).describe('Pull of the weights towards zero.'),
  averageDecay: z
    .number()
    .min(0)
    .max(0.99999)
    .default(0.99)
    .describe('Moving average of the weights; the average is what suggests. 0: none.'),
  freshCopies: z
    .number()
    .int()
    .min(0)
    .max(200)
    .default(60)
    .describe(
      'Copies of each photograph drawn with another zoom, place, colour and turn as training asks for them.',
    ),
  echoes: z
    .number()
    .int()
    .min(1)
    .max(8)
    .default(2)
    .describe(
      'Steps that learn from each drawn copy before it is thrown away: drawing one costs about half as much as learning from it.',
    ),
  ...copyRangeShape,
  ...precisionShape('bfloat16'),
  ...detectorLossShape,
});
type Parameters = z.infer<typeof parameters>;

/** The blocks behind stride 8 move: those before tell edges and textures apart, which photographs everywhere have in common. */
const CUT_STRIDE = 8;
/** After so long the head alone gains little: what is left of a long training is better spent on both. */
const HEAD_MOST_MS = 240_000;

export const detectorFineRecipe = defineRecipe({
  id: 'detector-fine',
  version: 2,
  title: 'Detector, fine-tuned',
  tagline: 'Moves the backbone too; minutes',
  summary:
    "The detector, and behind it the backbone's last blocks learning your photographs too. First the head alone, as the detector does, then both together on copies drawn afresh.",
  whenItFails:
    'It wants minutes where the detector wants seconds, and some hundred boxes: with few labels it learns them by heart. Without native TensorFlow it is slow beyond use. Not every backbone can be moved; the message says why.',
  readingTheNumbers:
    'As for the detector: mAP@.5 is the mean, over classes, of the average precision of boxes that overlap a hand box by half or more. Compare it with the detector on the same split: the difference is what moving the backbone was worth.',
  outputs: ['boxes'],
  parameters,
  create: (settings, task) => configureFine(settings, task),
  fineTune: (settings) => ({
    cutStride: CUT_STRIDE,
    head: {
      recipe: 'detector',
      parameters: {
        width: chooseDetectorWidth(settings.width, null),
        near: chooseNear(settings.near, null),
        dropout: settings.dropout,
        precision: settings.precision,
        ...pickCopyRange(settings),
        classBalance: settings.classBalance,
        rareBoost: settings.rareBoost,
        boxWeight: settings.boxWeight,
        offsetWeight: settings.offsetWeight,
        overlapCut: settings.overlapCut,
        // What that is worth is judged once, of the whole.
        mirror: 'never',
        closeUps: 'never',
      },
      timeShare: settings.headShare,
      mostMs: HEAD_MOST_MS,
    },
  }),
});

function configureFine(settings: Parameters, task: RecipeTask): ConfiguredRecipe {
  const { fine, coarse, context, levels } = findDetectorTaps(task);
  if (task.fineTuned === undefined) throw new RangeError('detector-fine needs the last blocks of a backbone');
  const isLean = chooseNear(settings.near, null) === 1;
  const sources = listLevelSources({ fine, coarse, context, isLean });
  const { trunk, cut }: TaskTrunk = task.fineTuned;
  return {
    taps: [cut.name],
    planCopies: () => ({ ...planCopyRange(settings), drawn: 0, fresh: settings.freshCopies }),
    planSchedule: (facts) => planSchedule(settings, facts),
    build: (random) =>
      buildTrunkDetector(
        {
          fine,
          coarse,
          context,
          classes: task.classes,
          width: chooseDetectorWidth(settings.width, null),
          dropout: settings.dropout,
          isLean,
          random,
        },
        trunk,
        cut,
      ),
    cells: {
      cut: ([maps], samples, facts, random) => {
        const { data } = maps as FeatureMaps;
        const place = (level: number, shares: CellShares): CellBatch =>
          placeCells(
            levels[level] as HeatLevel,
            sources[level] as LevelSource[],
            samples,
            task.classes,
            shares,
            random,
          );
        const [near, far] = [place(0, FINE_CELLS), place(1, COARSE_CELLS)];
        const features = { data, shape: [samples.length, cut.heightCells, cut.widthCells, cut.channels] };
        return {
          inputs: [features, ...near.inputs, ...far.inputs],
          targets: { ...near.targets, ...far.targets, ...makeBatchFacts(settings, levels, samples, facts) },
        };
      },
      apply: (model, inputs) =>
        applyTrunkDetectorToCells(model, inputs, { fine, coarse, context, isLean }, trunk),
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

function planSchedule(settings: Parameters, facts: TrainingFacts): TrainingSchedule {
  const images = Math.max(1, facts.trainImages);
  const batchImages = Math.min(settings.batchImages, facts.fastBackend ? 32 : 4);
  const epochs = settings.epochs > 0 ? settings.epochs : Math.max(8, Math.min(60, 4000 / images));
  return {
    batchImages,
    steps: clampSteps(Math.round((epochs * images) / batchImages), settings.epochs > 0 ? 1 : 80),
    shape: 'one-cycle',
    peakRate: settings.learningRate,
    weightDecay: settings.weightDecay,
    averageDecay: settings.averageDecay,
    evaluations: 5,
    patience: null,
    best: { metric: 'valid/map50', higher: true },
    rareBoost: settings.rareBoost,
    precision: settings.precision,
    echoes: settings.echoes,
  };
}
