/** A trained model, ready to suggest. */
import { AppError } from '../../core/errors.ts';
import type { Canvas } from '../../core/learning.ts';
import type { Backbone } from '../backbones/load-backbone.ts';
import type { Numbers } from '../backends/half-tensor.ts';
import type { LayersModel } from '../backends/tf.ts';
import type { FeatureMaps, FurtherMaps } from '../features/compute-features.ts';
import { type TapShape, tapLength } from '../features/feature-types.ts';
import { makeRoom } from '../features/read-maps.ts';
import { repeatFrame } from '../features/stream-frames.ts';
import { CLOSE_UPS } from '../features/variants.ts';
import type { EngineImage, ImagePrediction } from '../messages.ts';
import { getRecipe } from '../recipes/list.ts';
import { type ConfiguredRecipe, type FrameView, findTap, type RecipeTask } from '../recipes/recipe.ts';
import { runModel } from './evaluate.ts';
import { foldScales } from './fold-scales.ts';
import { frameShape } from './frame-windows.ts';
import { type ModelCard, readModel } from './model-files.ts';
import { standOnOwn } from './own-backbone.ts';
import type { GroundBackbone } from './recipe-task.ts';
import { toOwnWeights } from './standard-model.ts';
import { writeWeights } from './weights.ts';

export interface PredictLimits {
  /** Suggestions below this score (0..1) are left out. */
  readonly minScore: number;
  readonly maxDetections: number;
}

/** The backbone and canvas of the project. */
export interface ModelGround<Features> {
  readonly backbone: Features;
  readonly canvas: Canvas;
  /** True for who cuts crops: then `canvas` is theirs. A model of crops says nothing of whole photographs, and the other way round. */
  readonly ofCrops?: boolean;
}

/** An image as a model sees it. */
export interface SeenImage extends FurtherMaps {
  readonly image: EngineImage;
  /** A window of frames, as the model's `frames` says; for a recipe without, the image's own maps. */
  readonly maps: FeatureMaps;
}

export interface LoadedModel<Features = GroundBackbone> {
  readonly card: ModelCard;
  /** What computes the features it reads: the backbone it learnt on (or its frozen part), the project's or not. */
  readonly features: Features;
  /** How the recipe sees photographs among others; undefined where it sees each alone. */
  readonly frames: FrameView | undefined;
  /** The taps it reads, as single maps have them. */
  readonly taps: readonly TapShape[];
  /**
   * Suggestions for one image from its feature maps: boxes in upright image pixels, inside the image, surest first. A recipe with
   * `frames` takes it for a clip that stands still.
   */
  predict(maps: FeatureMaps, image: EngineImage, limits: PredictLimits): Omit<ImagePrediction, 'imageId'>;
  /** The same for several images in one run of the net, which keeps every core busy where one image does not. */
  predictWindows(views: readonly SeenImage[], limits: PredictLimits): Omit<ImagePrediction, 'imageId'>[];
  dispose(): void;
}

/** A model built and filled, with the recipe that reads its outputs. */
export interface OpenedModel<Features = GroundBackbone> {
  readonly card: ModelCard;
  /** What computes the features it reads: the backbone it learnt on (or its frozen part), the project's or not. */
  readonly features: Features;
  readonly model: LayersModel;
  readonly recipe: ConfiguredRecipe;
  readonly task: RecipeTask;
}

/**
 * Builds the net of a saved model and puts its weights in; a backend must be chosen, and the caller disposes of `model`. Throws
 * `model/missing`, `model/damaged`, `model/newer`, `model/other-canvas`, `model/other-backbone` when the backbone it learnt on is not on
 * this machine, `model/other-version` when its recipe has changed since, `model/weights-differ` when its weights are not this recipe's,
 * `model/is-second-look` for one of crops.
 */
export async function openModel<Features extends GroundBackbone>(
  modelDir: string,
  { backbone, canvas, ofCrops = false }: ModelGround<Features>,
): Promise<OpenedModel<Features | Backbone>> {
  const { card, weights } = await readModel(modelDir);
  checkVersion(card);
  if (!ofCrops && getRecipe(card.recipe).cropping !== undefined) throw looksAtCrops(card);
  const { task, features } = await standOnOwn(card, { backbone, canvas });
  const recipe = getRecipe(card.recipe).configure(card.parameters, task);
  const model = recipe.build({ seed: card.seed, step: 0 });
  try {
    writeWeights(model, toOwnWeights(model, weights));
  } catch (error) {
    model.dispose();
    throw error;
  }
  return { card, model, recipe, task, features };
}

/** A model ready to suggest. Throws what {@link openModel} throws. */
export async function loadModel<Features extends GroundBackbone>(
  modelDir: string,
  ground: ModelGround<Features>,
): Promise<LoadedModel<Features | Backbone>> {
  const { card, model, recipe, task, features } = await openModel(modelDir, ground);
  foldScales(model);
  const { canvas } = ground;
  const { frames } = recipe;
  const taps = recipe.taps.map((name) => findTap(task, name));
  const seen = frames === undefined ? taps : taps.map((tap) => frameShape(frames, tap));
  const source = { shape: (name: string): TapShape => findTap({ ...task, taps: seen }, name) };
  const arraysOf = (maps: readonly FeatureMaps[]): Numbers[] =>
    seen.map((tap) => joinMaps(maps, tap.name, tapLength(tap)));
  // Joined is what the card says it reads besides, where all of them have it.
  const mirroredOf = (views: readonly SeenImage[]): { mirrored?: Numbers[] } => {
    const maps = views.flatMap(({ mirrored }) => mirrored ?? []);
    return card.mirrored === true && maps.length === views.length ? { mirrored: arraysOf(maps) } : {};
  };
  const closeUpsOf = (views: readonly SeenImage[]): { closeUps?: Numbers[][] } => {
    const maps = views.flatMap(({ closeUps }) => (closeUps === undefined ? [] : [closeUps]));
    if (card.closeUps !== true || maps.length < views.length) return {};
    return { closeUps: CLOSE_UPS.map((_, i) => arraysOf(maps.map((own) => own[i] as FeatureMaps))) };
  };
  const predictWindows: LoadedModel['predictWindows'] = (views, limits) => {
    const read = {
      plain: arraysOf(views.map(({ maps }) => maps)),
      ...mirroredOf(views),
      ...closeUpsOf(views),
    };
    const images = views.map(({ image }) => image);
    const judged = runModel({ model, recipe, source, canvas }, read, images, limits);
    return judged.map(({ detections, imageProbabilities }) => ({
      detections: detections.map((d) => ({ ...d, probabilities: [...d.probabilities] })),
      imageProbabilities: imageProbabilities === null ? null : [...imageProbabilities],
    }));
  };
  return {
    card,
    features,
    frames,
    taps,
    predict: (own, image, limits) => {
      const maps = frames === undefined ? own : repeatFrame(frames, taps, own);
      const [said] = predictWindows([{ image, maps }], limits);
      return said ?? { detections: [], imageProbabilities: null };
    },
    predictWindows,
    dispose: () => {
      model.dispose();
    },
  };
}

function checkVersion(card: ModelCard): void {
  const recipe = getRecipe(card.recipe);
  if (recipe.version === card.recipeVersion) return;
  throw new AppError({
    code: 'model/other-version',
    message: `This model was trained with version ${card.recipeVersion} of the recipe "${recipe.title}"; this studio has version ${recipe.version}. It was not loaded.`,
    hint: 'Train the model again; its plan says how it was made.',
    details: { recipe: card.recipe, model: card.recipeVersion, studio: recipe.version },
  });
}

function looksAtCrops(card: ModelCard): AppError {
  return new AppError({
    code: 'model/is-second-look',
    message:
      'This model looks at boxes that another model found, not at whole photographs: it is no member of an ensemble, finds no boxes for a second one of its kind, and looks nowhere in a photograph itself.',
    hint: 'Take the model whose boxes it looks at; its plan names it.',
    details: { recipe: card.recipe, detector: card.parameters.detector ?? null },
  });
}

/** One tap of each image, one after another, where native TensorFlow reads them without a copy. */
function joinMaps(maps: readonly FeatureMaps[], tap: string, length: number): Numbers {
  const halves = maps.flatMap((own) => own.halves?.(tap) ?? []);
  const parts = halves.length === maps.length ? halves : maps.map((own) => own.get(tap) ?? []);
  const joined = makeRoom(maps.length * length, halves.length === maps.length ? 'halves' : 'floats');
  parts.forEach((part, i) => {
    joined.set(part, i * length);
  });
  return joined;
}
