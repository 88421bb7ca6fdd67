/** The setting of every recipe whose training convolves on whole maps or multiplies wide layers. */
import { z } from 'zod';
import { type Precision, precisions } from '../backends/native-half.ts';

/** How exactly convolutions and wide dense layers multiply; `initial` where nobody chooses. */
export const precisionShape = (initial: Precision) => ({
  precision: z
    .enum(precisions)
    .default(initial)
    .describe(
      'How exactly convolutions and wide layers multiply in training. bfloat16 rounds what is multiplied to three decimal digits and takes about half the time on native TensorFlow with a processor that has such products; elsewhere it changes nothing.',
    ),
});
