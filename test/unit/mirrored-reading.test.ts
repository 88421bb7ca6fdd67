/** A detector that reads photographs mirrored too has no left and no right: what it says of a mirror image is the mirror image of what it says. */
import { beforeAll, expect, test } from 'vitest';
import { createRandom } from '../../src/core/random.ts';
import { startWasmBackend } from '../../src/engine/backends/wasm.backend.ts';
import { type TapShape, tapShapes } from '../../src/engine/features/feature-types.ts';
import { detectorRecipe } from '../../src/engine/recipes/detector.recipe.ts';
import { runModel } from '../../src/engine/train/evaluate.ts';
import { prepareTask } from '../../src/engine/train/recipe-task.ts';
import { convBackbone } from '../helpers/conv-backbone.ts';

const canvas = { widthPx: 96, heightPx: 64 };
const image = { id: 'a', hash: 'a', file: 'a.jpg', widthPx: 96, heightPx: 64 };
const facts = {
  trainImages: 100,
  boxesPerClass: [2, 1],
  imagesPerClass: [1, 1, 0],
  imageSizes: [],
  seed: 4,
  fastBackend: true,
  budgetMs: null,
};

beforeAll(async () => {
  await startWasmBackend();
});

function mirrorMap(map: Float32Array, { heightCells, widthCells, channels }: TapShape): Float32Array {
  const out = new Float32Array(map.length);
  for (let y = 0; y < heightCells; y++)
    for (let x = 0; x < widthCells; x++) {
      const from = (y * widthCells + x) * channels;
      out.set(map.subarray(from, from + channels), (y * widthCells + widthCells - 1 - x) * channels);
    }
  return out;
}

test('what it says of a mirror image is the mirror image of what it says', () => {
  const parameters = { width: 8, dropout: 0 };
  const { task, features } = prepareTask(detectorRecipe, parameters, {
    backbone: convBackbone(),
    canvas,
    classes: 2,
  });
  const recipe = detectorRecipe.configure(parameters, task);
  const shapes = tapShapes(features.taps, canvas);
  const shape = (name: string): TapShape => shapes.find((tap) => tap.name === name) as TapShape;
  const random = createRandom(3);
  const plain = recipe.taps.map((name) => {
    const { heightCells, widthCells, channels } = shape(name);
    return Float32Array.from({ length: heightCells * widthCells * channels }, () => random.next());
  });
  const mirrored = plain.map((map, i) => mirrorMap(map, shape(recipe.taps[i] as string)));
  const model = recipe.build({ seed: 2, step: 0 });
  const boxesOf = (maps: { plain: Float32Array[]; mirrored?: Float32Array[] }) =>
    runModel({ model, recipe, source: { shape }, canvas }, maps, [image], {
      minScore: 0.0001,
      maxDetections: 20,
    })
      .flatMap(({ detections }) => detections)
      .map(({ x, y, w, h, classIndex, score }) => [x + w / 2, y, w, h, classIndex, score]);
  const here = boxesOf({ plain, mirrored });
  const there = boxesOf({ plain: mirrored, mirrored: plain });
  expect(here.length).toBeGreaterThan(3);
  expect(there).toHaveLength(here.length);
  there.forEach(([x, ...rest], i) => {
    const [ownX, ...own] = here[i] as number[];
    expect(canvas.widthPx - (x as number)).toBeCloseTo(ownX as number, 2);
    rest.forEach((value, k) => {
      expect(value).toBeCloseTo(own[k] as number, 2);
    });
  });
  // Without the mirrored copy left and right differ: the test would see it.
  expect(boxesOf({ plain })).not.toEqual(here);
  model.dispose();
});

test('reading twice is for those who have asked for quality: minutes, or hundreds of photographs', () => {
  const { task } = prepareTask(detectorRecipe, {}, { backbone: convBackbone(), canvas, classes: 2 });
  const worth = (mirror: string, given: { trainImages?: number; budgetMs?: number }) =>
    detectorRecipe.configure({ mirror }, task).mirror?.isWorth({ ...facts, ...given });
  expect(worth('auto', {})).toBe(false);
  expect(worth('auto', { trainImages: 400 })).toBe(true);
  expect(worth('auto', { budgetMs: 20_000, trainImages: 400 })).toBe(false);
  expect(worth('auto', { budgetMs: 180_000 })).toBe(true);
  expect(worth('always', {})).toBe(true);
  expect(worth('never', { budgetMs: 600_000 })).toBe(false);
});

test('a training of seconds is given a narrow net, which stays with the model; who asks for a width gets it', () => {
  const widthOf = (parameters: Record<string, unknown>, budgetMs: number | null) =>
    detectorRecipe.settle?.(parameters, { ...facts, budgetMs }).width;
  expect(widthOf({}, 7_000)).toBe(64);
  expect(widthOf({}, 60_000)).toBe(256);
  expect(widthOf({}, null)).toBe(256);
  expect(widthOf({ width: 96 }, 7_000)).toBe(96);
});
