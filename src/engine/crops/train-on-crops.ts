/** Training on crops: hand boxes and places without fish are cut out, learnt as photographs of their own, and the whole judged as a detector. */
import path from 'node:path';
import { computeMetrics, type JudgedImage } from '../../core/judge.ts';
import type { Metrics } from '../../core/records.ts';
import { openBackbone } from '../backbones/backbone-library.ts';
import { type Backbone, checkCanvas } from '../backbones/load-backbone.ts';
import { selectBackend } from '../backends/select-backend.ts';
import { streamVerdicts } from '../ensemble/stream-verdicts.ts';
import { faultOf, type ImageFault, isItemFault } from '../features/ensure-features.ts';
import { tapShapes } from '../features/feature-types.ts';
import type { EngineDetection, EngineImage, EngineInput, EngineOutput, TrainingSample } from '../messages.ts';
import { getRecipe } from '../recipes/list.ts';
import type { TrainingItem } from '../train/batches.ts';
import { throwIfCancelled } from '../train/cancel.ts';
import { listCopies } from '../train/copies.ts';
import { runTraining } from '../train/run-training.ts';
import type { TrainContext } from '../train/train.ts';
import { gatherFacts, noImages } from '../train/training-facts.ts';
import { ensureCropFeatures, openCropStore } from './crop-features.ts';
import { type CutSample, cutBackgrounds, cutHandBoxes } from './crop-samples.ts';
import type { Cropping } from './cropping.ts';
import type { LyingBox } from './leveller.ts';
import { type OpenedStages, openStages } from './open-stages.ts';
import { openSecondLook } from './second-look.ts';

const MS_PER_MINUTE = 60_000;
/** Suggestions weaker than this do not change mAP in the third digit. */
const JUDGED = { minScore: 0.01, maxDetections: 100 };
/** From this score on a suggestion where no fish is counts as an error worth learning from. */
const WRONGLY_SURE = { minScore: 0.1, maxDetections: 30 };

/** What both stages stand on. */
interface Ground {
  readonly input: EngineInput<'train'>;
  readonly context: TrainContext;
  readonly backbone: Backbone;
  readonly cropping: Cropping;
}

/**
 * The `train` of a recipe with `cropping`. Its figures are those of the finished model on whole photographs. Throws what `train` throws, and
 * `crops/…` where a model it needs is not there or does not fit.
 */
export async function trainOnCrops(
  input: EngineInput<'train'>,
  context: TrainContext,
  cropping: Cropping,
): Promise<EngineOutput<'train'>> {
  const startMs = performance.now();
  const [{ backend }, backbone] = await Promise.all([selectBackend(), openBackbone(input.backbone)]);
  checkCanvas(backbone, input.canvas);
  checkCanvas(backbone, cropping.canvas);
  const ground: Ground = { input, context, backbone, cropping };
  const { crops, failed } = await cutAll(ground);
  const { canvas } = cropping;
  const recipe = getRecipe(input.recipe);
  const classes = input.classes.length;
  const configured = recipe.configure(input.parameters, {
    classes,
    canvas,
    taps: tapShapes(backbone.taps, canvas),
  });
  const samples = crops.map(({ sample }) => sample);
  const budgetMs = input.minutes === null ? null : input.minutes * MS_PER_MINUTE;
  const facts = gatherFacts({ ...input, samples }, backend.startsWith('native'), budgetMs);
  const plan = configured.planCopies(facts);
  const kept = { backbone, canvas, taps: configured.taps };
  const store = await openCropStore(input.featuresDir, kept);
  let output: EngineOutput<'train'>;
  try {
    const computed = await ensureCropFeatures({ store, kept, backbone, ...context }, crops, ({ sample }) =>
      listCopies(sample.image.hash, sample.split === 'train' ? plan : { ...plan, flip: false, drawn: 0 }),
    );
    failed.push(...computed.failed);
    throwIfCancelled(context.signal);
    const spentMs = performance.now() - startMs;
    const { trainItems, validSamples } = divide(crops, failed, (hash) => listCopies(hash, plan));
    output = await runTraining(
      {
        ...input,
        canvas,
        recipe,
        configured,
        facts,
        backend,
        backboneHash: backbone.hash,
        backboneName: { id: backbone.manifest.id, version: backbone.manifest.version },
        source: store,
        budgetMs: budgetMs === null ? null : Math.max(1000, budgetMs - spentMs),
        trainItems,
        validSamples,
        failed,
      },
      context,
    );
  } finally {
    await store.close();
  }
  const metrics = await judgeWhole(ground, failed);
  return { ...output, metrics, trainMs: performance.now() - startMs };
}

/** Every crop to learn from and to check with; photographs that cannot be read are faults. */
async function cutAll(ground: Ground): Promise<{ crops: CutSample[]; failed: ImageFault[] }> {
  const { input, context, backbone, cropping } = ground;
  const stages = await openStages(path.dirname(input.modelDir), cropping, { ...input, backbone });
  try {
    const samples = input.samples.filter(({ split }) => split !== 'pseudo');
    const { suggested, failed } = await findSuggested(ground, stages, samples);
    const faulty = new Set(failed.map(({ imageId }) => imageId));
    const sizesPx = samples.flatMap(({ boxes }) => boxes.map(({ w, h }) => Math.max(w, h)));
    const crops: CutSample[] = [];
    for (const sample of samples) {
      if (faulty.has(sample.image.id)) continue;
      throwIfCancelled(context.signal);
      try {
        const lies = await stages.leveller.findLies(sample.image, sample.boxes);
        const own = suggested.get(sample.image.id) ?? [];
        crops.push(...cutHandBoxes(sample, lies, cropping));
        crops.push(...cutBackgrounds(sample, { suggested: own, sizesPx }, cropping));
      } catch (error) {
        if (!isItemFault(error)) throw error;
        failed.push(faultOf(sample.image, error));
      }
    }
    return { crops, failed };
  } finally {
    await stages.close();
  }
}

/** What the detector says of each photograph, where crops without fish are wanted; features that are stored are not computed again. */
async function findSuggested(
  { input, context: { signal, onProgress }, cropping }: Ground,
  { detector }: OpenedStages,
  samples: readonly TrainingSample[],
): Promise<{ suggested: Map<string, readonly (EngineDetection & LyingBox)[]>; failed: ImageFault[] }> {
  const suggested = new Map<string, readonly EngineDetection[]>();
  const failed: ImageFault[] = [];
  if (cropping.backgrounds === 0) return { suggested, failed };
  const images = samples.map(({ image }) => image);
  const { featuresDir, canvas } = input;
  const verdicts = streamVerdicts({
    members: detector,
    images,
    featuresDir,
    canvas,
    limits: WRONGLY_SURE,
    ...(signal && { signal }),
  });
  for await (const item of verdicts) {
    const image = images[item.index] as EngineImage;
    if ('verdict' in item) suggested.set(image.id, item.verdict.detections);
    else if (isItemFault(item.error)) failed.push(faultOf(image, item.error));
    else throw item.error;
    const done = suggested.size + failed.length;
    onProgress?.({ phase: 'predict', done, total: images.length, unit: 'images', etaMs: null });
  }
  return { suggested, failed };
}

/** Crops of photographs that could be read, by side. Throws `training/no-images` where none is left to learn from. */
function divide(
  crops: readonly CutSample[],
  failed: readonly ImageFault[],
  copiesOf: (hash: string) => TrainingItem['variants'],
): { trainItems: TrainingItem[]; validSamples: TrainingSample[] } {
  const faulty = new Set(failed.map(({ imageId }) => imageId));
  const good = crops.filter(({ photograph }) => !faulty.has(photograph.id)).map(({ sample }) => sample);
  const trainItems = good
    .filter(({ split }) => split === 'train')
    .map((sample) => ({ sample, variants: copiesOf(sample.image.hash) }));
  if (trainItems.length === 0) throw noImages();
  return { trainItems, validSamples: good.filter(({ split }) => split === 'valid') };
}

/** The finished model on the photographs held back, boxes and all. */
async function judgeWhole(
  { input, context: { signal, onProgress }, backbone, cropping }: Ground,
  failed: readonly ImageFault[],
): Promise<Metrics> {
  const faulty = new Set(failed.map(({ imageId }) => imageId));
  const samples = input.samples.filter(({ split, image }) => split === 'valid' && !faulty.has(image.id));
  const judged: JudgedImage[] = [];
  const look = await openSecondLook(input.modelDir, cropping, { ...input, backbone });
  try {
    const images = samples.map(({ image }) => image);
    const { featuresDir, canvas } = input;
    for await (const item of look.stream({
      images,
      featuresDir,
      canvas,
      limits: JUDGED,
      ...(signal && { signal }),
    })) {
      if ('error' in item) throw item.error;
      judged.push(toJudged(samples[item.index] as TrainingSample, item.verdict.detections));
      onProgress?.({
        phase: 'predict',
        done: judged.length,
        total: samples.length,
        unit: 'images',
        etaMs: null,
      });
    }
  } finally {
    await look.close();
  }
  const classIds = input.classes.map((_, c) => String(c));
  return computeMetrics(judged, classIds, 'valid', true);
}

function toJudged(
  { image, boxes, ignored }: TrainingSample,
  detections: readonly EngineDetection[],
): JudgedImage {
  return {
    imageId: image.id,
    hand: boxes.map((box) => ({ classId: String(box.classIndex), box })),
    found: detections.map((box) => ({ classId: String(box.classIndex), score: box.score, box })),
    probabilities: null,
    ...(ignored && { ignored }),
  };
}
