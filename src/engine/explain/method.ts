/** What a way to explain is: from one photograph's features and a trained model to a value 0..1 a cell and class. */
import type { ExplainMethod } from '../../core/explain.ts';
import type { LayersModel } from '../backends/tf.ts';
import type { FeatureMaps } from '../features/compute-features.ts';
import type { Placement } from '../features/letterbox.ts';
import type { EngineImage } from '../messages.ts';
import type { ConfiguredRecipe, RecipeTask } from '../recipes/recipe.ts';
import type { CellShape } from './grid.ts';

/** A model and the one photograph to explain. */
export interface Explained {
  readonly model: LayersModel;
  readonly recipe: ConfiguredRecipe;
  readonly task: RecipeTask;
  readonly image: EngineImage;
  readonly placement: Placement;
  /** One map a tap of the recipe, `[heightCells, widthCells, channels]`. */
  readonly maps: FeatureMaps;
}

/** One map for each class the model can speak of: `classes`, and one more of "nothing here" where the way can tell it. */
export interface ClassHeat {
  readonly shape: CellShape;
  /** `[heightCells, widthCells]` each, 0..1, over the whole canvas; the caller cuts the padding off. */
  readonly maps: readonly Float32Array[];
}

export interface ExplainContext {
  readonly signal?: AbortSignal;
  /** `done` of `total` runs of the model. */
  readonly onRuns?: (done: number, total: number) => void;
}

/** One way to explain; a new one is its file and its line in `list.ts`. */
export interface ExplainWay {
  readonly id: Exclude<ExplainMethod, 'auto'>;
  /** Whether the recipe has what it takes. */
  fits(recipe: ConfiguredRecipe): boolean;
  /** What a recipe lacks that it does not fit, as the end of a sentence. */
  readonly lacks: string;
  /** Throws `job/cancelled` after the signal. Leaves no tensors behind. */
  explain(explained: Explained, context: ExplainContext): Promise<ClassHeat>;
}
