/** Two points of the largest fish, its head and its tail, and its class: where it is and which way it lies. */
import { z } from 'zod';
import { AppError } from '../../core/errors.ts';
import { findLargest } from '../parts/image-class.ts';
import { configurePlaceAndClass, placeAndClassShape } from '../parts/place-and-class.ts';
import {
  type CanvasLine,
  type ConfiguredRecipe,
  defineRecipe,
  type RecipeTask,
  type TrainingFacts,
} from './recipe.ts';

const parameters = z.object({
  lineWeight: z
    .number()
    .min(0)
    .max(10)
    .default(0.001)
    .describe('Weight of the squared error of the points in canvas pixels, beside that of the class.'),
  marginFrac: z
    .number()
    .min(0)
    .max(1)
    .default(0.15)
    .describe('Margin of the suggested box around the two points, as a share of their distance.'),
  ...placeAndClassShape,
});
type Parameters = z.infer<typeof parameters>;

export const headTailRecipe = defineRecipe({
  id: 'head-tail',
  version: 1,
  title: 'Head and tail',
  tagline: 'Two points that say how it lies',
  summary:
    'One fish an image: the points of its head and its tail, its class, or "nothing here". Two points say how a fish lies, which a box does not; photographs can be turned level by them.',
  whenItFails:
    'It needs labels that carry head and tail, such as the point files of the fisheries contest or keypoints; boxes alone teach it the class and no points. Photographs with several fish get one suggestion, of the largest. Head and tail of a fish that looks alike at both ends are confused.',
  readingTheNumbers:
    'classAcc is the share of images whose class ("nothing here" is one) is right; logLoss punishes sure mistakes. meanIou is the overlap of the box around the suggested points with the hand box. The line loss is the mean squared error of the four coordinates in canvas pixels, over images whose largest fish has a line.',
  outputs: ['class', 'box'],
  tellsLines: true,
  parameters,
  create: (settings, task) => configureHeadTail(settings, task),
});

function configureHeadTail(settings: Parameters, task: RecipeTask): ConfiguredRecipe {
  const shared = configurePlaceAndClass(settings, task, {
    name: 'head-tail',
    kind: 'line',
    weight: settings.lineWeight,
    // Points are learnt from the middle of the canvas: an untrained net guesses there.
    origin: 0.5,
    slowBatchImages: 32,
    count: (facts) => facts.imagesPerClass,
    choose: (boxes) => findLargest(boxes) ?? null,
    write: ({ line }) => line && [line.head.x, line.head.y, line.tail.x, line.tail.y],
    read: ([hx = 0, hy = 0, tx = 0, ty = 0]) => {
      const line = { head: { x: hx, y: hy }, tail: { x: tx, y: ty } };
      return { line, box: surround(line, settings.marginFrac) };
    },
  });
  return {
    ...shared,
    planSchedule: (facts) => {
      if (facts.lines === 0) throw nothingToLearn(facts);
      return shared.planSchedule(facts);
    },
  };
}

/** The box around two points, with a margin of that share of their distance. */
function surround({ head, tail }: CanvasLine, marginFrac: number) {
  const margin = marginFrac * Math.hypot(head.x - tail.x, head.y - tail.y);
  return {
    x: Math.min(head.x, tail.x) - margin,
    y: Math.min(head.y, tail.y) - margin,
    w: Math.abs(head.x - tail.x) + 2 * margin,
    h: Math.abs(head.y - tail.y) + 2 * margin,
  };
}

function nothingToLearn({ trainImages }: TrainingFacts): AppError {
  return new AppError({
    code: 'training/no-lines',
    message: `None of the boxes of the ${trainImages} photographs to learn from carries a head and a tail, so there are no points to learn and nothing was trained.`,
    hint: 'Draw them in Annotate (L), import labels that have them (point files of the fisheries contest, COCO keypoints), or choose box-and-class, which learns from boxes.',
    details: { trainImages },
  });
}
