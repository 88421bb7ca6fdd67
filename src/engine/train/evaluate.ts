/** How good a model is on labelled photographs: suggestions against hand boxes, by the studio's own metrics. */
import { computeMetrics, type JudgedImage } from '../../core/judge.ts';
import type { Canvas } from '../../core/learning.ts';
import type { Metrics } from '../../core/records.ts';
import { type LayersModel, type Tensor, tf } from '../backends/tf.ts';
import type { FeatureSource } from '../features/feature-types.ts';
import {
  type Placement,
  type PointPx,
  placeImage,
  type RectPx,
  toImageBox,
  toImagePoint,
  visibleCanvasRect,
} from '../features/letterbox.ts';
import { FLIP, PLAIN } from '../features/variants.ts';
import type { EngineImage, TrainingSample } from '../messages.ts';
import type { CanvasDetection, ConfiguredRecipe, DecodedImage } from '../recipes/recipe.ts';
import { throwIfCancelled } from './cancel.ts';

/** Suggestions weaker than this do not change mAP in the third digit, but cost time. */
const LEAST_SCORE = 0.01;
const MAX_DETECTIONS = 100;

export interface EvaluateOptions {
  readonly model: LayersModel;
  readonly recipe: ConfiguredRecipe;
  readonly source: FeatureSource;
  readonly canvas: Canvas;
  readonly classes: number;
  readonly samples: readonly TrainingSample[];
  readonly split: string;
  /** True for a model that reads photographs mirrored too. */
  readonly mirrored: boolean;
  /** False for a recipe that judges whole photographs alone. */
  readonly suggestsBoxes: boolean;
  /** Images a run of the model. */
  readonly batchImages: number;
  readonly signal?: AbortSignal;
}

/** Metrics on plain copies, and mirrored ones where the model reads them; with no samples `n` is 0 and every figure null. Throws `job/cancelled` after the signal. */
export async function evaluateModel(options: EvaluateOptions): Promise<Metrics> {
  const decoded: JudgedPhotograph[] = [];
  for (let at = 0; at < options.samples.length; at += options.batchImages) {
    const batch = options.samples.slice(at, at + options.batchImages);
    const read = (variant: string): Promise<Float32Array[]> => {
      const keys = batch.map((sample) => ({ hash: sample.image.hash, variant }));
      return Promise.all(options.recipe.taps.map((tap) => options.source.read(keys, tap)));
    };
    const maps = { plain: await read(PLAIN.id), ...(options.mirrored && { mirrored: await read(FLIP.id) }) };
    const images = batch.map((sample) => sample.image);
    decoded.push(
      ...runModel(options, maps, images, { minScore: LEAST_SCORE, maxDetections: MAX_DETECTIONS }),
    );
    throwIfCancelled(options.signal);
  }
  const classIds = Array.from({ length: options.classes }, (_, c) => String(c));
  return computeMetrics(
    options.samples.map((sample, i) => toJudged(sample, decoded[i])),
    classIds,
    options.split,
    options.suggestsBoxes,
  );
}

export interface RunOptions {
  readonly model: LayersModel;
  readonly recipe: ConfiguredRecipe;
  readonly source: Pick<FeatureSource, 'shape'>;
  readonly canvas: Canvas;
}

/** Feature maps of photographs, one array a tap, NHWC; and of their mirrored copies for a model that reads both. */
export interface ReadMaps {
  readonly plain: readonly Float32Array[];
  readonly mirrored?: readonly Float32Array[];
}

/** A suggestion in upright image pixels; head and tail from recipes that tell how a fish lies. */
export interface ImageDetection extends Omit<CanvasDetection, 'line'> {
  readonly head?: PointPx;
  readonly tail?: PointPx;
}

/** {@link DecodedImage} in upright image pixels. */
export interface JudgedPhotograph {
  readonly detections: readonly ImageDetection[];
  readonly imageProbabilities: DecodedImage['imageProbabilities'];
}

/** Runs the model on feature maps of as many photographs as `images`; boxes in upright image pixels. */
export function runModel(
  options: RunOptions,
  maps: ReadMaps,
  images: readonly EngineImage[],
  limits: { readonly minScore: number; readonly maxDetections: number },
): JudgedPhotograph[] {
  const { model, recipe, source, canvas } = options;
  const placements = images.map((image) => placeImage(image, canvas));
  const visible = placements.map(
    (placement): RectPx => visibleCanvasRect(placement) ?? { x: 0, y: 0, w: 0, h: 0 },
  );
  const run = (arrays: readonly Float32Array[]): Tensor[] => {
    const features = recipe.taps.map((name, i) => {
      const tap = source.shape(name);
      return tf.tensor(arrays[i] as Float32Array, [
        images.length,
        tap.heightCells,
        tap.widthCells,
        tap.channels,
      ]);
    });
    const further = (recipe.imageInputs?.(images) ?? []).map(({ data, shape }) =>
      tf.tensor(data, [...shape]),
    );
    const result = model.apply([...features, ...further], { training: false }) as Tensor | Tensor[];
    return Array.isArray(result) ? result : [result];
  };
  const outputs = tf.tidy(() => {
    const plain = run(maps.plain);
    if (maps.mirrored === undefined || recipe.mirror === undefined) return plain;
    const mirrored = recipe.mirror.turnBack(run(maps.mirrored));
    return plain.map((output, i) => output.add(mirrored[i] as Tensor).div(2));
  });
  try {
    return recipe.decode(outputs, { ...limits, visible }).map((image, i) => ({
      ...image,
      detections: image.detections.map((detection) =>
        toImageDetection(placements[i] as Placement, detection),
      ),
    }));
  } finally {
    tf.dispose(outputs);
  }
}

function toImageDetection(placement: Placement, { line, ...detection }: CanvasDetection): ImageDetection {
  return {
    ...detection,
    ...toImageBox(placement, detection),
    ...(line && { head: toImagePoint(placement, line.head), tail: toImagePoint(placement, line.tail) }),
  };
}

function toJudged(sample: TrainingSample, decoded: JudgedPhotograph | undefined): JudgedImage {
  return {
    imageId: sample.image.id,
    hand: sample.boxes.map((box) => ({ classId: String(box.classIndex), box })),
    found: (decoded?.detections ?? []).map((box) => ({
      classId: String(box.classIndex),
      score: box.score,
      box,
    })),
    probabilities: decoded?.imageProbabilities ?? null,
  };
}
