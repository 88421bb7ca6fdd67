/** How good a model is on labelled photographs: suggestions against hand boxes, by the studio's own metrics. */
import { computeMetrics, type JudgedImage } from '../../core/judge.ts';
import type { Canvas } from '../../core/learning.ts';
import type { Metrics } from '../../core/records.ts';
import { type Numbers, tensorOf } from '../backends/half-tensor.ts';
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
import { readMaps } from '../features/read-maps.ts';
import { CLOSE_UPS, type FeatureVariant, FLIP, PLAIN } from '../features/variants.ts';
import type { EngineImage, TrainingSample } from '../messages.ts';
import type { CanvasDetection, ConfiguredRecipe, DecodedImage } from '../recipes/recipe.ts';
import { throwIfCancelled } from './cancel.ts';
import { type CloseView, joinCloseUps } from './close-ups.ts';

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
  /** True to read close-ups too: the source must have them. */
  readonly closeUps: boolean;
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
    const read = (variant: string): Promise<Numbers[]> => {
      const keys = batch.map((sample) => ({ hash: sample.image.hash, variant }));
      return Promise.all(options.recipe.taps.map((tap) => readMaps(options.source, keys, tap)));
    };
    const closeUps: Numbers[][] = [];
    if (options.closeUps) for (const { id } of CLOSE_UPS) closeUps.push(await read(id));
    const maps = {
      plain: await read(PLAIN.id),
      ...(options.mirrored && { mirrored: await read(FLIP.id) }),
      ...(options.closeUps && { closeUps }),
    };
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
  readonly plain: readonly Numbers[];
  readonly mirrored?: readonly Numbers[];
  /** Of each of `CLOSE_UPS`. */
  readonly closeUps?: readonly (readonly Numbers[])[];
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
  limits: PredictLimits,
): JudgedPhotograph[] {
  const whole = readView(options, [maps.plain, maps.mirrored], PLAIN, images, limits);
  const { closeUps } = options.recipe;
  if (maps.closeUps === undefined || closeUps === undefined) return whole.map(({ photograph }) => photograph);
  const close = maps.closeUps.map((arrays, i) =>
    readView(options, [arrays, undefined], CLOSE_UPS[i] as FeatureVariant, images, limits),
  );
  return whole.map(({ photograph }, i) => ({
    ...photograph,
    detections: joinCloseUps(
      photograph.detections,
      close.flatMap((views) => views[i] as View),
      closeUps.overlapCut,
      limits.maxDetections,
    ),
  }));
}

interface PredictLimits {
  readonly minScore: number;
  readonly maxDetections: number;
}

/** What is seen of one photograph in one view of it. */
interface View extends CloseView<ImageDetection> {
  readonly photograph: JudgedPhotograph;
}

/** Runs the model on one view of each photograph, joined with its mirror image where that is given. */
function readView(
  { model, recipe, source, canvas }: RunOptions,
  [plain, mirrored]: readonly [readonly Numbers[], readonly Numbers[] | undefined],
  variant: FeatureVariant,
  images: readonly EngineImage[],
  limits: PredictLimits,
): View[] {
  const placements = images.map((image) => placeImage(image, canvas, variant));
  const visible = placements.map(
    (placement): RectPx => visibleCanvasRect(placement) ?? { x: 0, y: 0, w: 0, h: 0 },
  );
  const run = (arrays: readonly Numbers[]): Tensor[] => {
    const features = recipe.taps.map((name, i) => {
      const tap = source.shape(name);
      return tensorOf(arrays[i] as Numbers, [images.length, tap.heightCells, tap.widthCells, tap.channels]);
    });
    const further = (recipe.imageInputs?.(images) ?? []).map(({ data, shape }) =>
      tf.tensor(data, [...shape]),
    );
    const result = model.apply([...features, ...further], { training: false }) as Tensor | Tensor[];
    return Array.isArray(result) ? result : [result];
  };
  const outputs = tf.tidy(() => {
    const own = run(plain);
    if (mirrored === undefined || recipe.mirror === undefined) return own;
    const turned = recipe.mirror.turnBack(run(mirrored));
    return own.map((output, i) => output.add(turned[i] as Tensor).div(2));
  });
  try {
    return recipe.decode(outputs, { ...limits, visible }).map((image, i) => {
      const placement = placements[i] as Placement;
      const detections = image.detections.map((detection) => toImageDetection(placement, detection));
      return { photograph: { ...image, detections }, detections, placement };
    });
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
    ...(sample.ignored && { ignored: sample.ignored }),
  };
}
