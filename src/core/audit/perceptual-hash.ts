/**
 * A 64-bit picture of a picture: the signs of its lowest frequencies. Copies at another size, quality or brightness differ in a few bits.
 * pHash as in Zauner, "Implementation and Benchmarking of Perceptual Image Hash Functions" (2010).
 */

/** Side of the grey square that {@link computePerceptualHash} wants. */
export const hashSidePx = 32;
const kept = 8;

/** cos((2x+1)·u·π / 64) for u 0..8 and x 0..31: the rows of the discrete cosine transform (DCT-II) that are needed. */
const cosines = Array.from({ length: kept + 1 }, (_, u) =>
  Float64Array.from({ length: hashSidePx }, (_, x) =>
    Math.cos(((2 * x + 1) * u * Math.PI) / (2 * hashSidePx)),
  ),
);

/** Two halves of 32 bits each, as whole numbers ≥ 0. */
export interface PerceptualHash {
  readonly high: number;
  readonly low: number;
}

/**
 * The hash of a grey square of 32 × 32 values 0..255, row by row: bit i says whether coefficient i (frequencies 1..8 in both directions)
 * lies above the median of the 64. A picture of one colour has hash 0.
 */
export function computePerceptualHash(grey: ArrayLike<number>): PerceptualHash {
  if (grey.length !== hashSidePx * hashSidePx)
    throw new RangeError(`${hashSidePx} × ${hashSidePx} values are needed, not ${grey.length}`);
  const rows = new Float64Array((kept + 1) * hashSidePx);
  for (let u = 1; u <= kept; u++)
    for (let y = 0; y < hashSidePx; y++) {
      let sum = 0;
      for (let x = 0; x < hashSidePx; x++)
        sum += (grey[y * hashSidePx + x] ?? 0) * (cosines[u]?.[x] as number);
      rows[u * hashSidePx + y] = sum;
    }
  const coefficients = new Float64Array(kept * kept);
  for (let v = 1; v <= kept; v++)
    for (let u = 1; u <= kept; u++) {
      let sum = 0;
      for (let y = 0; y < hashSidePx; y++)
        sum += (rows[u * hashSidePx + y] as number) * (cosines[v]?.[y] as number);
      // Rounding noise of a flat picture must not be taken for signs.
      coefficients[(v - 1) * kept + u - 1] = Math.abs(sum) < 1e-6 ? 0 : sum;
    }
  const sorted = Float64Array.from(coefficients).sort();
  const median = ((sorted[31] as number) + (sorted[32] as number)) / 2;
  let high = 0;
  let low = 0;
  for (let i = 0; i < 64; i++) {
    const bit = (coefficients[i] as number) > median ? 1 : 0;
    if (i < 32) high = (high << 1) | bit;
    else low = (low << 1) | bit;
  }
  return { high: high >>> 0, low: low >>> 0 };
}

/** 16 hexadecimal digits. */
export function formatHash({ high, low }: PerceptualHash): string {
  return high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0');
}

/** Throws RangeError for anything but 16 hexadecimal digits. */
export function parseHash(text: string): PerceptualHash {
  if (!/^[0-9a-f]{16}$/.test(text)) throw new RangeError(`not a perceptual hash: ${text}`);
  return { high: Number.parseInt(text.slice(0, 8), 16), low: Number.parseInt(text.slice(8), 16) };
}

function countBits(word: number): number {
  let v = word - ((word >>> 1) & 0x55555555);
  v = (v & 0x33333333) + ((v >>> 2) & 0x33333333);
  return (Math.imul((v + (v >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24) & 255;
}

/** Bits in which two hashes differ, 0..64 (Hamming distance). */
export function countDifferentBits(a: PerceptualHash, b: PerceptualHash): number {
  return countBits((a.high ^ b.high) >>> 0) + countBits((a.low ^ b.low) >>> 0);
}

/** Beyond this multi-index hashing with one wrong bit a quarter may miss pairs. */
export const mostDifferentBits = 7;

/**
 * Tells every pair of hashes that differ in at most `bits` (0..7), each once, `i < j`, without comparing all: two hashes that differ in seven
 * bits or fewer differ in at most one bit in one of their four quarters (multi-index hashing, Norouzi, Punjani, Fleet, CVPR 2012), so only
 * hashes that share a quarter, give or take a bit, are compared. `isKnown` may say that a pair need not be looked at any more.
 */
export function visitNearHashes(
  hashes: readonly PerceptualHash[],
  bits: number,
  visit: (i: number, j: number, bits: number) => void,
  isKnown: (i: number, j: number) => boolean = () => false,
): void {
  if (!(Number.isInteger(bits) && bits >= 0 && bits <= mostDifferentBits))
    throw new RangeError(`between 0 and ${mostDifferentBits} bits may differ, not ${bits}`);
  const radius = Math.floor(bits / 4);
  const tables = Array.from({ length: 4 }, () => new Map<number, number[]>());
  const seenBy = new Int32Array(hashes.length).fill(-1);
  hashes.forEach((hash, i) => {
    tables.forEach((table, quarter) => {
      const key = quarterOf(hash, quarter);
      for (let flip = -1; flip < (radius === 0 ? 0 : 16); flip++) {
        for (const j of table.get(flip < 0 ? key : key ^ (1 << flip)) ?? []) {
          if (seenBy[j] === i) continue;
          seenBy[j] = i;
          if (isKnown(j, i)) continue;
          const different = countDifferentBits(hash, hashes[j] as PerceptualHash);
          if (different <= bits) visit(j, i, different);
        }
      }
    });
    tables.forEach((table, quarter) => {
      const key = quarterOf(hash, quarter);
      const bucket = table.get(key);
      if (bucket === undefined) table.set(key, [i]);
      else bucket.push(i);
    });
  });
}

function quarterOf({ high, low }: PerceptualHash, quarter: number): number {
  const word = quarter < 2 ? high : low;
  return quarter % 2 === 0 ? word >>> 16 : word & 0xffff;
}
