/** Which copies a detector plans: they are made on the cores that train, so they may not eat the time they were to make good. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { detectorRecipe } from '../../src/engine/recipes/detector.recipe.ts';
import type { TrainingFacts } from '../../src/engine/recipes/recipe.ts';
import { prepareTask } from '../../src/engine/train/recipe-task.ts';
import { convBackbone } from '../helpers/conv-backbone.ts';

const MS_PER_MINUTE = 60_000;

function plan(trainImages: number, minutes: number | null, parameters: Record<string, unknown> = {}) {
  const ground = { backbone: convBackbone(), canvas: { widthPx: 64, heightPx: 96 }, classes: 2 };
  const facts: TrainingFacts = {
    trainImages,
    boxesPerClass: [trainImages, 1],
    imagesPerClass: [trainImages, 1, 0],
    imageSizes: [],
    seed: 4,
    fastBackend: true,
    budgetMs: minutes === null ? null : minutes * MS_PER_MINUTE,
  };
  const given = detectorRecipe.parameters.parse(parameters);
  const { task } = prepareTask(detectorRecipe, given, ground);
  const { flip, drawn } = detectorRecipe.configure(given, task).planCopies(facts);
  return { flip, drawn };
}

test.each([
  { images: 448, minutes: 1, copies: { flip: false, drawn: 0 } },
  { images: 448, minutes: 3, copies: { flip: true, drawn: 1 } },
  { images: 448, minutes: 10, copies: { flip: true, drawn: 3 } },
  { images: 25, minutes: 1, copies: { flip: true, drawn: 6 } },
  { images: 25, minutes: null, copies: { flip: true, drawn: 2 } },
])('$images photographs in $minutes minutes', ({ images, minutes, copies }) => {
  expect(plan(images, minutes)).toEqual(copies);
});

test('however many photographs and however little time, mirrored and drawn copies take an eighth of it each at most', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 100_000 }),
      fc.double({ min: 0.01, max: 600, noNaN: true }),
      (images, minutes) => {
        const { flip, drawn } = plan(images, minutes);
        const copyMs = 50;
        expect(Math.max(drawn, flip ? 1 : 0) * images * copyMs).toBeLessThanOrEqual(
          (minutes * MS_PER_MINUTE) / 8,
        );
      },
    ),
  );
});

test('copies a person asked for are made, whatever they take', () => {
  expect(plan(448, 0.1, { copies: 3 })).toEqual({ flip: true, drawn: 3 });
  expect(plan(448, 60, { copies: 0, flip: false })).toEqual({ flip: false, drawn: 0 });
});
