/**
 * Which photographs belong to one boat or camera, guessed from what is at hand and said with its evidence. A signal (folder, name, camera, size,
 * tables, time) is trusted as far as the backgrounds agree with it: do photographs whose backgrounds look alike have the same value of it?
 */
import { z } from 'zod';
import { sizeClue } from '../metrics-baseline.ts';
import type { Random } from '../random.ts';
import { folderOf, namePattern } from './image-facts.ts';
import type { VectorTable } from './near-vectors.ts';
import { createUnionFind } from './union-find.ts';

export const signalIds = ['folder', 'name', 'camera', 'size', 'tables', 'time', 'background'] as const;
export type SignalId = (typeof signalIds)[number];

export const groupSignalSchema = z.object({
  id: z.enum(signalIds),
  /** Different values. */
  parts: z.number().int(),
  /** Share of the images that have a value. */
  coverage: z.number(),
  /** Agreement with the backgrounds beyond chance, −1..1 (Cohen's kappa over nearest backgrounds); null where it cannot be told. */
  agreement: z.number().nullable(),
  isUsed: z.boolean(),
});
export type GroupSignal = z.infer<typeof groupSignalSchema>;

export const groupProposalSchema = z.object({
  signals: z.array(groupSignalSchema),
  groups: z.array(
    z.object({
      name: z.string(),
      imageIds: z.array(z.string()),
      /** Why they are together, in sentences. */
      evidence: z.array(z.string()),
    }),
  ),
});
export type GroupProposal = z.infer<typeof groupProposalSchema>;

export interface GroupImage {
  readonly id: string;
  readonly path: string;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly capturedAtMs: number | null;
  readonly camera: string | null;
  readonly tables: string | null;
  readonly chain: string | null;
}

/** Folders that say how data were divided, not where they were taken. */
const generic =
  /^(images?|imgs?|jpegimages|photos?|photographs|train(ing)?|val(id(ation)?)?|test(ing)?|data|labels)$/i;
/** A pause this long ends a trip. */
const tripGapMs = 6 * 3_600_000;
/** Photographs whose nearest background is looked for. */
const probes = 600;
/** Compared with at most so many. */
const mostCompared = 8000;
/** An agreement below this is chance or little more. */
const leastAgreement = 0.25;
/** Two signals whose agreement differs by less agree equally well; the finer one then says more. */
const sameAgreement = 0.05;

/**
 * Proposes groups. `backgrounds`: one unit vector an image, in the same order, or null where none are known. With no signal that the backgrounds
 * confirm, the backgrounds themselves are gathered into clusters; without backgrounds the first signal in the order folder, camera, size, name.
 */
export function proposeGroups(
  images: readonly GroupImage[],
  backgrounds: VectorTable | null,
  random: Random,
): GroupProposal {
  const values = new Map<SignalId, (string | null)[]>(
    (['folder', 'name', 'camera', 'size', 'tables', 'time'] as const).map((id) => [
      id,
      readSignal(id, images),
    ]),
  );
  const nearest = backgrounds === null ? [] : findNearestBackgrounds(backgrounds, random, images);
  const measured = [...values].map(([id, of]) => ({ id, of, ...measure(of, nearest) }));
  const useful = measured.filter(
    ({ parts, coverage }) => parts >= 2 && coverage >= 0.5 && parts <= images.length / 3,
  );
  const agreed = useful.filter(({ agreement }) => agreement !== null && agreement >= leastAgreement);
  const most = agreed.reduce((best, { agreement }) => Math.max(best, agreement ?? 0), 0);
  const chosen =
    agreed
      .filter(({ agreement }) => (agreement ?? 0) >= most - sameAgreement)
      .sort((a, b) => b.parts - a.parts)[0] ??
    (nearest.length === 0 ? useful.find(({ id }) => id !== 'tables' && id !== 'time') : undefined);
  const isClustered = chosen === undefined && backgrounds !== null && nearest.length > 0;
  const clusters = isClustered ? clusterBackgrounds(backgrounds, random) : undefined;
  const key = chosen?.of ?? clusters ?? images.map(() => null);
  const signals = measured.map(
    ({ id, parts, coverage, agreement }): GroupSignal => ({
      id,
      parts,
      coverage,
      agreement,
      isUsed: id === chosen?.id,
    }),
  );
  if (clusters !== undefined) {
    const { parts, coverage } = measure(clusters, []);
    signals.push({ id: 'background', parts, coverage, agreement: null, isUsed: true });
  }
  return { signals, groups: gather(images, key, chosen?.id ?? 'background', values) };
}

function readSignal(id: SignalId, images: readonly GroupImage[]): (string | null)[] {
  switch (id) {
    case 'folder':
      return images.map(({ path }) => {
        const parts = folderOf(path)
          .split('/')
          .filter((part) => part !== '' && !generic.test(part));
        return parts.length === 0 ? null : parts.join('/');
      });
    case 'name':
      return images.map(({ path }) => namePattern(path));
    case 'camera':
      return images.map(({ camera }) => camera);
    case 'size':
      return images.map((image) => sizeClue(image));
    case 'tables':
      return images.map(({ tables }) => tables);
    case 'time':
      return readTrips(images);
    case 'background':
      return images.map(() => null);
  }
}

/** Trips: photographs of one camera (and size) with no long pause between them. */
function readTrips(images: readonly GroupImage[]): (string | null)[] {
  const trips = images.map((): string | null => null);
  const timed = images.flatMap((image, index) =>
    image.capturedAtMs === null
      ? []
      : [{ index, atMs: image.capturedAtMs, by: `${image.camera ?? ''} ${sizeClue(image)}` }],
  );
  for (const [by, own] of Map.groupBy(timed, (entry) => entry.by)) {
    let trip = 0;
    let before = Number.NEGATIVE_INFINITY;
    for (const { index, atMs } of own.sort((a, b) => a.atMs - b.atMs)) {
      if (atMs - before > tripGapMs) trip++;
      before = atMs;
      trips[index] = `${by.trim()} trip ${trip}`;
    }
  }
  return trips;
}

function measure(
  of: readonly (string | null)[],
  nearest: readonly (readonly [number, number])[],
): { parts: number; coverage: number; agreement: number | null } {
  const counts = new Map<string, number>();
  for (const value of of) if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1);
  const known = [...counts.values()].reduce((sum, n) => sum + n, 0);
  const facts = { parts: counts.size, coverage: of.length === 0 ? 0 : known / of.length };
  const pairs = nearest.filter(([i, j]) => of[i] != null && of[j] != null);
  const byChance = [...counts.values()].reduce((sum, n) => sum + (n / known) ** 2, 0);
  if (pairs.length < 10 || byChance > 1 - 1e-9) return { ...facts, agreement: null };
  const same = pairs.filter(([i, j]) => of[i] === of[j]).length / pairs.length;
  return { ...facts, agreement: (same - byChance) / (1 - byChance) };
}

/** For a sample of photographs the one whose background looks most alike, chains apart: twins would agree with any signal. */
function findNearestBackgrounds(
  table: VectorTable,
  random: Random,
  images: readonly GroupImage[],
): [number, number][] {
  const { values, length, count } = table;
  if (count < 20) return [];
  const all = Array.from({ length: count }, (_, i) => i);
  const asked = count <= probes ? all : random.shuffle(all).slice(0, probes);
  const compared = count <= mostCompared ? all : random.shuffle(all).slice(0, mostCompared);
  return asked.map((i): [number, number] => {
    let best = -1;
    let most = Number.NEGATIVE_INFINITY;
    for (const j of compared) {
      if (j === i) continue;
      const chain = images[i]?.chain ?? null;
      if (chain !== null && chain === images[j]?.chain) continue;
      let dot = 0;
      for (let d = 0; d < length; d++)
        dot += (values[i * length + d] as number) * (values[j * length + d] as number);
      if (dot > most) [most, best] = [dot, j];
    }
    return [i, best];
  });
}

const mostClusters = 24;
const leastCosine = 0.55;

/** Leader clustering of the backgrounds: each joins the nearest leader that looks alike, else leads; leaders then move to their followers' mean. */
function clusterBackgrounds(table: VectorTable, random: Random): string[] {
  const { values, length, count } = table;
  const leaders: Float64Array[] = [];
  const nearestLeader = (i: number): { at: number; cosine: number } => {
    let [at, cosine] = [-1, Number.NEGATIVE_INFINITY];
    leaders.forEach((leader, l) => {
      let dot = 0;
      for (let d = 0; d < length; d++) dot += (leader[d] as number) * (values[i * length + d] as number);
      if (dot > cosine) [at, cosine] = [l, dot];
    });
    return { at, cosine };
  };
  for (const i of random.shuffle(Array.from({ length: count }, (_, n) => n)))
    if (leaders.length < mostClusters && nearestLeader(i).cosine < leastCosine)
      leaders.push(Float64Array.from(values.subarray(i * length, (i + 1) * length)));
  let of = new Array<number>(count).fill(0);
  for (let round = 0; round < 6; round++) {
    of = of.map((_, i) => nearestLeader(i).at);
    leaders.forEach((leader, l) => {
      const mean = new Float64Array(length);
      of.forEach((own, i) => {
        if (own === l)
          for (let d = 0; d < length; d++) mean[d] = (mean[d] as number) + (values[i * length + d] as number);
      });
      const norm = Math.sqrt(mean.reduce((sum, v) => sum + v * v, 0));
      if (norm > 0) leader.set(mean.map((v) => v / norm));
    });
  }
  return of.map((l) => `background ${String(l + 1).padStart(2, '0')}`);
}

const signalNames: Readonly<Record<SignalId, string>> = {
  folder: 'folder',
  name: 'file name',
  camera: 'camera',
  size: 'pixel size',
  tables: 'compression tables',
  time: 'trip',
  background: 'background',
};

/** Groups by the key; chains that touch two tie them together; what has no key joins its chain or stays for itself under `unknown`. */
function gather(
  images: readonly GroupImage[],
  key: readonly (string | null)[],
  by: SignalId,
  values: ReadonlyMap<SignalId, readonly (string | null)[]>,
): GroupProposal['groups'] {
  const sets = createUnionFind(images.length);
  const first = new Map<string, number>();
  images.forEach(({ chain }, i) => {
    const own = key[i] ?? null;
    for (const tie of [own === null ? null : `key ${own}`, chain === null ? null : `chain ${chain}`]) {
      if (tie === null) continue;
      const other = first.get(tie);
      if (other === undefined) first.set(tie, i);
      else sets.join(other, i);
    }
  });
  const units = sets.list();
  const loose = units.filter((unit) => unit.every((i) => key[i] == null)).flat();
  const tied = units.filter((unit) => unit.some((i) => key[i] != null));
  const groups = tied.map((unit) => {
    const names = [...new Set(unit.flatMap((i) => key[i] ?? []))].sort();
    return describeGroup(images, unit, names.slice(0, 3).join(' + '), by, names, values);
  });
  if (loose.length > 0 && tied.length > 0)
    groups.push(describeGroup(images, loose, 'unknown', by, [], values));
  return groups.sort((a, b) => b.imageIds.length - a.imageIds.length);
}

function describeGroup(
  images: readonly GroupImage[],
  unit: readonly number[],
  name: string,
  by: SignalId,
  names: readonly string[],
  values: ReadonlyMap<SignalId, readonly (string | null)[]>,
): GroupProposal['groups'][number] {
  const evidence: string[] = [];
  if (names.length === 1) evidence.push(`all have the ${signalNames[by]} ${names[0]}`);
  else if (names.length > 1)
    evidence.push(
      `near-duplicates tie ${names.length} values of ${signalNames[by]} together: ${names.slice(0, 4).join(', ')}`,
    );
  else evidence.push(`none has a ${signalNames[by]}`);
  for (const [id, of] of values) {
    if (id === by || id === 'time') continue;
    const own = new Set(unit.map((i) => of[i] ?? null));
    const only = [...own][0];
    if (own.size === 1 && only != null) evidence.push(`one ${signalNames[id]}: ${only}`);
  }
  const chains = new Set(unit.flatMap((i) => images[i]?.chain ?? [])).size;
  if (chains > 0) evidence.push(`${chains} ${chains === 1 ? 'chain' : 'chains'} of near-duplicates inside`);
  const times = unit.flatMap((i) => images[i]?.capturedAtMs ?? []);
  if (times.length > 1) {
    const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
    const [from, to] = times.reduce(
      ([a, b], t) => [Math.min(a, t), Math.max(b, t)],
      [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
    );
    evidence.push(`taken ${day(from)}${day(from) === day(to) ? '' : ` to ${day(to)}`}`);
  }
  return { name, imageIds: unit.map((i) => images[i]?.id ?? ''), evidence };
}
