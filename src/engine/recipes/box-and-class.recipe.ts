/** Lesson 7's multi-output net: one box and one class an image, from one trunk. */
import { z } from 'zod';
import { configurePlaceAndClass, placeAndClassShape } from '../parts/place-and-class.ts';
import { type CanvasBox, defineRecipe, type RecipeTask } from './recipe.ts';

const chooseBoxSchema = z
  .enum(['largest', 'smallest', 'most-central'])
  .default('largest')
  .describe('Which fish to learn where a photograph holds several. The labels keep them all.');

export const boxAndClassRecipe = defineRecipe({
  id: 'box-and-class',
  version: 1,
  title: 'Box and class',
  tagline: 'Its box and class, in seconds',
  summary:
    'One fish an image: its box, its class, or "nothing here". Trains in seconds; the lesson found that learning the box helps the class.',
  whenItFails:
    'Photographs with several fish get one suggestion at most. A fish much smaller than a sixteenth of the canvas is seen but badly boxed. Use the detector there.',
  readingTheNumbers:
    'classAcc is the share of images whose class ("nothing here" is one) is right; logLoss punishes sure mistakes. meanIou is the overlap of the suggested box with the hand box, over images that have one: 1 is exact, 0.5 a fair box. The box loss is in squared canvas pixels and counts only images with a box.',
  outputs: ['class', 'box'],
  parameters: z.object({
    chooseBox: chooseBoxSchema,
    boxWeight: z
      .number()
      .min(0)
      .max(10)
      .default(0.001)
      .describe(
        'Weight of the squared box error in canvas pixels, as in the lesson; 0 learns the class alone.',
      ),
    ...placeAndClassShape,
  }),
  create: (settings, task) => ({
    ...configurePlaceAndClass(settings, task, {
      name: 'box-and-class',
      kind: 'box',
      weight: settings.boxWeight,
      origin: 0,
      // Its one small convolution is no wait on any backend.
      slowBatchImages: settings.batchImages,
      count: (facts) => facts.boxesPerClass,
      choose: (boxes) => chooseBox(boxes, settings.chooseBox, task.canvas),
      write: ({ x, y, w, h }) => [x + w / 2, y + h / 2, w, h],
      read: ([cx = 0, cy = 0, w = 0, h = 0]) => ({ box: { x: cx - w / 2, y: cy - h / 2, w, h } }),
    }),
    outputMeanings: [{ kind: 'class-logits' }, { kind: 'box-fractions' }],
  }),
});

/** The one fish to learn of an image; null where there is none. */
function chooseBox(
  boxes: readonly CanvasBox[],
  rule: z.infer<typeof chooseBoxSchema>,
  canvas: RecipeTask['canvas'],
): CanvasBox | null {
  const area = (box: CanvasBox): number => box.w * box.h;
  const awayFromMiddle = (box: CanvasBox): number =>
    Math.hypot(box.x + box.w / 2 - canvas.widthPx / 2, box.y + box.h / 2 - canvas.heightPx / 2);
  const cost = { largest: (b: CanvasBox) => -area(b), smallest: area, 'most-central': awayFromMiddle }[rule];
  let best: CanvasBox | null = null;
  for (const box of boxes) if (best === null || cost(box) < cost(best)) best = box;
  return best;
}
