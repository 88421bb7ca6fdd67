/**
 * The leak test: can the class be told from what a model must not need? For each suspect a plain model learns from it alone, on random and on
 * grouped folds, and is judged beside a guess by class frequencies and beside itself with shuffled labels. The figure that decides is the gain
 * in bits: mean log2 of what the model gave the true class over what the frequencies gave it. Unlike accuracy it also sees a leak that never
 * turns the likeliest class round.
 */
import { z } from 'zod';
import { findArgMax } from '../metrics-class.ts';
import { computeBootstrapInterval } from '../metrics-interval.ts';
import { studentQuantile } from '../proportion.ts';
import type { Random } from '../random.ts';
import { type DivisibleImage, listUnits } from './divide-units.ts';
import { computeLeakPower, isSurelyPositive, leakPowerSchema } from './leak-power.ts';
import { listSuspects, type Suspect, type SuspectImage, suspectIds } from './leak-suspects.ts';
import { fitLogistic } from './logistic.ts';
import { type Judged, judgeOutOfFold } from './out-of-fold.ts';
import { computeFolds } from './split-plan.ts';

const range = z.object({ low: z.number(), high: z.number() }).nullable();

export const leakFigureSchema = z.object({
  split: z.enum(['random', 'grouped']),
  /** Share of images whose class the suspect alone names, and a 95 % interval over chains or groups. */
  accuracy: z.number(),
  accuracyInterval: range,
  /** Always saying the commonest class of the training side. */
  majority: z.number(),
  /** The same model with shuffled labels: mean over the shuffles. */
  shuffled: z.number(),
  /** Bits a photograph, over class frequencies; negative where the model misleads itself. */
  gainBits: z.number(),
  gainInterval: range,
  /** Largest gain that shuffled labels gave. */
  shuffledGainBits: z.number(),
  /** True when the gain's interval, widened for the number of suspects, lies above 0 and no shuffle came near. */
  isFound: z.boolean(),
});
export type LeakFigure = z.infer<typeof leakFigureSchema>;

export const leakSuspectSchema = z.object({
  id: z.enum(suspectIds),
  /** Which imported column, for `column`. */
  column: z.string().optional(),
  /** Different names, or numbers a photograph has. */
  facts: z.number().int(),
  figures: z.array(leakFigureSchema),
});
export type LeakSuspect = z.infer<typeof leakSuspectSchema>;

export const leakTestSchema = z.object({
  /** `class`: which fish (or nothing). `presence`: whether there is one. */
  target: z.enum(['class', 'presence']),
  images: z.number().int(),
  groups: z.number().int(),
  classes: z.array(z.object({ name: z.string(), images: z.number().int() })),
  suspects: z.array(leakSuspectSchema),
  /** What the test would have found, on random folds. */
  power: leakPowerSchema,
});
export type LeakTest = z.infer<typeof leakTestSchema>;

export interface LeakImage extends SuspectImage, Pick<DivisibleImage, 'group' | 'chain'> {
  readonly className: string;
}

/** Fewer images of a class than this are joined with the other rare ones. */
const fewestOfClass = 10;
/** Fewer images than this tell nothing of anything. */
export const fewestImages = 30;
const foldCount = 5;
const shuffles = 10;
/** The ridge that keeps the gain honest pulls towards the commonest class; the class told is that of a model this much freer. */
const freer = 10;
const drawRounds = 400;
/** More images than this only cost time. */
const mostImages = 2500;

export interface PreparedLeakTest {
  readonly images: readonly LeakImage[];
  readonly truth: Int32Array;
  readonly names: readonly string[];
}

/** Class indices; rare classes share one. Undefined when fewer than two classes or too few images are left. */
export function prepareLeakTest(images: readonly LeakImage[]): PreparedLeakTest | undefined {
  const counts = new Map<string, number>();
  for (const { className } of images) counts.set(className, (counts.get(className) ?? 0) + 1);
  const common = [...counts]
    .filter(([, n]) => n >= fewestOfClass)
    .map(([name]) => name)
    .sort();
  const rare = images.length - common.reduce((sum, name) => sum + (counts.get(name) ?? 0), 0);
  const hasRest = rare >= fewestOfClass;
  const names = hasRest ? [...common, 'rare classes'] : common;
  const kept = hasRest ? images : images.filter(({ className }) => common.includes(className));
  if (names.length < 2 || kept.length < fewestImages) return undefined;
  const truth = Int32Array.from(kept, ({ className }) => {
    const index = common.indexOf(className);
    return index < 0 ? common.length : index;
  });
  return { images: kept, truth, names };
}

/**
 * The photographs that a test with the same `random` looks at: all, or a sample of many. A caller may draw it beforehand and read what is dear
 * of those alone.
 */
export function sampleForLeakTest<T>(all: readonly T[], random: Random): readonly T[] {
  return all.length > mostImages ? random.fork('sample').shuffle(all).slice(0, mostImages) : all;
}

/**
 * Tests all suspects that the images allow. Null where there is too little to test. A generator: each step is a fit or two and tells the part
 * done, 0..1, so that a caller with other work can go to and fro.
 */
export function* runLeakTest(
  all: readonly LeakImage[],
  target: LeakTest['target'],
  random: Random,
): Generator<number, LeakTest | null, void> {
  const prepared = prepareLeakTest(sampleForLeakTest(all, random));
  if (prepared === undefined) return null;
  const { images, truth, names } = prepared;
  const suspects = listSuspects(images);
  const groups = new Set(images.flatMap(({ group }) => (group === null ? [] : [group]))).size;
  const ways = groups >= 2 ? (['random', 'grouped'] as const) : (['random'] as const);
  const found: LeakSuspect[] = [];
  const tests = suspects.length * ways.length;
  let done = 0;
  const steps = tests * (shuffles + 1);
  for (const suspect of suspects) {
    const figures: LeakFigure[] = [];
    for (const split of ways) {
      const setting = divideLeakTest(prepared, split, forkFor(random, suspect, split));
      const judged = judge(suspect, setting, truth);
      yield ++done / steps;
      const shuffled: Judged[] = [];
      for (let i = 0; i < shuffles; i++) {
        const order = setting.random.fork(`shuffle ${i}`).shuffle(Array.from(truth));
        shuffled.push(judge(suspect, setting, Int32Array.from(order)));
        yield ++done / steps;
      }
      figures.push(describe(split, setting, judged, shuffled, tests));
    }
    const { id, column, facts } = suspect;
    found.push({ id, ...(column !== undefined && { column }), facts, figures });
  }
  const powerSetting = divideLeakTest(prepared, 'random', random.fork('power'));
  const power = computeLeakPower(truth, { ...powerSetting, tests });
  return {
    target,
    images: images.length,
    groups,
    power,
    classes: names.map((name, index) => ({ name, images: truth.filter((t) => t === index).length })),
    suspects: found,
  };
}

/** The chance that a suspect is tested with: its own, so that one more column moves no other figure. */
export function forkFor(
  random: Random,
  { id, column = '' }: Pick<LeakSuspect, 'id' | 'column'>,
  split: LeakFigure['split'],
): Random {
  return random.fork(`${id}${column} ${split}`);
}

interface FoldSetting {
  readonly folds: readonly number[];
  readonly parts: number;
  /** What is drawn together in the bootstrap: the unit of each image. */
  readonly units: readonly string[];
  readonly classes: number;
  readonly random: Random;
}

/** The folds of one suspect, and what is drawn together in its bootstrap. `random`: as {@link forkFor} gives it. */
export function divideLeakTest(
  { images, truth, names }: PreparedLeakTest,
  split: 'random' | 'grouped',
  random: Random,
): FoldSetting {
  const isGrouped = split === 'grouped';
  const divisible = images.map((image, i) => ({
    id: String(i),
    group: image.group,
    chain: image.chain,
    classIds: [String(truth[i])],
  }));
  const sets = listUnits(divisible, isGrouped);
  const units = new Array<string>(images.length).fill('');
  sets.forEach((members, unit) => {
    for (const i of members) units[i] = String(unit);
  });
  const parts = Math.min(foldCount, sets.length);
  return {
    folds: computeFolds(divisible, parts, isGrouped, random.int(2 ** 31)),
    parts,
    units,
    classes: names.length,
    random,
  };
}

function judge(suspect: Suspect, setting: FoldSetting, truth: Int32Array): Judged {
  const { classes } = setting;
  const { strength } = suspect;
  const freely = new Uint8Array(truth.length);
  const judged = judgeOutOfFold(setting, truth, (train, test, labels) => {
    const encoder = suspect.learn(train);
    const own = train.map((i) => labels[i] as number);
    const limits = { tolerance: 1e-4, rounds: 60 };
    const [known, asked] = [encoder.encode(train), encoder.encode(test)];
    const strict = fitLogistic(known, own, classes, { ...limits, strength });
    // The freer model lies beyond the strict one, so it begins there.
    const free = fitLogistic(known, own, classes, {
      ...limits,
      strength: strength * freer,
      from: strict.weights,
    }).predict(asked);
    for (const [r, i] of test.entries())
      freely[i] = findArgMax(free.subarray(r * classes, (r + 1) * classes)) === truth[i] ? 1 : 0;
    return strict.predict(asked);
  });
  return { ...judged, right: freely };
}

/** Whether a figure is larger than shuffles give by chance: beyond all of them, and beyond what one more of their kind reaches (t, one in twenty for all tests together). */
function liesBeyond(shuffled: readonly number[], figure: number, tests: number): boolean {
  const n = shuffled.length;
  const mean = meanOf(shuffled);
  const variance = shuffled.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
  const reach = studentQuantile(1 - 0.05 / tests, n - 1) * Math.sqrt(variance * (1 + 1 / n));
  return figure > Math.max(...shuffled) && figure > mean + reach;
}

const meanOf = (values: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] as number;
  return values.length === 0 ? 0 : sum / values.length;
};

function describe(
  split: LeakFigure['split'],
  setting: FoldSetting,
  judged: Judged,
  shuffled: readonly Judged[],
  tests: number,
): LeakFigure {
  const interval = (values: ArrayLike<number>, level: number) => {
    const found = computeBootstrapInterval({
      groups: setting.units,
      random: setting.random.fork('interval'),
      rounds: drawRounds,
      level,
      compute: (weights) => {
        let [sum, n] = [0, 0];
        for (let i = 0; i < weights.length; i++) {
          sum += (weights[i] as number) * (values[i] as number);
          n += weights[i] as number;
        }
        return n === 0 ? null : sum / n;
      },
    });
    return found === null ? null : { low: found.low, high: found.high };
  };
  const gainBits = meanOf(judged.gain);
  const gains = shuffled.map(({ gain }) => meanOf(gain));
  const shuffledGainBits = gains.reduce((most, gain) => Math.max(most, gain), Number.NEGATIVE_INFINITY);
  // One wrong alarm in twenty for all tests together (Bonferroni). The bootstrap knows of skewed gains, the t test of few units.
  const strict = interval(judged.gain, 1 - 0.1 / tests);
  const isSure = strict !== null && strict.low > 0 && isSurelyPositive(judged.gain, setting.units, tests);
  return {
    split,
    accuracy: meanOf(judged.right),
    accuracyInterval: interval(judged.right, 0.95),
    majority: meanOf(judged.majority),
    shuffled: meanOf(shuffled.map(({ right }) => meanOf(right))),
    gainBits,
    gainInterval: interval(judged.gain, 0.95),
    shuffledGainBits,
    isFound: isSure && liesBeyond(gains, gainBits, tests),
  };
}
