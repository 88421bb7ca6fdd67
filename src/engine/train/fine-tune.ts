/** Training of a head and then of the backbone's last blocks with it: two runs, one time budget, one model. */
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { openBackbone } from '../backbones/backbone-library.ts';
import { type Backbone, checkCanvas } from '../backbones/load-backbone.ts';
import { selectBackend } from '../backends/select-backend.ts';
import { ensureFeatures } from '../features/ensure-features.ts';
import { openFeatureStore } from '../features/feature-store.ts';
import type { FeatureKey } from '../features/feature-types.ts';
import { type FreshCopy, FreshSource, findCloseUps } from '../features/fresh-source.ts';
import { FLIP, PLAIN } from '../features/variants.ts';
import type { EngineInput, EngineOutput, TrainingSample } from '../messages.ts';
import { getRecipe } from '../recipes/list.ts';
import { type FineTuning, readsMirrored } from '../recipes/recipe.ts';
import type { TrainingItem } from './batches.ts';
import { throwIfCancelled } from './cancel.ts';
import { listFresh } from './copies.ts';
import { countKept } from './echoes.ts';
import { findStart } from './find-start.ts';
import { openModel } from './load-model.ts';
import { prepareTask } from './recipe-task.ts';
import { runTraining } from './run-training.ts';
import type { TrainContext } from './train.ts';
import { gatherFacts } from './training-facts.ts';
import { readWeights, type WeightArray } from './weights.ts';

const MS_PER_MINUTE = 60_000;
/** Folder of the head's own model, inside the model's. */
const HEAD_FOLDER = 'head';

/** The head's part of a training, 0..1. `budgetMs`: the whole of it, null where no time was named. */
export function computeHeadShare({ head }: FineTuning, budgetMs: number | null): number {
  return budgetMs === null ? head.timeShare : Math.min(head.timeShare, head.mostMs / budgetMs);
}

/** Trains a recipe without fine-tuning: how the head gets its start. */
export type TrainHead = (
  input: EngineInput<'train'>,
  context: TrainContext,
) => Promise<EngineOutput<'train'>>;

/**
 * Trains the head alone in its share of the time, then head and last blocks together on copies drawn afresh. With `resume`, a head that
 * was finished is not trained again. Throws what `train` throws, and `backbone/not-trainable`.
 */
export async function trainFineTuned(
  input: EngineInput<'train'>,
  context: TrainContext,
  tuning: FineTuning,
  trainHead: TrainHead,
): Promise<EngineOutput<'train'>> {
  const startMs = performance.now();
  const recipe = getRecipe(input.recipe);
  const backbone = await openBackbone(input.backbone);
  checkCanvas(backbone, input.canvas);
  const ground = { backbone, canvas: input.canvas, classes: input.classes.length };
  // Says at once when the backbone cannot be trained.
  const { task, features } = prepareTask(recipe, input.parameters, ground);
  const budgetMs = input.minutes === null ? null : input.minutes * MS_PER_MINUTE;
  const share = computeHeadShare(tuning, budgetMs);
  const curve = joinCurves(context);
  const start = await findStart(input, { backboneHash: features.hash, recipeVersion: recipe.version });
  const head =
    start === undefined
      ? await startHead(input, share, { ...partOf(context, 0, share), ...curve.first }, tuning, trainHead)
      : { failed: [], resumed: false };
  throwIfCancelled(context.signal);
  const store = await openFeatureStore({
    featuresDir: input.featuresDir,
    backbone: features,
    canvas: input.canvas,
  });
  try {
    const configured = recipe.configure(input.parameters, task);
    const { backend } = await selectBackend();
    const facts = gatherFacts(input, backend.startsWith('native'), budgetMs);
    const faulty = new Set(head.failed.map((fault) => fault.imageId));
    const good = input.samples.filter((sample) => !faulty.has(sample.image.id));
    const of = (split: string): TrainingSample[] => good.filter((sample) => sample.split === split);
    // What is judged again and again is stored; what is drawn afresh is not.
    await ensureFeatures({
      images: of('valid').map((sample) => sample.image),
      store,
      backbone: features,
      variants: [PLAIN, ...(readsMirrored(configured, facts) ? [FLIP] : [])],
      ...(context.signal && { signal: context.signal }),
    });
    const plan = configured.planCopies(facts);
    const { batchImages, echoes = 1 } = configured.planSchedule(facts);
    const trainItems = of('train').map((sample) => ({
      sample,
      variants: listFresh(sample.image.hash, plan),
    }));
    const findTrain = finderOf(trainItems);
    const findClose = findCloseUps(of('valid').map((sample) => sample.image));
    const find = (key: FeatureKey): FreshCopy | undefined => findTrain(key) ?? findClose(key);
    const weights =
      start === undefined
        ? { startWeights: await readHead(input, backbone) }
        : { warmWeights: start.weights };
    const spentMs = head.resumed ? (budgetMs ?? 0) * share : performance.now() - startMs;
    const result = await runTraining(
      {
        ...input,
        recipe,
        configured,
        facts,
        backend,
        backboneHash: features.hash,
        backboneName: { id: backbone.manifest.id, version: backbone.manifest.version },
        source: new FreshSource({
          store,
          backbone: features,
          find,
          kept: countKept({ batchImages, echoes }),
        }),
        budgetMs: budgetMs === null ? null : Math.max(1000, budgetMs - spentMs),
        trainItems,
        validSamples: of('valid'),
        failed: head.failed,
        ...weights,
      },
      { ...partOf(context, start === undefined ? share : 0, 1), ...curve.second },
    );
    await rm(path.join(input.modelDir, HEAD_FOLDER), { recursive: true, force: true });
    return { ...result, trainMs: performance.now() - startMs };
  } finally {
    await store.close();
  }
}

interface HeadStart {
  readonly failed: EngineOutput<'train'>['failed'];
  /** True when an earlier call had finished it. */
  readonly resumed: boolean;
}

async function startHead(
  input: EngineInput<'train'>,
  share: number,
  context: TrainContext,
  { head }: FineTuning,
  trainHead: TrainHead,
): Promise<HeadStart> {
  const modelDir = path.join(input.modelDir, HEAD_FOLDER);
  if (input.resume && existsSync(path.join(modelDir, 'manifest.json'))) return { failed: [], resumed: true };
  const minutes = input.minutes === null ? null : input.minutes * share;
  const { recipe, parameters } = head;
  // Judged once, at its end: what it is worth shows in the whole.
  const { failed } = await trainHead(
    { ...input, recipe, parameters: { ...parameters }, minutes, modelDir },
    { ...context, evaluations: 1 },
  );
  return { failed, resumed: false };
}

/** The weights of the head, by the names they also have in the whole. */
async function readHead(input: EngineInput<'train'>, backbone: Backbone): Promise<readonly WeightArray[]> {
  const { model } = await openModel(path.join(input.modelDir, HEAD_FOLDER), {
    backbone,
    canvas: input.canvas,
  });
  try {
    return readWeights(model);
  } finally {
    model.dispose();
  }
}

function finderOf(
  items: readonly TrainingItem[],
): (key: { hash: string; variant: string }) => FreshCopy | undefined {
  const byHash = new Map(items.map((item) => [item.sample.image.hash, item]));
  return ({ hash, variant: id }) => {
    const item = byHash.get(hash);
    const variant = item?.variants.find((candidate) => candidate.id === id);
    if (item === undefined || variant === undefined) return undefined;
    return { image: item.sample.image, variant, isEchoed: true };
  };
}

/** One curve of two runs: the second goes on where the first ended. */
function joinCurves({ onCurve }: TrainContext): Record<'first' | 'second', Pick<TrainContext, 'onCurve'>> {
  if (onCurve === undefined) return { first: {}, second: {} };
  let end = { step: 0, epoch: 0, elapsedMs: 0 };
  return {
    first: {
      onCurve: (point) => {
        end = point;
        onCurve(point);
      },
    },
    second: {
      onCurve: ({ step, epoch, elapsedMs, values }) =>
        onCurve({
          step: end.step + step,
          epoch: end.epoch + epoch,
          elapsedMs: end.elapsedMs + elapsedMs,
          values,
        }),
    },
  };
}

/** Progress of one part of the work as progress of the whole. */
function partOf(context: TrainContext, from: number, to: number): TrainContext {
  const { onProgress } = context;
  if (onProgress === undefined) return context;
  return {
    ...context,
    onProgress: (progress) => {
      if (progress.phase !== 'train' || progress.total === 0) return onProgress(progress);
      const frac = progress.done / progress.total;
      const whole = from + (to - from) * frac;
      // What is left of this part, stretched to what is left of all.
      const stretch = (1 - whole) / Math.max(1e-6, to - whole);
      const etaMs = progress.etaMs === null ? null : progress.etaMs * stretch;
      onProgress({ ...progress, done: Math.round(whole * 1000), total: 1000, etaMs });
    },
  };
}
