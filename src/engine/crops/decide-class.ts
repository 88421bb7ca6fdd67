/** One class and one score from two opinions: a detector's and a second look's. Pure. */
import type { EngineDetection } from '../messages.ts';
import type { Cropping } from './cropping.ts';

/** A share of nothing would forbid a class for ever. */
const LEAST_SHARE = 1e-4;

/**
 * Opinions are weighed geometrically (a logarithmic opinion pool, Genest & Zidek 1986): the class is the one with the largest second look's
 * share ^ `trust` × detector's share ^ (1 − `trust`), the score the detector's ^ (1 − `rescore`) × the second look's share of that class ^
 * `rescore`. `shares`: a probability a class and, last, of "nothing here"; `places`: where each class is among the detector's, −1 for one it
 * does not know. A detector that does not know all of them has no say in the class. `probabilities` become those of the second look.
 */
export function decideClass(
  box: EngineDetection,
  shares: readonly number[],
  places: readonly number[],
  { trust, rescore }: Pick<Cropping, 'trust' | 'rescore'>,
): EngineDetection {
  const classes = shares.slice(0, -1);
  const prior = readPrior(box, places);
  const weighed = classes.map((share, c) => {
    const own = Math.log(Math.max(LEAST_SHARE, share));
    return prior === null ? own : trust * own + (1 - trust) * Math.log(Math.max(LEAST_SHARE, prior[c] ?? 0));
  });
  const classIndex = weighed.indexOf(Math.max(...weighed));
  const share = Math.min(1, Math.max(LEAST_SHARE, classes[classIndex] ?? 0));
  return {
    ...box,
    classIndex,
    score: box.score ** (1 - rescore) * share ** rescore,
    probabilities: classes,
  };
}

/** The detector's scores of these classes, summing to 1; null where it does not know them all. */
function readPrior({ probabilities }: EngineDetection, places: readonly number[]): number[] | null {
  if (places.includes(-1)) return null;
  const scores = places.map((place) => Math.max(0, probabilities[place] ?? 0));
  const sum = scores.reduce((a, b) => a + b, 0);
  return sum > 0 ? scores.map((score) => score / sum) : null;
}
