/** Every recipe of the list can be asked where it looks: walked from the list, so that a new one is too. */
import { beforeAll, describe, expect, it } from 'vitest';
import { tf } from '../../src/engine/backends/tf.ts';
import { explain } from '../../src/engine/explain/explain.ts';
import { placeImage } from '../../src/engine/features/letterbox.ts';
import { recipes } from '../../src/engine/recipes/list.ts';
import { DrawnFeatures, drawSamples, testCanvas } from '../helpers/drawn-features.ts';

const classes = 2;
const [sample] = drawSamples(1, 3);

beforeAll(async () => {
  await tf.setBackend('cpu');
});

// A recipe that moves the backbone reads the same outputs as the head it begins with.
describe.each(recipes.filter(({ fineTuning }) => fineTuning === undefined))('$id, untrained', (recipe) => {
  it.each(['auto', 'occlusion'] as const)(
    'tells where it looks by %s: a map 0..1 for each class, the padding left out, no tensor left',
    async (method) => {
      if (sample === undefined) throw new Error('A sample was drawn.');
      const source = new DrawnFeatures([sample]);
      const task = { classes, canvas: testCanvas, taps: source.taps };
      const configured = recipe.configure({}, task);
      const model = configured.build({ seed: 1, step: 0 });
      const maps = new Map<string, Float32Array>();
      for (const tap of configured.taps)
        maps.set(tap, await source.read([{ hash: sample.image.hash, variant: 'plain' }], tap));
      // Twice as wide as high: bars above and below, a quarter of the canvas each.
      const image = { ...sample.image, widthPx: 800, heightPx: 400 };
      const placement = placeImage(image, testCanvas);
      const before = tf.memory().numTensors;
      const told = await explain({ model, recipe: configured, task, image, placement, maps }, method);
      expect(tf.memory().numTensors).toBe(before);
      model.dispose();
      const { rows, columns, cellWidthPx, cellHeightPx } = told.grid;
      expect(columns * cellWidthPx).toBeCloseTo(800, 6);
      expect(rows * cellHeightPx).toBeLessThanOrEqual(400 + cellHeightPx);
      expect([classes, classes + 1]).toContain(told.maps.length);
      expect(told.scores).toHaveLength(told.maps.length);
      for (const map of told.maps) {
        expect(map).toHaveLength(rows * columns);
        expect(map.every((value) => value >= 0 && value <= 1)).toBe(true);
      }
    },
  );
});
