/**
 * Every recipe that tells a class, on the drawn sample: on a random split, where each boat is on both sides, and on boats that no training saw. The
 * gap between the two is the leak. Intervals are drawn over photographs and over boats; beside each stands the guess from the pixel size alone.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { evaluateInSteps } from '../src/core/evaluate.ts';
import type { EvaluationReport } from '../src/core/evaluation.ts';
import { createRandom } from '../src/core/random.ts';
import type { ImagePrediction, TrainingSample } from '../src/engine/messages.ts';
import { predict } from '../src/engine/procedures/predict.procedure.ts';
import { recipes } from '../src/engine/recipes/list.ts';
import { train } from '../src/engine/train/train.ts';
import { generateSample, type SampleManifest } from '../src/main/sample/sample.ts';
import type { Bench, BenchFigure, BenchResult } from './bench.ts';
import { everyNthBoat, toSamples } from './drawn-samples.ts';

const PHOTOGRAPHS = Number(process.env.CATCHLIGHT_BENCH_PHOTOGRAPHS ?? 240);
const EPOCHS = Number(process.env.CATCHLIGHT_BENCH_EPOCHS ?? 20);
const SEEDS = (process.env.CATCHLIGHT_BENCH_SEEDS ?? '1,2,3').split(',').map(Number);
/** Settings for those recipes that have them, as JSON: `{"precision":"bfloat16"}`. */
const SETTINGS = JSON.parse(process.env.CATCHLIGHT_BENCH_SETTINGS ?? '{}') as Record<string, unknown>;
const SAMPLE_SEED = 11;
/** One photograph, or one boat, of so many judges. */
const EVERY = 4;
const CANVAS = { widthPx: 448, heightPx: 256 };

const classRecipes = recipes.filter(({ outputs }) => outputs.includes('class'));
const RECIPES = process.env.CATCHLIGHT_BENCH_RECIPES?.split(',') ?? classRecipes.map(({ id }) => id);

interface Ground {
  readonly folder: string;
  readonly manifest: SampleManifest;
  readonly splits: Readonly<Record<'random' | 'grouped', readonly TrainingSample[]>>;
}

async function drawGround(folder: string): Promise<Ground> {
  const photographs = path.join(folder, 'photographs');
  const manifest = await generateSample({ outDir: photographs, seed: SAMPLE_SEED, images: PHOTOGRAPHS });
  const random = createRandom(SAMPLE_SEED).fork('split');
  const drawn = new Set(random.shuffle(manifest.images).slice(0, Math.round(PHOTOGRAPHS / EVERY)));
  const boats = everyNthBoat(manifest, EVERY);
  return {
    folder,
    manifest,
    splits: {
      random: await toSamples(photographs, manifest, (image) => drawn.has(image)),
      grouped: await toSamples(photographs, manifest, ({ group }) => boats.has(group)),
    },
  };
}

/** Trains, lets the model suggest on the judging side, and evaluates that as the studio does. */
async function measure(
  { folder, manifest, splits }: Ground,
  recipe: string,
  split: keyof Ground['splits'],
  seed: number,
): Promise<EvaluationReport> {
  const samples = splits[split];
  const classes = manifest.classes.map(({ name }) => ({ id: name, name }));
  const known = Object.keys(recipes.find(({ id }) => id === recipe)?.parameters.shape ?? {});
  const wanted = Object.entries({ epochs: EPOCHS, ...SETTINGS }).filter(([name]) => known.includes(name));
  const shared = { featuresDir: path.join(folder, 'features'), canvas: CANVAS };
  const modelDir = path.join(folder, `${recipe}-${split}-${seed}`);
  await train(
    {
      ...shared,
      recipe,
      parameters: Object.fromEntries(wanted),
      seed,
      minutes: null,
      classes,
      samples: [...samples],
      modelDir,
      resume: false,
    },
    {},
  );
  const judged = samples.filter((sample) => sample.split === 'valid');
  const found = new Map<string, ImagePrediction>();
  await predict(
    {
      ...shared,
      modelDir,
      images: judged.map(({ image }) => image),
      neighbours: samples.map(({ image }) => image),
      backbone: null,
      minScore: 0.05,
      maxDetections: 20,
    },
    {
      signal: new AbortController().signal,
      onProgress: () => undefined,
      onCurve: () => undefined,
      onItems: (items) => {
        for (const item of items) found.set(item.imageId, item);
      },
    },
  );
  return evaluate(samples, judged, found, classes, split, seed);
}

function evaluate(
  samples: readonly TrainingSample[],
  judged: readonly TrainingSample[],
  found: ReadonlyMap<string, ImagePrediction>,
  classes: readonly { id: string; name: string }[],
  split: keyof Ground['splits'],
  seed: number,
): EvaluationReport {
  const known = ({ image, boxes }: TrainingSample) => ({
    widthPx: image.widthPx,
    heightPx: image.heightPx,
    hand: boxes.map(({ classIndex, x, y, w, h }) => ({
      classId: classes[classIndex]?.id ?? '',
      box: { x, y, w, h },
    })),
  });
  const steps = evaluateInSteps({
    images: judged.map((sample) => ({
      imageId: sample.image.id,
      ...known(sample),
      found: [],
      probabilities: found.get(sample.image.id)?.imageProbabilities ?? null,
      // Of a random split each boat is on both sides: there a photograph is what could have been another.
      group: split === 'grouped' ? (sample.image.group ?? null) : null,
    })),
    trainedOn: samples.filter((sample) => sample.split === 'train').map(known),
    classes,
    split,
    seed,
    suggestsBoxes: false,
  });
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
const digits = (value: number | null | undefined): string => (value == null ? '–' : value.toFixed(3));

function toFigure(recipe: string, split: string, reports: readonly EvaluationReport[]): BenchFigure {
  const [first] = reports as [EvaluationReport];
  const { low, high } = first.intervals.classAcc ?? {};
  const size = first.baselines?.rivals.find(({ id }) => id === 'pixel-size');
  const loss = mean(reports.map(({ logLoss }) => logLoss ?? Number.NaN));
  return {
    label: `${recipe}, ${split}`,
    value: mean(reports.map(({ classAcc }) => classAcc ?? Number.NaN)),
    unit: 'accuracy',
    note: `seeds ${reports.map(({ classAcc }) => digits(classAcc)).join(', ')}; 95 % of the first ${digits(low)} to ${digits(high)} over ${first.groups.count} ${split === 'grouped' ? 'boats' : 'photographs'}; log loss ${digits(loss)}; from the pixel size alone ${digits(size?.accuracy)}`,
  };
}

async function run(): Promise<BenchResult> {
  const folder = await mkdtemp(path.join(tmpdir(), 'catchlight-bench-'));
  try {
    const ground = await drawGround(folder);
    const figures: BenchFigure[] = [];
    for (const recipe of RECIPES) {
      for (const split of ['random', 'grouped'] as const) {
        const reports: EvaluationReport[] = [];
        for (const seed of SEEDS) reports.push(await measure(ground, recipe, split, seed));
        const figure = toFigure(recipe, split, reports);
        // A run of many minutes tells how far it is.
        process.stderr.write(`${figure.label}: ${digits(figure.value)} (${figure.note})\n`);
        figures.push(figure);
      }
    }
    const meanOf = (split: string): number =>
      mean(figures.filter(({ label }) => label.endsWith(`, ${split}`)).map(({ value }) => value));
    return {
      figures,
      peer: {
        label: 'the same recipes on boats that no training saw, mean',
        value: meanOf('grouped'),
        unit: 'accuracy',
      },
      ratio: meanOf('random') / meanOf('grouped'),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export const classAccuracy: Bench = {
  name: 'class-accuracy',
  summary:
    'every recipe that tells a class, on a random and on a grouped split of the drawn sample: the gap is the leak',
  goal: { ratio: 1, better: 'at-least' },
  run,
};
