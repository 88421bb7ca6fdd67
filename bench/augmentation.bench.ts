/** What drawn copies buy: log loss on boats that no training saw, of the same recipes on the same photographs with and without them. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TrainingSample } from '../src/engine/messages.ts';
import { train } from '../src/engine/train/train.ts';
import { generateSample } from '../src/main/sample/sample.ts';
import type { Bench, BenchFigure, BenchResult } from './bench.ts';
import { everyNthBoat, toSamples } from './drawn-samples.ts';

const RECIPES = (process.env.CATCHLIGHT_BENCH_RECIPES ?? 'gap-head,dense-head').split(',');
const PHOTOGRAPHS = Number(process.env.CATCHLIGHT_BENCH_PHOTOGRAPHS ?? 160);
const EPOCHS = Number(process.env.CATCHLIGHT_BENCH_EPOCHS ?? 20);
const SAMPLE_SEED = 11;
const SEEDS = [1, 2, 3];
/** Of so many boats, in the order of their names, one judges. */
const EVERY = 4;
const CANVAS = { widthPx: 640, heightPx: 384 };

/** As many steps each: only what is seen in them differs. */
const WAYS = [
  { label: 'plain photographs alone', settings: { flip: false, copies: 0 } },
  { label: 'and mirrored', settings: { flip: true, copies: 0 } },
  { label: 'and four drawn copies', settings: { flip: true, copies: 4 } },
  { label: 'the same, turned up to 8°', settings: { flip: true, copies: 4, rotation: 8 } },
] as const;

interface Outcome {
  readonly logLoss: number;
  readonly classAcc: number;
}

async function measure(
  folder: string,
  classes: readonly { id: string; name: string }[],
  samples: readonly TrainingSample[],
  recipe: string,
  settings: Readonly<Record<string, unknown>>,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const seed of SEEDS) {
    const { metrics } = await train(
      {
        recipe,
        parameters: { epochs: EPOCHS, patience: 0, ...settings },
        seed,
        minutes: null,
        classes: [...classes],
        samples: [...samples],
        featuresDir: path.join(folder, 'features'),
        canvas: CANVAS,
        modelDir: path.join(folder, `${recipe}-${seed}`),
        resume: false,
      },
      {},
    );
    outcomes.push({ logLoss: metrics.logLoss ?? Number.NaN, classAcc: metrics.classAcc ?? Number.NaN });
  }
  return outcomes;
}

const meanOf = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

async function run(): Promise<BenchResult> {
  const folder = await mkdtemp(path.join(tmpdir(), 'catchlight-bench-'));
  try {
    const photographs = path.join(folder, 'photographs');
    const manifest = await generateSample({ outDir: photographs, seed: SAMPLE_SEED, images: PHOTOGRAPHS });
    const judges = everyNthBoat(manifest, EVERY);
    const samples = await toSamples(photographs, manifest, ({ group }) => judges.has(group));
    const classes = manifest.classes.map(({ name }) => ({ id: name, name }));
    const judging = samples.filter(({ split }) => split === 'valid').length;
    const figures: BenchFigure[] = [];
    for (const recipe of RECIPES) {
      for (const { label, settings } of WAYS) {
        const outcomes = await measure(folder, classes, samples, recipe, settings);
        const each = outcomes.map(({ logLoss }) => logLoss.toFixed(2)).join(', ');
        figures.push({
          label: `${recipe}, ${label}`,
          value: meanOf(outcomes.map(({ logLoss }) => logLoss)),
          unit: 'log loss',
          note: `seeds ${each}; accuracy ${meanOf(outcomes.map(({ classAcc }) => classAcc)).toFixed(3)} of ${judging} photographs of ${judges.size} boats`,
        });
      }
    }
    const meanLoss = (label: string): number =>
      meanOf(figures.filter((figure) => figure.label.endsWith(`, ${label}`)).map(({ value }) => value));
    const [without, , withCopies] = WAYS;
    return {
      figures,
      peer: {
        label: `${without.label}, mean of ${RECIPES.join(' and ')}`,
        value: meanLoss(without.label),
        unit: 'log loss',
      },
      ratio: meanLoss(withCopies.label) / meanLoss(without.label),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export const augmentation: Bench = {
  name: 'augmentation',
  summary: 'log loss on boats that no training saw, with and without drawn copies of the photographs',
  goal: { ratio: 1, better: 'at-most' },
  run,
};
