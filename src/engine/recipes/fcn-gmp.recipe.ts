/** The fully convolutional net judged by its strongest cell instead of the average: for small fish, as lesson 7 suggests. */
import { defineFullyConvolutional } from '../parts/fully-convolutional.ts';

export const fcnGmpRecipe = defineFullyConvolutional(
  {
    id: 'fcn-gmp',
    version: 1,
    title: 'Fully convolutional, strongest cell',
    tagline: 'For one small fish',
    summary:
      'The fully convolutional net that judges by the strongest cell of each class map instead of the average: one small fish is enough to be seen, as the lesson suggests for tiny objects.',
    whenItFails:
      'It tells no boxes. One misleading cell is enough too: it is surer of what is not there than fcn-gap. Each photograph teaches one cell a class, so it learns more slowly.',
    readingTheNumbers:
      'classAcc is the share of photographs whose class, that of the largest box or "nothing here", is right; logLoss is the mean of −ln of the probability given to the right class: 0 is sure and right, ln of the number of classes is guessing, more is sure and wrong. The cell where the class map is highest is the one that decided.',
  },
  { pooled: true, verdict: 'max', slowBatchImages: 8 },
);
