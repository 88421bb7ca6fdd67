/** What a recipe is: one way to learn, in one file, described well enough to be chosen, drawn as a form, trained and read. */
import { z } from 'zod';
import type { Metadata } from '../../core/audit/metadata.ts';
import { AppError } from '../../core/errors.ts';
import type { Point } from '../../core/geometry.ts';
import type { Canvas, RecipeInfo } from '../../core/learning.ts';
import type { Random } from '../../core/random.ts';
import type { Trunk } from '../backbones/trunk.ts';
import type { Numbers } from '../backends/half-tensor.ts';
import type { LayersModel, Scalar, Tensor, Tensor4D } from '../backends/tf.ts';
import type { Cropping } from '../crops/cropping.ts';
import type { TapShape } from '../features/feature-types.ts';
import type { RectPx } from '../features/letterbox.ts';
import type { NumberKind } from '../features/read-maps.ts';
import type { VariantRange } from '../features/variants.ts';
import type { FeatureMaps } from '../parts/cell-batches.ts';
import type { StepRandom } from '../parts/seeded-dropout.layer.ts';
import type { OutputMeaning } from './output-meaning.ts';
import type { TrainingSchedule } from './training-schedule.ts';

/** How a fish lies, in canvas pixels. */
export interface CanvasLine {
  readonly head: Point;
  readonly tail: Point;
}

/** A box in canvas pixels with its class by index. */
export interface CanvasBox extends RectPx {
  readonly classIndex: number;
  /** From head to tail; absent where nobody marked both, or a copy shows only one. */
  readonly line?: CanvasLine;
}

/** One labelled copy as a recipe sees it. No boxes: a person found nothing. */
export interface CanvasSample {
  /** Clipped to `visible`. */
  readonly boxes: readonly CanvasBox[];
  /** Neither fish nor empty: where a copy cut a fish off so that too little is left to learn from, and where nobody knows. */
  readonly ignored: readonly RectPx[];
  /** The part of the canvas that shows photograph and not padding. */
  readonly visible: RectPx;
  /** Where nobody labelled the photograph: what an earlier model says of it, one probability a class and, last, of "nothing here". */
  readonly soft?: readonly number[];
}

/** One suggestion in canvas pixels; score 0..1, one probability a class. */
export interface CanvasDetection extends CanvasBox {
  readonly score: number;
  readonly probabilities: readonly number[];
}

/** What is known of a photograph besides its pixels; a recipe may learn from it. */
export interface ImageFacts {
  /** Upright, as the file has it, not as the canvas shows it. */
  readonly widthPx: number;
  readonly heightPx: number;
  /** Columns of imported tables. */
  readonly metadata?: Metadata | undefined;
}

/** What is known of a photograph among others; a recipe may order photographs into clips by it. */
export interface FrameFacts {
  /** The whole path. */
  readonly file: string;
  /** Boat or camera; null where the project knows none. */
  readonly group?: string | null | undefined;
  /** When it was taken, by its own EXIF data; null where it does not say. */
  readonly capturedAtMs?: number | null | undefined;
}

/**
 * How a recipe sees a photograph together with the frames before it. In place of a tap's map its model gets one row of cells, a frame
 * each, the photograph itself last: `[n, count, 1, channels]`. Before the first frame of a clip there is the first again.
 */
export interface FrameView {
  /** Frames a window. */
  readonly count: number;
  /** Clips as lists of indices into `images`, each in the order of its frames; every image is in one. */
  cutClips(images: readonly FrameFacts[]): readonly (readonly number[])[];
  /** What `pool` keeps, for whoever must do the same elsewhere. */
  readonly pooling: 'average' | 'max';
  /** What is kept of one frame's map `[heightCells, widthCells, channels]`: one number a channel. */
  pool(map: Float32Array, tap: TapShape): Float32Array;
}

/** What a model says of one image. `imageProbabilities`: each class and, last, "nothing here"; null where the recipe cannot say. */
export interface DecodedImage {
  readonly detections: readonly CanvasDetection[];
  readonly imageProbabilities: readonly number[] | null;
}

/** Plain numbers of one target, turned into a tensor by the loop. */
export interface TargetArray {
  readonly data: Float32Array;
  readonly shape: readonly number[];
}

/** What goes into a net: cells and maps are half floats where they are stored so. */
export interface InputArray {
  readonly data: Numbers;
  readonly shape: readonly number[];
}

/** The backbone's last blocks, handed to a recipe that moves them. */
export interface TaskTrunk {
  readonly trunk: Trunk;
  /** The features where the frozen part ends: the model's only input. */
  readonly cut: TapShape;
}

/** What is to be learnt: fixed by the project, not by the recipe. */
export interface RecipeTask {
  /** Classes without "nothing here". */
  readonly classes: number;
  readonly canvas: Canvas;
  /** The taps of the whole backbone. */
  readonly taps: readonly TapShape[];
  /** For recipes with `fineTuning`, else left out. */
  readonly fineTuned?: TaskTrunk;
}

/** What is known of the labels before training starts. */
export interface TrainingFacts {
  readonly trainImages: number;
  /** Boxes of each class in the training images. */
  readonly boxesPerClass: readonly number[];
  /** Boxes with a head and a tail in the training images. */
  readonly lines?: number;
  /** Training images of each class and, last, of nothing: the class of an image is that of its largest box. */
  readonly imagesPerClass: readonly number[];
  /** Pixel sizes of the training images, the commonest first. */
  readonly imageSizes: readonly (Pick<ImageFacts, 'widthPx' | 'heightPx'> & { readonly images: number })[];
  /** What imported tables say of each training image; left out where nothing is imported. */
  readonly metadata?: readonly Metadata[];
  readonly seed: number;
  /** True where convolutions run at full speed; the plain backends get smaller batches, so that a cancel is heard in time. */
  readonly fastBackend: boolean;
  /** Time for training alone; null trains the recipe's own number of steps. */
  readonly budgetMs: number | null;
}

/** Copies of each training photograph: mirrored, and drawn anew with zoom, shift, colour and turn. */
export interface CopyPlan {
  readonly flip: boolean;
  /** Copies whose features are kept on disk. */
  readonly drawn: number;
  /** Copies computed anew each time a batch asks for one, for recipes with `fineTuning`. */
  readonly fresh?: number;
  /** How widely copies are drawn; left out, as `DEFAULT_RANGE` says. */
  readonly range?: VariantRange;
  /** The same drawn copies of every photograph, for recipes with `frames`: a window shows one copy. */
  readonly alike?: boolean;
}

/** An array of that length for a batch's numbers, by the name it has in the batch. What an earlier batch left in it is still there. */
export type Room = (name: string, length: number, kind: NumberKind) => Numbers;

/** Learning from chosen cells: cuts a batch out of its maps, and applies the same model to what was cut. */
export interface CellLearning {
  cut(
    maps: readonly FeatureMaps[],
    samples: readonly CanvasSample[],
    facts: TrainingFacts,
    random: Random,
    room: Room,
  ): { inputs: InputArray[]; targets: Record<string, TargetArray> };
  /** The model's outputs on what `cut` made, shaped as its targets. Called inside a tidy, in training. */
  apply(model: LayersModel, inputs: readonly Tensor[]): Tensor[];
}

/** Reading a photograph as it is and mirrored, and joining what the model says of both. */
export interface MirroredReading {
  /** Whether a model trained on such facts reads both; it is kept with the model. */
  isWorth(facts: TrainingFacts): boolean;
  /** Outputs on mirrored photographs, as they would lie on plain ones. Called inside a tidy. */
  turnBack(outputs: readonly Tensor[]): Tensor[];
}

/** Reading overlapping close-ups of a photograph too, for what is small in the whole. */
export interface CloseReading {
  /** Whether a model trained on such facts reads them; it is kept with the model. */
  isWorth(facts: TrainingFacts): boolean;
  /** IoU above which of two suggestions of one class the weaker goes, wherever they were read. */
  readonly overlapCut: number;
}

/** A recipe with its parameters read and its task known: everything the loop calls. */
export interface ConfiguredRecipe {
  /** Taps in the order of the model's inputs. */
  readonly taps: readonly string[];
  planCopies(facts: TrainingFacts): CopyPlan;
  planSchedule(facts: TrainingFacts): TrainingSchedule;
  /** The trainable model. `random` seeds its weights and its dropout. Inputs are NHWC feature maps, then those of `imageInputs`. */
  build(random: StepRandom): LayersModel;
  /** How the model sees a photograph among others. Left out: alone. Copies of such a recipe are alike in all frames. */
  readonly frames?: FrameView;
  /** Further inputs of the model, made from facts of each photograph: first dimension the photographs. Left out: none. */
  imageInputs?(images: readonly ImageFacts[]): TargetArray[];
  /** Sets weights that follow from the training photographs instead of being learnt. Called once, before the first step of a run. */
  prepare?(model: LayersModel, facts: TrainingFacts): void;
  /** Targets of a batch: a name to numbers, first dimension the batch. */
  makeTargets(samples: readonly CanvasSample[], facts: TrainingFacts): Record<string, TargetArray>;
  /** How to learn from chosen cells of the maps, where whole maps would cost too much. Left out: whole maps. */
  readonly cells?: CellLearning;
  /** Losses by name, each finite whatever the labels; `total` is what is minimised, the parts are unweighted. */
  computeLosses(
    outputs: readonly Tensor[],
    targets: Readonly<Record<string, Tensor>>,
  ): Record<string, Scalar>;
  /**
   * Where in a photograph the model sees which class: from the outputs of a run, the layer `class-map` as it was before it was pooled to
   * one verdict, `[n, heightCells, widthCells, classes + 1]`, logits, the last of "nothing here". A cell is canvas width / widthCells
   * wide and canvas height / heightCells high (the two need not be equal). It is one of `outputs`: do not dispose of it. Left out: the
   * recipe has no such map.
   */
  classMaps?(outputs: readonly Tensor[]): Tensor4D;
  /** Left out: photographs are read as they are. */
  readonly mirror?: MirroredReading;
  /** Left out: photographs are read as a whole. */
  readonly closeUps?: CloseReading;
  /** What the model's outputs say, in their order, so that an exported file tells it too. Left out: raw numbers alone. */
  readonly outputMeanings?: readonly OutputMeaning[];
  /** Suggestions of each image of a batch, surest first; boxes inside the canvas. Reads tensors, disposes of none. */
  decode(outputs: readonly Tensor[], options: DecodeOptions): DecodedImage[];
}

/** Whether a model of this recipe, trained on such facts, reads photographs mirrored too. */
export function readsMirrored({ mirror }: Pick<ConfiguredRecipe, 'mirror'>, facts: TrainingFacts): boolean {
  return mirror?.isWorth(facts) ?? false;
}

/** Whether a model of this recipe, trained on such facts, reads close-ups too. */
export function readsCloseUps(
  { closeUps }: Pick<ConfiguredRecipe, 'closeUps'>,
  facts: TrainingFacts,
): boolean {
  return closeUps?.isWorth(facts) ?? false;
}

export interface DecodeOptions {
  readonly minScore: number;
  readonly maxDetections: number;
  /** The part of the canvas that shows each photograph: nothing is suggested in the padding. */
  readonly visible: readonly RectPx[];
}

/** How a recipe comes to move the backbone's last blocks: the head alone first, on stored features, then both together. */
export interface FineTuning {
  /** The frozen part ends behind the last tensor of at most so many pixels a cell. */
  readonly cutStride: number;
  /** The recipe that trains the head: same names of weights. `timeShare`: its part of the time, 0..1; `mostMs`: no longer than that. */
  readonly head: {
    readonly recipe: string;
    readonly parameters: Readonly<Record<string, unknown>>;
    readonly timeShare: number;
    readonly mostMs: number;
  };
}

/** How a recipe is chosen: all that cards and forms show of it. */
export interface RecipeCard {
  /** Stable, kebab-case: written into models and plans. */
  readonly id: string;
  /** Raised whenever a model trained before would no longer load or mean the same. */
  readonly version: number;
  readonly title: string;
  /** In a few words, for a list of all: at most 34 letters. */
  readonly tagline: string;
  readonly summary: string;
  readonly whenItFails: string;
  readonly readingTheNumbers: string;
  readonly outputs: RecipeInfo['outputs'];
  /** True where suggestions say how the fish lies: `line` of a {@link CanvasDetection}. */
  readonly tellsLines?: boolean;
  /** For a recipe with `cropping`: it names again what another trained model found. */
  readonly refines?: 'boxes';
  /** True for a recipe with `frames`: the host then also sends the photographs that nobody labelled. */
  readonly seesNeighbours?: boolean;
  /** Every field has a default and a description: the form is drawn from it. */
  readonly parameters: z.ZodObject;
}

export interface Recipe extends RecipeCard {
  /** Throws `recipe/parameters` when a parameter is out of range or unknown. */
  configure(parameters: Readonly<Record<string, unknown>>, task: RecipeTask): ConfiguredRecipe;
  /**
   * The parameters with what they leave to the studio decided from the facts of one training; they are kept with the model. Left out: as they
   * are. Throws as `configure` does.
   */
  readonly settle?: (
    parameters: Readonly<Record<string, unknown>>,
    facts: TrainingFacts,
  ) => Record<string, unknown>;
  /** Left out: the backbone stays as it is. Throws as `configure` does. */
  readonly fineTuning?: (parameters: Readonly<Record<string, unknown>>) => FineTuning;
  /** Left out: it looks at whole photographs. Else its task's canvas and samples are those of crops. Throws as `configure` does. */
  readonly cropping?: (parameters: Readonly<Record<string, unknown>>) => Cropping;
}

/** What a recipe file writes down; {@link defineRecipe} makes the recipe of it. */
export interface RecipeDefinition<Schema extends z.ZodObject>
  extends Omit<Recipe, 'parameters' | 'configure' | 'fineTuning' | 'cropping' | 'settle'> {
  readonly parameters: Schema;
  create(parameters: z.infer<Schema>, task: RecipeTask): ConfiguredRecipe;
  fineTune?(parameters: z.infer<Schema>): FineTuning;
  settle?(parameters: z.infer<Schema>, facts: TrainingFacts): z.infer<Schema>;
  crop?(parameters: z.infer<Schema>): Cropping;
}

/** Ties a parameter schema to the code that reads it, so that a list can hold recipes of many kinds. */
export function defineRecipe<Schema extends z.ZodObject>(definition: RecipeDefinition<Schema>): Recipe {
  const { create, fineTune, crop, settle, ...described } = definition;
  const strict = definition.parameters.strict() as unknown as Schema;
  return {
    ...described,
    parameters: strict,
    configure: (parameters, task) => create(readParameters(definition.id, strict, parameters), task),
    ...(fineTune !== undefined && {
      fineTuning: (parameters) => fineTune(readParameters(definition.id, strict, parameters)),
    }),
    ...(settle !== undefined && {
      settle: (parameters, facts) => settle(readParameters(definition.id, strict, parameters), facts),
    }),
    ...(crop !== undefined && {
      cropping: (parameters) => crop(readParameters(definition.id, strict, parameters)),
    }),
  };
}

/** Checks parameters and fills in defaults. Throws `recipe/parameters` with the field's name in the message. */
export function readParameters<Schema extends z.ZodObject>(
  recipeId: string,
  schema: Schema,
  parameters: Readonly<Record<string, unknown>>,
): z.infer<Schema> {
  const result = schema.safeParse(parameters);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => {
    const field = issue.path.join('.');
    return field === '' ? issue.message : `${field}: ${issue.message}`;
  });
  throw new AppError({
    code: 'recipe/parameters',
    message: `A setting of the recipe "${recipeId}" cannot be used, so nothing was trained. ${problems.join('; ')}.`,
    hint: `Settings of this recipe: ${Object.keys(schema.shape).join(', ')}.`,
    details: { recipe: recipeId, problems },
  });
}

/** The recipe as the window and the command line see it. */
export function describeRecipe(recipe: RecipeCard & Pick<RecipeInfo, 'joins'>): RecipeInfo {
  return {
    id: recipe.id,
    version: recipe.version,
    title: recipe.title,
    tagline: recipe.tagline,
    summary: recipe.summary,
    whenItFails: recipe.whenItFails,
    readingTheNumbers: recipe.readingTheNumbers,
    outputs: recipe.outputs,
    ...(recipe.seesNeighbours === true && { seesNeighbours: true }),
    ...(recipe.joins && { joins: recipe.joins }),
    ...(recipe.tellsLines === true && { tellsLines: true }),
    ...(recipe.refines && { refines: recipe.refines }),
    parametersSchema: z.toJSONSchema(recipe.parameters, { io: 'input' }) as Record<string, unknown>,
    defaults: readParameters(recipe.id, recipe.parameters, {}),
  };
}

/** The tap of that name, or the place of the cut. Throws `features/no-tap` when the backbone lacks it. */
export function findTap(task: RecipeTask, name: string): TapShape {
  const cut = task.fineTuned?.cut;
  const tap = cut?.name === name ? cut : task.taps.find((candidate) => candidate.name === name);
  if (tap !== undefined) return tap;
  throw new AppError({
    code: 'features/no-tap',
    message: `The backbone has no tap named "${name}", which this recipe learns from.`,
    hint: `Choose another recipe, or a backbone with that tap. This one has: ${task.taps.map((t) => t.name).join(', ')}.`,
    details: { tap: name },
  });
}
