/** The class score of a model beside guesses from facts alone: prepared, summed over any choice of images, described. Pure. */
import type { EvaluationReport } from './evaluation.ts';
import {
  computeRatio,
  type EvaluationInput,
  findTrueClass,
  type JudgedImage,
  type Judgement,
  type KnownImage,
  makeRatio,
  type RatioFigure,
} from './judge.ts';
import { type Clue, judgeGuess, learnClueTable, sizeClue } from './metrics-baseline.ts';
import type { Interval } from './metrics-interval.ts';

interface Rival {
  readonly id: 'pixel-size' | 'majority';
  readonly clues: number;
  readonly accuracy: RatioFigure;
  readonly logLoss: RatioFigure;
  readonly known: RatioFigure;
}

/** What {@link prepareBaselines} has ready. */
export interface Baselines {
  readonly of: 'images' | 'boxes';
  readonly score: 'classAcc' | 'boxClassAcc';
  readonly learntOn: number;
  readonly rivals: readonly Rival[];
}

/**
 * Guesses of exactly what the model's class score judges: whole images where it says something of them, else the boxes it met. Null where
 * it judges nothing, or nothing is known of the training side.
 */
export function prepareBaselines(
  input: EvaluationInput,
  judgement: Judgement,
  classIds: readonly string[],
): Baselines | null {
  const ofImages = judgement.classAcc.bottom.some((count) => count > 0);
  const score = ofImages ? 'classAcc' : 'boxClassAcc';
  if (!judgement[score].bottom.some((count) => count > 0)) return null;
  const classCount = classIds.length + (ofImages ? 1 : 0);
  const classesOf = (image: Pick<JudgedImage, 'hand'>): number[] =>
    ofImages
      ? [findTrueClass(image.hand, classIds)]
      : image.hand.map(({ classId }) => classIds.indexOf(classId)).filter((index) => index >= 0);
  const judged = input.images.map((image, i): number[] => {
    if (ofImages) return image.probabilities === null ? [] : [judgement.truth[i] ?? -1];
    return (judgement.pairs[i] ?? []).flatMap(({ hand, predicted }) =>
      hand === null || predicted === null ? [] : [classIds.indexOf(hand.classId)],
    );
  });
  const learn = (id: Rival['id'], clueOf: (image: KnownImage) => string): Rival & { n: number } => {
    const clues = input.trainedOn.flatMap((image): Clue[] =>
      classesOf(image).map((classIndex) => ({ clue: clueOf(image), classIndex })),
    );
    const table = learnClueTable(clues, classCount);
    const sum = (part: (image: KnownImage, truth: number) => number): RatioFigure =>
      makeRatio(input.images, (image, i) => {
        const truths = judged[i] ?? [];
        return [truths.reduce((total, truth) => total + part(image, truth), 0), truths.length];
      });
    return {
      id,
      n: table.n,
      clues: table.clues,
      accuracy: sum((image, truth) => judgeGuess(table.predict(clueOf(image)), truth).right),
      logLoss: sum((image, truth) => judgeGuess(table.predict(clueOf(image)), truth).loss),
      known: sum((image) => (table.knows(clueOf(image)) ? 1 : 0)),
    };
  };
  const size = learn('pixel-size', sizeClue);
  if (size.n === 0) return null;
  const rivals = [size, learn('majority', () => 'any')];
  return { of: ofImages ? 'images' : 'boxes', score, learntOn: size.n, rivals };
}

/** Accuracy of each guess and the model's gain over it, under the names that {@link describeBaselines} asks for. */
export function addBaselineFigures(
  figures: Map<string, number | null>,
  baselines: Baselines,
  judgement: Judgement,
  weights: ArrayLike<number>,
): Map<string, number | null> {
  const model = computeRatio(judgement[baselines.score], weights);
  for (const rival of baselines.rivals) {
    const accuracy = computeRatio(rival.accuracy, weights);
    figures.set(`${rival.id} accuracy`, accuracy);
    figures.set(`${rival.id} gain`, model === null || accuracy === null ? null : model - accuracy);
  }
  return figures;
}

/** As the report shows them. */
export function describeBaselines(
  baselines: Baselines,
  judgement: Judgement,
  interval: (name: string) => Interval | null,
): NonNullable<EvaluationReport['baselines']> {
  const { of, score, learntOn, rivals } = baselines;
  return {
    of,
    n: judgement[score].bottom.reduce((sum, count) => sum + count, 0),
    learntOn,
    model: {
      accuracy: computeRatio(judgement[score]),
      logLoss: of === 'images' ? computeRatio(judgement.logLoss) : null,
      interval: interval(score),
    },
    rivals: rivals.map((rival) => ({
      id: rival.id,
      accuracy: computeRatio(rival.accuracy),
      logLoss: computeRatio(rival.logLoss),
      interval: interval(`${rival.id} accuracy`),
      clues: rival.clues,
      knownFrac: computeRatio(rival.known),
      gain: interval(`${rival.id} gain`),
    })),
  };
}
