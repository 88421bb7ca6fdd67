/** Lesson 7's multi-output net: one box and one class an image, from one trunk. */
import { z } from 'zod';
import { type Scalar, type Tensor, tf } from '../backends/tf.ts';
import { buildBoxAndClassHead } from '../parts/box-and-class-head.ts';
import { computeClassWeights } from '../parts/class-balance.ts';
import { maskedSquaredError, softmaxLoss } from '../parts/losses.ts';
import { cutToVisible } from '../parts/peaks.ts';
import { planMix, pseudoLabelShape, writeSoftTarget } from '../parts/pseudo-labels.ts';
import { clampSteps } from '../train/schedule.ts';
import {
  type CanvasBox,
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
  chooseBox: z
    .enum(['largest', 'smallest', 'most-central'])
    .default('largest')
    .describe('Which fish to learn where a photograph holds several. The labels keep them all.'),
  units: z.number().int().min(8).max(2048).default(256).describe('Width of the two dense layers.'),
  dropout: z
    .number()
    .min(0)
    .max(0.9)
    .default(0.6)
    .describe(
      "The lesson's p: p after the first dense layer, p / 2 after the second, p / 4 before the first.",
    ),
  boxWeight: z
    .number()
    .min(0)
    .max(10)
    .default(0.001)
    .describe(
      'Weight of the squared box error in canvas pixels, as in the lesson; 0 learns the class alone.',
    ),
  classBalance: z
    .number()
    .min(0)
    .max(1)
    .default(0.25)
    .describe('How much more a rare class counts: 0 not at all, 1 all classes alike.'),
  batchImages: z.number().int().min(1).max(256).default(32).describe('Photographs a step.'),
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
    .default('one-cycle')
    .describe('How the learning rate changes: up and down once, or in the steps of the lesson.'),
  weightDecay: z.number().min(0).max(1).default(0.01).describe('Pull of the weights towards zero.'),
  averageDecay: z
    .number()
    .min(0)
    .max(0.99999)
    .default(0.98)
    .describe('Moving average of the weights; the average is what suggests. 0: none.'),
  copies: z
    .number()
    .int()
    .min(-1)
    .max(32)
    .default(-1)
    .describe(
      'Copies of each photograph drawn with other zoom, place and colour. -1: as many as suit their number.',
    ),
  flip: z.boolean().default(true).describe('Also learn from the mirrored photograph.'),
  ...pseudoLabelShape,
});
type Parameters = z.infer<typeof parameters>;

export const boxAndClassRecipe = defineRecipe({
  id: 'box-and-class',
  version: 1,
  title: 'Box and class',
  tagline: 'Its box and class, in seconds',
  summary:
    'One fish an image: its box, its class, or "nothing here". Trains in seconds; the lesson found that learning the box helps the class.',
  whenItFails:
    'Photographs with several fish get one suggestion at most. A fish much smaller than a sixteenth of the canvas is seen but badly boxed. Use the detector there.',
  readingTheNumbers:
    'classAcc is the share of images whose class ("nothing here" is one) is right; logLoss punishes sure mistakes. meanIou is the overlap of the suggested box with the hand box, over images that have one: 1 is exact, 0.5 a fair box. The box loss is in squared canvas pixels and counts only images with a box.',
  outputs: ['class', 'box'],
  parameters,
  create: (settings, task) => configureBoxAndClass(settings, task),
});

function configureBoxAndClass(settings: Parameters, task: RecipeTask): ConfiguredRecipe {
  const tap = findTap(task, 's32');
  return {
    taps: [tap.name],
    planCopies: (facts) => ({
      flip: settings.flip,
      drawn:
        settings.copies >= 0 ? settings.copies : Math.min(6, Math.floor(48 / Math.max(1, facts.trainImages))),
    }),
    planSchedule: (facts) => planSchedule(settings, facts),
    build: (random) =>
      buildBoxAndClassHead({
        name: 'box-and-class',
        place: 'box',
        tap,
        classes: task.classes,
        units: settings.units,
        dropout: settings.dropout,
        random,
      }),
    makeTargets: (samples, facts) => makeTargets(settings, task, samples, facts),
    computeLosses: (outputs, targets) => computeLosses(settings, task, outputs, targets),
    outputMeanings: [{ kind: 'class-logits' }, { kind: 'box-fractions' }],
    decode: (outputs, options) => decode(task, outputs, options),
  };
}

function planSchedule(settings: Parameters, facts: TrainingFacts): TrainingSchedule {
  const images = Math.max(1, facts.trainImages);
  const batchImages = Math.min(settings.batchImages, Math.max(4, images));
  const epochs = settings.epochs > 0 ? settings.epochs : Math.max(12, Math.min(60, 6000 / images));
  return {
    batchImages,
    steps: clampSteps(Math.round((epochs * images) / batchImages), settings.epochs > 0 ? 1 : 60),
    shape: settings.schedule,
    peakRate: settings.learningRate,
    weightDecay: settings.weightDecay,
    averageDecay: settings.averageDecay,
    patience: null,
    best: { metric: 'valid/logLoss', higher: false },
    rareBoost: 0,
    ...planMix(settings),
  };
}

/** The one fish to learn of an image; null where there is none. */
export function chooseBox(
  boxes: readonly CanvasBox[],
  rule: Parameters['chooseBox'],
  canvas: RecipeTask['canvas'],
): CanvasBox | null {
  const area = (box: CanvasBox): number => box.w * box.h;
  const awayFromMiddle = (box: CanvasBox): number =>
    Math.hypot(box.x + box.w / 2 - canvas.widthPx / 2, box.y + box.h / 2 - canvas.heightPx / 2);
  const cost = { largest: (b: CanvasBox) => -area(b), smallest: area, 'most-central': awayFromMiddle }[rule];
  let best: CanvasBox | null = null;
  for (const box of boxes) if (best === null || cost(box) < cost(best)) best = box;
  return best;
}

function makeTargets(
  settings: Parameters,
  task: RecipeTask,
  samples: readonly CanvasSample[],
  facts: TrainingFacts,
): Record<string, TargetArray> {
  const columns = task.classes + 1;
  const balance = computeClassWeights(facts.boxesPerClass, settings.classBalance);
  const oneHot = new Float32Array(samples.length * columns);
  const weight = new Float32Array(samples.length);
  const box = new Float32Array(samples.length * 4);
  const mask = new Float32Array(samples.length);
  samples.forEach((sample, i) => {
    const row = oneHot.subarray(i * columns, (i + 1) * columns);
    // A class but no place: the box of a photograph that nobody labelled stays masked.
    const softWeight = writeSoftTarget(sample, row, (c) => balance[c] ?? 1);
    if (softWeight !== undefined) {
      weight[i] = softWeight;
      return;
    }
    const chosen = chooseBox(sample.boxes, settings.chooseBox, task.canvas);
    row[chosen?.classIndex ?? task.classes] = 1;
    // An image whose fish were all cut off is neither that fish nor empty.
    const unclear = chosen === null && sample.ignored.length > 0;
    weight[i] = unclear ? 0 : chosen === null ? 1 : (balance[chosen.classIndex] ?? 1);
    if (chosen === null) return;
    box.set([chosen.x + chosen.w / 2, chosen.y + chosen.h / 2, chosen.w, chosen.h], i * 4);
    mask[i] = 1;
  });
  return {
    class: { data: oneHot, shape: [samples.length, columns] },
    weight: { data: weight, shape: [samples.length, 1] },
    box: { data: box, shape: [samples.length, 4] },
    mask: { data: mask, shape: [samples.length, 1] },
  };
}

function computeLosses(
  settings: Parameters,
  task: RecipeTask,
  outputs: readonly Tensor[],
  targets: Readonly<Record<string, Tensor>>,
): Record<string, Scalar> {
  const [logits, fractions] = outputs as [Tensor, Tensor];
  const target = (name: string): Tensor => targets[name] as Tensor;
  const { widthPx, heightPx } = task.canvas;
  return tf.tidy(() => {
    const boxPx = fractions.mul(tf.tensor1d([widthPx, heightPx, widthPx, heightPx]));
    const box = maskedSquaredError(boxPx, target('box'), target('mask'));
    const classLoss = softmaxLoss(logits, target('class'), target('weight'));
    const total = classLoss.add(box.mul(settings.boxWeight)) as Scalar;
    return { total, class: classLoss, box };
  });
}

function decode(task: RecipeTask, outputs: readonly Tensor[], options: DecodeOptions): DecodedImage[] {
  const [logits, fractions] = outputs as [Tensor, Tensor];
  const columns = task.classes + 1;
  const shares = tf.softmax(logits);
  const scores = shares.dataSync();
  shares.dispose();
  const boxes = fractions.dataSync();
  const { widthPx, heightPx } = task.canvas;
  return options.visible.map((visible, i) => {
    const imageProbabilities = [...scores.subarray(i * columns, (i + 1) * columns)];
    const probabilities = imageProbabilities.slice(0, task.classes);
    const score = Math.max(...probabilities);
    const [cx = 0, cy = 0, w = 0, h = 0] = boxes.subarray(i * 4, i * 4 + 4);
    const left = (cx - w / 2) * widthPx;
    const top = (cy - h / 2) * heightPx;
    const box = cutToVisible({ x: left, y: top, w: w * widthPx, h: h * heightPx }, visible);
    const shown = box !== null && score >= options.minScore && options.maxDetections > 0;
    const classIndex = probabilities.indexOf(score);
    const detections = shown ? [{ ...box, classIndex, score, probabilities }] : [];
    return { detections, imageProbabilities };
  });
}
