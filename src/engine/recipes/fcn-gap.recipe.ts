/** Lesson 7's fully convolutional net: convolutions and pooling down to one coarse map a class, averaged. */
import { defineFullyConvolutional } from '../parts/fully-convolutional.ts';

export const fcnGapRecipe = defineFullyConvolutional(
  {
    id: 'fcn-gap',
    version: 1,
    title: 'Fully convolutional',
    tagline: 'Shows where it looked',
    summary:
      'The class of the whole photograph from convolutions alone: three of 128 filters with batch normalisation and pooling, then one coarse map a class, averaged. Shows where it looked, without ever being shown a box.',
    whenItFails:
      'It tells no boxes. A very small fish is averaged away; take fcn-gmp. Its map has cells of an eighth of the finest it could have: take fcn-fine to see where. Slower than the heads on pooled features.',
    readingTheNumbers:
      'classAcc is the share of photographs whose class, that of the largest box or "nothing here", is right; logLoss is the mean of −ln of the probability given to the right class: 0 is sure and right, ln of the number of classes is guessing, more is sure and wrong. Where the class map is high, the model saw that class; it was only ever taught one word a photograph.',
  },
  { pooled: true, verdict: 'average', slowBatchImages: 8 },
);
