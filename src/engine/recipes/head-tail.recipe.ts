/** Two points of the largest fish, its head and its tail, and its class: where it is and which way it lies. */
import { z } from 'zod';
import { AppError } from '../../core/errors.ts';
import { type Scalar, type Tensor, tf } from '../backends/tf.ts';
import { buildBoxAndClassHead } from '../parts/box-and-class-head.ts';
import { configureImageClass, findLargest, imageClassShape } from '../parts/image-class.ts';
import { maskedSquaredError } from '../parts/losses.ts';
import { cutToVisible } from '../parts/peaks.ts';
import {
  type CanvasLine,
  type CanvasSample,
  type ConfiguredRecipe,
  type DecodedImage,
  type DecodeOptions,
  defineRecipe,
  findTap,
  type RecipeTask,
  type TargetArray,
  type TrainingFacts,
} from './recipe.ts';

// Its net has layer normalisation, which works with three images too.
const { normalization: _normalization, ...sharedShape } = imageClassShape;

const parameters = z.object({
  units: z.number().int().min(8).max(2048).default(256).describe('Width of the two dense layers.'),
  dropout: z
    .number()
    .min(0)
    .max(0.9)
    .default(0.6)
    .describe(
      "The lesson's p: p after the first dense layer, p / 2 after the second, p / 4 before the first.",
    ),
  lineWeight: z
    .number()
    .min(0)
    .max(10)
    .default(0.001)
    .describe('Weight of the squared error of the points in canvas pixels, beside that of the class.'),
  marginFrac: z
    .number()
    .min(0)
    .max(1)
    .default(0.15)
    .describe('Margin of the suggested box around the two points, as a share of their distance.'),
  ...sharedShape,
  schedule: sharedShape.schedule.default('one-cycle'),
  batchImages: sharedShape.batchImages.default(32),
  patience: sharedShape.patience.default(0),
});
type Parameters = z.infer<typeof parameters>;

/** Points are learnt from the middle of the canvas: an untrained net guesses there. */
const MIDDLE = 0.5;

export const headTailRecipe = defineRecipe({
  id: 'head-tail',
  version: 1,
  title: 'Head and tail',
  tagline: 'Two points that say how it lies',
  summary:
    'One fish an image: the points of its head and its tail, its class, or "nothing here". Two points say how a fish lies, which a box does not; photographs can be turned level by them.',
  whenItFails:
    'It needs labels that carry head and tail, such as the point files of the fisheries contest or keypoints; boxes alone teach it the class and no points. Photographs with several fish get one suggestion, of the largest. Head and tail of a fish that looks alike at both ends are confused.',
  readingTheNumbers:
    'classAcc is the share of images whose class ("nothing here" is one) is right; logLoss punishes sure mistakes. meanIou is the overlap of the box around the suggested points with the hand box. The line loss is the mean squared error of the four coordinates in canvas pixels, over images whose largest fish has a line.',
  outputs: ['class', 'box'],
  parameters,
  create: (settings, task) => configureHeadTail(settings, task),
});

function configureHeadTail(settings: Parameters, task: RecipeTask): ConfiguredRecipe {
  const tap = findTap(task, 's32');
  const shared = configureImageClass({ ...settings, normalization: 'layer' }, task, {
    taps: [tap.name],
    hasClassMap: false,
    slowBatchImages: 32,
    build: (random) =>
      buildBoxAndClassHead({
        name: 'head-tail',
        place: 'line',
        tap,
        classes: task.classes,
        units: settings.units,
        dropout: settings.dropout,
        random,
      }),
  });
  return {
    ...shared,
    planSchedule: (facts) => {
      if (facts.lines === 0) throw nothingToLearn(facts);
      return shared.planSchedule(facts);
    },
    makeTargets: (samples, facts) => ({ ...shared.makeTargets(samples, facts), ...makeLineTargets(samples) }),
    computeLosses: (outputs, targets) => computeLosses(settings, task, shared, outputs, targets),
    decode: (outputs, options) => decode(settings, task, shared, outputs, options),
  };
}

/** `line` `[n, 4]` in canvas pixels and `mask` `[n, 1]`: 1 where the largest fish has a line. */
function makeLineTargets(samples: readonly CanvasSample[]): Record<string, TargetArray> {
  const line = new Float32Array(samples.length * 4);
  const mask = new Float32Array(samples.length);
  samples.forEach(({ boxes }, i) => {
    const own = findLargest(boxes)?.line;
    if (own === undefined) return;
    line.set([own.head.x, own.head.y, own.tail.x, own.tail.y], i * 4);
    mask[i] = 1;
  });
  return {
    line: { data: line, shape: [samples.length, 4] },
    mask: { data: mask, shape: [samples.length, 1] },
  };
}

function computeLosses(
  settings: Parameters,
  { canvas: { widthPx, heightPx } }: RecipeTask,
  shared: ConfiguredRecipe,
  outputs: readonly Tensor[],
  targets: Readonly<Record<string, Tensor>>,
): Record<string, Scalar> {
  return tf.tidy(() => {
    const { total: byClass } = shared.computeLosses(outputs, targets) as { total: Scalar };
    const points = tf
      .add(outputs[1] as Tensor, MIDDLE)
      .mul(tf.tensor1d([widthPx, heightPx, widthPx, heightPx]));
    const line = maskedSquaredError(points, targets.line as Tensor, targets.mask as Tensor);
    return { total: byClass.add(line.mul(settings.lineWeight)) as Scalar, class: byClass, line };
  });
}

function decode(
  settings: Parameters,
  { classes, canvas }: RecipeTask,
  shared: ConfiguredRecipe,
  outputs: readonly Tensor[],
  options: DecodeOptions,
): DecodedImage[] {
  const points = (outputs[1] as Tensor).dataSync();
  return shared.decode(outputs, options).map(({ imageProbabilities }, i) => {
    const probabilities = (imageProbabilities ?? []).slice(0, classes);
    const score = Math.max(...probabilities);
    const [hx = 0, hy = 0, tx = 0, ty = 0] = points.subarray(i * 4, i * 4 + 4);
    const line = {
      head: { x: (hx + MIDDLE) * canvas.widthPx, y: (hy + MIDDLE) * canvas.heightPx },
      tail: { x: (tx + MIDDLE) * canvas.widthPx, y: (ty + MIDDLE) * canvas.heightPx },
    };
    const visible = options.visible[i] ?? { x: 0, y: 0, w: 0, h: 0 };
    const box = cutToVisible(surround(line, settings.marginFrac), visible);
    const shown = box !== null && score >= options.minScore && options.maxDetections > 0;
    const detection = { classIndex: probabilities.indexOf(score), score, probabilities, line };
    return { detections: shown ? [{ ...box, ...detection }] : [], imageProbabilities };
  });
}

/** The box around two points, with a margin of that share of their distance. */
function surround({ head, tail }: CanvasLine, marginFrac: number) {
  const margin = marginFrac * Math.hypot(head.x - tail.x, head.y - tail.y);
  return {
    x: Math.min(head.x, tail.x) - margin,
    y: Math.min(head.y, tail.y) - margin,
    w: Math.abs(head.x - tail.x) + 2 * margin,
    h: Math.abs(head.y - tail.y) + 2 * margin,
  };
}

function nothingToLearn({ trainImages }: TrainingFacts): AppError {
  return new AppError({
    code: 'training/no-lines',
    message: `None of the boxes of the ${trainImages} photographs to learn from carries a head and a tail, so there are no points to learn and nothing was trained.`,
    hint: 'Import labels that have them (point files of the fisheries contest, COCO keypoints), or choose box-and-class, which learns from boxes.',
    details: { trainImages },
  });
}
