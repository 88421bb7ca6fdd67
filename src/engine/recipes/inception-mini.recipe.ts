/** Lesson 7's "world's tiniest" Inception net: three blocks that look at several scales at once. */
import { z } from 'zod';
import { type SymbolicTensor, tf } from '../backends/tf.ts';
import { connectClassMap } from '../parts/fully-convolutional.ts';
import { configureImageClass, imageClassShape } from '../parts/image-class.ts';
import { buildTidily, createLayerKit, type LayerKit, type Normalization } from '../parts/layer-kit.ts';
import { defineRecipe, findTap } from './recipe.ts';

export const inceptionMiniRecipe = defineRecipe({
  id: 'inception-mini',
  version: 1,
  title: 'Small Inception net',
  tagline: 'Fish near and far',
  summary:
    'The class of the whole photograph from three blocks that each look at several scales side by side: 1×1, 5×5, two 3×3 and a pooled branch. For photographs where the same kind of fish comes near and far.',
  whenItFails:
    'It tells no boxes. The lesson found it a little behind the plain fully convolutional net (0.964 to 0.968 against 0.976), and its many small layers gain least from a fast machine. With few photographs take the pooled features.',
  readingTheNumbers:
    'classAcc is the share of photographs whose class, that of the largest box or "nothing here", is right; logLoss is the mean of −ln of the probability given to the right class: 0 is sure and right, ln of the number of classes is guessing, more is sure and wrong. Its class map is coarse: an eighth of the features each way.',
  outputs: ['class', 'heatmap'],
  parameters: z.object({
    width: z
      .number()
      .int()
      .min(4)
      .max(256)
      .default(32)
      .describe('Filters of the 1×1 branch of each block; the other branches keep their proportion to it.'),
    dropout: z
      .number()
      .min(0)
      .max(0.9)
      .default(0.5)
      .describe('Share of channels left out at random before the class map.'),
    ...imageClassShape,
  }),
  create: (settings, task) => {
    const tap = findTap(task, 's16');
    return configureImageClass(settings, task, {
      taps: [tap.name],
      hasClassMap: true,
      slowBatchImages: 8,
      build: (random) =>
        buildTidily(() => {
          const kit = createLayerKit(random);
          const input = kit.input(tap);
          let x = input.scaled;
          for (const name of ['block-1', 'block-2', 'block-3'])
            x = connectBlock(kit, x, { name, ...settings });
          const outputs = connectClassMap(kit, x, {
            classes: task.classes,
            dropout: settings.dropout,
            verdict: 'average',
          });
          return tf.model({ name: 'inception-mini', inputs: [input.raw], outputs });
        }),
    });
  },
});

/** Four branches, each halving the map, side by side: `[n, h, w, c]` to `[n, ⌈h / 2⌉, ⌈w / 2⌉, 4 · width]` (32 + 32 + 48 + 16 for 32). */
function connectBlock(
  kit: LayerKit,
  x: SymbolicTensor,
  o: { readonly name: string; readonly width: number; readonly normalization: Normalization },
): SymbolicTensor {
  const conv = (from: SymbolicTensor, name: string, share: number, kernel: 1 | 3 | 5, stride: 1 | 2) => {
    const filters = Math.max(1, Math.round(o.width * share));
    const active = kit.conv(from, { name: `${o.name}-${name}`, filters, kernel, stride, relu: true });
    return kit.normalize(active, `${o.name}-${name}-norm`, o.normalization);
  };
  const average = tf.layers.averagePooling2d({
    name: `${o.name}-average`,
    poolSize: [3, 3],
    strides: [2, 2],
    padding: 'same',
  });
  const branches = [
    conv(x, 'one', 1, 1, 2),
    conv(conv(x, 'five-in', 0.75, 1, 1), 'five', 1, 5, 2),
    conv(conv(conv(x, 'three-in', 1, 1, 1), 'three-1', 1.5, 3, 1), 'three-2', 1.5, 3, 2),
    conv(average.apply(x) as SymbolicTensor, 'pooled', 0.5, 1, 1),
  ];
  return tf.layers.concatenate({ name: `${o.name}-out` }).apply(branches) as SymbolicTensor;
}
