/** How the learning rate moves from the first step (0) to the last (1), and how many steps there are. Pure. */

/** What a whole run may cost at most without a time budget. */
const MAX_STEPS = 100_000;

/** A whole number of steps between `least` and the largest a run may have. */
export function clampSteps(steps: number, least: number): number {
  return Math.max(least, Math.min(MAX_STEPS, Math.round(steps)));
}

const WARM_FRAC = 0.15;
const START_DIVISOR = 25;
const END_DIVISOR = 1000;

/**
 * The learning rate at `doneFrac` (0..1). `one-cycle` (Smith & Topin 2018): cosine up from peak / 25 over the first 15 %, cosine down to
 * peak / 1000. `stepped`: the lesson's peak for the first 30 %, a tenth of it to 70 %, a hundredth to the end.
 */
export function computeRate(shape: 'one-cycle' | 'stepped', peakRate: number, doneFrac: number): number {
  const t = Math.min(1, Math.max(0, doneFrac));
  if (shape === 'stepped') return peakRate * (t < 0.3 ? 1 : t < 0.7 ? 0.1 : 0.01);
  const glide = (from: number, to: number, frac: number): number =>
    to + ((from - to) * (1 + Math.cos(Math.PI * frac))) / 2;
  if (t < WARM_FRAC) return glide(peakRate / START_DIVISOR, peakRate, t / WARM_FRAC);
  return glide(peakRate, peakRate / END_DIVISOR, (t - WARM_FRAC) / (1 - WARM_FRAC));
}

/** The length of a run: so many steps, or so much time. */
export type RunLength =
  | { readonly kind: 'steps'; readonly steps: number }
  | { readonly kind: 'time'; readonly budgetMs: number };

/** How much of a run is done, 0..1. By time the speed measured so far decides, so that the schedule ends on the budget. */
export function computeDoneFrac(length: RunLength, step: number, elapsedMs: number): number {
  const frac = length.kind === 'steps' ? step / length.steps : elapsedMs / Math.max(1, length.budgetMs);
  return Math.min(1, Math.max(0, frac));
}

/** Steps a run will have taken at its end, by what is known at this step. */
export function estimateSteps(length: RunLength, step: number, elapsedMs: number): number {
  if (length.kind === 'steps') return length.steps;
  const frac = computeDoneFrac(length, step, elapsedMs);
  return frac <= 0 ? 0 : Math.max(step, Math.round(step / frac));
}
