/** What the outputs of a model say, so that a file written for other programs gives probabilities and boxes beside raw numbers. */
import type { HeatLevel } from '../parts/heat-targets.ts';

/**
 * One output of a model:
 * `class-logits` `[n, classes + 1]`, the last "nothing here"; `class-map` `[n, h, w, classes + 1]`, the same of each cell;
 * `box-fractions` `[n, 4]`: centre x, centre y, width, height as fractions of the canvas;
 * `centre-map` `[n, h, w, classes + 4]`: logits of a centre, then offset from the cell's middle and ln of the size, in cells.
 */
export type OutputMeaning =
  | { readonly kind: 'class-logits' }
  | { readonly kind: 'class-map' }
  | { readonly kind: 'box-fractions' }
  | { readonly kind: 'centre-map'; readonly level: HeatLevel };
