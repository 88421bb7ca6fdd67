/** Running a model on the features of one photograph, whole or changed, and reading how much it says of each class. */
import { type Tensor, tf } from '../backends/tf.ts';
import { type TapShape, tapLength } from '../features/feature-types.ts';
import { visibleCanvasRect } from '../features/letterbox.ts';
import { type DecodedImage, type FrameView, findTap } from '../recipes/recipe.ts';
import { findVisibleCells, forEachCell } from './grid.ts';
import type { Explained } from './method.ts';

/** The taps of the recipe, in the order of the model's inputs. */
export function listTaps({ recipe, task }: Pick<Explained, 'recipe' | 'task'>): TapShape[] {
  return recipe.taps.map((name) => findTap(task, name));
}

/**
 * Inputs of the model for `copies` of the photograph: `features[i]` holds the maps of tap i, one copy behind the other. A recipe that
 * sees frames takes the photograph for a clip that stands still.
 */
export function makeInputs(
  explained: Explained,
  features: readonly Float32Array[],
  copies: number,
): Tensor[] {
  const { recipe, image } = explained;
  const further = recipe.imageInputs?.(Array.from({ length: copies }, () => image)) ?? [];
  return [
    ...listTaps(explained).map((tap, i) => {
      const maps = features[i] ?? new Float32Array(0);
      const shape = [copies, tap.heightCells, tap.widthCells, tap.channels];
      return recipe.frames === undefined
        ? tf.tensor(maps, shape)
        : standStill(recipe.frames, tap, maps, copies);
    }),
    ...further.map(({ data, shape }) => tf.tensor(data, [...shape])),
  ];
}

function standStill(view: FrameView, tap: TapShape, maps: Float32Array, copies: number): Tensor {
  const windows = new Float32Array(copies * view.count * tap.channels);
  for (let n = 0; n < copies; n++) {
    const frame = view.pool(maps.subarray(n * tapLength(tap), (n + 1) * tapLength(tap)), tap);
    for (let t = 0; t < view.count; t++) windows.set(frame, (n * view.count + t) * tap.channels);
  }
  return tf.tensor(windows, [copies, view.count, 1, tap.channels]);
}

/** The maps of the photograph, one array a tap. */
export function readMaps(explained: Explained): Float32Array[] {
  return listTaps(explained).map((tap) => explained.maps.get(tap.name) ?? new Float32Array(tapLength(tap)));
}

/** The mean feature of the cells that show photograph, a value a channel: padding is not what a photograph looks like. */
export function meanVisible({ placement }: Explained, tap: TapShape, map: Float32Array): Float32Array {
  const window = findVisibleCells(placement, tap);
  const mean = new Float32Array(tap.channels);
  const cells = window.rows * window.columns;
  forEachCell(window, tap.widthCells, (cell) => {
    for (let c = 0; c < tap.channels; c++)
      mean[c] = (mean[c] ?? 0) + (map[cell * tap.channels + c] ?? 0) / cells;
  });
  return mean;
}

/** The model's outputs, in a list. */
export function applyModel(explained: Explained, inputs: readonly Tensor[]): Tensor[] {
  const result = explained.model.apply([...inputs], { training: false }) as Tensor | Tensor[];
  return Array.isArray(result) ? result : [result];
}

/** How much the model says of each class of each copy, 0..1; "nothing here" last where the recipe knows it. */
export function scoreCopies(
  explained: Explained,
  features: readonly Float32Array[],
  copies: number,
): number[][] {
  const { recipe, placement, task } = explained;
  const visible = visibleCanvasRect(placement) ?? { x: 0, y: 0, w: 0, h: 0 };
  const outputs = tf.tidy(() => applyModel(explained, makeInputs(explained, features, copies)));
  try {
    const decoded = recipe.decode(outputs, {
      minScore: 0,
      maxDetections: 100,
      visible: Array.from({ length: copies }, () => visible),
    });
    return decoded.map((image) => scoreClasses(image, task.classes));
  } finally {
    tf.dispose(outputs);
  }
}

/** Probabilities of the whole image where the recipe tells them, else the score of the surest fish of each class. */
function scoreClasses({ imageProbabilities, detections }: DecodedImage, classes: number): number[] {
  if (imageProbabilities !== null) return [...imageProbabilities];
  const scores = new Array<number>(classes).fill(0);
  for (const { classIndex, score } of detections)
    scores[classIndex] = Math.max(scores[classIndex] ?? 0, score);
  return scores;
}
