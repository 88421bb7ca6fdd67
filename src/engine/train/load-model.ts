/** A trained model, ready to suggest. */
import { AppError } from '../../core/errors.ts';
import type { Canvas } from '../../core/learning.ts';
import type { Backbone } from '../backbones/load-backbone.ts';
import type { LayersModel } from '../backends/tf.ts';
import type { FeatureMaps } from '../features/compute-features.ts';
import type { TapShape } from '../features/feature-types.ts';
import type { EngineImage, ImagePrediction } from '../messages.ts';
import { getRecipe } from '../recipes/list.ts';
import { type ConfiguredRecipe, findTap, type RecipeTask } from '../recipes/recipe.ts';
import { runModel } from './evaluate.ts';
import { type ModelCard, readModel } from './model-files.ts';
import { type GroundBackbone, prepareTask } from './recipe-task.ts';
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
}

export interface LoadedModel<Features = GroundBackbone> {
  readonly card: ModelCard;
  /** What computes the features it reads: the project's backbone, or the frozen part of it. */
  readonly features: Features;
  /** Suggestions for one image from its feature maps: boxes in upright image pixels, inside the image, surest first. */
  predict(maps: FeatureMaps, image: EngineImage, limits: PredictLimits): Omit<ImagePrediction, 'imageId'>;
  dispose(): void;
}

/** A model built and filled, with the recipe that reads its outputs. */
export interface OpenedModel<Features = GroundBackbone> {
  readonly card: ModelCard;
  /** What computes the features it reads: the project's backbone, or the frozen part of it. */
  readonly features: Features;
  readonly model: LayersModel;
  readonly recipe: ConfiguredRecipe;
  readonly task: RecipeTask;
}

/**
 * Builds the net of a saved model and puts its weights in; a backend must be chosen, and the caller disposes of `model`. Throws
 * `model/missing`, `model/damaged`, `model/newer`, `model/other-backbone` when it learnt on other features, `model/other-version` when
 * its recipe has changed since, `model/weights-differ` when its weights are not this recipe's.
 */
export async function openModel<Features extends GroundBackbone>(
  modelDir: string,
  { backbone, canvas }: ModelGround<Features>,
): Promise<OpenedModel<Features | Backbone>> {
  const { card, weights } = await readModel(modelDir);
  checkVersion(card);
  const ground = { backbone, canvas, classes: card.classes.length };
  const { task, features } = prepareTask(getRecipe(card.recipe), card.parameters, ground);
  checkFits(card, features, canvas);
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
  const source = { shape: (name: string): TapShape => findTap(task, name) };
  return {
    card,
    features,
    predict: (maps, image, limits) => {
      const arrays = recipe.taps.map((tap) => maps.get(tap) ?? new Float32Array(0));
      const [decoded] = runModel({ model, recipe, source, canvas }, arrays, [image], limits);
      if (decoded === undefined) return { detections: [], imageProbabilities: null };
      return {
        detections: decoded.detections.map((d) => ({ ...d, probabilities: [...d.probabilities] })),
        imageProbabilities: decoded.imageProbabilities === null ? null : [...decoded.imageProbabilities],
      };
    },
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

function checkFits(card: ModelCard, features: GroundBackbone, canvas: Canvas): void {
  const sameCanvas = card.canvas.widthPx === canvas.widthPx && card.canvas.heightPx === canvas.heightPx;
  if (card.backboneHash === features.hash && sameCanvas) return;
  throw new AppError({
    code: 'model/other-backbone',
    message:
      'This model learnt on features of another backbone or canvas, so its suggestions would mean nothing. It was not loaded.',
    hint: 'Train it again with the features this project uses now.',
    details: { model: card.backboneHash, project: features.hash },
  });
}
