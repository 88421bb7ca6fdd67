/** A trained model, ready to suggest. */
import { AppError } from '../../core/errors.ts';
import type { Canvas } from '../../core/learning.ts';
import type { Backbone } from '../backbones/load-backbone.ts';
import type { LayersModel } from '../backends/tf.ts';
import type { FeatureMaps, FurtherMaps } from '../features/compute-features.ts';
import type { TapShape } from '../features/feature-types.ts';
import { repeatFrame } from '../features/stream-frames.ts';
import type { EngineImage, ImagePrediction } from '../messages.ts';
import { getRecipe } from '../recipes/list.ts';
import { type ConfiguredRecipe, type FrameView, findTap, type RecipeTask } from '../recipes/recipe.ts';
import { runModel } from './evaluate.ts';
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
  /**
   * The same from a window of frames, as `frames` says; for a recipe without, from the maps alone. What its card says it reads besides
   * (mirrored, close-ups) is joined where it is given.
   */
  predictWindow(
    maps: FeatureMaps,
    image: EngineImage,
    limits: PredictLimits,
    further?: FurtherMaps,
  ): Omit<ImagePrediction, 'imageId'>;
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
  const { canvas } = ground;
  const { frames } = recipe;
  const taps = recipe.taps.map((name) => findTap(task, name));
  const seen = frames === undefined ? taps : taps.map((tap) => frameShape(frames, tap));
  const source = { shape: (name: string): TapShape => findTap({ ...task, taps: seen }, name) };
  const arraysOf = (maps: FeatureMaps): Float32Array[] =>
    recipe.taps.map((tap) => maps.get(tap) ?? new Float32Array(0));
  const predictWindow: LoadedModel['predictWindow'] = (maps, image, limits, further = {}) => {
    const { mirrored, closeUps } = further;
    const read = {
      plain: arraysOf(maps),
      ...(card.mirrored === true && mirrored && { mirrored: arraysOf(mirrored) }),
      ...(card.closeUps === true && closeUps && { closeUps: closeUps.map(arraysOf) }),
    };
    const [decoded] = runModel({ model, recipe, source, canvas }, read, [image], limits);
    if (decoded === undefined) return { detections: [], imageProbabilities: null };
    return {
      detections: decoded.detections.map((d) => ({ ...d, probabilities: [...d.probabilities] })),
      imageProbabilities: decoded.imageProbabilities === null ? null : [...decoded.imageProbabilities],
    };
  };
  return {
    card,
    features,
    frames,
    taps,
    predict: (maps, image, limits) =>
      predictWindow(frames === undefined ? maps : repeatFrame(frames, taps, maps), image, limits),
    predictWindow,
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
