/** The import option of every format that carries scores. */
import { z } from 'zod';

/** Boxes whose score (0..1) is below it are left out and counted. `initial`: what holds when nobody chooses. */
export const scoreCut = (description: string, { initial = 0, example = 0.3 } = {}) =>
  z
    .number()
    .min(0)
    .max(1)
    .default(initial)
    .meta({ description, examples: [example] });
