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

/**
 * Fills `out` with `hit` where `createRandom(seed).next()` would draw below `probability`, in its order, and with `miss` elsewhere: the
 * same chance at a third of the time, for masks of millions.
 */
export function fillByChance(
  out: Float32Array,
  seed: number,
  o: { readonly probability: number; readonly hit: number; readonly miss: number },
): void {
  const values = Float32Array.of(o.miss, o.hit);
  const below = o.probability * 4294967296;
  const half = Math.floor(below / 2);
  let state = seed | 0;
  for (let i = 0; i < out.length; i++) {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    t ^= t >>> 14;
    // The sign of a difference picks the value: a branch that nobody can foretell would cost most of the time.
    const gap = (t >>> 1) - half;
    out[i] = values[gap === 0 ? Number(t >>> 0 < below) : gap >>> 31] as number;
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
