/** What a box may be, and how sure: a detector's opinion and a second look's, class by class. Pure. */
import type { EngineDetection } from '../messages.ts';
import type { Cropping } from './cropping.ts';

/** A share of nothing would forbid a class for ever. */
const LEAST_SHARE = 1e-4;

/**
 * The box under the class the detector gave it and, where another has a higher score, under that one too: of boxes that overlap the surest
 * stays. The score of a class is the detector's ^ (1 − `trust`) × the second look's share ^ `trust` (a logarithmic opinion pool, Genest & Zidek
 * 1986). `shares`: a probability a class and, last, of "nothing here"; `places`: where each class is among the detector's, −1 for one it does
 * not know. A detector that does not know all of them has a say in the score, none in the class. `probabilities` become the second look's.
 */
export function weighClasses(
  box: EngineDetection,
  shares: readonly number[],
  places: readonly number[],
  { trust }: Pick<Cropping, 'trust'>,
): EngineDetection[] {
  const classes = shares.slice(0, -1);
  const isKnown = !places.includes(-1);
  const own = isKnown ? places.indexOf(box.classIndex) : -1;
  const scores = classes.map((share, c) => {
    const found = isKnown && c !== own ? (box.probabilities[places[c] as number] ?? 0) : box.score;
    return clip(found) ** (1 - trust) * clip(share) ** trust;
  });
  const best = scores.indexOf(Math.max(...scores));
  const chosen = own === -1 || own === best ? [best] : [best, own];
  return chosen.map((classIndex) => ({
    ...box,
    classIndex,
    score: scores[classIndex] ?? 0,
    probabilities: classes,
  }));
}

function clip(value: number): number {
  return Math.min(1, Math.max(LEAST_SHARE, value));
}
