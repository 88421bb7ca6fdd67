/** Lesson 6's recurrent nets over the frames of a clip: what was seen before helps to say what is seen now. */
import { z } from 'zod';
import { type SymbolicTensor, tf } from '../backends/tf.ts';
import type { TapShape } from '../features/feature-types.ts';
import { clipKinds, cutClips, frameOrders } from '../parts/clips.ts';
import { configureImageClass, imageClassShape } from '../parts/image-class.ts';
import { buildTidily, createLayerKit } from '../parts/layer-kit.ts';
import { connectRecurrent, recurrentKinds } from '../parts/recurrent-layer.ts';
import { defineRecipe, type FrameView, findTap } from './recipe.ts';

const parameters = z.object({
  cell: z
    .enum(recurrentKinds)
    .default('gru')
    .describe(
      'The recurrent cell: simple as in lesson 6, GRU (gates that keep or reset what is remembered) or LSTM (a memory of its own).',
    ),
  frames: z
    .number()
    .int()
    .min(1)
    .max(64)
    .default(8)
    .describe(
      'Frames a window: the photograph that is judged and those before it. 1: each photograph alone.',
    ),
  clipBy: z
    .enum(clipKinds)
    .default('folder')
    .describe('What belongs to one clip: the photographs of a folder, or those of a group (boat, camera).'),
  orderBy: z
    .enum(frameOrders)
    .default('name')
    .describe(
      'Order of the frames of a clip: by file name, numbers in it counted, or by the time they were taken (by name where one has no time).',
    ),
  pooling: z
    .enum(['average', 'max'])
    .default('average')
    .describe(
      'What is kept of each frame: the average of each feature over the photograph or, for fish that fill little of it, its largest value.',
    ),
  units: z.number().int().min(4).max(1024).default(128).describe('Numbers the net can remember.'),
  dropout: z
    .number()
    .min(0)
    .max(0.9)
    .default(0.25)
    .describe(
      'Share of feature channels left out at random while training, the same ones in all frames of a window.',
    ),
  ...imageClassShape,
  // All frames of all clips are computed again for each copy: only where it is asked for.
  copies: imageClassShape.copies.default(0),
});

export const clipSequenceRecipe = defineRecipe({
  id: 'clip-sequence',
  version: 1,
  title: 'Frames of a clip',
  tagline: 'Judged with the frames before',
  summary:
    'The class of each photograph of a clip or track, judged with the frames before it by a recurrent net (SimpleRNN, GRU or LSTM) over averaged features. For ordered frames of one camera, where a fish that is hidden now was plain to see a moment ago.',
  whenItFails:
    'Photographs that do not follow each other: then the frames before say nothing, and gap-head learns the same with less. It tells no boxes. Frames that lie far apart in time, or folders that mix cameras, make windows that mean nothing; see how clips are cut.',
  readingTheNumbers:
    'classAcc is the share of photographs whose class, that of their own largest box or "nothing here", is right; logLoss is the mean of −ln of the probability given to the right class: 0 is sure and right, ln of the number of classes is guessing, more is sure and wrong. Neighbouring frames look alike: only a grouped division, which keeps clips whole, says how it does on a clip it has not seen.',
  outputs: ['class'],
  seesNeighbours: true,
  parameters,
  create: (settings, task) => {
    const tap = findTap(task, 's32');
    const frames: FrameView = {
      count: settings.frames,
      pooling: settings.pooling,
      cutClips: (images) => cutClips(images, settings),
      pool: (map, shape) => poolMap(map, shape, settings.pooling),
    };
    const configured = configureImageClass(settings, task, {
      taps: [tap.name],
      hasClassMap: false,
      slowBatchImages: 64,
      build: (random) =>
        buildTidily(() => {
          const kit = createLayerKit(random);
          const input = kit.input({ ...tap, heightCells: settings.frames, widthCells: 1 });
          const dropped = kit.dropChannels(input.scaled, 'frames-drop', settings.dropout);
          const row = tf.layers
            .reshape({ name: 'frames', targetShape: [settings.frames, tap.channels] })
            .apply(dropped) as SymbolicTensor;
          const state = connectRecurrent(row, {
            name: 'recurrent',
            kind: settings.cell,
            units: settings.units,
            random,
          });
          const level = kit.normalize(state, 'norm', settings.normalization);
          const logits = kit.dense(level, { name: 'class', units: task.classes + 1, relu: false, gain: 0.1 });
          return tf.model({ name: 'clip-sequence', inputs: [input.raw], outputs: [logits] });
        }),
    });
    return {
      ...configured,
      frames,
      // Another zoom or place in each frame would be a camera that jumps.
      planCopies: (facts) => ({ ...configured.planCopies(facts), alike: true }),
    };
  },
});

/** One number a channel of a map `[heightCells, widthCells, channels]`. */
function poolMap(map: Float32Array, { channels }: TapShape, pooling: 'average' | 'max'): Float32Array {
  const out = new Float32Array(channels).fill(pooling === 'max' ? Number.NEGATIVE_INFINITY : 0);
  const cells = map.length / channels;
  for (let i = 0; i < map.length; i++) {
    const c = i % channels;
    const value = map[i] as number;
    out[c] = pooling === 'max' ? Math.max(out[c] as number, value) : (out[c] as number) + value / cells;
  }
  return out;
}
