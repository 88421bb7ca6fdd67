/** Orders of crops by how alike they look: neighbours in the list are neighbours to the eye, so that one that is different stands out. Pure. */
import type { Random } from './random.ts';

/** Vectors row by row, `length` numbers each; a row whose `known` is 0 says nothing. */
export interface Vectors {
  readonly length: number;
  readonly values: Float32Array;
  readonly known: Uint8Array;
}

/** Numbers a vector is brought down to before a chain is sought: likenesses keep to within a few hundredths. */
const chainLength = 48;

/** Cosine likeness of each row to a vector, -1..1; null where the row is not known. */
export function likenessTo({ length, values, known }: Vectors, to: ArrayLike<number>): (number | null)[] {
  const own = norm(to, 0, length);
  return Array.from(known, (isKnown, row) => {
    if (isKnown !== 1 || own === 0) return null;
    const size = norm(values, row * length, length);
    return size === 0 ? 0 : dot(values, row * length, to, length) / (size * own);
  });
}

/** The mean direction of the known rows: what a typical one looks like. All zeros without any. */
export function meanDirection({ length, values, known }: Vectors, rows: Iterable<number>): Float32Array {
  const mean = new Float32Array(length);
  for (const row of rows) {
    const size = known[row] === 1 ? norm(values, row * length, length) : 0;
    if (size === 0) continue;
    for (let d = 0; d < length; d++)
      mean[d] = (mean[d] as number) + (values[row * length + d] as number) / size;
  }
  return mean;
}

/**
 * All rows once, each beside those it is most like: a chain from the most typical row, always on to the nearest that is left (greedy
 * nearest neighbour, as for the travelling salesman). Rows that are not known come last, in their order. Quadratic in the rows; vectors
 * are first projected onto 48 random directions (Johnson and Lindenstrauss 1984), so that two thousand take a tenth of a second.
 */
export function chainOrder(vectors: Vectors, random: Random): number[] {
  const rows = Array.from(vectors.known.keys());
  const known = rows.filter((row) => vectors.known[row] === 1);
  const typical = likenessTo(vectors, meanDirection(vectors, known));
  const small = project(vectors, known, random);
  const left = new Set(known.keys());
  const order: number[] = [];
  let at = known.reduce(
    (best, row, i) => ((typical[row] ?? -1) > (typical[known[best] ?? -1] ?? -2) ? i : best),
    0,
  );
  while (left.size > 0) {
    left.delete(at);
    order.push(known[at] as number);
    let best = -1;
    let most = Number.NEGATIVE_INFINITY;
    for (const i of left) {
      const likeness = dotRows(small, at, i);
      if (likeness > most) {
        most = likeness;
        best = i;
      }
    }
    at = best;
  }
  return [...order, ...rows.filter((row) => vectors.known[row] !== 1)];
}

/** Directions of length 1 in fewer dimensions, `chainLength` numbers a row. */
function project({ length, values }: Vectors, rows: readonly number[], random: Random): Float32Array {
  const directions = Float32Array.from({ length: length * chainLength }, () => random.gaussian());
  const out = new Float32Array(rows.length * chainLength);
  for (const [i, row] of rows.entries()) {
    for (let d = 0; d < length; d++) {
      const value = values[row * length + d] as number;
      if (value === 0) continue;
      for (let k = 0; k < chainLength; k++)
        out[i * chainLength + k] =
          (out[i * chainLength + k] as number) + value * (directions[d * chainLength + k] as number);
    }
    const size = norm(out, i * chainLength, chainLength) || 1;
    for (let k = 0; k < chainLength; k++)
      out[i * chainLength + k] = (out[i * chainLength + k] as number) / size;
  }
  return out;
}

function dotRows(small: Float32Array, a: number, b: number): number {
  let sum = 0;
  for (let k = 0; k < chainLength; k++)
    sum += (small[a * chainLength + k] as number) * (small[b * chainLength + k] as number);
  return sum;
}

function dot(values: ArrayLike<number>, from: number, other: ArrayLike<number>, length: number): number {
  let sum = 0;
  for (let d = 0; d < length; d++) sum += (values[from + d] as number) * (other[d] as number);
  return sum;
}

function norm(values: ArrayLike<number>, from: number, length: number): number {
  let sum = 0;
  for (let d = 0; d < length; d++) sum += (values[from + d] as number) ** 2;
  return Math.sqrt(sum);
}
