/**
 * Near pairs among very many unit vectors by hashing: vectors at a small angle fall on the same side of a random plane nearly always, those at a
 * large one half of the time (Charikar, STOC 2002). Several tables of several planes each find a pair with a probability that is known before.
 */
import type { Random } from '../random.ts';
import type { VectorTable } from './near-vectors.ts';

/** A pair right at the radius is missed with at most this probability; nearer ones with far less. */
const mostMissed = 0.004;
const mostTables = 96;

/** Planes a table and tables, for so many vectors and so small an angle: buckets of a few vectors, and the recall that is promised. */
function chooseTables(count: number, radius: number): { planes: number; tables: number } {
  const angle = 2 * Math.asin(Math.min(1, radius / 2));
  const same = 1 - angle / Math.PI;
  for (let planes = Math.min(20, Math.ceil(Math.log2(count))); planes > 1; planes--) {
    const tables = Math.ceil(Math.log(mostMissed) / Math.log(1 - same ** planes));
    if (tables <= mostTables) return { planes, tables };
  }
  return { planes: 1, tables: mostTables };
}

/** Tells pairs not farther apart than `radius`, each once; `isKnown` as in `visitNearVectors`. The vectors must have length 1 (or 0). */
export function visitByHashing(
  { values, length, count }: VectorTable,
  radius: number,
  options: {
    readonly random: Random;
    /** The distance of two vectors, or −1 when it is larger than the radius. */
    readonly isNear: (i: number, j: number) => number;
    readonly visit: (i: number, j: number, distance: number) => void;
    readonly isKnown?: (i: number, j: number) => boolean;
  },
): void {
  const { planes, tables } = chooseTables(count, radius);
  const keys: Uint32Array[] = [];
  for (let table = 0; table < tables; table++) {
    const own = hashAll({ values, length, count }, planes, options.random);
    const buckets = new Map<number, number[]>();
    for (let j = 0; j < count; j++) {
      const key = own[j] as number;
      const bucket = buckets.get(key);
      if (bucket === undefined) {
        buckets.set(key, [j]);
        continue;
      }
      for (const i of bucket) {
        if (options.isKnown?.(i, j) === true) continue;
        const distance = options.isNear(i, j);
        // A pair that met in an earlier table was told then.
        if (distance < 0 || keys.some((earlier) => earlier[i] === earlier[j])) continue;
        options.visit(i, j, distance);
      }
      bucket.push(j);
    }
    keys.push(own);
  }
}

/** One bit a plane: the side of it that a vector lies on. */
function hashAll({ values, length, count }: VectorTable, planes: number, random: Random): Uint32Array {
  const keys = new Uint32Array(count);
  for (let plane = 0; plane < planes; plane++) {
    const normal = Float64Array.from({ length }, () => random.gaussian());
    for (let i = 0; i < count; i++) {
      let dot = 0;
      for (let d = 0; d < length; d++) dot += (values[i * length + d] as number) * (normal[d] as number);
      keys[i] = ((keys[i] as number) << 1) | (dot > 0 ? 1 : 0);
    }
  }
  return keys;
}
