/** Lesson 7's fully convolutional net without pooling: a class map as fine as the features. */
import { defineFullyConvolutional } from '../parts/fully-convolutional.ts';

export const fcnFineRecipe = defineFullyConvolutional(
  {
    id: 'fcn-fine',
    version: 1,
    title: 'Fully convolutional, fine map',
    tagline: 'A finer map of where it looked',
    summary:
      'The fully convolutional net without its pooling: a class map as fine as the features, one cell for sixteen canvas pixels. For seeing where, when no boxes were drawn.',
    whenItFails:
      'It tells no boxes. Twice to four times the work of fcn-gap, and a little less right in the lesson (0.952 against 0.976): each cell sees less around itself. Where only the class matters take fcn-gap.',
    readingTheNumbers:
      'classAcc is the share of photographs whose class, that of the largest box or "nothing here", is right; logLoss is the mean of −ln of the probability given to the right class: 0 is sure and right, ln of the number of classes is guessing, more is sure and wrong. Where the class map is high, the model saw that class; its cells are an eighth of the width of those of fcn-gap.',
  },
  { pooled: false, verdict: 'average', slowBatchImages: 4 },
);
