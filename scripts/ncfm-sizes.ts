/**
 * `node scripts/ncfm-sizes.ts FOLDER`: how far the fisheries contest's box files, which come without photographs, show its size leak. FOLDER
 * holds `CLASS_labels.json` files. What boxes prove of a photograph's size is which of the contest's ten sizes can hold them; the true size
 * stands in the photograph alone. Prints what that set tells of the class, and the least that the true size must tell of it.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type LeakFigure, type LeakImage, runLeakTest } from '../src/core/audit/leak-test.ts';
import { createRandom, type Random } from '../src/core/random.ts';

/** Width, height and how many of 3,277 training photographs have it, the commonest first. */
export const contestSizes = [
  [1280, 720, 1880],
  [1280, 750, 520],
  [1280, 974, 344],
  [1276, 718, 192],
  [1192, 670, 169],
  [1280, 924, 51],
  [1518, 854, 37],
  [1732, 974, 33],
  [1334, 750, 28],
  [1244, 700, 23],
] as const;

/** A photograph with boxes. */
export interface BoxedPhotograph {
  readonly className: string;
  /** Indices of {@link contestSizes} that hold all its boxes, rising. */
  readonly fitting: readonly number[];
}

interface Entry {
  readonly annotations?: readonly {
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
  }[];
}

/** Reads all `CLASS_labels.json` of a folder; photographs without boxes, or with boxes that no size holds, are left out. */
export function readBoxFiles(dir: string): BoxedPhotograph[] {
  return readdirSync(dir)
    .filter((name) => name.endsWith('_labels.json'))
    .sort()
    .flatMap((name) =>
      (JSON.parse(readFileSync(path.join(dir, name), 'utf8')) as Entry[]).flatMap(
        ({ annotations = [] }): BoxedPhotograph[] => {
          if (annotations.length === 0) return [];
          const right = Math.max(...annotations.map(({ x, width }) => x + width));
          const bottom = Math.max(...annotations.map(({ y, height }) => y + height));
          // Boxes drawn by hand end up to a pixel outside.
          const fitting = contestSizes.flatMap(([width, height], i) =>
            right <= width + 1 && bottom <= height + 1 ? [i] : [],
          );
          const className = name.replace('_labels.json', '').toUpperCase();
          return fitting.length === 0 ? [] : [{ className, fitting }];
        },
      ),
    );
}

/** Mutual information of two names in bits, as counted: without a correction it is a little above 0 where there is none. */
export function computeInformation(pairs: readonly (readonly [string, string])[]): number {
  const [both, left, right] = [
    new Map<string, number>(),
    new Map<string, number>(),
    new Map<string, number>(),
  ];
  const count = (map: Map<string, number>, key: string): void => void map.set(key, (map.get(key) ?? 0) + 1);
  for (const [a, b] of pairs) {
    count(both, `${a}\n${b}`);
    count(left, a);
    count(right, b);
  }
  let bits = 0;
  for (const [key, n] of both) {
    const [a = '', b = ''] = key.split('\n');
    bits += (n / pairs.length) * Math.log2((n * pairs.length) / ((left.get(a) ?? 1) * (right.get(b) ?? 1)));
  }
  return Math.max(0, bits);
}

const rounding = 1e-9;

/** Bits by which a coin of `p` differs from one of `q` (Kullback, Leibler). */
function divergence(p: number, q: number): number {
  const part = (a: number, b: number): number => (a === 0 ? 0 : a * Math.log2(a / b));
  return part(p, q) + part(1 - p, 1 - q);
}

/**
 * The least that the true size can tell of the class, in bits: whatever is true of single photographs, so many of each class must have one of
 * `sizes` and so many cannot, and a part `share` of all has one. A function of the size tells no more than the size (data processing), and of
 * all ways to fill what is open the one with the least information gives each class the same part, as far as its boxes allow. Null where
 * `share` contradicts the boxes.
 */
export function leastInformation(
  photographs: readonly BoxedPhotograph[],
  sizes: ReadonlySet<number>,
  share: number,
): number | null {
  const classes = [...Map.groupBy(photographs, ({ className }) => className).values()].map((own) => ({
    part: own.length / photographs.length,
    least: own.filter(({ fitting }) => fitting.every((i) => sizes.has(i))).length / own.length,
    most: own.filter(({ fitting }) => fitting.some((i) => sizes.has(i))).length / own.length,
  }));
  const fill = (level: number): { p: number; part: number }[] =>
    classes.map(({ part, least, most }) => ({ part, p: Math.max(least, Math.min(most, level)) }));
  const sum = (filled: ReturnType<typeof fill>): number => filled.reduce((s, { p, part }) => s + p * part, 0);
  if (!(share > 0 && share < 1) || sum(fill(0)) > share + rounding || sum(fill(1)) < share - rounding)
    return null;
  let [low, high] = [0, 1];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (sum(fill(middle)) < share) low = middle;
    else high = middle;
  }
  return Math.max(
    0,
    fill(high).reduce((bits, { p, part }) => bits + part * divergence(p, share), 0),
  );
}

const published = contestSizes.reduce((sum, [, , n]) => sum + n, 0);
const rounds = 1000;

function shareOf(sizes: ReadonlySet<number>): number {
  return contestSizes.reduce((sum, [, , n], i) => sum + (sizes.has(i) ? n : 0), 0) / published;
}

/** The share, had other photographs been drawn for the published counts. */
function drawShare(share: number, random: Random): number {
  const spread = Math.sqrt((share * (1 - share)) / published);
  return Math.max(1e-6, Math.min(1 - 1e-6, share + spread * random.gaussian()));
}

const quantile = (values: readonly number[], at: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(at * values.length))] ??
  Number.NaN;

const range = (values: readonly number[]): string =>
  `${quantile(values, 0.025).toFixed(4)} to ${quantile(values, 0.975).toFixed(4)}`;

function drawAgain<T>(all: readonly T[], random: Random): T[] {
  return all.map(() => random.pick(all));
}

/** The studio's own leak test, of one suspect: the set of sizes that hold a photograph's boxes. */
export function testFitting(photographs: readonly BoxedPhotograph[], seed: number): LeakFigure | undefined {
  const images = photographs.map(
    ({ className, fitting }): LeakImage => ({
      className,
      path: 'photo.jpg',
      ...{ widthPx: 1280, heightPx: 720, group: null, chain: null, camera: null, tables: null },
      ...{ capturedAtMs: null, border: null, background: null, features: null },
      metadata: { fitting: fitting.join() },
    }),
  );
  const steps = runLeakTest(images, 'class', createRandom(seed));
  for (let step = steps.next(); ; step = steps.next())
    if (step.done === true) return step.value?.suspects[0]?.figures[0];
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

function describe(title: string, photographs: readonly BoxedPhotograph[]): void {
  const random = createRandom(1);
  const pairs = photographs.map(({ className, fitting }) => [className, fitting.join()] as const);
  const classes = pairs.map(([name]) => name);
  const again = Array.from({ length: rounds }, () => computeInformation(drawAgain(pairs, random)));
  const shuffled = Array.from({ length: rounds }, () => {
    const order = random.shuffle(classes);
    return computeInformation(pairs.map(([, fitting], i) => [order[i] ?? '', fitting]));
  });
  console.log(`\n${title}: ${photographs.length} photographs with boxes, ${new Set(classes).size} classes`);
  const all = photographs.filter(({ fitting }) => fitting.length === contestSizes.length).length;
  console.log(`  boxes allow every size: ${all} (${percent(all / photographs.length)})`);
  console.log('  sizes that hold the boxes → class, mutual information as counted');
  console.log(
    `    ${computeInformation(pairs).toFixed(4)} bits (${range(again)}); shuffled ${(shuffled.reduce((a, b) => a + b) / rounds).toFixed(4)}, at most ${Math.max(...shuffled).toFixed(4)}`,
  );
  const figure = testFitting(photographs, 1);
  if (figure !== undefined) {
    const { accuracy, accuracyInterval, majority, gainBits, gainInterval, shuffledGainBits } = figure;
    console.log('  the same as the leak test sees it, five folds, a sample of 2,500');
    console.log(
      `    gain ${gainBits.toFixed(4)} bits (${gainInterval?.low.toFixed(4)} to ${gainInterval?.high.toFixed(4)}); shuffled at most ${shuffledGainBits.toFixed(4)}`,
    );
    console.log(
      `    told ${percent(accuracy)} (${percent(accuracyInterval?.low ?? 0)} to ${percent(accuracyInterval?.high ?? 0)}); commonest class ${percent(majority)}`,
    );
  }
  console.log('  least that the true size tells of the class, given the published counts of the ten sizes');
  const sets: [string, (size: readonly [number, number, number]) => boolean][] = [
    ['higher than 750 rows or not', ([, height]) => height > 750],
    ['wider than 1280 columns or not', ([width]) => width > 1280],
  ];
  for (const [name, isIn] of sets) {
    const sizes = new Set(contestSizes.flatMap((size, i) => (isIn(size) ? [i] : [])));
    const share = shareOf(sizes);
    const least = leastInformation(photographs, sizes, share);
    const drawn = Array.from({ length: rounds }, () =>
      leastInformation(drawAgain(photographs, random), sizes, drawShare(share, random)),
    ).flatMap((bits) => bits ?? []);
    console.log(
      `    ${name} (${percent(share)} are): ${least === null ? 'the counts contradict the boxes' : `${least.toFixed(5)} bits (${range(drawn)})`}`,
    );
  }
}

if (import.meta.main) {
  const dir = process.argv[2];
  const photographs = dir === undefined ? [] : readBoxFiles(dir);
  if (photographs.length === 0) {
    console.error(
      `${dir === undefined ? '' : `No boxes were found in ${dir}. `}Name the folder with the contest’s CLASS_labels.json files: node scripts/ncfm-sizes.ts FOLDER`,
    );
    process.exitCode = 2;
  } else {
    describe('All classes', photographs);
    describe(
      'The six tunas, dolphinfish, moonfish and sharks alone',
      photographs.filter(({ className }) => className !== 'NOF' && className !== 'OTHER'),
    );
  }
}
