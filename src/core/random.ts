/** Seeded pseudo-random numbers: the only source of chance in the studio, always passed in. */

/** A small deterministic generator. Same seed, same sequence, on every machine. */
export interface Random {
  /** A float in [0, 1). */
  next(): number;
  /** An integer in [0, maxExclusive). */
  int(maxExclusive: number): number;
  /** A float in [min, max). */
  range(min: number, max: number): number;
  /** One element of a non-empty list. Throws RangeError on an empty one. */
  pick<T>(list: readonly T[]): T;
  /** A new array holding the same elements in random order (Fisher–Yates). */
  shuffle<T>(list: readonly T[]): T[];
  /** A normally distributed float, mean 0, standard deviation 1 (Box–Muller). */
  gaussian(): number;
  /** An independent generator derived from this one and a label, so that adding draws in one place moves nothing elsewhere. */
  fork(label: string): Random;
}

/** Hashes text to 32 bits (FNV-1a). Not cryptographic. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash ^= text.charCodeAt(i);
    hash = Math.imul(hash, 0x01000193);
  }
  return hash >>> 0;
}

/** Of 16 random bits, the gap to the next hit: a table a probability, kept for the few that a net has. */
const gapTables = new Map<number, Uint32Array>();
const GAPS = 65536;
/** So many tables are kept; nets have two or three dropouts. */
const KEPT_TABLES = 8;

/**
 * Entry `u` is the number of misses before the next hit, where the gap is at least k for `u` < 65536 · (1 − probability)^k: geometric to 16 bits.
 * Entry 0 is the longest gap, after which nothing is hit and the next gap begins: chance has no memory.
 */
function findGaps(probability: number): Uint32Array {
  const known = gapTables.get(probability);
  if (known !== undefined) return known;
  const table = new Uint32Array(GAPS);
  let gap = 0;
  let above = GAPS;
  while (above > 1) {
    const next = above * (1 - probability);
    // Those of at least this gap and not the next; powers by products are the same on every machine.
    table.fill(gap, Math.max(1, Math.ceil(next)), Math.ceil(above));
    above = next;
    gap++;
  }
  table[0] = gap;
  if (gapTables.size >= KEPT_TABLES) gapTables.clear();
  gapTables.set(probability, table);
  return table;
}

/**
 * Fills `out` with `hit` at each place by itself with `probability` (0..1; below 2^-16 it is taken for 0) and with `miss` elsewhere. Same seed,
 * same mask, on every machine. It draws the gaps from hit to hit and not each number: a tenth of the time, for masks of millions.
 */
export function fillByChance(
  out: Float32Array,
  seed: number,
  o: { readonly probability: number; readonly hit: number; readonly miss: number },
): void {
  if (o.probability > 0.5) {
    // The rarer of the two is drawn.
    fillByChance(out, seed, { probability: 1 - o.probability, hit: o.miss, miss: o.hit });
    return;
  }
  const { hit, miss } = o;
  out.fill(miss);
  if (o.probability < 1 / GAPS) return;
  const gaps = findGaps(o.probability);
  const { length } = out;
  let state = seed | 0;
  let place = 0;
  while (place < length) {
    // mulberry32, as below; each of its numbers tells two gaps.
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    t ^= t >>> 14;
    const first = t & 0xffff;
    place += gaps[first] as number;
    if (first > 0) {
      if (place >= length) break;
      out[place++] = hit;
    }
    const second = t >>> 16;
    place += gaps[second] as number;
    if (second > 0 && place < length) out[place++] = hit;
  }
}

/** Creates a generator (mulberry32, public domain algorithm by Tommy Ettinger). `seed` is taken modulo 2^32. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const int = (maxExclusive: number): number => Math.floor(next() * maxExclusive);
  return {
    next,
    int,
    range: (min, max) => min + next() * (max - min),
    pick: <T>(list: readonly T[]): T => {
      if (list.length === 0) throw new RangeError('pick needs a non-empty list');
      return list[int(list.length)] as T;
    },
    shuffle: <T>(list: readonly T[]): T[] => {
      const copy = [...list];
      for (let i = copy.length - 1; i > 0; i--) {
        const j = int(i + 1);
        [copy[i], copy[j]] = [copy[j] as T, copy[i] as T];
      }
      return copy;
    },
    gaussian: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    fork: (label) => createRandom(hashText(`${seed >>> 0}/${label}`)),
  };
}
