/** A trained model, ready to suggest. */
import { AppError } from '../../core/errors.ts';
import type { Canvas } from '../../core/learning.ts';
import type { LayersModel } from '../backends/tf.ts';
import type { FeatureMaps } from '../features/compute-features.ts';
import { type TapShape, tapShapes } from '../features/feature-types.ts';
import type { EngineImage, ImagePrediction } from '../messages.ts';
import { getRecipe } from '../recipes/list.ts';
import { type ConfiguredRecipe, findTap, type RecipeTask } from '../recipes/recipe.ts';
import { runModel } from './evaluate.ts';
import { type ModelCard, readModel } from './model-files.ts';
import { toOwnWeights } from './standard-model.ts';
import { writeWeights } from './weights.ts';

export interface PredictLimits {
  /** Suggestions below this score (0..1) are left out. */
  readonly minScore: number;
  readonly maxDetections: number;
}

export interface LoadedModel {
  readonly card: ModelCard;
  /** Suggestions for one image from its feature maps: boxes in upright image pixels, inside the image, surest first. */
  predict(maps: FeatureMaps, image: EngineImage, limits: PredictLimits): Omit<ImagePrediction, 'imageId'>;
  dispose(): void;
}

/** A model built and filled, with the recipe that reads its outputs. */
export interface OpenedModel {
  readonly card: ModelCard;
  readonly model: LayersModel;
  readonly recipe: ConfiguredRecipe;
  readonly task: RecipeTask;
}

/**
 * Builds the net of a saved model and puts its weights in; a backend must be chosen, and the caller disposes of `model`. Throws
 * `model/missing`, `model/damaged`, `model/newer`, `model/other-backbone` when it learnt on other features, `model/other-version` when
 * its recipe has changed since, `model/weights-differ` when its weights are not this recipe's.
 */
export async function openModel(
  modelDir: string,
  { backbone, canvas }: ModelGround<Features>,
): Promise<OpenedModel> {
  const { card, weights } = await readModel(modelDir);
  checkFits(card, backbone, canvas);
  const task = { classes: card.classes.length, canvas, taps: tapShapes(backbone.taps, canvas) };
  const recipe = getRecipe(card.recipe).configure(card.parameters, task);
  const model = recipe.build({ seed: card.seed, step: 0 });
  try {
    writeWeights(model, toOwnWeights(model, weights));
  } catch (error) {
    model.dispose();
    throw error;
  }
  return { card, model, recipe, task };
}

/** A model ready to suggest. Throws what {@link openModel} throws. */
export async function loadModel(
  modelDir: string,
  where: ModelGround<Features>,
): Promise<LoadedModel> {
  const { card, model, recipe, task } = await openModel(modelDir, where);
  const { canvas } = where;
  const source = { shape: (name: string): TapShape => findTap(task, name) };
  return {
    card,
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

function checkFits(card: ModelCard, backbone: ModelBackbone, canvas: Canvas): void {
  const recipe = getRecipe(card.recipe);
  if (recipe.version !== card.recipeVersion) {
    throw new AppError({
      code: 'model/other-version',
      message: `This model was trained with version ${card.recipeVersion} of the recipe "${recipe.title}"; this studio has version ${recipe.version}. It was not loaded.`,
      hint: 'Train the model again; its plan says how it was made.',
      details: { recipe: card.recipe, model: card.recipeVersion, studio: recipe.version },
    });
  }
  const sameCanvas = card.canvas.widthPx === canvas.widthPx && card.canvas.heightPx === canvas.heightPx;
  if (card.backboneHash === backbone.hash && sameCanvas) return;
  throw new AppError({
    code: 'model/other-backbone',
    message:
      'This model learnt on features of another backbone or canvas, so its suggestions would mean nothing. It was not loaded.',
    hint: 'Train it again with the features this project uses now.',
    details: { model: card.backboneHash, project: backbone.hash },
  });
}
