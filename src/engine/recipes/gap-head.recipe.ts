/** Lesson 7's quickest net: features averaged over the photograph, then one dense layer. */
import { z } from 'zod';
import { type SymbolicTensor, tf } from '../backends/tf.ts';
import { configureImageClass, imageClassShape } from '../parts/image-class.ts';
import { buildTidily, createLayerKit } from '../parts/layer-kit.ts';
import { defineRecipe, findTap } from './recipe.ts';

export const gapHeadRecipe = defineRecipe({
  id: 'gap-head',
  version: 1,
  title: 'Pooled features',
  tagline: 'Quickest; the one to beat',
  summary:
    'The class of the whole photograph, from features averaged over it and one dense layer. The quickest recipe and the hardest to make learn by heart: the first to try, and the one others must beat.',
  whenItFails:
    'It tells no boxes. A fish that fills little of the photograph is averaged away; take fcn-gmp or the detector there. It learns the boat as gladly as the fish: trust only figures of boats it has not seen.',
  readingTheNumbers:
    'classAcc is the share of photographs whose class, that of the largest box or "nothing here", is right; logLoss is the mean of −ln of the probability given to the right class: 0 is sure and right, ln of the number of classes is guessing, more is sure and wrong.',
  outputs: ['class'],
  parameters: z.object({
    dropout: z
      .number()
      .min(0)
      .max(0.9)
      .default(0)
      .describe('Share of feature channels left out at random while training.'),
    ...imageClassShape,
  }),
  create: (settings, task) => {
    const tap = findTap(task, 's32');
    return configureImageClass(settings, task, {
      taps: [tap.name],
      hasClassMap: false,
      slowBatchImages: 32,
      build: (random) =>
        buildTidily(() => {
          const kit = createLayerKit(random);
          const input = kit.input(tap);
          const pooled = tf.layers.globalAveragePooling2d({ name: 'pool' }).apply(input.scaled);
          // Averages of a whole photograph differ little from one to the next: without this, one layer learns slowly.
          const level = kit.normalize(pooled as SymbolicTensor, 'norm', settings.normalization);
          const dropped = kit.dropChannels(level, 'drop', settings.dropout);
          const logits = kit.dense(dropped, {
            name: 'class',
            units: task.classes + 1,
            relu: false,
            gain: 0.1,
          });
          return tf.model({ name: 'gap-head', inputs: [input.raw], outputs: [logits] });
        }),
    });
  },
});
