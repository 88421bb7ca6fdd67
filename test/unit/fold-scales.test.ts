/** A model that only suggests says the same without its scales: those that convolutions read are in their kernels, others stay. */
import { beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../src/core/random.ts';
import { type LayersModel, type Tensor, tf } from '../../src/engine/backends/tf.ts';
import { startWasmBackend } from '../../src/engine/backends/wasm.backend.ts';
import { type TapShape, tapLength, tapShapes } from '../../src/engine/features/feature-types.ts';
import { ChannelScale } from '../../src/engine/parts/channel-scale.layer.ts';
import { denseHeadRecipe } from '../../src/engine/recipes/dense-head.recipe.ts';
import { detectorRecipe } from '../../src/engine/recipes/detector.recipe.ts';
import type { Recipe } from '../../src/engine/recipes/recipe.ts';
import { foldScales } from '../../src/engine/train/fold-scales.ts';
import { prepareTask } from '../../src/engine/train/recipe-task.ts';
import { convBackbone } from '../helpers/conv-backbone.ts';

const canvas = { widthPx: 96, heightPx: 64 };

beforeAll(async () => {
  await startWasmBackend();
});

/** A net with scales far from one, and maps for it to read. */
function prepare(
  recipe: Recipe,
  parameters: Record<string, unknown>,
): { model: LayersModel; inputs: Tensor[] } {
  const { task, features } = prepareTask(recipe, parameters, {
    backbone: convBackbone(),
    canvas,
    classes: 2,
  });
  const configured = recipe.configure(parameters, task);
  const model = configured.build({ seed: 3, step: 0 });
  const random = createRandom(8);
  const shapes = tapShapes(features.taps, canvas);
  for (const layer of model.layers) {
    if (!(layer instanceof ChannelScale)) continue;
    const [scale] = layer.getWeights();
    const values = Float32Array.from({ length: scale?.size ?? 0 }, () => random.range(0.05, 20));
    tf.tidy(() => layer.setWeights([tf.tensor1d(values)]));
  }
  const inputs = configured.taps.map((name) => {
    const tap = shapes.find((shape) => shape.name === name) as TapShape;
    const values = Float32Array.from({ length: 2 * tapLength(tap) }, () => random.next());
    return tf.tensor(values, [2, tap.heightCells, tap.widthCells, tap.channels]);
  });
  return { model, inputs };
}

const say = (model: LayersModel, inputs: readonly Tensor[]): Float32Array[] =>
  tf.tidy(() =>
    [model.apply([...inputs], { training: false }) as Tensor | Tensor[]]
      .flat()
      .map((output) => output.dataSync<'float32'>()),
  );

describe('scales of a model that only suggests', () => {
  it.each([
    { recipe: detectorRecipe, parameters: { width: 8 }, folds: true },
    { recipe: denseHeadRecipe, parameters: { units: 8 }, folds: false },
  ])('$recipe.id says the same', ({ recipe, parameters, folds }) => {
    const { model, inputs } = prepare(recipe, parameters);
    const before = say(model, inputs);
    const tensors = tf.memory().numTensors;
    foldScales(model);
    expect(tf.memory().numTensors).toBe(tensors);
    const scaled = model.layers.filter((layer) => layer instanceof ChannelScale);
    expect(scaled.length).toBeGreaterThan(0);
    for (const layer of scaled) {
      const left = tf.tidy(() =>
        layer.call(tf.ones(layer.getWeights()[0]?.shape ?? [])).dataSync<'float32'>(),
      );
      expect(left.every((value) => value === 1)).toBe(folds);
    }
    say(model, inputs).forEach((output, i) => {
      const expected = before[i] as Float32Array;
      const size = Math.max(...expected.map(Math.abs));
      output.forEach((value, at) => {
        if (!(Math.abs(value - (expected[at] as number)) <= 1e-5 * size))
          throw new Error(`output ${i} at ${at}: ${value} instead of ${expected[at]}`);
      });
    });
    tf.dispose(inputs);
    model.dispose();
  });
});
