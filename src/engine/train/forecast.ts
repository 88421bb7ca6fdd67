/** What fine-tuning will cost, before it starts: how many numbers move, and how fast, by steps taken on noise. */

import { toAppErrorData } from '../../core/errors.ts';
import type { Canvas } from '../../core/learning.ts';
import { createRandom } from '../../core/random.ts';
import { openBackbone } from '../backbones/backbone-library.ts';
import { type Backbone, checkCanvas } from '../backbones/load-backbone.ts';
import { selectBackend } from '../backends/select-backend.ts';
import { type FeatureKey, type FeatureSource, type TapShape, tapLength } from '../features/feature-types.ts';
import { withPool } from '../features/shared-pool.ts';
import { PLAIN } from '../features/variants.ts';
import type { EngineInput, EngineOutput } from '../messages.ts';
import { getRecipe } from '../recipes/list.ts';
import type { FineTuning, Recipe, RecipeTask, TrainingFacts } from '../recipes/recipe.ts';
import { BatchLoader, type TrainingItem } from './batches.ts';
import { computeHeadShare } from './fine-tune.ts';
import { Learner } from './learner.ts';
import { prepareTask } from './recipe-task.ts';
import { createSampler } from './sampler.ts';
import { listTrainable } from './weights.ts';

type Cost = NonNullable<EngineOutput<'forecast'>['fineTuning']>;

/** Photographs a step and steps, by how fast convolutions are: enough to be right by a third, few enough to wait for. */
const FAST = { images: 4, steps: 2 };
const SLOW = { images: 1, steps: 1 };

/** What was measured in this process, by what it hangs on. */
const measured = new Map<string, Promise<number>>();

/** Null for a recipe that leaves the backbone as it is. Throws `recipe/parameters` and what opening the backbone throws. */
export async function forecastFineTuning(input: EngineInput<'forecast'>): Promise<Cost | null> {
  const recipe = getRecipe(input.recipe);
  const tuning = recipe.fineTuning?.(input.parameters);
  if (tuning === undefined) return null;
  const [{ backend }, backbone] = await Promise.all([selectBackend(), openBackbone(input.backbone)]);
  checkCanvas(backbone, input.canvas);
  const ground = { backbone, canvas: input.canvas, classes: input.classes };
  let task: RecipeTask;
  try {
    ({ task } = prepareTask(recipe, input.parameters, ground));
  } catch (error) {
    const obstacle = toAppErrorData(error);
    // Anything else is no property of the backbone.
    if (!obstacle.code.startsWith('backbone/')) throw error;
    return {
      numbers: null,
      backboneNumbers: null,
      imagesPerS: null,
      visits: null,
      minutes: null,
      obstacle,
    };
  }
  const isNative = backend.startsWith('native');
  const facts = toFacts(input, isNative);
  const numbers = countNumbers(recipe, input.parameters, task);
  const headTask = { classes: task.classes, canvas: task.canvas, taps: task.taps };
  const head = countNumbers(getRecipe(tuning.head.recipe), tuning.head.parameters, headTask);
  const key = [backend, backbone.hash, JSON.stringify([recipe.id, input.canvas, numbers])].join('/');
  // Plain JavaScript takes minutes for what is to be known in seconds.
  const canMeasure = input.measure && backend !== 'cpu';
  const known = measured.get(key) ?? (canMeasure ? measure(recipe, input, backbone, isNative) : undefined);
  if (known !== undefined) {
    measured.set(key, known);
    known.catch(() => measured.delete(key));
  }
  const imagesPerS = (await known) ?? null;
  const schedule = recipe.configure(input.parameters, task).planSchedule(facts);
  const planned = schedule.steps * schedule.batchImages;
  return {
    numbers,
    backboneNumbers: numbers - head,
    imagesPerS,
    ...countTime(input.minutes, imagesPerS, planned, tuning),
    obstacle: null,
  };
}

/** With a time budget what fits into it, else how long the recipe's own steps take; the head's part of the time is not in `visits`. */
function countTime(
  budgetMin: number | null,
  imagesPerS: number | null,
  planned: number,
  tuning: FineTuning,
): Pick<Cost, 'visits' | 'minutes'> {
  if (budgetMin !== null) {
    const seconds = budgetMin * 60 * (1 - computeHeadShare(tuning, budgetMin * 60_000));
    return { visits: imagesPerS === null ? null : Math.round(imagesPerS * seconds), minutes: budgetMin };
  }
  return { visits: planned, minutes: imagesPerS === null ? null : planned / imagesPerS / 60 };
}

function countNumbers(
  recipe: Recipe,
  parameters: Readonly<Record<string, unknown>>,
  task: RecipeTask,
): number {
  const model = recipe.configure(parameters, task).build({ seed: 1, step: 0 });
  try {
    return listTrainable(model).reduce((sum, { variable }) => sum + variable.size, 0);
  } finally {
    model.dispose();
  }
}

/**
 * Photographs a second. A photograph's time is that of a step on noise and of the frozen part on noise, one after the other, since both want
 * the same cores; decoding is not in it, and batches are smaller than in the run, so the run may be somewhat faster or slower.
 */
async function measure(
  recipe: Recipe,
  input: EngineInput<'forecast'>,
  backbone: Backbone,
  isNative: boolean,
): Promise<number> {
  const { canvas, classes } = input;
  const { task, features } = prepareTask(recipe, input.parameters, { backbone, canvas, classes });
  const { echoes = 1 } = recipe.configure(input.parameters, task).planSchedule(toFacts(input, isNative));
  const stepMs = await timeStep(recipe, input, task, isNative);
  return 1000 / (stepMs + (await timeFrozen(features, canvas)) / echoes);
}

/** Milliseconds of training a photograph; the first step, which warms up, is not counted. */
async function timeStep(
  recipe: Recipe,
  input: EngineInput<'forecast'>,
  task: RecipeTask,
  isNative: boolean,
): Promise<number> {
  const facts = toFacts(input, isNative);
  const configured = recipe.configure(input.parameters, task);
  const planned = configured.planSchedule(facts);
  const size = isNative ? FAST : SLOW;
  const batchImages = Math.min(size.images, planned.batchImages);
  const items = drawItems(task.canvas, input.classes, batchImages);
  const model = configured.build({ seed: 1, step: 0 });
  const one = items.map(() => 1);
  const sampler = createSampler({ seed: 1, images: items.length, copies: one, visits: one, batchImages });
  const taps = [...task.taps, ...(task.fineTuned === undefined ? [] : [task.fineTuned.cut])];
  const source = new NoiseSource(task.canvas, taps);
  const loader = new BatchLoader({ source, recipe: configured, facts, items, sampler, canvas: task.canvas });
  const nowMs = (): number => performance.now();
  const learner = new Learner({
    model,
    recipe: configured,
    schedule: { ...planned, batchImages },
    loader,
    random: { seed: 1, step: 0 },
    length: { kind: 'steps', steps: size.steps + 1 },
    epochVisits: sampler.epochVisits,
    evaluate: null,
    evaluations: 1,
    callbacks: [],
    nowMs,
  });
  try {
    await learner.takeStep();
    const startMs = nowMs();
    for (let step = 0; step < size.steps; step++) await learner.takeStep();
    return (nowMs() - startMs) / (size.steps * batchImages);
  } finally {
    await loader.close();
    learner.dispose();
    model.dispose();
  }
}

/** Milliseconds a photograph of the frozen part, as many at a time as workers are busy with. */
async function timeFrozen(features: Backbone, canvas: Canvas): Promise<number> {
  const frame = new Uint8Array(canvas.widthPx * canvas.heightPx * 3).fill(127);
  return await withPool(features, async (pool) => {
    const run = () => pool.run({ kind: 'pixels', canvas, frames: [frame.slice()] });
    await Promise.all(Array.from({ length: pool.workers }, run));
    const startMs = performance.now();
    await Promise.all(Array.from({ length: pool.capacity }, run));
    return (performance.now() - startMs) / pool.capacity;
  });
}

/** Photographs with a few boxes each, nowhere on disk. */
function drawItems(canvas: Canvas, classes: number, count: number): TrainingItem[] {
  const random = createRandom(1);
  return Array.from({ length: count }, (_, i) => {
    const boxes = Array.from({ length: 4 }, (_, k) => ({
      classIndex: k % Math.max(1, classes),
      x: random.range(0, canvas.widthPx * 0.6),
      y: random.range(0, canvas.heightPx * 0.6),
      w: canvas.widthPx * 0.2,
      h: canvas.heightPx * 0.2,
    }));
    const image = { id: `noise-${i}`, file: '', hash: `noise-${i}`, ...canvas };
    return { sample: { image, split: 'train' as const, boxes }, variants: [PLAIN] };
  });
}

/** What a schedule needs to know; nothing here hangs on what is in the photographs. */
function toFacts(input: EngineInput<'forecast'>, fastBackend: boolean): TrainingFacts {
  return {
    trainImages: input.trainImages,
    boxesPerClass: input.boxesPerClass,
    imagesPerClass: [...input.boxesPerClass, 0],
    imageSizes: [],
    seed: 1,
    fastBackend,
    budgetMs: input.minutes === null ? null : input.minutes * 60_000,
  };
}

/** Features that mean nothing. */
class NoiseSource implements FeatureSource {
  readonly canvas: Canvas;
  readonly taps: readonly TapShape[];

  constructor(canvas: Canvas, taps: readonly TapShape[]) {
    this.canvas = canvas;
    this.taps = taps;
  }

  shape(name: string): TapShape {
    const tap = this.taps.find((candidate) => candidate.name === name);
    if (tap === undefined) throw new RangeError(`No tap ${name}`);
    return tap;
  }

  has(): boolean {
    return true;
  }

  read(keys: readonly FeatureKey[], tap: string, into?: Float32Array): Promise<Float32Array> {
    const length = keys.length * tapLength(this.shape(tap));
    const out = into ?? new Float32Array(length);
    const random = createRandom(7);
    for (let i = 0; i < length; i++) out[i] = random.next();
    return Promise.resolve(out);
  }
}
