/** How good a model is on labelled photographs: suggestions against hand boxes, by the studio's own metrics. */

import type { Canvas } from '../../core/learning.ts';
import { computeDetectionMetrics } from '../../core/metrics.ts';
import { computeAccuracy, computeLogLoss, findArgMax } from '../../core/metrics-class.ts';
import {
  computeMeanIou,
  type HandBox,
  type MatchedPair,
  matchBoxes,
  type PredictedBox,
} from '../../core/metrics-match.ts';
import type { Metrics } from '../../core/records.ts';
import { type LayersModel, type Tensor, tf } from '../backends/tf.ts';
import type { FeatureSource } from '../features/feature-types.ts';
import { placeImage, type RectPx, toImageBox, visibleCanvasRect } from '../features/letterbox.ts';
import { PLAIN } from '../features/variants.ts';
import type { EngineImage, TrainingSample } from '../messages.ts';
import type { CanvasDetection, ConfiguredRecipe, DecodedImage } from '../recipes/recipe.ts';
import { throwIfCancelled } from './cancel.ts';

/** Suggestions weaker than this do not change mAP in the third digit, but cost time. */
const LEAST_SCORE = 0.01;
const MAX_DETECTIONS = 100;
/** A suggestion surer than this counts for the mean IoU. */
const PAIR_SCORE = 0.3;
const PAIR_IOU = 0.5;

export interface EvaluateOptions {
  readonly model: LayersModel;
  readonly recipe: ConfiguredRecipe;
  readonly source: FeatureSource;
  readonly canvas: Canvas;
  readonly classes: number;
  readonly samples: readonly TrainingSample[];
  readonly split: string;
  /** Images a run of the model. */
  readonly batchImages: number;
  readonly signal?: AbortSignal;
}

/** Metrics on plain copies; with no samples `n` is 0 and every figure null. Throws `job/cancelled` after the signal. */
export async function evaluateModel(options: EvaluateOptions): Promise<Metrics> {
  const decoded: DecodedImage[] = [];
  for (let at = 0; at < options.samples.length; at += options.batchImages) {
    const batch = options.samples.slice(at, at + options.batchImages);
    const keys = batch.map((sample) => ({ hash: sample.image.hash, variant: PLAIN.id }));
    const maps = await Promise.all(options.recipe.taps.map((tap) => options.source.read(keys, tap)));
    const images = batch.map((sample) => sample.image);
    decoded.push(
      ...runModel(options, maps, images, { minScore: LEAST_SCORE, maxDetections: MAX_DETECTIONS }),
    );
    throwIfCancelled(options.signal);
  }
  return computeMetrics(options.samples, decoded, options);
}

export interface RunOptions {
  readonly model: LayersModel;
  readonly recipe: ConfiguredRecipe;
  readonly source: Pick<FeatureSource, 'shape'>;
  readonly canvas: Canvas;
}

/** Runs the model on feature maps (one array a tap, NHWC, as many images as `images`); boxes in upright image pixels. */
export function runModel(
  options: RunOptions,
  maps: readonly Float32Array[],
  images: readonly EngineImage[],
  limits: { readonly minScore: number; readonly maxDetections: number },
): DecodedImage[] {
  const { model, recipe, source, canvas } = options;
  const placements = images.map((image) => placeImage(image, canvas));
  const visible = placements.map(
    (placement): RectPx => visibleCanvasRect(placement) ?? { x: 0, y: 0, w: 0, h: 0 },
  );
  const outputs = tf.tidy(() => {
    const inputs = recipe.taps.map((name, i) => {
      const tap = source.shape(name);
      return tf.tensor(maps[i] as Float32Array, [
        images.length,
        tap.heightCells,
        tap.widthCells,
        tap.channels,
      ]);
    });
    const result = model.apply(inputs, { training: false }) as Tensor | Tensor[];
    return Array.isArray(result) ? result : [result];
  });
  try {
    return recipe.decode(outputs, { ...limits, visible }).map((image, i) => ({
      ...image,
      detections: image.detections.map((detection) => ({
        ...detection,
        ...toImageBox(placements[i] as (typeof placements)[number], detection),
      })),
    }));
  } finally {
    tf.dispose(outputs);
  }
}

function computeMetrics(
  samples: readonly TrainingSample[],
  decoded: readonly DecodedImage[],
  options: Pick<EvaluateOptions, 'classes' | 'split'>,
): Metrics {
  const none = { classAcc: null, logLoss: null, meanIou: null, map50: null, map: null };
  if (samples.length === 0) return { n: 0, split: options.split, ...none };
  const classIds = Array.from({ length: options.classes }, (_, c) => String(c));
  const imageIds = samples.map((sample) => sample.image.id);
  const hand = samples.map((sample) => sample.boxes.map((box) => ({ classId: String(box.classIndex), box })));
  const found = decoded.map((image) => image.detections.map(toPredicted));
  const { map, map50 } = computeDetectionMetrics({
    imageIds,
    classIds,
    truth: hand.flatMap((boxes, i) => boxes.map((box) => ({ ...box, imageId: imageIds[i] as string }))),
    detections: found.flatMap((boxes, i) => boxes.map((box) => ({ ...box, imageId: imageIds[i] as string }))),
  });
  const single = decoded.every((image) => image.imageProbabilities !== null);
  return {
    n: samples.length,
    split: options.split,
    ...computeClassFigures(samples, decoded, options.classes, single),
    meanIou: single ? computeSingleIou(hand, found) : computePairIou(hand, found),
    map50,
    map,
  };
}

function toPredicted(detection: CanvasDetection): PredictedBox {
  return { classId: String(detection.classIndex), score: detection.score, box: detection };
}

/** Image classification by the largest fish: "nothing here" is the last class. */
function computeClassFigures(
  samples: readonly TrainingSample[],
  decoded: readonly DecodedImage[],
  classes: number,
  single: boolean,
): { classAcc: number | null; logLoss: number | null } {
  if (!single) return { classAcc: null, logLoss: null };
  const truth = samples.map((sample) => {
    const largest = [...sample.boxes].sort((a, b) => b.w * b.h - a.w * a.h)[0];
    return largest?.classIndex ?? classes;
  });
  const rows = decoded.map((image) => image.imageProbabilities ?? []);
  return {
    classAcc: computeAccuracy(truth, rows.map(findArgMax)),
    logLoss: computeLogLoss(truth, rows),
  };
}

/** Mean IoU of pairs that meet, for recipes that find many. */
function computePairIou(hand: readonly HandBox[][], found: readonly PredictedBox[][]): number | null {
  const pairs = hand.flatMap((boxes, i): MatchedPair<HandBox, PredictedBox>[] =>
    matchBoxes(
      boxes,
      (found[i] ?? []).filter((box) => box.score >= PAIR_SCORE),
      PAIR_IOU,
    ),
  );
  return computeMeanIou(pairs);
}

/** Mean IoU of the one suggestion with the hand box it fits best, over images with a fish; nothing suggested counts 0. */
function computeSingleIou(hand: readonly HandBox[][], found: readonly PredictedBox[][]): number | null {
  let sum = 0;
  let n = 0;
  hand.forEach((boxes, i) => {
    if (boxes.length === 0) return;
    sum += computeMeanIou(matchBoxes(boxes, (found[i] ?? []).slice(0, 1), 0)) ?? 0;
    n++;
  });
  return n === 0 ? null : sum / n;
}
