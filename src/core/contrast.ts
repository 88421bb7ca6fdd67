/**
 * Two models on the same labelled images: each figure of both, and by how much the second is higher with a range for that. Both are drawn
 * together in every bootstrap draw (a paired bootstrap), so that what makes an image hard for both drops out. Pure; in steps.
 */
import {
  computeRatio,
  type JudgedImage,
  type Judgement,
  prepareJudgement,
  summariseJudgement,
} from './judge.ts';
import { bootstrapIntervals, type Interval } from './metrics-interval.ts';
import { computePrecisionRecall } from './metrics-match.ts';
import { createRandom } from './random.ts';

/** What one model says of an image. */
export type Said = Pick<JudgedImage, 'found' | 'probabilities'>;

export interface ContrastInput {
  readonly images: readonly (Pick<JudgedImage, 'imageId' | 'hand' | 'ignored'> & {
    readonly group: string | null;
  })[];
  /**
   * One entry a run: what the first and the second model say of each image, in their order. Several runs (seeds, members) are averaged in
   * every draw, so that their differences are no part of the range.
   */
  readonly runs: readonly { readonly first: readonly Said[]; readonly second: readonly Said[] }[];
  readonly classes: readonly { readonly id: string; readonly name: string }[];
  readonly suggestsBoxes: boolean;
  readonly seed: number;
}

export const contrastFigures = ['map50', 'map', 'meanIou', 'boxClassAcc', 'classAcc', 'logLoss'] as const;
export type ContrastFigure = (typeof contrastFigures)[number];

/** The mean over runs of a figure, and second minus first. */
export interface Contrasted {
  readonly first: number | null;
  readonly second: number | null;
  readonly gain: number | null;
  /** 95 %, over groups of images; null with fewer than two. */
  readonly interval: Interval | null;
  /** The gain of each run. */
  readonly runs: readonly (number | null)[];
}

/** Fish found, suggested wrongly and missed on one image, at the cut people see. */
export interface ImageCounts {
  readonly found: number;
  readonly wrong: number;
  readonly missed: number;
}

export interface Contrast {
  readonly n: number;
  readonly groups: number;
  readonly rounds: number;
  readonly figures: readonly (Contrasted & { readonly name: ContrastFigure })[];
  /** Average precision at IoU 0.5 of each class; empty for recipes without boxes. */
  readonly perClass: readonly (Contrasted & { readonly classId: string; readonly name: string })[];
  /** Of the first run, where the two differ most first. `right`: whether the class of the whole image is; null where none is told. */
  readonly images: readonly {
    readonly imageId: string;
    readonly first: ImageCounts & { readonly right: boolean | null };
    readonly second: ImageCounts & { readonly right: boolean | null };
  }[];
}

/** Detections × draws: kept near this, never fewer than 200 draws. */
const work = 1e8;

/** Yields the part done (0..1) after each draw. Throws `metrics/not-finite`. */
export function* contrastInSteps(input: ContrastInput): Generator<number, Contrast, void> {
  const { images, runs, classes, suggestsBoxes, seed } = input;
  const classIds = classes.map(({ id }) => id);
  const judge = (said: readonly Said[]): Judgement =>
    prepareJudgement(
      images.map((image, i) => ({ ...image, found: [], probabilities: null, ...said[i] })),
      classIds,
      suggestsBoxes,
    );
  const judged = runs.map(({ first, second }) => ({ first: judge(first), second: judge(second) }));
  const names = [...contrastFigures, ...classIds.map(nameOfClass)];
  const detections = runs.reduce(
    (sum, { first, second }) => sum + [...first, ...second].reduce((n, { found }) => n + found.length, 0),
    0,
  );
  const rounds = Math.min(1000, Math.max(200, Math.round(work / Math.max(1, detections))));
  const groups = images.map(({ group, imageId }) => (group === null ? `image ${imageId}` : `group ${group}`));
  const intervals = yield* bootstrapIntervals({
    groups,
    random: createRandom(seed).fork('contrast'),
    rounds,
    compute: (weights) => {
      const each = judged.map(
        ({ first, second }) => [compute(first, weights), compute(second, weights)] as const,
      );
      return new Map(
        names.map((name) => [name, mean(each.map(([a, b]) => minus(b.get(name), a.get(name))))]),
      );
    },
  });
  const whole = judged.map(({ first, second }) => [compute(first), compute(second)] as const);
  const contrast = (name: string): Contrasted => {
    const gains = whole.map(([a, b]) => minus(b.get(name), a.get(name)));
    return {
      first: mean(whole.map(([a]) => a.get(name) ?? null)),
      second: mean(whole.map(([, b]) => b.get(name) ?? null)),
      gain: mean(gains),
      interval: intervals.get(name) ?? null,
      runs: gains,
    };
  };
  return {
    n: images.length,
    groups: new Set(groups).size,
    rounds,
    figures: contrastFigures.map((name) => ({ name, ...contrast(name) })),
    perClass: suggestsBoxes
      ? classes.map(({ id, name }) => ({ classId: id, name, ...contrast(nameOfClass(id)) }))
      : [],
    images: listImages(images, judged[0]),
  };
}

const nameOfClass = (classId: string): string => `ap50 ${classId}`;

function compute(judgement: Judgement, weights?: Uint32Array): Map<string, number | null> {
  const figures = new Map<string, number | null>(Object.entries(summariseJudgement(judgement, weights)));
  figures.set('boxClassAcc', computeRatio(judgement.boxClassAcc, weights));
  for (const { classId, ap50 } of judgement.detection.summarise(weights).perClass)
    figures.set(nameOfClass(classId), ap50);
  return figures;
}

function listImages(
  images: ContrastInput['images'],
  run: { readonly first: Judgement; readonly second: Judgement } | undefined,
): Contrast['images'] {
  if (run === undefined) return [];
  const count = ({ pairs, classAcc }: Judgement, i: number) => {
    const { found, wrong, missed } = computePrecisionRecall(pairs[i] ?? []);
    return { found, wrong, missed, right: classAcc.bottom[i] === 0 ? null : classAcc.top[i] === 1 };
  };
  const faults = ({ wrong, missed, right }: ImageCounts & { right: boolean | null }): number =>
    wrong + missed + (right === false ? 1 : 0);
  return images
    .map(({ imageId }, i) => ({ imageId, first: count(run.first, i), second: count(run.second, i) }))
    .sort(
      (a, b) => Math.abs(faults(b.first) - faults(b.second)) - Math.abs(faults(a.first) - faults(a.second)),
    );
}

const minus = (a: number | null | undefined, b: number | null | undefined): number | null =>
  a === null || a === undefined || b === null || b === undefined ? null : a - b;

/** Null unless all have one: a mean over some of the runs would be of other runs for each model. */
function mean(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  if (known.length === 0 || known.length < values.length) return null;
  return known.reduce((sum, value) => sum + value, 0) / known.length;
}
