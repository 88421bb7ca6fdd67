/** Lesson 7's leak, on purpose: the dense head with the photograph's pixel size as a second input. */
import { z } from 'zod';
import { type SymbolicTensor, tf } from '../backends/tf.ts';
import { connectDenseTrunk, denseTrunkShape } from '../parts/dense-trunk.ts';
import { configureImageClass, imageClassShape } from '../parts/image-class.ts';
import { connectSizeOneHot, setKnownSizes, writeSizeInput } from '../parts/image-size.ts';
import { buildTidily, createLayerKit } from '../parts/layer-kit.ts';
import { defineRecipe, findTap } from './recipe.ts';

export const metadataHeadRecipe = defineRecipe({
  id: 'metadata-head',
  version: 1,
  title: 'Dense head with image size',
  tagline: 'Is told the image size: a test',
  summary:
    'The dense head that is also told the pixel size of the photograph. The size tells the camera, the camera the boat, and the boat what it fishes: train it beside the dense head to see how much of a score is the boat.',
  whenItFails:
    'On boats it has not seen: their sizes tell it nothing, or the wrong thing. Better than the dense head on a random split and no better on a grouped one means that the scores of the random split are not of fish. It tells no boxes.',
  readingTheNumbers:
    'As the dense head: classAcc is the share of photographs whose class is right, logLoss the mean of −ln of the probability given to the right class. What counts is the difference to the dense head on the same split: that is what the size alone gives away.',
  outputs: ['class'],
  parameters: z.object({
    ...denseTrunkShape,
    sizes: z
      .number()
      .int()
      .min(1)
      .max(1024)
      .default(64)
      .describe(
        'How many different pixel sizes are told apart, the commonest first; any other counts as unknown.',
      ),
    ...imageClassShape,
  }),
  create: (settings, task) => {
    const tap = findTap(task, 's32');
    return configureImageClass(settings, task, {
      taps: [tap.name],
      hasClassMap: false,
      slowBatchImages: 32,
      imageInputs: (images) => [writeSizeInput(images)],
      prepare: (model, facts) => setKnownSizes(model, facts.imageSizes),
      build: (random) =>
        buildTidily(() => {
          const kit = createLayerKit(random);
          const features = kit.features(tap);
          const size = connectSizeOneHot(settings.sizes);
          const trunk = connectDenseTrunk(kit, { features, tap }, settings);
          const level = kit.normalize(size.oneHot, 'image-size-norm', settings.normalization);
          const both = tf.layers.concatenate({ name: 'with-size' }).apply([trunk, level]) as SymbolicTensor;
          const logits = kit.dense(both, { name: 'class', units: task.classes + 1, relu: false, gain: 0.1 });
          return tf.model({ name: 'metadata-head', inputs: [features, size.raw], outputs: [logits] });
        }),
    });
  },
});
