/** The figures of a model once more, on photographs that are news to it: neither learnt from nor a near-duplicate of what was. Pure. */
import type { EvaluationReport } from './evaluation.ts';
import { computeRatio, type EvaluationInput, type Judgement, summariseJudgement } from './judge.ts';
import type { Interval } from './metrics-interval.ts';

/** What {@link prepareUnseen} has ready: 1 for each image that is news, 0 for the others. */
export interface Unseen {
  readonly weights: Uint32Array;
  readonly n: number;
}

/** Null where all images are news: then the report's own figures say it. */
export function prepareUnseen({ images }: Pick<EvaluationInput, 'images'>): Unseen | null {
  const weights = Uint32Array.from(images, ({ isSeen }) => (isSeen === true ? 0 : 1));
  const n = weights.reduce((sum, weight) => sum + weight, 0);
  return n === images.length ? null : { weights, n };
}

const figureNames = ['map50', 'map', 'classAcc', 'boxClassAcc'] as const;

const computeUnseen = (judgement: Judgement, weights: Uint32Array) => ({
  ...summariseJudgement(judgement, weights),
  boxClassAcc: computeRatio(judgement.boxClassAcc, weights),
});

/** Adds the figures on what is news in a bootstrap draw to those on all, and by how much the latter are higher. */
export function addUnseenFigures(
  figures: Map<string, number | null>,
  unseen: Unseen,
  judgement: Judgement,
  weights: Uint32Array,
): Map<string, number | null> {
  const own = computeUnseen(
    judgement,
    weights.map((weight, i) => weight * (unseen.weights[i] ?? 0)),
  );
  for (const name of figureNames) {
    const [all, part] = [figures.get(name) ?? null, own[name]];
    figures.set(`unseen ${name}`, part);
    figures.set(`flattery ${name}`, all === null || part === null ? null : all - part);
  }
  return figures;
}

export function describeUnseen(
  unseen: Unseen,
  judgement: Judgement,
  interval: (name: string) => Interval | null,
): NonNullable<EvaluationReport['unseen']> {
  const pick = (prefix: string) => ({
    map50: interval(`${prefix} map50`),
    map: interval(`${prefix} map`),
    classAcc: interval(`${prefix} classAcc`),
    boxClassAcc: interval(`${prefix} boxClassAcc`),
  });
  const { map50, map, classAcc, boxClassAcc } = computeUnseen(judgement, unseen.weights);
  return {
    n: unseen.n,
    seen: unseen.weights.length - unseen.n,
    ...(unseen.n === 0
      ? { map50: null, map: null, classAcc: null, boxClassAcc: null }
      : { map50, map, classAcc, boxClassAcc }),
    intervals: pick('unseen'),
    flattery: pick('flattery'),
  };
}
