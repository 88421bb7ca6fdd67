/** Chains of near-duplicates: photographs that show the same moment, or nearly, tied together whatever their names say. */
import type { Random } from '../random.ts';
import { cellSide, decodeCells } from './image-facts.ts';
import { centreInPlace, type VectorTable, visitNearVectors } from './near-vectors.ts';
import { type PerceptualHash, parseHash, visitNearHashes } from './perceptual-hash.ts';
import { createUnionFind } from './union-find.ts';

export interface ChainImage {
  readonly id: string;
  /** Frames of one video, as their names tell it, are the same scene. */
  readonly video?: string | null;
  /** SHA-256 of the file. */
  readonly hash: string;
  /** Null where the file could not be read. */
  readonly facts: { readonly hash: string; readonly cells: string } | null;
  /** Of the whole photograph, from a backbone; null where none were computed. */
  readonly features: ArrayLike<number> | null;
}

/** `exact`: the same bytes. `almost`: the same picture at another size, quality or brightness. `scene`: the same scene, a moment or a step apart. */
export type NearKind = 'exact' | 'almost' | 'scene';

export interface NearPair {
  readonly a: string;
  readonly b: string;
  readonly kind: NearKind;
  /** 0..1, 1 the same: share of equal hash bits, or cosine of the features. */
  readonly likeness: number;
}

export interface Chain {
  /** In the order of the images. */
  readonly ids: readonly string[];
  /** The weakest kind of tie in it. */
  readonly kind: NearKind;
}

export interface ChainSettings {
  /** Bits of the perceptual hash that may differ, 0..7. */
  readonly hashBits: number;
  /**
   * No cell may differ by more, in standard deviations of a picture's cells, after brightness and contrast are made equal. The largest and not
   * the mean: a fish on an otherwise same deck changes few cells, but those by much.
   */
  readonly cellDifference: number;
  /** Least cosine of two feature vectors of the same scene; the mean of all is taken off first. */
  readonly cosine: number;
  readonly random: Random;
}

export const defaultChainSettings: Omit<ChainSettings, 'random'> = {
  hashBits: 6,
  cellDifference: 0.38,
  cosine: 0.95,
};

/** Pairs that tie photographs together: enough of them to make the chains, not every pair in a chain. */
export function findNearPairs(images: readonly ChainImage[], settings: ChainSettings): NearPair[] {
  const sets = createUnionFind(images.length);
  const pairs: NearPair[] = [];
  const tie = (i: number, j: number, kind: NearKind, likeness: number): void => {
    if (!sets.join(i, j)) return;
    pairs.push({ a: images[i]?.id ?? '', b: images[j]?.id ?? '', kind, likeness });
  };
  const firstOf = new Map<string, number>();
  images.forEach(({ hash }, i) => {
    if (hash === '') return;
    const first = firstOf.get(hash);
    if (first === undefined) firstOf.set(hash, i);
    else tie(first, i, 'exact', 1);
  });
  const firstFrame = new Map<string, number>();
  images.forEach(({ video }, i) => {
    if (video == null) return;
    const first = firstFrame.get(video);
    if (first === undefined) firstFrame.set(video, i);
    else tie(first, i, 'scene', 1);
  });
  tieByHash(images, settings, sets.areJoined, tie);
  tieByFeatures(images, settings, sets.areJoined, tie);
  return pairs;
}

type Tie = (i: number, j: number, kind: NearKind, likeness: number) => void;

function tieByHash(
  images: readonly ChainImage[],
  settings: ChainSettings,
  areJoined: (i: number, j: number) => boolean,
  tie: Tie,
): void {
  const known: { index: number; hash: PerceptualHash; cells: string }[] = [];
  images.forEach(({ facts }, index) => {
    // A picture of one colour says nothing by its frequencies: only equal bytes are its twins.
    if (facts !== null && facts.hash !== '0'.repeat(16))
      known.push({ index, hash: parseHash(facts.hash), cells: facts.cells });
  });
  const scoresOf = keepRecent((cells: string) => centre(decodeCells(cells)));
  visitNearHashes(
    known.map(({ hash }) => hash),
    settings.hashBits,
    (i, j, bits) => {
      const [a, b] = [known[i], known[j]];
      if (a === undefined || b === undefined) return;
      if (differ(scoresOf(a.cells), scoresOf(b.cells)) > settings.cellDifference) return;
      tie(a.index, b.index, 'almost', 1 - bits / 64);
    },
    (i, j) => areJoined(known[i]?.index ?? -1, known[j]?.index ?? -1),
  );
}

/** Standard scores kept at a time: those of all photographs would be hundreds of megabytes, and few hashes are near another. */
const recentAtMost = 4096;

function keepRecent<T>(compute: (key: string) => T): (key: string) => T {
  const kept = new Map<string, T>();
  return (key) => {
    const known = kept.get(key);
    if (known !== undefined) return known;
    if (kept.size >= recentAtMost) kept.clear();
    const value = compute(key);
    kept.set(key, value);
    return value;
  };
}

/** Below this a picture is nearly flat, and noise must not be blown up; 0..255. */
const leastDeviation = 8;

/** Standard scores of the cells, channel by channel: a change of exposure is no other picture. */
function centre(cells: Uint8Array): Float32Array {
  const mean = [0, 0, 0];
  cells.forEach((value, i) => {
    mean[i % 3] = (mean[i % 3] ?? 0) + value / (cellSide * cellSide);
  });
  const centred = Float32Array.from(cells, (value, i) => value - (mean[i % 3] ?? 0));
  const square = centred.reduce((sum, value) => sum + value * value, 0) / Math.max(1, centred.length);
  const deviation = Math.max(leastDeviation, Math.sqrt(square));
  return centred.map((value) => value / deviation);
}

/** The largest difference of a cell, mean over its channels. */
function differ(a: Float32Array, b: Float32Array): number {
  let most = 0;
  for (let i = 0; i + 2 < a.length; i += 3) {
    let sum = 0;
    for (let c = i; c < i + 3; c++) sum += Math.abs((a[c] as number) - (b[c] as number));
    if (sum > most) most = sum;
  }
  return most / 3;
}

function tieByFeatures(
  images: readonly ChainImage[],
  { cosine, random }: ChainSettings,
  areJoined: (i: number, j: number) => boolean,
  tie: Tie,
): void {
  const known = images.flatMap(({ features }, index) => (features === null ? [] : [{ index, features }]));
  const table = centreTable(known.map(({ features }) => features));
  if (table.count < 2) return;
  const joined = (i: number, j: number): boolean => areJoined(known[i]?.index ?? -1, known[j]?.index ?? -1);
  visitNearVectors(table, Math.sqrt(Math.max(0, 2 - 2 * cosine)), {
    random,
    isKnown: joined,
    visit: (i, j, distance) =>
      tie(known[i]?.index ?? 0, known[j]?.index ?? 0, 'scene', 1 - distance ** 2 / 2),
  });
}

/** Unit vectors without what all have in common: pooled activations are all positive, so that any two look alike before. */
export function centreTable(vectors: readonly ArrayLike<number>[]): VectorTable {
  const length = vectors[0]?.length ?? 0;
  const values = new Float32Array(vectors.length * length);
  vectors.forEach((vector, i) => {
    values.set(vector, i * length);
  });
  return centreInPlace({ values, length, count: vectors.length });
}

const weakness: Readonly<Record<NearKind, number>> = { exact: 0, almost: 1, scene: 2 };

/** The chains that pairs make, largest first. */
export function linkChains(ids: readonly string[], pairs: readonly NearPair[]): Chain[] {
  const indexOf = new Map(ids.map((id, i) => [id, i]));
  const sets = createUnionFind(ids.length);
  for (const { a, b } of pairs) {
    const [i, j] = [indexOf.get(a), indexOf.get(b)];
    if (i !== undefined && j !== undefined) sets.join(i, j);
  }
  const kindOf = new Map<string, NearKind>();
  for (const { a, b, kind } of pairs)
    for (const id of [a, b]) {
      const before = kindOf.get(id);
      if (before === undefined || weakness[kind] > weakness[before]) kindOf.set(id, kind);
    }
  return sets
    .list(2)
    .map((members) => {
      const own = members.map((i) => ids[i] ?? '');
      const kinds = own.map((id) => kindOf.get(id) ?? 'exact');
      return { ids: own, kind: kinds.reduce((a, b) => (weakness[b] > weakness[a] ? b : a)) };
    })
    .sort((a, b) => b.ids.length - a.ids.length);
}
