/** Lesson 7's leak, on purpose: the dense head with the photograph's pixel size, and any imported column, as a second input. */
import { z } from 'zod';
import { type SymbolicTensor, tf } from '../backends/tf.ts';
import { connectDenseTrunk, denseTrunkShape } from '../parts/dense-trunk.ts';
import { configureImageClass, imageClassShape } from '../parts/image-class.ts';
import {
  columnCodeSchema,
  countColumnInputs,
  learnColumns,
  writeColumnInput,
} from '../parts/image-columns.ts';
import { connectSizeOneHot, setKnownSizes, writeSizeInput } from '../parts/image-size.ts';
import { buildTidily, createLayerKit } from '../parts/layer-kit.ts';
import { defineRecipe, findTap } from './recipe.ts';

export const metadataHeadRecipe = defineRecipe({
  id: 'metadata-head',
  version: 1,
  title: 'Dense head with image size',
  tagline: 'Is told the image size: a test',
  summary:
    'The dense head that is also told the pixel size of the photograph, and any imported columns that are named. The size tells the camera, the camera the boat, and the boat what it fishes: train it beside the dense head to see how much of a score is the boat.',
  whenItFails:
    'On boats it has not seen: their sizes tell it nothing, or the wrong thing. Better than the dense head on a random split and no better on a grouped one means that the scores of the random split are not of fish. It tells no boxes.',
  readingTheNumbers:
    'As the dense head: classAcc is the share of photographs whose class is right, logLoss the mean of −ln of the probability given to the right class. What counts is the difference to the dense head on the same split: that is what the size (or the columns) alone give away.',
  outputs: ['class'],
  parameters: z.object({
    ...denseTrunkShape,
    sizes: z
      .number()
      .int()
      .min(0)
      .max(1024)
      .default(64)
      .describe(
        'How many different pixel sizes are told apart, the commonest first; any other counts as unknown. 0: the size is not told.',
      ),
    columns: z
      .string()
      .max(2000)
      .default('')
      .describe('Imported columns it is told, with commas between their names; * for all. Empty: none.'),
    columnCodes: z
      .array(columnCodeSchema)
      .default([])
      .describe('How each column is read; the studio decides it from the training photographs.'),
    ...imageClassShape,
  }),
  settle: (settings, { metadata = [] }) => ({
    ...settings,
    columnCodes: learnColumns(settings.columns, metadata),
  }),
  create: (settings, task) => {
    const tap = findTap(task, 's32');
    const { sizes, columnCodes: codes } = settings;
    const width = countColumnInputs(codes);
    return configureImageClass(settings, task, {
      taps: [tap.name],
      hasClassMap: false,
      precision: settings.precision,
      slowBatchImages: 32,
      imageInputs: (images) => [
        ...(sizes > 0 ? [writeSizeInput(images)] : []),
        ...(width > 0 ? [writeColumnInput(codes, images)] : []),
      ],
      prepare: (model, facts) => {
        if (sizes > 0) setKnownSizes(model, facts.imageSizes);
      },
      build: (random) =>
        buildTidily(() => {
          const kit = createLayerKit(random);
          const features = kit.features(tap);
          const trunk = connectDenseTrunk(kit, { features, tap }, settings);
          const level = (input: SymbolicTensor, name: string): SymbolicTensor =>
            kit.normalize(input, name, settings.normalization);
          const size = sizes > 0 ? connectSizeOneHot(sizes) : undefined;
          const columns = width > 0 ? tf.input({ shape: [width], name: 'image-columns' }) : undefined;
          const told = [
            ...(size === undefined ? [] : [level(size.oneHot, 'image-size-norm')]),
            ...(columns === undefined ? [] : [level(columns, 'image-columns-norm')]),
          ];
          const both =
            told.length === 0
              ? trunk
              : (tf.layers.concatenate({ name: 'with-size' }).apply([trunk, ...told]) as SymbolicTensor);
          const logits = kit.dense(both, { name: 'class', units: task.classes + 1, relu: false, gain: 0.1 });
          const inputs = [
            features,
            ...(size === undefined ? [] : [size.raw]),
            ...(columns === undefined ? [] : [columns]),
          ];
          return tf.model({ name: 'metadata-head', inputs, outputs: [logits] });
        }),
    });
  },
});
