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

interface Draws {
  /** The group of each item; items of one group are drawn together. Pass a different text for each item to draw items. */
  readonly groups: readonly string[];
  readonly random: Random;
  /** Draws; 1,000 unless told. */
  readonly rounds?: number;
  readonly level?: number;
}

export interface BootstrapInput extends Draws {
  /** The figure, when item i counts `weights[i]` times (whole numbers ≥ 0). Null when it has none: that draw is left out. */
  readonly compute: (weights: Uint32Array) => number | null;
}

export interface BootstrapManyInput extends Draws {
  /** Figures by name, as in {@link BootstrapInput}. A name left out of a draw counts as null. */
  readonly compute: (weights: Uint32Array) => ReadonlyMap<string, number | null>;
}

/**
 * Percentile bootstrap interval (Efron 1979): groups are drawn with replacement, as many as there are. Null with fewer than two
 * groups, or when fewer than half of the draws have a figure: then an interval would promise what it cannot hold.
 */
export function computeBootstrapInterval(input: BootstrapInput): Interval | null {
  const steps = bootstrapIntervals({
    ...input,
    compute: (weights) => new Map([['figure', input.compute(weights)]]),
  });
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value.get('figure') ?? null;
  }
}

/**
 * {@link computeBootstrapInterval} of many figures from the same draws. Each step of the generator is one draw and tells the part
 * done (0..1), so that a caller with other work to do can go to and fro; it returns the intervals of all names that any draw had.
 */
export function* bootstrapIntervals(
  input: BootstrapManyInput,
): Generator<number, Map<string, Interval | null>, void> {
  const level = input.level ?? 0.95;
  const rounds = input.rounds ?? 1000;
  const index = new Map<string, number>();
  const groupOf = Uint32Array.from(input.groups, (group) => {
    const known = index.get(group);
    if (known !== undefined) return known;
    index.set(group, index.size);
    return index.size - 1;
  });
  if (index.size < 2) return new Map();
  const drawn = new Uint32Array(index.size);
  const weights = new Uint32Array(groupOf.length);
  const figures = new Map<string, number[]>();
  for (let round = 0; round < rounds; round++) {
    drawn.fill(0);
    for (let i = 0; i < drawn.length; i++) {
      const group = input.random.int(drawn.length);
      drawn[group] = (drawn[group] ?? 0) + 1;
    }
    for (let i = 0; i < weights.length; i++) weights[i] = drawn[groupOf[i] ?? 0] ?? 0;
    for (const [name, figure] of input.compute(weights)) {
      const list = figures.get(name) ?? [];
      figures.set(name, list);
      if (figure !== null && Number.isFinite(figure)) list.push(figure);
    }
    yield (round + 1) / rounds;
  }
  const tail = (1 - level) / 2;
  const toInterval = (values: number[]): Interval | null => {
    if (values.length * 2 < rounds || values.length === 0) return null;
    values.sort((a, b) => a - b);
    return { low: quantile(values, tail), high: quantile(values, 1 - tail), level, groups: index.size };
  };
  return new Map([...figures].map(([name, values]) => [name, toInterval(values)]));
}

/** Linear interpolation between the neighbours, as numpy.quantile does. `sorted` must not be empty. */
function quantile(sorted: readonly number[], frac: number): number {
  const at = frac * (sorted.length - 1);
  const below = sorted[Math.floor(at)] ?? 0;
  const above = sorted[Math.ceil(at)] ?? below;
  return below + (above - below) * (at - Math.floor(at));
}
