/** Makes an ensemble: checks its members, judges it on the photographs held back, and writes down who belongs to it. */
import path from 'node:path';
import { computeMetrics, type JudgedImage } from '../../core/judge.ts';
import { openBackbone } from '../backbones/backbone-library.ts';
import { checkCanvas } from '../backbones/load-backbone.ts';
import { selectBackend } from '../backends/select-backend.ts';
import { faultOf, type ImageFault, isItemFault } from '../features/ensure-features.ts';
import type { EngineInput, EngineOutput, TrainingSample } from '../messages.ts';
import { readParameters } from '../recipes/recipe.ts';
import { throwIfCancelled } from '../train/cancel.ts';
import type { TrainContext } from '../train/train.ts';
import { saveEnsemble } from './ensemble-file.ts';
import type { Verdict } from './join.ts';
import { joinModels, type Members } from './open-members.ts';
import { type EnsembleRecipe, readMembers } from './recipes.ts';
import { streamVerdicts } from './stream-verdicts.ts';

/** Suggestions weaker than this do not change mAP in the third digit. */
const limits = { minScore: 0.01, maxDetections: 100 };

/**
 * The `train` of an ensemble: `modelDir` gets its manifest, members stay in the folders beside it. Throws `recipe/parameters`,
 * `ensemble/members` and `ensemble/member-…`, `job/cancelled`; then nothing is written.
 */
export async function makeEnsemble(
  input: EngineInput<'train'>,
  context: TrainContext,
  recipe: EnsembleRecipe,
): Promise<EngineOutput<'train'>> {
  const startMs = performance.now();
  const parameters = readParameters(recipe.id, recipe.parameters, input.parameters);
  const ids = readMembers(parameters);
  const [{ backend }, backbone] = await Promise.all([selectBackend(), openBackbone(input.backbone)]);
  checkCanvas(backbone, input.canvas);
  const { canvas, classes } = input;
  const wanted = { classes, parameters, members: ids.map((id) => ({ id })) };
  const members = await joinModels(path.dirname(input.modelDir), recipe, wanted, { backbone, canvas });
  try {
    const samples = input.samples.filter(({ split }) => split === 'valid');
    const { judged, failed } = await judge(input, context, members, samples);
    throwIfCancelled(context.signal);
    const classIds = classes.map((_, c) => String(c));
    const metrics = computeMetrics(judged, classIds, 'valid', recipe.joins === 'boxes');
    const weightsHash = await saveEnsemble(input.modelDir, {
      format: 3,
      recipe: recipe.id,
      recipeVersion: recipe.version,
      parameters,
      classes,
      canvas,
      members: members.models.map(({ card }, i) => ({
        id: ids[i] as string,
        recipe: card.recipe,
        weights: card.weights.sha256,
      })),
    });
    const trainMs = performance.now() - startMs;
    return {
      recipeVersion: recipe.version,
      backend,
      backboneHash: backbone.hash,
      weightsHash,
      epochs: 0,
      trainMs,
      imagesPerS: judged.length / Math.max(1e-3, trainMs / 1000),
      metrics,
      failed,
    };
  } finally {
    members.dispose();
  }
}

async function judge(
  { canvas, featuresDir, neighbours, samples: all }: EngineInput<'train'>,
  { signal, onProgress }: TrainContext,
  members: Members,
  samples: readonly TrainingSample[],
): Promise<{ judged: JudgedImage[]; failed: ImageFault[] }> {
  const judged: JudgedImage[] = [];
  const failed: ImageFault[] = [];
  const around = [...all.map(({ image }) => image), ...(neighbours ?? [])];
  const images = samples.map(({ image }) => image);
  const verdicts = streamVerdicts({
    members,
    images,
    neighbours: around,
    featuresDir,
    canvas,
    limits,
    ...(signal && { signal }),
  });
  for await (const item of verdicts) {
    const sample = samples[item.index] as TrainingSample;
    if ('verdict' in item) judged.push(toJudged(sample, item.verdict));
    else if (isItemFault(item.error)) failed.push(faultOf(sample.image, item.error));
    else throw item.error;
    const done = judged.length + failed.length;
    onProgress?.({ phase: 'predict', done, total: samples.length, unit: 'images', etaMs: null });
  }
  return { judged, failed };
}

function toJudged({ image, boxes }: TrainingSample, verdict: Verdict): JudgedImage {
  return {
    imageId: image.id,
    hand: boxes.map((box) => ({ classId: String(box.classIndex), box })),
    found: verdict.detections.map((box) => ({ classId: String(box.classIndex), score: box.score, box })),
    probabilities: verdict.imageProbabilities,
  };
}
