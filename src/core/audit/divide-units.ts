/** Puts whole units (groups, chains of near-duplicates, single images) into parts so that every class is spread as the parts are sized. */
import type { Random } from '../random.ts';
import { createUnionFind } from './union-find.ts';

/** What must be known of an image to put it on a side. */
export interface DivisibleImage {
  readonly id: string;
  /** Boat or camera; null where nothing is known of it. */
  readonly group: string | null;
  /** Chain of near-duplicates; null for an image without a twin. */
  readonly chain: string | null;
  /** Classes of its boxes, one entry a box; `nothing` where a person found none; empty where nobody looked. */
  readonly classIds: readonly string[];
}

/**
 * Images that must stay together, as indices: those of one chain always, and with `keepGroups` those of one group. A chain that touches two
 * groups ties them together.
 */
export function listUnits(
  images: readonly Pick<DivisibleImage, 'group' | 'chain'>[],
  keepGroups: boolean,
): number[][] {
  const sets = createUnionFind(images.length);
  const first = new Map<string, number>();
  images.forEach(({ group, chain }, i) => {
    const ties = [
      ...(chain === null ? [] : [`chain ${chain}`]),
      ...(keepGroups && group !== null ? [`group ${group}`] : []),
    ];
    for (const tie of ties) {
      const other = first.get(tie);
      if (other === undefined) first.set(tie, i);
      else sets.join(other, i);
    }
  });
  return sets.list();
}

interface Goal {
  /** Part of the images that each part should get; they sum to 1. */
  readonly shares: readonly number[];
  readonly random: Random;
  /** Units that are where they must be: index of the part, or undefined. */
  readonly fixed?: readonly (number | undefined)[];
}

/** Divisions tried with other orders; the best is taken. */
const tries = 12;
/** What it costs that a part lacks a class, beside the squared distances: a side without a class cannot judge it. */
const lackCost = 0.3;
/** Beyond so many units a single exchange no longer matters. */
const exchangeable = 1500;

/**
 * The part of each unit. Greedy, largest units first, then single moves while they help: the cost is the squared distance of every class
 * (and of the images as a whole) from its share, so that rare classes weigh as much as common ones, and more where a part lacks a class
 * altogether. A part stays empty only when there are
 * fewer units than parts; then the parts with the largest shares are filled.
 */
export function divideUnits(
  images: readonly Pick<DivisibleImage, 'classIds'>[],
  units: readonly (readonly number[])[],
  goal: Goal,
): number[] {
  const weights = units.map((unit) => countClasses(unit, images));
  const totals = new Map<string, number>();
  for (const counts of weights) for (const [name, n] of counts) totals.set(name, (totals.get(name) ?? 0) + n);
  const rounds = units.length > exchangeable ? 2 : tries;
  let best: { parts: number[]; cost: number } | undefined;
  for (let round = 0; round < rounds; round++) {
    const found = attempt(weights, totals, goal);
    if (best === undefined || found.cost < best.cost - 1e-12) best = found;
  }
  return best?.parts ?? [];
}

/** How many of each class are in a unit; the images themselves count under the empty name. */
function countClasses(
  unit: readonly number[],
  images: readonly Pick<DivisibleImage, 'classIds'>[],
): Map<string, number> {
  const counts = new Map<string, number>([['', unit.length]]);
  for (const index of unit)
    for (const classId of images[index]?.classIds ?? []) counts.set(classId, (counts.get(classId) ?? 0) + 1);
  return counts;
}

function attempt(
  weights: readonly ReadonlyMap<string, number>[],
  totals: ReadonlyMap<string, number>,
  { shares, random, fixed }: Goal,
): { parts: number[]; cost: number } {
  const held = shares.map(() => new Map<string, number>());
  const units = shares.map(() => 0);
  const parts = new Array<number>(weights.length).fill(-1);
  // Squared distance of a class from its share, in units of the class's own size; images as a whole weigh as all classes together.
  const weigh = (name: string): number => (name === '' ? totals.size : 1) / (totals.get(name) ?? 1) ** 2;
  const change = (part: number, counts: ReadonlyMap<string, number>, sign: 1 | -1): number => {
    let sum = 0;
    for (const [name, n] of counts) {
      const has = held[part]?.get(name) ?? 0;
      const gap = has - (shares[part] ?? 0) * (totals.get(name) ?? 0);
      if (name !== '' && has === (sign === 1 ? 0 : n)) sum -= sign * lackCost;
      sum += weigh(name) * ((gap + sign * n) ** 2 - gap ** 2);
    }
    return sum;
  };
  const put = (unit: number, part: number): void => {
    const counts = weights[unit] as ReadonlyMap<string, number>;
    const before = parts[unit] as number;
    for (const [to, sign] of [
      [before, -1],
      [part, 1],
    ] as const) {
      if (to < 0) continue;
      units[to] = (units[to] ?? 0) + sign;
      for (const [name, n] of counts) held[to]?.set(name, (held[to]?.get(name) ?? 0) + sign * n);
    }
    parts[unit] = part;
  };
  weights.forEach((_, unit) => {
    const part = fixed?.[unit];
    if (part !== undefined) put(unit, part);
  });
  const free = weights.map((_, unit) => unit).filter((unit) => fixed?.[unit] === undefined);
  const order = random.shuffle(free).sort((a, b) => (weights[b]?.get('') ?? 0) - (weights[a]?.get('') ?? 0));
  const bestPart = (unit: number): number => {
    let best = 0;
    let least = Number.POSITIVE_INFINITY;
    shares.forEach((share, part) => {
      if (share <= 0) return;
      const cost = change(part, weights[unit] as ReadonlyMap<string, number>, 1);
      if (cost < least) [best, least] = [part, cost];
    });
    return best;
  };
  for (const unit of order) put(unit, bestPart(unit));
  fillEmpty(shares, units, order, weights, put, (unit) => parts[unit] as number);
  if (weights.length <= exchangeable) improve(order, shares, parts, units, weights, change, put);
  let cost = 0;
  for (const [name, total] of totals)
    shares.forEach((share, part) => {
      const has = held[part]?.get(name) ?? 0;
      cost += weigh(name) * (has - share * total) ** 2 + (share > 0 && has === 0 ? lackCost : 0);
    });
  return { parts, cost };
}

/** Gives every wanted part that got nothing the smallest unit of a part that can spare one. */
function fillEmpty(
  shares: readonly number[],
  units: readonly number[],
  order: readonly number[],
  weights: readonly ReadonlyMap<string, number>[],
  put: (unit: number, part: number) => void,
  partOf: (unit: number) => number,
): void {
  const wanted = shares.map((share, part) => ({ share, part })).filter(({ share }) => share > 0);
  for (const { part } of wanted.sort((a, b) => b.share - a.share)) {
    if ((units[part] ?? 0) > 0) continue;
    const spare = order
      .filter((unit) => (units[partOf(unit)] ?? 0) > 1)
      .sort((a, b) => (weights[a]?.get('') ?? 0) - (weights[b]?.get('') ?? 0))[0];
    if (spare !== undefined) put(spare, part);
  }
}

function improve(
  order: readonly number[],
  shares: readonly number[],
  parts: readonly number[],
  units: readonly number[],
  weights: readonly ReadonlyMap<string, number>[],
  change: (part: number, counts: ReadonlyMap<string, number>, sign: 1 | -1) => number,
  put: (unit: number, part: number) => void,
): void {
  for (let pass = 0; pass < 8; pass++) {
    let moved = false;
    for (const unit of order) {
      const from = parts[unit] as number;
      if ((units[from] ?? 0) <= 1) continue;
      const counts = weights[unit] as ReadonlyMap<string, number>;
      const gain = change(from, counts, -1);
      const better = shares.findIndex(
        (share, part) => part !== from && share > 0 && gain + change(part, counts, 1) < -1e-12,
      );
      if (better < 0) continue;
      put(unit, better);
      moved = true;
    }
    if (!moved) return;
  }
}
