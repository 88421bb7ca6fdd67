/** Trains one model from photographs and labels to files: features first, then the loop. */
import type { CurvePoint, JobProgress } from '../../core/jobs.ts';
import { openBackbone } from '../backbones/backbone-library.ts';
import { type Backbone, checkCanvas } from '../backbones/load-backbone.ts';
import { selectBackend } from '../backends/select-backend.ts';
import { trainOnCrops } from '../crops/train-on-crops.ts';
import { BackgroundCopies } from '../features/background-copies.ts';
import { ensureFeatures, type ImageFault } from '../features/ensure-features.ts';
import { type FeatureStore, openFeatureStore } from '../features/feature-store.ts';
import { FreshSource, findCloseUps } from '../features/fresh-source.ts';
import { type FeatureVariant, FLIP, PLAIN } from '../features/variants.ts';
import type { EngineImage, EngineInput, EngineOutput, TrainingSample } from '../messages.ts';
import { getRecipe } from '../recipes/list.ts';
import {
  type ConfiguredRecipe,
  type CopyPlan,
  readsCloseUps,
  readsMirrored,
  type TrainingFacts,
} from '../recipes/recipe.ts';
import type { TrainingItem } from './batches.ts';
import { throwIfCancelled } from './cancel.ts';
import { listCopies } from './copies.ts';
import { findStart, keepSettled } from './find-start.ts';
import { trainFineTuned } from './fine-tune.ts';
import { findFrames } from './frame-windows.ts';
import { runTraining } from './run-training.ts';
import { gatherFacts, noImages } from './training-facts.ts';

export interface TrainContext {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: JobProgress) => void;
  readonly onCurve?: (point: CurvePoint) => void;
  /** How often the model is judged on the way; left out, as often as the recipe plans. */
  readonly evaluations?: number;
}

const MS_PER_MINUTE = 60_000;

/**
 * Trains as the message contract's `train` says. The time budget starts with the call: features, evaluations and saving are within it.
 * Photographs without features are faults in the result and train nothing. Throws `recipe/…` for a wrong recipe or setting,
 * `training/no-images` when nothing is left to learn from, `training/diverged`, `job/cancelled`; a checkpoint stays for `resume`.
 */
export async function train(
  input: EngineInput<'train'>,
  context: TrainContext,
): Promise<EngineOutput<'train'>> {
  const { cropping, fineTuning } = getRecipe(input.recipe);
  const crops = cropping?.(input.parameters);
  if (crops !== undefined) return await trainOnCrops(input, context, crops);
  const tuning = fineTuning?.(input.parameters);
  return tuning === undefined
    ? await trainHead(input, context)
    : await trainFineTuned(input, context, tuning, trainHead);
}

/** The net behind the backbone, on stored features. */
async function trainHead(input: EngineInput<'train'>, context: TrainContext): Promise<EngineOutput<'train'>> {
  const startMs = performance.now();
  const [{ backend }, backbone] = await Promise.all([selectBackend(), openBackbone(input.backbone)]);
  checkCanvas(backbone, input.canvas);
  const store = await openFeatureStore({ featuresDir: input.featuresDir, backbone, canvas: input.canvas });
  let stop = (): Promise<void> => Promise.resolve();
  try {
    const recipe = getRecipe(input.recipe);
    const budgetMs = input.minutes === null ? null : input.minutes * MS_PER_MINUTE;
    const facts = gatherFacts(input, backend.startsWith('native'), budgetMs);
    const ground = { backboneHash: backbone.hash, recipeVersion: recipe.version };
    const found = await findStart(input, ground);
    const settled = recipe.settle?.(input.parameters, facts) ?? input.parameters;
    const kept = found && keepSettled(input.parameters, settled, found.card.parameters);
    const start = kept && found;
    const parameters = kept ?? settled;
    const configured = recipe.configure(parameters, {
      classes: input.classes.length,
      canvas: input.canvas,
      taps: store.taps,
    });
    const prepared = await prepareFeatures(input, context, { backbone, store, configured, facts });
    throwIfCancelled(context.signal);
    const spentMs = performance.now() - startMs;
    const remainingMs = budgetMs === null ? null : Math.max(1000, budgetMs - spentMs);
    const { signal } = context;
    const copies = new BackgroundCopies({
      store,
      backbone,
      waits: budgetMs === null,
      ...(signal && { signal }),
    });
    stop = () => copies.stop();
    return await runTraining(
      {
        ...input,
        parameters,
        recipe,
        configured,
        facts,
        backend,
        backboneHash: backbone.hash,
        backboneName: { id: backbone.manifest.id, version: backbone.manifest.version },
        source: readsCloseUps(configured, facts)
          ? new FreshSource({
              store,
              backbone,
              find: findCloseUps(prepared.validSamples.map(({ image }) => image)),
            })
          : store,
        budgetMs: remainingMs,
        trainItems: prepared.trainItems,
        ...(prepared.pseudoItems.length > 0 && { pseudoItems: prepared.pseudoItems }),
        validSamples: prepared.validSamples,
        failed: prepared.failed,
        copies,
        ...(start && { warmWeights: start.weights }),
        ...(context.evaluations !== undefined && { evaluations: context.evaluations }),
      },
      context,
    );
  } finally {
    await stop();
    await store.close();
  }
}

interface Prepared {
  readonly trainItems: readonly TrainingItem[];
  readonly pseudoItems: readonly TrainingItem[];
  readonly validSamples: readonly TrainingSample[];
  readonly failed: ImageFault[];
}

/**
 * Computes the plain copies that are missing: what every recipe needs, and all that training needs to begin. Other copies follow while it
 * runs ({@link BackgroundCopies}), but for recipes with `frames`: a window wants the same copy of all its frames.
 */
async function prepareFeatures(
  input: EngineInput<'train'>,
  context: TrainContext,
  parts: { backbone: Backbone; store: FeatureStore; configured: ConfiguredRecipe; facts: TrainingFacts },
): Promise<Prepared> {
  const { backbone, store, configured, facts } = parts;
  const { signal, onProgress } = context;
  const common = { store, backbone, ...(signal && { signal }), ...(onProgress && { onProgress }) };
  const trainSamples = input.samples.filter((sample) => sample.split === 'train');
  const labelled = input.samples.map((sample) => sample.image);
  // Frames that nobody labelled, but that windows of labelled ones hold.
  const frames = configured.frames ? findFrames(configured.frames, labelled, input.neighbours ?? []) : [];
  const all = [...labelled, ...frames];
  const { failed } = await ensureFeatures({ ...common, images: all, variants: [PLAIN] });
  const faulty = new Set(failed.map((fault) => fault.imageId));
  const good = (samples: readonly TrainingSample[]): TrainingSample[] =>
    samples.filter((sample) => !faulty.has(sample.image.id));
  const usable = good(trainSamples);
  if (usable.length === 0) throw noImages();
  const pseudo = good(input.samples.filter((sample) => sample.split === 'pseudo'));
  const plan: CopyPlan = configured.planCopies(facts);
  if (configured.frames !== undefined) {
    const readable = frames.filter(({ id }) => !faulty.has(id));
    const images = [...[...usable, ...pseudo].map(({ image }) => image), ...readable];
    // Alike in all of them, so those of one are those of all.
    const variants = listCopies((images[0] as EngineImage).hash, plan);
    const result = await ensureFeatures({ ...common, images, variants });
    failed.push(...result.failed);
  }
  const validSamples = good(input.samples.filter((s) => s.split === 'valid'));
  if (readsMirrored(configured, facts)) {
    const images = validSamples.map(({ image }) => image);
    failed.push(...(await ensureFeatures({ ...common, images, variants: [FLIP] })).failed);
  }
  const toItem = (sample: TrainingSample): TrainingItem => {
    const { hash } = sample.image;
    const variants = listCopies(hash, plan);
    const isThere = ({ id }: FeatureVariant): boolean => store.has({ hash, variant: id });
    return { sample, variants: configured.frames === undefined ? variants : variants.filter(isThere) };
  };
  return {
    trainItems: usable.map(toItem),
    pseudoItems: pseudo.map(toItem),
    validSamples,
    failed,
  };
}
