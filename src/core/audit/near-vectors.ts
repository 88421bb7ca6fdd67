/**
 * Pairs of vectors that lie close together, among 100,000, without comparing all pairs. Up to a few thousand exactly: a vector's shadow on a few
 * directions is never farther from another's shadow than the vectors are from each other, so what the ball in the shadows leaves out cannot be
 * near. Beyond that by hashing, which finds all but a few in a thousand.
 */

import type { Vectors } from '../likeness.ts';
import type { Random } from '../random.ts';
import { visitByHashing } from './near-hashing.ts';

/** Vectors row by row: vector i is `values[i·length .. (i+1)·length)`. */
export interface VectorTable {
  readonly values: Float32Array;
  readonly length: number;
  readonly count: number;
}

/** The vectors that are known, one after the other, and whose they are. */
export function gatherKnown({ length, values, known }: Vectors): {
  readonly table: VectorTable;
  readonly items: readonly number[];
} {
  const items = Array.from(known.keys()).filter((i) => known[i] === 1);
  const own = new Float32Array(items.length * length);
  items.forEach((i, row) => {
    own.set(values.subarray(i * length, (i + 1) * length), row * length);
  });
  return { table: { values: own, length, count: items.length }, items };
}

/** A table of vectors of length 1 (or 0, where all is 0): then `distance² = 2 − 2·cosine`. */
export function toUnitVectors({ values, length, count }: VectorTable): VectorTable {
  const out = new Float32Array(count * length);
  for (let i = 0; i < count; i++) {
    let sum = 0;
    for (let d = 0; d < length; d++) sum += (values[i * length + d] as number) ** 2;
    const scale = sum > 0 ? 1 / Math.sqrt(sum) : 0;
    for (let d = 0; d < length; d++) out[i * length + d] = (values[i * length + d] as number) * scale;
  }
  return { values: out, length, count };
}

/** Takes the mean of all vectors off each and makes them of length 1, in the table itself: a copy of it may be hundreds of megabytes. */
export function centreInPlace(table: VectorTable): VectorTable {
  const { values, length, count } = table;
  const mean = new Float64Array(length);
  for (let i = 0; i < count; i++)
    for (let d = 0; d < length; d++)
      mean[d] = (mean[d] as number) + (values[i * length + d] as number) / count;
  for (let i = 0; i < count; i++) {
    let sum = 0;
    for (let d = 0; d < length; d++) {
      const value = Math.fround((values[i * length + d] as number) - (mean[d] as number));
      values[i * length + d] = value;
      sum += value ** 2;
    }
    const scale = sum > 0 ? 1 / Math.sqrt(sum) : 0;
    for (let d = 0; d < length; d++) values[i * length + d] = (values[i * length + d] as number) * scale;
  }
  return table;
}

const shadowAxes = 12;
const leafSize = 24;
/** Above this shadows no longer part unlike vectors quickly enough. */
const mostByShadow = 5000;
/** Vectors that the directions are learnt from: more change them little. */
const sampled = 2000;

/**
 * Tells every pair (`i < j`, each once) not farther apart than `radius`, with its distance. `isKnown` may say that a pair need not be looked
 * at any more: for chains, where two that hang together already bring nothing. `values` must be finite, and above 5,000 of length 1
 * ({@link toUnitVectors}): there up to four pairs in a thousand right at the radius may be missed.
 */
export function visitNearVectors(
  table: VectorTable,
  radius: number,
  options: {
    readonly random: Random;
    readonly visit: (i: number, j: number, distance: number) => void;
    readonly isKnown?: (i: number, j: number) => boolean;
  },
): void {
  if (!(radius >= 0)) throw new RangeError(`a radius of 0 or more is needed, not ${radius}`);
  const { values, length, count } = table;
  if (count < 2 || length === 0) return;
  const most = radius * radius;
  const rounding = 1e-6 * (1 + radius);
  const isNear = (i: number, j: number): number => {
    let sum = 0;
    for (let d = 0; d < length; ) {
      const end = Math.min(length, d + 16);
      for (; d < end; d++) {
        const gap = (values[i * length + d] as number) - (values[j * length + d] as number);
        sum += gap * gap;
      }
      if (sum > most + rounding) return -1;
    }
    return sum <= most ? Math.sqrt(sum) : -1;
  };
  if (count > mostByShadow) {
    visitByHashing(table, radius, { ...options, isNear });
    return;
  }
  const axes = findMainAxes(table, Math.min(shadowAxes, length), options.random);
  const shadows = project(table, axes);
  const tree = buildTree(shadows, axes.length, count);
  const gaps = new Float64Array(axes.length);
  for (let i = 0; i < count; i++) {
    searchTree(tree, shadows, axes.length, i, (radius + rounding) ** 2, gaps, 0, (j) => {
      if (j <= i || options.isKnown?.(i, j) === true) return;
      const distance = isNear(i, j);
      if (distance >= 0) options.visit(i, j, distance);
    });
  }
}

/** The directions of largest spread, of length 1 and upright on each other, by orthogonal iteration on a sample. */
export function findMainAxes(
  { values, length, count }: VectorTable,
  wanted: number,
  random: Random,
): Float64Array[] {
  const rows =
    count <= sampled
      ? Array.from({ length: count }, (_, i) => i)
      : Array.from({ length: sampled }, () => random.int(count));
  const mean = new Float64Array(length);
  for (const row of rows)
    for (let d = 0; d < length; d++)
      mean[d] = (mean[d] as number) + (values[row * length + d] as number) / rows.length;
  let axes = orthonormalise(
    Array.from({ length: wanted }, () => Float64Array.from({ length }, () => random.gaussian())),
  );
  for (let round = 0; round < 12; round++) {
    const next = axes.map(() => new Float64Array(length));
    for (const row of rows) {
      for (const [a, axis] of axes.entries()) {
        let dot = 0;
        for (let d = 0; d < length; d++)
          dot += ((values[row * length + d] as number) - (mean[d] as number)) * (axis[d] as number);
        const sum = next[a] as Float64Array;
        for (let d = 0; d < length; d++)
          sum[d] = (sum[d] as number) + dot * ((values[row * length + d] as number) - (mean[d] as number));
      }
    }
    axes = orthonormalise(next);
  }
  return axes;
}

/** Gram–Schmidt; directions that vanish are left out, since they separate nothing. */
function orthonormalise(vectors: readonly Float64Array[]): Float64Array[] {
  const kept: Float64Array[] = [];
  for (const vector of vectors) {
    const before = Math.sqrt(vector.reduce((sum, v) => sum + v * v, 0));
    // Twice is enough (Kahan): one pass leaves rounding errors that would make shadows longer than their vectors.
    for (let pass = 0; pass < 2; pass++)
      for (const axis of kept) {
        let dot = 0;
        for (let d = 0; d < vector.length; d++) dot += (vector[d] as number) * (axis[d] as number);
        for (let d = 0; d < vector.length; d++) vector[d] = (vector[d] as number) - dot * (axis[d] as number);
      }
    const norm = Math.sqrt(vector.reduce((sum, v) => sum + v * v, 0));
    if (norm > 1e-9 * (before + 1e-30)) kept.push(vector.map((v) => v / norm));
  }
  return kept;
}

/** Coordinates of every vector along the axes, row by row. */
export function project({ values, length, count }: VectorTable, axes: readonly Float64Array[]): Float64Array {
  const out = new Float64Array(count * axes.length);
  for (let i = 0; i < count; i++)
    for (const [a, axis] of axes.entries()) {
      let dot = 0;
      for (let d = 0; d < length; d++) dot += (values[i * length + d] as number) * (axis[d] as number);
      out[i * axes.length + a] = dot;
    }
  return out;
}

interface Leaf {
  readonly members: Int32Array;
}
interface Branch {
  readonly axis: number;
  readonly cut: number;
  readonly below: Tree;
  readonly above: Tree;
}
type Tree = Leaf | Branch;

/** A k-d tree (Bentley 1975) over the shadows: halves at the median of the widest axis. */
function buildTree(points: Float64Array, axes: number, count: number): Tree {
  const build = (members: Int32Array): Tree => {
    if (members.length <= leafSize || axes === 0) return { members };
    let axis = 0;
    let widest = -1;
    for (let a = 0; a < axes; a++) {
      let least = Number.POSITIVE_INFINITY;
      let most = Number.NEGATIVE_INFINITY;
      for (const m of members) {
        const at = points[m * axes + a] as number;
        if (at < least) least = at;
        if (at > most) most = at;
      }
      if (most - least > widest) [widest, axis] = [most - least, a];
    }
    if (widest <= 0) return { members };
    const sorted = members.sort(
      (a, b) => (points[a * axes + axis] as number) - (points[b * axes + axis] as number),
    );
    const middle = sorted.length >> 1;
    return {
      axis,
      cut: points[(sorted[middle] as number) * axes + axis] as number,
      below: build(sorted.slice(0, middle)),
      above: build(sorted.slice(middle)),
    };
  };
  return build(Int32Array.from({ length: count }, (_, i) => i));
}

/**
 * Visits all whose shadow lies within the radius. `gaps` holds how far the part of the tree lies away along each axis; their squares sum up
 * (Arya, Mount 1993), so that a part is left out as soon as the ball, and not only its box, misses it.
 */
function searchTree(
  tree: Tree,
  points: Float64Array,
  axes: number,
  of: number,
  most: number,
  gaps: Float64Array,
  away: number,
  visit: (member: number) => void,
): void {
  if ('members' in tree) {
    for (const member of tree.members) {
      let sum = 0;
      for (let a = 0; a < axes && sum <= most; a++) {
        const gap = (points[member * axes + a] as number) - (points[of * axes + a] as number);
        sum += gap * gap;
      }
      if (sum <= most) visit(member);
    }
    return;
  }
  const { axis } = tree;
  const gap = (points[of * axes + axis] as number) - tree.cut;
  const [near, far] = gap < 0 ? [tree.below, tree.above] : [tree.above, tree.below];
  searchTree(near, points, axes, of, most, gaps, away, visit);
  const before = gaps[axis] as number;
  const farther = away - before * before + gap * gap;
  if (farther > most) return;
  gaps[axis] = Math.abs(gap);
  searchTree(far, points, axes, of, most, gaps, farther, visit);
  gaps[axis] = before;
}
