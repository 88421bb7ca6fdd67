/** What the host can do for a window, the CLI or a test: one interface, implemented once in src/main/host and exposed by `router.ts`. */
import type { z } from 'zod';
import type { Gesture } from '../core/diffs.ts';
import type { EvaluationReport } from '../core/evaluation.ts';
import type { ExplainMethod, ExplanationView } from '../core/explain.ts';
import type { HeatStyle } from '../core/heatmap.ts';
import type { CurvePoint, Job } from '../core/jobs.ts';
import type {
  BackboneInfo,
  BackboneRequest,
  EngineStatus,
  RecipeInfo,
  TrainingPlan,
} from '../core/learning.ts';
import type { Preferences } from '../core/preferences.ts';
import type { ClassRecord, ModelRecord, Split } from '../core/records.ts';
import type { AuditApi } from './audit.ts';
import type { ContrastApi } from './contrast.ts';
import type { LoopApi } from './loop.ts';
import type {
  AttributeValue,
  Comparison,
  CropOrder,
  CropSource,
  Crops,
  EvaluationView,
  FolderListing,
  HostEvent,
  HostInfo,
  ImageDocument,
  ImageListItem,
  imageFilterSchema,
  imageSortSchema,
  PairOrder,
  ProjectSummary,
  queueOrderSchema,
  recentProjectSchema,
  Suspects,
  trainRequestSchema,
} from './schemas.ts';
import type { TransferApi } from './transfer.ts';

export type ImageFilter = z.infer<typeof imageFilterSchema>;
export type ImageSort = z.infer<typeof imageSortSchema>;
export type RecentProject = z.infer<typeof recentProjectSchema>;
export type TrainRequest = z.infer<typeof trainRequestSchema>;
export type QueueOrder = z.infer<typeof queueOrderSchema>;
export type SplitChoice = Split | 'all';
/** Some of a record's fields; what is left out or undefined stays. */
export type Changes<T> = { readonly [K in keyof T]?: T[K] | undefined };

/** All methods throw AppError data; those that start a job return at once with its id. */
export interface HostApi extends AuditApi, ContrastApi, LoopApi, TransferApi {
  info(): Promise<HostInfo>;
  listFolder(input: { path: string | null }): Promise<FolderListing>;

  preferences(): Promise<Preferences>;
  /** Changes some of them and returns all. */
  savePreferences(input: Changes<Preferences>): Promise<Preferences>;

  recentProjects(): Promise<RecentProject[]>;
  currentProject(): Promise<ProjectSummary | null>;
  /** Makes `dir` (a `NAME.catchlight` folder; default beside the others in projectsDir), opens it and starts a scan of `imagesDir`. */
  createProject(input: {
    imagesDir: string;
    name?: string | undefined;
    dir?: string | undefined;
    classes?: string[] | undefined;
  }): Promise<{ project: ProjectSummary; jobId: string }>;
  openProject(input: { path: string }): Promise<ProjectSummary>;
  closeProject(): Promise<void>;
  /** Opens the sample project, drawing it first when it is not there yet (then with a job). */
  openSample(): Promise<{ project: ProjectSummary | null; jobId: string | null }>;
  /** Millimetres a pixel covers on photographs that have no scale of their own; null when that is not known. */
  setProjectScale(input: { mmPerPx: number | null }): Promise<void>;
  rescan(): Promise<{ jobId: string }>;
  /** The photographs were moved: looks for them in another folder, by path and then by content. */
  relinkImages(input: { imagesDir: string }): Promise<{ jobId: string }>;

  /** A part of a list of images; by name when `sort` is left out. */
  listImages(input: {
    filter: ImageFilter;
    sort?: ImageSort | undefined;
    offset: number;
    limit: number;
  }): Promise<{ total: number; items: ImageListItem[] }>;
  /** Where an image lies in a list (0-based), or would lie when the filter leaves it out. */
  locateImage(input: {
    id: string;
    filter: ImageFilter;
    sort: ImageSort;
  }): Promise<{ position: number; isListed: boolean }>;
  /** The nearest image after (1) or before (-1) this one that is unseen or labelled and can be read; null when there is none. */
  findUnreviewed(input: {
    id: string;
    filter: ImageFilter;
    sort: ImageSort;
    step: 1 | -1;
  }): Promise<{ position: number; image: ImageListItem } | null>;
  /** The names of groups, in order, 5,000 at most. */
  listGroups(): Promise<string[]>;
  /** The flags that images of the project have, for choosing one again. */
  listFlags(): Promise<string[]>;
  /** With the suggestions that wait of the pinned model, or all that `modelId` said, those that a hand box answers among them. */
  getImage(input: { id: string; modelId?: string | undefined }): Promise<ImageDocument>;
  listClasses(): Promise<ClassRecord[]>;
  /** Boxes of each class in the whole project; a class that never had any is left out. */
  countBoxesByClass(): Promise<{ classId: string; boxes: number }[]>;
  /** What the boxes of a class have as attributes, with how many have it; the most frequent first, 200 at most. */
  listAttributeValues(input: { classId: string }): Promise<AttributeValue[]>;
  /**
   * Gives all boxes and suggestions of a class to another and deletes it, in one gesture, which is returned as `listGestures` would.
   * The same `gestureId` sent again changes nothing twice. Throws `classes/unknown`, `classes/same`.
   */
  mergeClasses(input: { gestureId: string; from: string; into: string }): Promise<Gesture>;
  /**
   * Makes a class of those boxes of a class that have this value of an attribute, in one gesture. Throws `classes/unknown`,
   * `classes/duplicate-name`, `classes/nothing-to-split`.
   */
  splitClass(input: {
    gestureId: string;
    classId: string;
    attribute: string;
    value: AttributeValue['value'];
    name: string;
  }): Promise<Gesture>;

  /**
   * Saves one gesture, whole and durable, or nothing. `labels/conflict` when a record is not as `before` says. The same id sent again
   * (a lost answer) saves nothing twice. `undo` and `redo` may leave `diffs` empty: they are then those of the gesture in `of`.
   */
  applyGesture(input: Gesture): Promise<{ revision: number }>;
  /** The newest gestures, oldest first; with `before`, those older than the gesture of that id, none when it is unknown. Those of more than 5,000 diffs (large imports) come without them; undo them with none. */
  listGestures(input: { limit: number; before?: string | undefined }): Promise<Gesture[]>;

  listJobs(): Promise<Job[]>;
  cancelJob(input: { id: string }): Promise<void>;
  resumeJob(input: { id: string }): Promise<{ jobId: string }>;
  listCurve(input: { jobId: string }): Promise<CurvePoint[]>;
  /** Live events until the signal aborts; begins with the present project and jobs. */
  events(signal: AbortSignal): AsyncIterable<HostEvent>;

  startFeatures(): Promise<{ jobId: string }>;
  listRecipes(): Promise<RecipeInfo[]>;
  planTraining(input: TrainRequest): Promise<TrainingPlan>;
  startTraining(input: TrainRequest): Promise<{ jobId: string }>;
  listModels(): Promise<ModelRecord[]>;
  updateModel(input: {
    id: string;
    name?: string | undefined;
    notes?: string | undefined;
    pinned?: boolean | undefined;
  }): Promise<ModelRecord>;
  deleteModel(input: { id: string }): Promise<void>;
  /** Suggests on every image that is not reviewed, with the given or the pinned model. */
  startPrediction(input: { modelId?: string | undefined }): Promise<{ jobId: string }>;
  startEvaluation(input: { modelId?: string | undefined; split: SplitChoice }): Promise<{ jobId: string }>;
  /** Judges a model on labelled images and keeps the report. Throws `evaluate/no-images` when no labelled image is in the split. */
  evaluate(input: { modelId?: string | undefined; split: SplitChoice }): Promise<EvaluationReport>;
  /** The newest report of that model on that split; null before the first. */
  evaluation(input: { modelId?: string | undefined; split: SplitChoice }): Promise<EvaluationView | null>;

  /**
   * Predicts every image of a split and writes the file, atomically: `.csv` a Kaggle submission (class probabilities of each image), anything else JSON
   * `{model, classes, images:[{path, width, height, detections:[{class, score, x, y, w, h, probabilities}], probabilities}]}`. Labels and suggestions stay as they are.
   */
  startPredictionFile(input: {
    modelId?: string | undefined;
    split: SplitChoice;
    file: string;
  }): Promise<{ jobId: string }>;

  /** Writes a trained model (the given, the pinned or the newest) and its backbone as one `.onnx` file, atomically. */
  startModelExport(input: { modelId?: string | undefined; file: string }): Promise<{ jobId: string }>;

  /**
   * Where a model looks in a photograph, for every class; the maps themselves come as pictures and numbers from `/explain/IMAGE/…`.
   * Throws `explain/does-not-fit` when the model's recipe lacks what the method needs. Occlusion takes seconds.
   */
  explain(input: {
    imageId: string;
    modelId?: string | undefined;
    method: ExplainMethod;
  }): Promise<ExplanationView>;
  /** Writes the map of one class (id, name, or `nothing`) as a PNG, and returns its values. Throws `explain/no-class` too. */
  saveExplanation(input: {
    /** Relative to the project's photographs. */
    imagePath: string;
    className: string;
    modelId?: string | undefined;
    method: ExplainMethod;
    style: HeatStyle;
    /** Over the photograph in grey; else the map alone, clear where it is 0. */
    onPhotograph: boolean;
    file: string;
  }): Promise<ExplanationView & { values: number[] }>;

  /**
   * Crops of labels, or of suggestions of the pinned model that wait, sorted by how alike they look; with `like` (a box or suggestion
   * among them), the most like it first. At most `limit` are sorted: suggestions by falling score, labels image by image.
   */
  listCrops(input: {
    source: CropSource;
    classId: string | null;
    minScore: number;
    order: CropOrder;
    like: string | null;
    limit: number;
  }): Promise<Crops>;
  /** Labels that a model doubts with confidence, the strongest doubt first; what a person confirmed is not among them. */
  listSuspects(input: { modelId?: string | undefined; split: SplitChoice; limit: number }): Promise<Suspects>;
  /**
   * Predicted boxes against the hand's, pair by pair; `limit` of them, in order. With `beside`, the id of another model, only images that lie
   * in the split for both: two models are told apart on the same photographs. Throws `compare/nothing-common` where there are none.
   */
  compare(input: {
    modelId?: string | undefined;
    beside?: string | undefined;
    split: SplitChoice;
    minScore: number;
    order?: PairOrder | undefined;
    limit: number;
  }): Promise<Comparison>;

  /** Every backbone of this user, the embedded one first. */
  listBackbones(): Promise<BackboneInfo[]>;
  /**
   * A job that adds a classifier from a file of this machine or an address. Fails with `backbone/…`, `onnx/…` or `download/…`. Its result is
   * the backbone as listed.
   */
  startBackboneAdd(input: BackboneRequest): Promise<{ jobId: string }>;
  /** Takes an added backbone away. Throws `backbone/not-added`. */
  removeBackbone(input: { id: string }): Promise<void>;
  /** Chooses the backbone of the open project; null is the embedded one. Throws `backbone/not-added`, `backbone/does-not-fit`. */
  chooseBackbone(input: { id: string | null }): Promise<ProjectSummary>;

  engineStatus(): Promise<EngineStatus>;
  installEngine(input: { variant: 'cpu' | 'cuda' }): Promise<{ jobId: string }>;
  uninstallEngine(): Promise<{ removed: boolean }>;
}
