/** The full report of an evaluation from labels and predictions. Pure; in steps, since the bootstrap of a large set takes seconds. */
import {
  addBaselineFigures,
  type Baselines,
  describeBaselines,
  prepareBaselines,
} from './evaluate-baselines.ts';
import { addUnseenFigures, describeUnseen, prepareUnseen } from './evaluate-unseen.ts';
import type { EvaluationReport } from './evaluation.ts';
import {
  computeRatio,
  type EvaluationInput,
  type Judgement,
  meetIou,
  prepareJudgement,
  summariseJudgement,
} from './judge.ts';
import { type Calibration, computeCalibration, computeConfusion, findArgMax } from './metrics-class.ts';
import { bootstrapIntervals, type Interval } from './metrics-interval.ts';
import { computeBoxConfusion, computePrecisionRecall, matchBoxes } from './metrics-match.ts';
import { computeClassFigures } from './metrics-per-class.ts';
import { createRandom } from './random.ts';
import { defaultCutScore } from './review.ts';

/** Weaker suggestions are not kept for anyone to see, so nobody needs to know how far to believe them. */
const calibratedFromScore = 0.05;
const nothingName = 'nothing here';
/** Detections × draws: the bootstrap's work, kept near this; never fewer than 200 draws. */
const bootstrapWork = 2e8;

/** Yields the part done (0..1) after each bootstrap draw and returns the report. Throws `metrics/not-finite`. */
export function* evaluateInSteps(input: EvaluationInput): Generator<number, EvaluationReport, void> {
  const { images, classes, split, seed } = input;
  const classIds = classes.map(({ id }) => id);
  const judgement = prepareJudgement(images, classIds, input.suggestsBoxes);
  const baselines = prepareBaselines(input, judgement, classIds);
  const unseen = prepareUnseen(input);
  const detections = images.reduce((sum, { found }) => sum + found.length, 0);
  const rounds = Math.min(1000, Math.max(200, Math.round(bootstrapWork / Math.max(1, detections))));
  const intervals = yield* bootstrapIntervals({
    groups: images.map(({ group, imageId }) => (group === null ? `image ${imageId}` : `group ${group}`)),
    random: createRandom(seed).fork('bootstrap'),
    rounds,
    compute: (weights) => {
      const figures = computeFigures(judgement, baselines, weights);
      return unseen === null ? figures : addUnseenFigures(figures, unseen, judgement, weights);
    },
  });
  const interval = (name: string): Interval | null => intervals.get(name) ?? null;
  const metrics = summariseJudgement(judgement);
  return {
    n: images.length,
    split,
    ...metrics,
    boxClassAcc: computeRatio(judgement.boxClassAcc),
    seed,
    groups: describeGroups(images),
    rounds,
    intervals: {
      classAcc: interval('classAcc'),
      logLoss: interval('logLoss'),
      meanIou: interval('meanIou'),
      map50: interval('map50'),
      map: interval('map'),
      boxClassAcc: interval('boxClassAcc'),
    },
    cut: { minScore: defaultCutScore, iou: meetIou },
    perClass: describeBoxes(classes, judgement, interval),
    ...describeImages(input, judgement, classIds),
    calibration: {
      images: calibrateImages(input, judgement),
      detections: calibrateDetections(input, classIds),
      fromScore: calibratedFromScore,
    },
    baselines: baselines === null ? null : describeBaselines(baselines, judgement, interval),
    unseen: unseen === null ? null : describeUnseen(unseen, judgement, interval),
  };
}

function describeGroups(images: EvaluationInput['images']): EvaluationReport['groups'] {
  const grouped = images.filter(({ group }) => group !== null);
  const count = new Set(grouped.map(({ group }) => group)).size + images.length - grouped.length;
  return {
    count,
    by: grouped.length === 0 ? 'image' : grouped.length === images.length ? 'group' : 'mixed',
  };
}

function computeFigures(
  judgement: Judgement,
  baselines: Baselines | null,
  weights: Uint32Array,
): Map<string, number | null> {
  const { perClass, map, map50 } = judgement.detection.summarise(weights);
  const figures = new Map<string, number | null>([
    ['map', map],
    ['map50', map50],
  ]);
  for (const name of ['classAcc', 'logLoss', 'meanIou', 'boxClassAcc'] as const)
    figures.set(name, computeRatio(judgement[name], weights));
  for (const { classId, ap50 } of perClass) figures.set(`ap50 ${classId}`, ap50);
  return baselines === null ? figures : addBaselineFigures(figures, baselines, judgement, weights);
}

function describeBoxes(
  classes: EvaluationInput['classes'],
  judgement: Judgement,
  interval: (name: string) => Interval | null,
): EvaluationReport['perClass'] {
  const { perClass } = judgement.detection.summarise();
  const pairs = judgement.pairs.flat();
  return classes.map(({ id, name }, c) => {
    const { precision, recall, f1 } = computePrecisionRecall(pairs, id);
    const { truthBoxes = 0, detections = 0, ap = null, ap50 = null, recall50 = null } = perClass[c] ?? {};
    const ap50Interval = interval(`ap50 ${id}`);
    return {
      classId: id,
      name,
      truthBoxes,
      detections,
      ap,
      ap50,
      recall50,
      precision,
      recall,
      f1,
      ap50Interval,
    };
  });
}

/** Whole images, where the recipe speaks of them, and both confusions. */
function describeImages(
  input: EvaluationInput,
  judgement: Judgement,
  classIds: readonly string[],
): Pick<EvaluationReport, 'perImageClass' | 'confusion'> {
  const rows = listRows(input, judgement);
  const truth = rows.map((row) => row.truth);
  const probabilities = rows.map((row) => row.probabilities);
  const boxes = computeBoxConfusion(judgement.pairs.flat(), classIds);
  if (rows.length === 0)
    return { perImageClass: null, confusion: { classIds: [...classIds], boxes, images: null } };
  const names = [...input.classes, { id: null, name: nothingName }];
  return {
    perImageClass: computeClassFigures(truth, probabilities, names.length).map((figures, c) => ({
      classId: names[c]?.id ?? null,
      name: names[c]?.name ?? nothingName,
      ...figures,
    })),
    confusion: {
      classIds: [...classIds],
      boxes,
      images: computeConfusion(truth, probabilities.map(findArgMax), names.length),
    },
  };
}

function calibrateImages(input: EvaluationInput, judgement: Judgement): Calibration | null {
  const rows = listRows(input, judgement).map(({ truth, probabilities }) => {
    const best = findArgMax(probabilities);
    return { score: probabilities[best] ?? 0, right: best === truth };
  });
  return calibrate(rows);
}

/** A suggestion is right when a hand box of its class is there that no surer suggestion of that class has taken. */
function calibrateDetections({ images }: EvaluationInput, classIds: readonly string[]): Calibration | null {
  return calibrate(
    images.flatMap(({ hand, found }) =>
      classIds.flatMap((classId) =>
        matchBoxes(
          hand.filter((box) => box.classId === classId),
          found.filter((box) => box.classId === classId && box.score >= calibratedFromScore),
          meetIou,
        ).flatMap(({ predicted, verdict }) =>
          predicted === null ? [] : [{ score: predicted.score, right: verdict === 'matched' }],
        ),
      ),
    ),
  );
}

function calibrate(rows: readonly { score: number; right: boolean }[]): Calibration | null {
  if (rows.length === 0) return null;
  return computeCalibration(
    rows.map(({ score }) => score),
    rows.map(({ right }) => right),
  );
}

function listRows(
  { images }: EvaluationInput,
  judgement: Judgement,
): { truth: number; probabilities: readonly number[] }[] {
  return images.flatMap(({ probabilities }, i) =>
    probabilities === null ? [] : [{ truth: judgement.truth[i] ?? -1, probabilities }],
  );
}
