/** Trains one model from photographs and labels to files: features first, then the loop. */
import { AppError } from '../../core/errors.ts';
import type { CurvePoint, JobProgress } from '../../core/jobs.ts';
import { type Backbone, checkCanvas, loadBackbone } from '../backbones/load-backbone.ts';
import { selectBackend } from '../backends/select-backend.ts';
import { ensureFeatures, type ImageFault } from '../features/ensure-features.ts';
import { type FeatureStore, openFeatureStore } from '../features/feature-store.ts';
import { PLAIN } from '../features/variants.ts';
import type { EngineImage, EngineInput, EngineOutput, TrainingSample } from '../messages.ts';
import { findLargest } from '../parts/image-class.ts';
import { getRecipe } from '../recipes/list.ts';
import type { ConfiguredRecipe, CopyPlan, TrainingFacts } from '../recipes/recipe.ts';
import type { TrainingItem } from './batches.ts';
import { throwIfCancelled } from './cancel.ts';
import { groupOf, listCopies } from './copies.ts';
import { runTraining } from './run-training.ts';

export interface TrainContext {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: JobProgress) => void;
  readonly onCurve?: (point: CurvePoint) => void;
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
  const startMs = performance.now();
  const [{ backend }, backbone] = await Promise.all([selectBackend(), loadBackbone()]);
  checkCanvas(backbone, input.canvas);
  const store = await openFeatureStore({ featuresDir: input.featuresDir, backbone, canvas: input.canvas });
  try {
    const recipe = getRecipe(input.recipe);
    const configured = recipe.configure(input.parameters, {
      classes: input.classes.length,
      canvas: input.canvas,
      taps: store.taps,
    });
    const budgetMs = input.minutes === null ? null : input.minutes * MS_PER_MINUTE;
    const facts = gatherFacts(input, backend === 'native', budgetMs);
    const prepared = await prepareFeatures(input, context, { backbone, store, configured, facts });
    throwIfCancelled(context.signal);
    const spentMs = performance.now() - startMs;
    const remainingMs = budgetMs === null ? null : Math.max(1000, budgetMs - spentMs);
    return await runTraining(
      {
        ...input,
        recipe,
        configured,
        facts,
        backend,
        backboneHash: backbone.hash,
        source: store,
        budgetMs: remainingMs,
        trainItems: prepared.trainItems,
        validSamples: prepared.validSamples,
        failed: prepared.failed,
      },
      context,
    );
  } finally {
    await store.close();
  }
}

/** What the labels say before training. Throws `training/no-images` when no image is to learn from, `training/no-classes` without classes. */
export function gatherFacts(
  input: Pick<EngineInput<'train'>, 'samples' | 'classes' | 'seed'>,
  fastBackend: boolean,
  budgetMs: number | null,
): TrainingFacts {
  if (input.classes.length === 0) {
    throw new AppError({
      code: 'training/no-classes',
      message: 'The project has no classes, so there is nothing to learn.',
      hint: 'Add a class and draw a few boxes.',
    });
  }
  const classes = input.classes.length;
  const boxesPerClass = new Array<number>(classes).fill(0);
  const samples = input.samples.filter((sample) => sample.split === 'train');
  for (const box of samples.flatMap((sample) => sample.boxes)) {
    if (boxesPerClass[box.classIndex] === undefined) throw unknownClass(box.classIndex);
    boxesPerClass[box.classIndex] = (boxesPerClass[box.classIndex] ?? 0) + 1;
  }
  if (samples.length === 0) throw noImages();
  const imagesPerClass = new Array<number>(classes + 1).fill(0);
  for (const { boxes } of samples) {
    const of = findLargest(boxes)?.classIndex ?? classes;
    imagesPerClass[of] = (imagesPerClass[of] ?? 0) + 1;
  }
  return {
    trainImages: samples.length,
    boxesPerClass,
    imagesPerClass,
    imageSizes: countSizes(samples.map((sample) => sample.image)),
    seed: input.seed,
    fastBackend,
    budgetMs,
  };
}

/** Sizes by how many images have them; of equally common ones the smaller first, so that the order does not hang on that of the images. */
function countSizes(images: readonly EngineImage[]): TrainingFacts['imageSizes'] {
  const sizes = new Map<string, { widthPx: number; heightPx: number; images: number }>();
  for (const { widthPx, heightPx } of images) {
    const key = `${widthPx}x${heightPx}`;
    const known = sizes.get(key) ?? { widthPx, heightPx, images: 0 };
    sizes.set(key, { ...known, images: known.images + 1 });
  }
  return [...sizes.values()].sort(
    (a, b) => b.images - a.images || a.widthPx - b.widthPx || a.heightPx - b.heightPx,
  );
}

function noImages(): AppError {
  return new AppError({
    code: 'training/no-images',
    message: 'No labelled photograph is left to learn from, so nothing was trained.',
    hint: 'Draw boxes on a few photographs, or mark some as having no fish; check that they are not all set aside for validation.',
  });
}

function unknownClass(classIndex: number): AppError {
  return new AppError({
    code: 'training/unknown-class',
    message: 'A box belongs to a class that was not given, so nothing was trained.',
    hint: 'Give every box a class of the project.',
    details: { classIndex },
  });
}

interface Prepared {
  readonly trainItems: readonly TrainingItem[];
  readonly validSamples: readonly TrainingSample[];
  readonly failed: ImageFault[];
}

/** Computes what features are missing: plain copies of all first, so that a stop there leaves what every recipe needs. */
async function prepareFeatures(
  input: EngineInput<'train'>,
  context: TrainContext,
  parts: { backbone: Backbone; store: FeatureStore; configured: ConfiguredRecipe; facts: TrainingFacts },
): Promise<Prepared> {
  const { backbone, store, configured, facts } = parts;
  const { signal, onProgress } = context;
  const common = { store, backbone, ...(signal && { signal }), ...(onProgress && { onProgress }) };
  const trainSamples = input.samples.filter((sample) => sample.split === 'train');
  const all = input.samples.map((sample) => sample.image);
  const { failed } = await ensureFeatures({ ...common, images: all, variants: [PLAIN] });
  const faulty = new Set(failed.map((fault) => fault.imageId));
  const good = (samples: readonly TrainingSample[]): TrainingSample[] =>
    samples.filter((sample) => !faulty.has(sample.image.id));
  const usable = good(trainSamples);
  if (usable.length === 0) throw noImages();
  const plan: CopyPlan = configured.planCopies(facts);
  for (const images of groupImages(usable.map((sample) => sample.image))) {
    const variants = listCopies((images[0] as EngineImage).hash, plan);
    const result = await ensureFeatures({ ...common, images, variants });
    failed.push(...result.failed);
  }
  const trainItems = usable.map((sample) => ({
    sample,
    variants: listCopies(sample.image.hash, plan).filter((variant) =>
      store.has({ hash: sample.image.hash, variant: variant.id }),
    ),
  }));
  return { trainItems, validSamples: good(input.samples.filter((s) => s.split === 'valid')), failed };
}

function groupImages(images: readonly EngineImage[]): EngineImage[][] {
  const groups = new Map<number, EngineImage[]>();
  for (const image of images) {
    const group = groupOf(image.hash);
    groups.set(group, [...(groups.get(group) ?? []), image]);
  }
  return [...groups.values()];
}
