/** The report of one evaluation: what a model scores on labelled images, how sure that is, and what a guess without looking scores. */
import { z } from 'zod';
import { metricsSchema } from './records.ts';

const share = z.number().nullable();
const matrix = z.array(z.array(z.number()));

/** With fewer groups than this a bootstrap interval is rough, and whoever shows it says so. */
export const fewGroups = 8;

/** A 95 % bootstrap interval over groups of images; see `metrics-interval.ts`. */
export const intervalSchema = z.object({
  low: z.number(),
  high: z.number(),
  level: z.number(),
  groups: z.number().int(),
});

export const calibrationSchema = z.object({
  bins: z
    .array(
      z.object({
        fromScore: z.number(),
        toScore: z.number(),
        n: z.number(),
        meanScore: share,
        accuracy: share,
      }),
    )
    .readonly(),
  /** Mean gap between score and share right, weighted by count (expected calibration error). */
  expectedError: share,
});

/** Boxes of one class. `precision`, `recall` and `f1` at the report's cut and IoU; `ap`, `ap50`, `recall50` as COCO, over all scores. */
const boxClassSchema = z.object({
  classId: z.string(),
  name: z.string(),
  truthBoxes: z.number(),
  detections: z.number(),
  ap: share,
  ap50: share,
  recall50: share,
  precision: share,
  recall: share,
  f1: share,
  ap50Interval: intervalSchema.nullable(),
});

/** Whole images of one class against the rest; `classId` null is "nothing here". */
const imageClassSchema = z.object({
  classId: z.string().nullable(),
  name: z.string(),
  truth: z.number(),
  predicted: z.number(),
  precision: share,
  recall: share,
  f1: share,
  accuracy: share,
  ap: share,
});

const classScoreSchema = z.object({
  accuracy: share,
  /** Nats; null where the score has no probabilities. */
  logLoss: share,
  interval: intervalSchema.nullable(),
});

/** One guess from a fact alone. */
const rivalSchema = classScoreSchema.extend({
  /** `pixel-size`: class frequencies for each image size. `majority`: the commonest class always. */
  id: z.enum(['pixel-size', 'majority']),
  /** The fact's different values in training; 1 for `majority`. */
  clues: z.number().int(),
  /** Share of what was judged whose fact training had. */
  knownFrac: share,
  /** By how much the model's accuracy is higher, from the same draws. Below 0: looking did not help. */
  gain: intervalSchema.nullable(),
});

const fewIntervals = z.object({
  map50: intervalSchema.nullable(),
  map: intervalSchema.nullable(),
  classAcc: intervalSchema.nullable(),
  boxClassAcc: intervalSchema.nullable(),
});

export const evaluationReportSchema = metricsSchema.extend({
  /** Seed of the model's training; the bootstrap's draws follow from it too. */
  seed: z.number().int(),
  /** `group`: every image has one (boat, camera). `image`: none has, each stands alone and the intervals are too narrow where images are alike. */
  groups: z.object({ count: z.number().int(), by: z.enum(['group', 'image', 'mixed']) }),
  /** Of the boxes that a suggestion met, the share under the right class. */
  boxClassAcc: share,
  /** Bootstrap draws behind each interval. */
  rounds: z.number().int(),
  /** By the name of the figure. */
  intervals: z.object({
    classAcc: intervalSchema.nullable(),
    logLoss: intervalSchema.nullable(),
    meanIou: intervalSchema.nullable(),
    map50: intervalSchema.nullable(),
    map: intervalSchema.nullable(),
    boxClassAcc: intervalSchema.nullable(),
  }),
  /** Scores from here on count as suggested in `confusion`, `precision` and `recall`; a pair needs this IoU. */
  cut: z.object({ minScore: z.number(), iou: z.number() }),
  perClass: z.array(boxClassSchema),
  /** Null where the recipe says nothing of whole images. The last entry is "nothing here". */
  perImageClass: z.array(imageClassSchema).nullable(),
  /** Rows: hand, columns: predicted, in the order of `classIds`; the last row and column are "nothing here". */
  confusion: z.object({ classIds: z.array(z.string()), boxes: matrix, images: matrix.nullable() }),
  calibration: z.object({
    /** The surest class of each image: its probability, and whether it is right. */
    images: calibrationSchema.nullable(),
    /** Suggestions from `fromScore` on: score, and whether a hand box of that class is there. Null without any. */
    detections: calibrationSchema.nullable(),
    fromScore: z.number(),
  }),
  /** The class score beside guesses from facts alone. Null where no class was judged or the training images are not known. */
  baselines: z
    .object({
      /** What is classified: whole images, or the boxes that a suggestion met. */
      of: z.enum(['images', 'boxes']),
      n: z.number().int(),
      /** Images or boxes of the training side that the guesses were learnt from. */
      learntOn: z.number().int(),
      model: classScoreSchema,
      rivals: z.array(rivalSchema),
    })
    .nullable(),
  /**
   * The figures on photographs that are news to the model: it learnt neither from them nor from a near-duplicate, as the newest audit found
   * them. Null where all are news, or nothing is known of near-duplicates.
   */
  unseen: z
    .object({
      n: z.number().int(),
      /** Photographs left out: learnt from, or with a near-duplicate that was. */
      seen: z.number().int(),
      map50: share,
      map: share,
      classAcc: share,
      boxClassAcc: share,
      intervals: fewIntervals,
      /** By how much the figure on all is higher, from the same draws. */
      flattery: fewIntervals,
    })
    .nullable()
    .default(null),
});
export type EvaluationReport = z.infer<typeof evaluationReportSchema>;
