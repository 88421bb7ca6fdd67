/** How much a figure would move with other boats or cameras: a bootstrap over groups of images. */
import type { Random } from './random.ts';

/** A range that holds the figure with probability `level`, and how many groups it rests on. */
export interface Interval {
  readonly low: number;
  readonly high: number;
  /** 0..1, 0.95 unless told. */
  readonly level: number;
  readonly groups: number;
}

export interface BootstrapInput {
  /** The group of each item; items of one group are drawn together. Pass a different text for each item to draw items. */
  readonly groups: readonly string[];
  /** The figure, when item i counts `weights[i]` times (whole numbers ≥ 0). Null when it has none: that draw is left out. */
  readonly compute: (weights: Uint32Array) => number | null;
  readonly random: Random;
  /** Draws; 1,000 unless told. */
  readonly rounds?: number;
  readonly level?: number;
}

/**
 * Percentile bootstrap interval (Efron 1979): groups are drawn with replacement, as many as there are. Null with fewer than two
 * groups, or when fewer than half of the draws have a figure: then an interval would promise what it cannot hold.
 */
export function computeBootstrapInterval(input: BootstrapInput): Interval | null {
  const level = input.level ?? 0.95;
  const rounds = input.rounds ?? 1000;
  const index = new Map<string, number>();
  const groupOf = Uint32Array.from(input.groups, (group) => {
    const known = index.get(group);
    if (known !== undefined) return known;
    index.set(group, index.size);
    return index.size - 1;
  });
  if (index.size < 2) return null;
  const drawn = new Uint32Array(index.size);
  const weights = new Uint32Array(groupOf.length);
  const figures: number[] = [];
  for (let round = 0; round < rounds; round++) {
    drawn.fill(0);
    for (let i = 0; i < drawn.length; i++) {
      const group = input.random.int(drawn.length);
      drawn[group] = (drawn[group] ?? 0) + 1;
    }
    for (let i = 0; i < weights.length; i++) weights[i] = drawn[groupOf[i] ?? 0] ?? 0;
    const figure = input.compute(weights);
    if (figure !== null && Number.isFinite(figure)) figures.push(figure);
  }
  if (figures.length * 2 < rounds || figures.length === 0) return null;
  figures.sort((a, b) => a - b);
  const tail = (1 - level) / 2;
  return { low: quantile(figures, tail), high: quantile(figures, 1 - tail), level, groups: index.size };
}

/** Linear interpolation between the neighbours, as numpy.quantile does. `sorted` must not be empty. */
function quantile(sorted: readonly number[], frac: number): number {
  const at = frac * (sorted.length - 1);
  const below = sorted[Math.floor(at)] ?? 0;
  const above = sorted[Math.ceil(at)] ?? below;
  return below + (above - below) * (at - Math.floor(at));
}
