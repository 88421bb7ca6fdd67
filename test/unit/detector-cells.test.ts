/** Learning from chosen cells is learning from whole maps: where every cell is chosen, the losses are the same. */
import { beforeAll, expect, test } from 'vitest';
import { createRandom } from '../../src/core/random.ts';
import { type Numbers, tensorOf } from '../../src/engine/backends/half-tensor.ts';
import { type Tensor, tf } from '../../src/engine/backends/tf.ts';
import { startWasmBackend } from '../../src/engine/backends/wasm.backend.ts';
import { type TapShape, tapLength, tapShapes } from '../../src/engine/features/feature-types.ts';
import { halfToFloat } from '../../src/engine/features/half.ts';
import { makeRoom } from '../../src/engine/features/read-maps.ts';
import { detectorRecipe } from '../../src/engine/recipes/detector.recipe.ts';
import { detectorFineRecipe } from '../../src/engine/recipes/detector-fine.recipe.ts';
import type { CanvasSample, InputArray, Recipe, TargetArray } from '../../src/engine/recipes/recipe.ts';
import { prepareTask } from '../../src/engine/train/recipe-task.ts';
import { convBackbone } from '../helpers/conv-backbone.ts';

/** So small that a step looks at every cell. */
const canvas = { widthPx: 64, heightPx: 96 };
const facts = {
  trainImages: 2,
  boxesPerClass: [2, 1],
  imagesPerClass: [1, 1, 0],
  imageSizes: [],
  seed: 4,
  fastBackend: true,
  budgetMs: null,
};
const visible = { x: 0, y: 0, w: 64, h: 96 };
const samples: CanvasSample[] = [
  {
    boxes: [
      { x: 4, y: 8, w: 30, h: 20, classIndex: 0 },
      { x: 0, y: 20, w: 64, h: 70, classIndex: 1 },
    ],
    ignored: [{ x: 40, y: 0, w: 24, h: 16 }],
    visible,
  },
  { boxes: [{ x: 30, y: 60, w: 25, h: 28, classIndex: 0 }], ignored: [], visible },
];

beforeAll(async () => {
  await startWasmBackend();
});

/** A recipe of two classes on the small canvas, and the taps it may read. */
function prepare(recipe: Recipe, parameters: Record<string, unknown>) {
  const { task, features } = prepareTask(recipe, parameters, {
    backbone: convBackbone(),
    canvas,
    classes: 2,
  });
  return { configured: recipe.configure(parameters, task), shapes: tapShapes(features.taps, canvas) };
}

const toTensor = ({ data, shape }: InputArray): Tensor => tensorOf(data, shape);
const toTensors = (targets: Record<string, TargetArray>): Record<string, Tensor> =>
  Object.fromEntries(Object.entries(targets).map(([name, target]) => [name, toTensor(target)]));

test.each([
  { recipe: detectorRecipe, near: 1 },
  { recipe: detectorRecipe, near: 2 },
  { recipe: detectorFineRecipe, near: 1 },
  { recipe: detectorFineRecipe, near: 2 },
])('losses of all cells are those of whole maps: $recipe.id that looks $near far', ({ recipe, near }) => {
  const parameters = { width: 8, dropout: 0, near };
  const { configured, shapes } = prepare(recipe, parameters);
  const random = createRandom(9);
  const maps = configured.taps.map((name) => {
    const tap = shapes.find((shape) => shape.name === name) as TapShape;
    const length = samples.length * tap.heightCells * tap.widthCells * tap.channels;
    return { tap, data: Float32Array.from({ length }, () => random.next()) };
  });
  const model = configured.build({ seed: 2, step: 0 });
  const losses = tf.tidy(() => {
    const whole = model.apply(
      maps.map(({ tap, data }) =>
        tf.tensor(data, [samples.length, tap.heightCells, tap.widthCells, tap.channels]),
      ),
    ) as Tensor[];
    const { inputs, targets } = configured.cells?.cut(maps, samples, facts, createRandom(1), (_, length) =>
      new Float32Array(length).fill(7),
    ) ?? {
      inputs: [],
      targets: {},
    };
    const cells = configured.cells?.apply(model, inputs.map(toTensor)) ?? [];
    return [
      configured.computeLosses(whole, toTensors(configured.makeTargets(samples, facts))),
      configured.computeLosses(cells, toTensors(targets)),
    ].map((parts) =>
      Object.entries(parts).map(([name, value]) => [name, value.dataSync()[0] as number] as const),
    );
  });
  const [whole, cells] = losses.map((parts) => Object.fromEntries(parts));
  expect(Object.keys(cells ?? {})).toEqual(['total', 'heat', 'box', 'offset']);
  for (const [name, value] of Object.entries(whole ?? {})) expect(cells?.[name], name).toBeCloseTo(value, 3);
  model.dispose();
});

test('cells cut out of half floats, as they are stored, are those cut out of floats, number for number', () => {
  const parameters = { width: 8, dropout: 0, near: 2 };
  const { configured, shapes } = prepare(detectorRecipe, parameters);
  const random = createRandom(4);
  const stored = configured.taps.map((name) => {
    const tap = shapes.find((shape) => shape.name === name) as TapShape;
    // Bits below 0x7c00 are finite numbers of either kind, the very small ones too.
    return {
      tap,
      data: Uint16Array.from({ length: samples.length * tapLength(tap) }, () => random.int(0x7c00)),
    };
  });
  const floats = stored.map(({ tap, data }) => {
    const unpacked = new Float32Array(data.length);
    halfToFloat(data, unpacked);
    return { tap, data: unpacked };
  });
  const cut = (maps: readonly { tap: TapShape; data: Numbers }[]): Float32Array[] =>
    tf.tidy(() =>
      (
        configured.cells?.cut(maps, samples, facts, createRandom(1), (_, length, kind) =>
          makeRoom(length, kind),
        ).inputs ?? []
      ).map((input) => toTensor(input).dataSync<'float32'>()),
    );
  const [fromHalves, fromFloats] = [cut(stored), cut(floats)];
  expect(fromHalves.length).toBeGreaterThan(0);
  fromHalves.forEach((input, i) => {
    expect(
      Buffer.compare(Buffer.from(input.buffer), Buffer.from((fromFloats[i] as Float32Array).buffer)),
    ).toBe(0);
  });
});
