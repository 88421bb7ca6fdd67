/** Augmentation: copies of each training photograph, drawn with another place, size, colour and turn. Every recipe has these settings. */
import { z } from 'zod';
import { DEFAULT_RANGE } from '../features/variants.ts';
import type { CopyPlan } from '../recipes/recipe.ts';

/** How widely copies are drawn, however many there are. Spread into the recipe's own schema. */
export const copyRangeShape = {
  flip: z
    .boolean()
    .default(DEFAULT_RANGE.flip)
    .describe('Also learn from the mirrored photograph, and from mirrored copies.'),
  zoomOut: z
    .number()
    .min(0.3)
    .max(1)
    .default(DEFAULT_RANGE.zoomMin)
    .describe(
      'Smallest zoom of a drawn copy: 0.7 shows the photograph at that part of its size. 1: never smaller.',
    ),
  zoomIn: z
    .number()
    .min(1)
    .max(3)
    .default(DEFAULT_RANGE.zoomMax)
    .describe('Largest zoom of a drawn copy: 1.5 shows two thirds of its width and height. 1: never larger.'),
  shift: z
    .number()
    .min(0)
    .max(0.5)
    .default(DEFAULT_RANGE.shiftFrac)
    .describe('Largest shift of a drawn copy to each side, as a part of the picture. 0: none.'),
  colour: z
    .number()
    .min(0)
    .max(0.6)
    .default(DEFAULT_RANGE.gainSpread)
    .describe('Largest change of light and colour of a drawn copy: 0.15 is up to 15 % either way. 0: none.'),
  rotation: z
    .number()
    .min(0)
    .max(30)
    .default(DEFAULT_RANGE.rotationDeg)
    .describe(
      'Largest turn of a drawn copy to either side, in degrees. Points turn with it exactly; a box becomes the upright box around the turned one, so keep it small where boxes are learnt.',
    ),
};
export type CopyRangeSettings = z.infer<z.ZodObject<typeof copyRangeShape>>;

/** Settings of a recipe whose copies are kept as features. */
export const augmentationShape = {
  copies: z
    .number()
    .int()
    .min(-1)
    .max(32)
    .default(-1)
    .describe(
      'Copies of each photograph drawn with another zoom, place, colour and turn. -1: as many as time and number of photographs allow; a detector with little time leaves out the mirrored one, too.',
    ),
  ...copyRangeShape,
};

/** The settings as a plan has them, `drawn` or `fresh` left to the recipe. */
export function planCopyRange(settings: CopyRangeSettings): Pick<CopyPlan, 'flip' | 'range'> {
  return {
    flip: settings.flip,
    range: {
      flip: settings.flip,
      zoomMin: settings.zoomOut,
      zoomMax: settings.zoomIn,
      shiftFrac: settings.shift,
      gainSpread: settings.colour,
      rotationDeg: settings.rotation,
    },
  };
}

/** The same settings for another recipe: what a head trained first must share with the whole. */
export function pickCopyRange(settings: CopyRangeSettings): CopyRangeSettings {
  const { flip, zoomOut, zoomIn, shift, colour, rotation } = settings;
  return { flip, zoomOut, zoomIn, shift, colour, rotation };
}

/** Few photographs are worth many copies: `settings.copies`, or 48 in all and six of each at most. */
export function countDrawnCopies(settings: { readonly copies: number }, trainImages: number): number {
  return settings.copies >= 0 ? settings.copies : Math.min(6, Math.floor(48 / Math.max(1, trainImages)));
}
