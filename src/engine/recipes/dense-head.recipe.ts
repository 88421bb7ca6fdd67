/** Lesson 7's dense head: pooled features, two wide dense layers with batch normalisation and dropout. */
import { z } from 'zod';
import { tf } from '../backends/tf.ts';
import { connectDenseTrunk, denseTrunkShape } from '../parts/dense-trunk.ts';
import { configureImageClass, imageClassShape } from '../parts/image-class.ts';
import { buildTidily, createLayerKit } from '../parts/layer-kit.ts';
import { defineRecipe, findTap } from './recipe.ts';

export const denseHeadRecipe = defineRecipe({
  id: 'dense-head',
  version: 1,
  title: 'Dense head',
  tagline: 'All features and where they lie',
  summary:
    "The class of the whole photograph, from all its features and where they lie: max-pooled, then two dense layers of 512 with batch normalisation and dropout. The lesson's 0.988 of a random split.",
  whenItFails:
    'It tells no boxes. It knows each place of the photograph apart, so it learns where fish usually lie on your boats, and does worse where the camera hangs elsewhere; with few photographs it learns them by heart. Compare it with the pooled features.',
  readingTheNumbers:
    'classAcc is the share of photographs whose class, that of the largest box or "nothing here", is right; logLoss is the mean of −ln of the probability given to the right class: 0 is sure and right, ln of the number of classes is guessing, more is sure and wrong.',
  outputs: ['class'],
  parameters: z.object({
    ...denseTrunkShape,
    ...imageClassShape,
  }),
  create: (settings, task) => {
    const tap = findTap(task, 's32');
    return configureImageClass(settings, task, {
      taps: [tap.name],
      hasClassMap: false,
      precision: settings.precision,
      slowBatchImages: 32,
      build: (random) =>
        buildTidily(() => {
          const kit = createLayerKit(random);
          const features = kit.features(tap);
          const trunk = connectDenseTrunk(kit, { features, tap }, settings);
          const logits = kit.dense(trunk, { name: 'class', units: task.classes + 1, relu: false, gain: 0.1 });
          return tf.model({ name: 'dense-head', inputs: [features], outputs: [logits] });
        }),
    });
  },
});
