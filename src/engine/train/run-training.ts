/** One training run on features that are there: builds, loops, saves. Knows nothing of photographs or backbones. */
import path from 'node:path';
import { AppError } from '../../core/errors.ts';
import { findsBoxes } from '../../core/learning.ts';
import type { Metrics } from '../../core/records.ts';
import { type LayersModel, tf } from '../backends/tf.ts';
import type { BackgroundCopies } from '../features/background-copies.ts';
import { type FeatureSource, tapLength } from '../features/feature-types.ts';
import { PLAIN } from '../features/variants.ts';
import type { EngineBox, EngineImage, EngineInput, EngineOutput, TrainingSample } from '../messages.ts';
import { ChannelScale, measureChannelScale } from '../parts/channel-scale.layer.ts';
import {
  type ConfiguredRecipe,
  type Recipe,
  readsCloseUps,
  readsMirrored,
  type TrainingFacts,
} from '../recipes/recipe.ts';
import { hashBytes } from './array-file.ts';
import { BatchLoader, type TrainingItem } from './batches.ts';
import {
  cancelOn,
  endWithoutGain,
  followSchedule,
  keepBest,
  saveNowAndThen,
  tellCurve,
  tellProgress,
} from './callbacks.ts';
import { throwIfCancelled } from './cancel.ts';
import { type EvaluateOptions, evaluateModel } from './evaluate.ts';
import { FrameWindows } from './frame-windows.ts';
import { Learner } from './learner.ts';
import { findCheckpoint, removeCheckpoint, saveCheckpoint, saveModel } from './model-files.ts';
import type { RunLength } from './schedule.ts';
import { toOwnWeights } from './standard-model.ts';
import type { TrainContext } from './train.ts';
import { createTrainingSampler, listWanted } from './training-sampler.ts';
import { readWeights, type WeightArray, writeWeights } from './weights.ts';

/** The train message's input once features are there and the recipe is read. */
export interface RunInput extends Omit<EngineInput<'train'>, 'recipe' | 'samples' | 'featuresDir'> {
  readonly recipe: Recipe;
  readonly configured: ConfiguredRecipe;
  readonly facts: TrainingFacts;
  readonly backend: string;
  readonly backboneHash: string;
  /** The whole backbone, by name; left out in tests that have none. */
  readonly backboneName?: { readonly id: string; readonly version: string };
  readonly source: FeatureSource;
  /** Time left for the loop and saving; null trains the schedule's steps. */
  readonly budgetMs: number | null;
  readonly trainItems: readonly TrainingItem[];
  /** Photographs that nobody labelled, for a schedule with a mix. */
  readonly pseudoItems?: readonly TrainingItem[];
  readonly validSamples: readonly TrainingSample[];
  readonly failed: EngineOutput<'train'>['failed'];
  /** Copies of `trainItems` and `pseudoItems` that the source may still lack; left out, it holds them all. */
  readonly copies?: BackgroundCopies;
  /** Weights to start from, by name; others start as the recipe builds them. */
  readonly startWeights?: readonly WeightArray[];
  /** Weights of a model to go on from, under the names tfjs gives them; ones of another net are left alone. */
  readonly warmWeights?: readonly WeightArray[];
  /** How often it is judged on the way; left out, as often as the recipe plans. */
  readonly evaluations?: number;
  /** How often a checkpoint is written; for tests. */
  readonly checkpointEveryMs?: number;
}

/** Evaluations over a run: enough for a curve, few enough to cost little. */
const EVALUATIONS = 12;
const EVALUATE_BATCH = 8;
/** Besides the photograph as it is. */
type Reading = Pick<EvaluateOptions, 'mirrored' | 'closeUps'>;
const ONCE: Reading = { mirrored: false, closeUps: false };
/** Photographs whose features set the channel scale. */
const SCALE_IMAGES = 48;

/** Trains, saves the model and returns the train message's output. See `train`. */
export async function runTraining(given: RunInput, context: TrainContext): Promise<EngineOutput<'train'>> {
  const input = { ...given, source: viewSource(given) };
  const nowMs = (): number => performance.now();
  const startMs = nowMs();
  const { configured, facts } = input;
  const schedule = configured.planSchedule(facts);
  const length: RunLength =
    input.budgetMs === null
      ? { kind: 'steps', steps: schedule.steps }
      : { kind: 'time', budgetMs: input.budgetMs };
  const asRead: Reading = {
    mirrored: readsMirrored(configured, facts),
    closeUps: readsCloseUps(configured, facts),
  };
  // Weights are chosen by photographs read once, several times as fast; the model is judged as it will read.
  const isReadOnce = !asRead.mirrored && !asRead.closeUps;
  const random = { seed: input.seed, step: 0 };
  const model = configured.build(random);
  const sampler = createTrainingSampler(input, schedule);
  const loader = new BatchLoader({
    source: input.source,
    recipe: configured,
    facts,
    items: [...input.trainItems, ...(input.pseudoItems ?? [])],
    sampler,
    canvas: input.canvas,
    ...(input.copies && { copies: input.copies }),
  });
  const evaluate = async (reading: Reading): Promise<Metrics> =>
    evaluateModel({ ...evaluateOptions(input, model), ...context, ...reading });
  const lastMs = isReadOnce ? 0 : await forecastJudging(input, model, nowMs, asRead);
  const run = fingerprint(input);
  const learner = new Learner({
    model,
    recipe: configured,
    schedule,
    loader,
    random,
    length: keepTime(length, lastMs),
    epochVisits: sampler.epochVisits,
    evaluate: input.validSamples.length === 0 ? null : () => evaluate(ONCE),
    evaluations: input.evaluations ?? schedule.evaluations ?? EVALUATIONS,
    evaluateMs: await forecastJudging(input, model, nowMs, ONCE),
    nowMs,
    callbacks: [
      cancelOn(context.signal),
      followSchedule(schedule),
      saveNowAndThen(() => saveCheckpoint(input.modelDir, learner.save(run)), nowMs, input.checkpointEveryMs),
      tellCurve(schedule, context.onCurve),
      keepBest(schedule),
      endWithoutGain(schedule),
      tellProgress(context.onProgress),
    ],
  });
  try {
    const isWarm = input.warmWeights !== undefined && goOnFrom(model, input.warmWeights);
    // Judged before the first step, so that old and new are told of the same photographs.
    const startMetrics = isWarm ? await evaluate(asRead) : undefined;
    const checkpoint = input.resume ? await findCheckpoint(input.modelDir, run) : undefined;
    if (checkpoint === undefined && !isWarm) {
      await fitChannelScales(input, model);
      configured.prepare?.(model, facts);
      if (input.startWeights !== undefined) startFrom(model, input.startWeights);
    } else if (checkpoint !== undefined) learner.restore(checkpoint);
    input.copies?.start(listWanted(input, schedule, length.kind === 'steps' ? length.steps : null));
    await learner.fit();
    const copiesStopped = input.copies?.stop();
    // The weights in place are those that were judged last, more often than not.
    const { best, step, lastMetrics } = learner.state;
    const isJudged = lastMetrics !== null && best?.step === step && isReadOnce;
    const metrics = isJudged ? lastMetrics : await evaluate(asRead);
    throwIfCancelled(context.signal);
    const { backboneName } = input;
    const card = { ...modelCard(input), ...(backboneName && { backbone: backboneName }) };
    const weightsHash = await saveModel(input.modelDir, card, model);
    await removeCheckpoint(input.modelDir);
    await copiesStopped;
    const trainMs = nowMs() - startMs;
    return {
      recipeVersion: input.recipe.version,
      backend: input.backend,
      backboneHash: input.backboneHash,
      weightsHash,
      epochs: Math.round(learner.state.epoch * 100) / 100,
      trainMs,
      imagesPerS: learner.state.visits / Math.max(1e-3, learner.state.elapsedMs / 1000),
      metrics,
      ...(startMetrics && { startMetrics }),
      failed: [...input.failed, ...(input.copies?.failed ?? [])],
    };
  } finally {
    await loader.close();
    learner.dispose();
    model.dispose();
  }
}

/** The features as the recipe sees them: a recipe with `frames` gets windows. */
function viewSource(input: RunInput): FeatureSource {
  const { configured, source, neighbours } = input;
  if (configured.frames === undefined) return source;
  return new FrameWindows(source, configured.frames, listImages(input), neighbours ?? []);
}

/** Every photograph of the run. */
function listImages({ trainItems, pseudoItems = [], validSamples }: RunInput): EngineImage[] {
  return [
    ...[...trainItems, ...pseudoItems].map(({ sample }) => sample.image),
    ...validSamples.map(({ image }) => image),
  ];
}

/** About how long judging all validation photographs takes, in ms; 0 where no time was named or they are few. */
async function forecastJudging(
  input: RunInput,
  model: LayersModel,
  nowMs: () => number,
  reading: Reading,
): Promise<number> {
  const { validSamples, budgetMs } = input;
  if (budgetMs === null || validSamples.length < 4 * EVALUATE_BATCH) return 0;
  const judge = async (): Promise<number> => {
    const startMs = nowMs();
    const samples = validSamples.slice(0, EVALUATE_BATCH);
    await evaluateModel({ ...evaluateOptions(input, model), samples, ...reading });
    return nowMs() - startMs;
  };
  // The first one warms up what the second one measures.
  await judge();
  return ((await judge()) * validSamples.length) / EVALUATE_BATCH;
}

/** A run with so much of its time kept for judging at its end. */
function keepTime(length: RunLength, keptMs: number): RunLength {
  return length.kind === 'steps' ? length : { ...length, budgetMs: Math.max(1, length.budgetMs - keptMs) };
}

function evaluateOptions(input: RunInput, model: LayersModel) {
  return {
    model,
    recipe: input.configured,
    source: input.source,
    canvas: input.canvas,
    classes: input.classes.length,
    samples: input.validSamples,
    split: 'valid',
    // Crops hold no boxes to find: those of the whole are judged once it is whole.
    suggestsBoxes: findsBoxes(input.recipe) && input.recipe.cropping === undefined,
    batchImages: EVALUATE_BATCH,
  };
}

/** Measures each channel on some training photographs and sets the model's scale layers. */
async function fitChannelScales(input: RunInput, model: LayersModel): Promise<void> {
  for (const layer of model.layers) {
    if (!(layer instanceof ChannelScale)) continue;
    // A scale behind trained layers cannot be measured on stored features: it comes with the start weights.
    if (!input.configured.taps.includes(layer.tap)) continue;
    const tap = input.source.shape(layer.tap);
    const every = Math.max(1, Math.floor(input.trainItems.length / SCALE_IMAGES));
    const chosen = input.trainItems.filter((_, i) => i % every === 0).slice(0, SCALE_IMAGES);
    const squares = new Float64Array(tap.channels);
    const map = new Float32Array(tapLength(tap));
    for (const { sample } of chosen) {
      await input.source.read([{ hash: sample.image.hash, variant: PLAIN.id }], tap.name, map);
      measureChannelScale(map, tap.channels).forEach((scale, c) => {
        squares[c] = (squares[c] as number) + 1 / (scale * scale);
      });
    }
    const scales = Float32Array.from(squares, (sum) => 1 / Math.sqrt(sum / chosen.length));
    tf.tidy(() => layer.setWeights([tf.tensor1d(scales)]));
  }
}

function startFrom(model: LayersModel, weights: readonly WeightArray[]): void {
  const given = new Map(weights.map((weight) => [weight.name, weight]));
  writeWeights(
    model,
    readWeights(model).map((own) => given.get(own.name) ?? own),
  );
}

/** Puts the weights of an earlier model in; false, and nothing changed, when they are of another net. */
function goOnFrom(model: LayersModel, weights: readonly WeightArray[]): boolean {
  try {
    writeWeights(model, toOwnWeights(model, weights));
    return true;
  } catch (error) {
    if (error instanceof AppError && error.code === 'model/weights-differ') return false;
    throw error;
  }
}

function modelCard(input: RunInput) {
  return {
    recipe: input.recipe.id,
    recipeVersion: input.recipe.version,
    parameters: { ...input.parameters },
    seed: input.seed,
    classes: input.classes,
    backboneHash: input.backboneHash,
    taps: [...input.configured.taps],
    canvas: input.canvas,
    backend: input.backend,
    // Only where it is so: runs begun before there was such a thing can still be taken up.
    ...(readsMirrored(input.configured, input.facts) && { mirrored: true }),
    ...(readsCloseUps(input.configured, input.facts) && { closeUps: true }),
  };
}

/** Everything that decides a run's numbers: a checkpoint of another run is not taken up. */
function fingerprint(input: RunInput): string {
  const deciding = {
    ...modelCard(input),
    minutes: input.minutes,
    train: input.trainItems.map(({ sample, variants }) => [
      sample.image.hash,
      sample.boxes.map(({ classIndex, x, y, w, h, head, tail }) => [
        classIndex,
        x,
        y,
        w,
        h,
        ...listLine(head, tail),
      ]),
      ...(sample.ignored === undefined ? [] : [sample.ignored]),
      variants.map((variant) => variant.id),
    ]),
    valid: input.validSamples.map((sample) => sample.image.hash),
    // By its folder's name: a project that was moved goes on all the same.
    ...(input.warmWeights !== undefined && { startFrom: path.basename(input.startFrom ?? '') }),
    ...(input.pseudoItems !== undefined && {
      pseudo: input.pseudoItems.map(({ sample, variants }) => [
        sample.image.hash,
        sample.probabilities,
        variants.map((variant) => variant.id),
      ]),
    }),
    ...(input.source instanceof FrameWindows && { frames: listFrames(input, input.source) }),
  };
  return hashBytes(new TextEncoder().encode(JSON.stringify(deciding)));
}

/** The windows that decide a run's numbers besides the images themselves. */
function listFrames(input: RunInput, windows: FrameWindows): (readonly string[])[] {
  return listImages(input).map(({ hash }) => windows.windowOf(hash));
}

/** Nothing for a box without a line, so that runs begun before there were lines can be taken up. */
function listLine(head: EngineBox['head'], tail: EngineBox['tail']): number[] {
  return head && tail ? [head.x, head.y, tail.x, tail.y] : [];
}
