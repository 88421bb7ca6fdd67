/** From labels and predictions to figures, the same wherever they are computed: while training, in an evaluation, in a benchmark. Pure. */
import type { PixelBox } from './geometry.ts';
import { isMostlyIn } from './ignore-regions.ts';
import { type DetectionEvaluation, prepareDetectionMetrics, type TruthBox } from './metrics.ts';
import { judgeGuess } from './metrics-baseline.ts';
import {
  computeMeanIou,
  type HandBox,
  type MatchedPair,
  matchBoxes,
  type PredictedBox,
} from './metrics-match.ts';
import type { Metrics } from './records.ts';
import { defaultCutScore } from './review.ts';

/** Overlap from which a suggestion has met a hand box. */
export const meetIou = 0.5;

/** One labelled image and what a model says of it. Classes by id. */
export interface JudgedImage {
  readonly imageId: string;
  readonly hand: readonly HandBox[];
  /** All suggestions, surest first. */
  readonly found: readonly PredictedBox[];
  /** A probability a class and, last, of "nothing here"; null where the recipe says nothing of whole images. */
  readonly probabilities: readonly number[] | null;
  /** Places of which nobody knows what is there: what is found there is neither right nor wrong, as in a crowd of COCO's, of any class. */
  readonly ignored?: readonly PixelBox[];
}

/** A labelled image of either side, as far as a guess without looking may know it. */
export interface KnownImage {
  readonly widthPx: number;
  readonly heightPx: number;
}

export interface EvaluationInput {
  readonly images: readonly (JudgedImage &
    KnownImage & {
      readonly group: string | null;
      /** The model learnt from it, or from a near-duplicate of it. */
      readonly isSeen?: boolean;
    })[];
  /** The images the model learnt from, for the guesses from facts alone. Empty when they are not known. */
  readonly trainedOn: readonly (KnownImage & Pick<JudgedImage, 'hand'>)[];
  readonly classes: readonly { readonly id: string; readonly name: string }[];
  readonly split: string;
  readonly seed: number;
  /** False for a recipe that judges whole photographs alone: then figures of boxes are null, not 0. True unless told. */
  readonly suggestsBoxes?: boolean;
}

/** A share or mean that splits into images: Σ top / Σ bottom over the images counted. */
export interface RatioFigure {
  readonly top: Float64Array;
  readonly bottom: Float64Array;
}

/** Everything matched once, to be summed over any choice of images. */
export interface Judgement {
  readonly detection: DetectionEvaluation;
  /** The hand boxes and suggestions of each image that meet at the cut people see ({@link defaultCutScore}, {@link meetIou}). */
  readonly pairs: readonly (readonly MatchedPair<HandBox, PredictedBox>[])[];
  /** True class of each image: that of its largest box, the index after the last for none, -1 for one the model does not know. */
  readonly truth: readonly number[];
  readonly classAcc: RatioFigure;
  readonly logLoss: RatioFigure;
  readonly meanIou: RatioFigure;
  /** Over hand boxes that a suggestion met: those under the right class. */
  readonly boxClassAcc: RatioFigure;
}

/** Matches suggestions with hand boxes. Throws `metrics/not-finite` when a score or coordinate is not a finite number. */
export function prepareJudgement(
  images: readonly JudgedImage[],
  classIds: readonly string[],
  suggestsBoxes = true,
): Judgement {
  const withImage = <T extends HandBox>(list: (image: JudgedImage) => readonly T[]) =>
    images.flatMap((image) => list(image).map((box) => ({ ...box, imageId: image.imageId })));
  const detection = prepareDetectionMetrics({
    imageIds: images.map(({ imageId }) => imageId),
    classIds,
    truth: [...withImage((image) => (suggestsBoxes ? image.hand : [])), ...listCrowds(images, classIds)],
    detections: withImage((image) => image.found),
  });
  const pairs = images.map(({ hand, found, ignored = [] }) =>
    matchBoxes(
      suggestsBoxes ? hand : [],
      found.filter(({ score }) => score >= defaultCutScore),
      meetIou,
    ).filter((pair) => pair.hand !== null || !isUnknown(pair.predicted, ignored)),
  );
  const truth = images.map((image) => findKnownClass(image, classIds));
  // One fish an image: then an image without a suggestion counts against the overlap, as it would for a person.
  const single = images.length > 0 && images.every(({ probabilities }) => probabilities !== null);
  const judged = images.map(({ probabilities }, i) =>
    probabilities === null ? null : judgeGuess(probabilities, truth[i] ?? -1),
  );
  const met = pairs.map((list) => list.filter((pair) => pair.hand !== null && pair.predicted !== null));
  return {
    detection,
    pairs,
    truth,
    classAcc: makeRatio(judged, (guess) => (guess === null ? [0, 0] : [guess.right, 1])),
    logLoss: makeRatio(judged, (guess) => (guess === null ? [0, 0] : [guess.loss, 1])),
    meanIou: single
      ? makeRatio(images, (image) =>
          image.hand.length === 0 || !suggestsBoxes || isUnknown(image.found[0], image.ignored ?? [])
            ? [0, 0]
            : [computeSingleIou(image), 1],
        )
      : makeRatio(met, (list) => [list.reduce((sum, { iou }) => sum + iou, 0), list.length]),
    boxClassAcc: makeRatio(met, (list) => [
      list.filter(({ verdict }) => verdict === 'matched').length,
      list.length,
    ]),
  };
}

/**
 * The figures of a record: `classAcc` and `logLoss` judge whole images by their largest fish. `meanIou`: for recipes that say one fish
 * an image, the overlap of that suggestion with the hand box it fits best, 0 without one; for the others, of the pairs that meet.
 * `map50` and `map` as COCO. Without images `n` is 0 and every figure null; so are those of boxes where the recipe suggests none.
 */
export function computeMetrics(
  images: readonly JudgedImage[],
  classIds: readonly string[],
  split: string,
  suggestsBoxes = true,
): Metrics {
  const judgement = prepareJudgement(images, classIds, suggestsBoxes);
  return { n: images.length, split, ...summariseJudgement(judgement) };
}

/** The figures when image i counts `weights[i]` times; without weights each counts once. */
export function summariseJudgement(
  judgement: Judgement,
  weights?: ArrayLike<number>,
): Pick<Metrics, 'classAcc' | 'logLoss' | 'meanIou' | 'map50' | 'map'> {
  const { map, map50 } = judgement.detection.summarise(weights);
  return {
    classAcc: computeRatio(judgement.classAcc, weights),
    logLoss: computeRatio(judgement.logLoss, weights),
    meanIou: computeRatio(judgement.meanIou, weights),
    map50,
    map,
  };
}

/** Builds a ratio from what each item adds to top and bottom. */
export function makeRatio<T>(
  items: readonly T[],
  part: (item: T, i: number) => readonly [number, number],
): RatioFigure {
  const top = new Float64Array(items.length);
  const bottom = new Float64Array(items.length);
  items.forEach((item, i) => {
    [top[i], bottom[i]] = part(item, i) as [number, number];
  });
  return { top, bottom };
}

/** Null when nothing counts. */
export function computeRatio(figure: RatioFigure, weights?: ArrayLike<number>): number | null {
  let top = 0;
  let bottom = 0;
  for (let i = 0; i < figure.top.length; i++) {
    const weight = weights === undefined ? 1 : (weights[i] ?? 0);
    top += weight * (figure.top[i] ?? 0);
    bottom += weight * (figure.bottom[i] ?? 0);
  }
  return bottom === 0 ? null : top / bottom;
}

/** An ignored place is one of every class. */
function listCrowds(images: readonly JudgedImage[], classIds: readonly string[]): TruthBox[] {
  return images.flatMap(({ imageId, ignored = [] }) =>
    ignored.flatMap((box) => classIds.map((classId) => ({ imageId, classId, box, crowd: true }))),
  );
}

function isUnknown(found: PredictedBox | null | undefined, ignored: readonly PixelBox[]): boolean {
  return found != null && ignored.some((region) => isMostlyIn(found.box, region));
}

/** {@link findTrueClass}; -1, too, where an ignored place is larger than every box: what is there may be the largest fish. */
function findKnownClass({ hand, ignored = [] }: JudgedImage, classIds: readonly string[]): number {
  const areaOf = ({ w, h }: PixelBox): number => w * h;
  const largest = Math.max(0, ...hand.map(({ box }) => areaOf(box)));
  return ignored.some((region) => areaOf(region) > largest) ? -1 : findTrueClass(hand, classIds);
}

/** Index of the class of the largest box; the index after the last class for none, -1 for a class not listed. */
export function findTrueClass(hand: readonly HandBox[], classIds: readonly string[]): number {
  const largest = hand.reduce<HandBox | undefined>(
    (best, next) => (best === undefined || next.box.w * next.box.h > best.box.w * best.box.h ? next : best),
    undefined,
  );
  return largest === undefined ? classIds.length : classIds.indexOf(largest.classId);
}

function computeSingleIou(image: JudgedImage): number {
  return computeMeanIou(matchBoxes(image.hand, image.found.slice(0, 1), 0)) ?? 0;
}
