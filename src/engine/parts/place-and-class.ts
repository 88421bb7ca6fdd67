/** What the recipes share that tell one fish a photograph, where it is and what it is: settings, loss and suggestion around one net. */
import { z } from 'zod';
import { type Scalar, type Tensor, tf } from '../backends/tf.ts';
import type { RectPx } from '../features/letterbox.ts';
import {
  type CanvasBox,
  type CanvasLine,
  type CanvasSample,
  type ConfiguredRecipe,
  type DecodedImage,
  type DecodeOptions,
  findTap,
  type RecipeTask,
  type TargetArray,
  type TrainingFacts,
} from '../recipes/recipe.ts';
import { buildBoxAndClassHead } from './box-and-class-head.ts';
import { configureImageClass, imageClassShape } from './image-class.ts';
import { maskedSquaredError } from './losses.ts';
import { cutToVisible } from './peaks.ts';

// The net has layer normalisation, which works with three images too.
const { normalization: _normalization, ...sharedShape } = imageClassShape;

/** Settings of every such recipe. Spread into the recipe's own schema. */
export const placeAndClassShape = {
  units: z.number().int().min(8).max(2048).default(256).describe('Width of the two dense layers.'),
  dropout: z
    .number()
    .min(0)
    .max(0.9)
    .default(0.6)
    .describe(
      "The lesson's p: p after the first dense layer, p / 2 after the second, p / 4 before the first.",
    ),
  ...sharedShape,
  schedule: sharedShape.schedule.default('one-cycle'),
  batchImages: sharedShape.batchImages.default(32),
  patience: sharedShape.patience.default(0),
};
export type PlaceAndClassSettings = z.infer<z.ZodObject<typeof placeAndClassShape>>;

/** What each recipe adds: which fish is meant, and what its four numbers say. */
export interface Place {
  /** The recipe's id. */
  readonly name: string;
  /** Of the net's second output, of its targets and of its loss. */
  readonly kind: 'box' | 'line';
  /** Weight of the squared error of the four numbers in canvas pixels, beside the loss of the class. */
  readonly weight: number;
  /** Added to the net's fractions of the canvas: where an untrained net guesses. */
  readonly origin: number;
  readonly slowBatchImages: number;
  /** How often each class is labelled, for its weight; a class left out counts as any other. */
  count(facts: TrainingFacts): readonly number[];
  /** The one fish to learn; null without boxes. */
  choose(boxes: readonly CanvasBox[]): CanvasBox | null;
  /** Four numbers in canvas pixels; undefined where nobody marked them. */
  write(box: CanvasBox): readonly number[] | undefined;
  /** What four numbers in canvas pixels say. */
  read(numbers: readonly number[]): { readonly box: RectPx; readonly line?: CanvasLine };
}

/** A whole recipe around the net of {@link buildBoxAndClassHead}. Throws `features/no-tap`. */
export function configurePlaceAndClass(
  settings: PlaceAndClassSettings,
  task: RecipeTask,
  place: Place,
): ConfiguredRecipe {
  const tap = findTap(task, 's32');
  const shared = configureImageClass({ ...settings, normalization: 'layer' }, task, {
    taps: [tap.name],
    hasClassMap: false,
    slowBatchImages: place.slowBatchImages,
    build: (random) =>
      buildBoxAndClassHead({
        name: place.name,
        place: place.kind,
        tap,
        classes: task.classes,
        units: settings.units,
        dropout: settings.dropout,
        random,
      }),
  });
  return {
    ...shared,
    makeTargets: (samples, facts) => {
      const meant = samples.map((sample) => keepOne(sample, place.choose(sample.boxes)));
      const counted = { ...facts, imagesPerClass: place.count(facts) };
      return { ...shared.makeTargets(meant, counted), ...makePlaceTargets(place, meant) };
    },
    computeLosses: (outputs, targets) => computeLosses(place, task, shared, outputs, targets),
    decode: (outputs, options) => decode(place, task, shared, outputs, options),
  };
}

/** A copy with one of its fish, or none. */
function keepOne(sample: CanvasSample, box: CanvasBox | null): CanvasSample {
  return { ...sample, boxes: box === null ? [] : [box] };
}

/**
 * The place `[n, 4]` in canvas pixels, and `mask` `[n, 1]`: 1 where the fish has one. A photograph that nobody labelled has a class but no
 * place.
 */
function makePlaceTargets(place: Place, samples: readonly CanvasSample[]): Record<string, TargetArray> {
  const numbers = new Float32Array(samples.length * 4);
  const mask = new Float32Array(samples.length);
  samples.forEach(({ boxes: [box], soft }, i) => {
    const own = box === undefined || soft !== undefined ? undefined : place.write(box);
    if (own === undefined) return;
    numbers.set(own, i * 4);
    mask[i] = 1;
  });
  return {
    [place.kind]: { data: numbers, shape: [samples.length, 4] },
    mask: { data: mask, shape: [samples.length, 1] },
  };
}

function computeLosses(
  { kind, weight, origin }: Place,
  { canvas: { widthPx, heightPx } }: RecipeTask,
  shared: ConfiguredRecipe,
  outputs: readonly Tensor[],
  targets: Readonly<Record<string, Tensor>>,
): Record<string, Scalar> {
  return tf.tidy(() => {
    const { total: byClass } = shared.computeLosses(outputs, targets) as { total: Scalar };
    const fractions = outputs[1] as Tensor;
    const inPixels = (origin === 0 ? fractions : fractions.add(origin)).mul(
      tf.tensor1d([widthPx, heightPx, widthPx, heightPx]),
    );
    const byPlace = maskedSquaredError(inPixels, targets[kind] as Tensor, targets.mask as Tensor);
    return { total: byClass.add(byPlace.mul(weight)) as Scalar, class: byClass, [kind]: byPlace };
  });
}

function decode(
  place: Place,
  { classes, canvas: { widthPx, heightPx } }: RecipeTask,
  shared: ConfiguredRecipe,
  outputs: readonly Tensor[],
  options: DecodeOptions,
): DecodedImage[] {
  const fractions = (outputs[1] as Tensor).dataSync();
  return shared.decode(outputs, options).map(({ imageProbabilities }, i) => {
    const probabilities = (imageProbabilities ?? []).slice(0, classes);
    const score = Math.max(...probabilities);
    const numbers = Array.from(
      fractions.subarray(i * 4, i * 4 + 4),
      (fraction, k) => (fraction + place.origin) * (k % 2 === 0 ? widthPx : heightPx),
    );
    const { box, ...line } = place.read(numbers);
    const seen = cutToVisible(box, options.visible[i] ?? { x: 0, y: 0, w: 0, h: 0 });
    const shown = seen !== null && score >= options.minScore && options.maxDetections > 0;
    const detection = { classIndex: probabilities.indexOf(score), score, probabilities, ...line };
    return { detections: shown ? [{ ...seen, ...detection }] : [], imageProbabilities };
  });
}
