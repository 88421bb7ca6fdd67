/** The names under which answers of the host are cached: one place, so that events can find them again. */

import type {
  ImageFilter,
  ImageSort,
  QueueOrder,
  SplitChoice,
  TrainRequest,
} from '../../contract/host-api.ts';
import type { CropOrder, CropSource, PairOrder } from '../../contract/schemas.ts';
import type { ExplainMethod } from '../../core/explain.ts';
import type { ReviewFilter } from '../../core/review-queue.ts';

/** Whose look at which image, and how. */
export interface ExplanationRequest {
  readonly imageId: string;
  readonly modelId: string;
  readonly method: ExplainMethod;
}

/** Which crops, in what order. */
export interface CropsRequest {
  readonly source: CropSource;
  readonly classId: string | null;
  readonly minScore: number;
  readonly order: CropOrder;
  readonly like: string | null;
}

/** Which images, in what order. */
export interface ImageListRequest {
  readonly filter: ImageFilter;
  readonly sort: ImageSort;
}

export const keys = {
  info: ['info'],
  project: ['project'],
  recent: ['recent'],
  folder: (path: string | null) => ['folder', path],
  imagePage: (list: ImageListRequest, page: number) => ['images', 'page', list, page],
  allImagePages: ['images', 'page'],
  imagePlace: (list: ImageListRequest, id: string) => ['images', 'place', list, id],
  groups: ['images', 'groups'],
  allImages: ['images'],
  /** With the model whose boxes are wanted, where it need not be the one that suggests. */
  image: (id: string, modelId?: string | null) => ['image', id, ...(modelId ? [modelId] : [])],
  allDocuments: ['image'],
  flags: ['flags'],
  classes: ['classes'],
  classCounts: ['class-counts'],
  attributeValues: (classId: string) => ['attribute-values', classId],
  allAttributeValues: ['attribute-values'],
  gestures: ['gestures'],
  audit: ['audit', 'report'],
  gap: ['audit', 'gap'],
  allAudits: ['audit'],
  jobs: ['jobs'],
  curve: (jobId: string) => ['curve', jobId],
  recipes: ['recipes'],
  plan: (request: TrainRequest) => ['plan', request],
  allPlans: ['plan'],
  models: ['models'],
  queue: (order: QueueOrder, minScore: number, filter: ReviewFilter) => ['queue', order, minScore, filter],
  reviewState: (minScore: number) => ['review', 'state', minScore],
  reviewDraw: (minScore: number) => ['review', 'draw', minScore],
  allReviews: ['review'],
  keepLearning: ['keep-learning'],
  allQueues: ['queue'],
  comparison: (
    modelId: string | null,
    split: SplitChoice,
    minScore: number,
    order: PairOrder,
    beside: string | null,
  ) => ['compare', modelId, split, minScore, order, beside],
  crops: (request: CropsRequest) => ['compare', 'crops', request],
  suspects: (modelId: string, split: SplitChoice) => ['compare', 'suspects', modelId, split],
  allComparisons: ['compare'],
  evaluation: (modelId: string, split: SplitChoice) => ['evaluation', modelId, split],
  contrast: (first: string, second: string, split: SplitChoice) => [
    'evaluation',
    'contrast',
    first,
    second,
    split,
  ],
  allEvaluations: ['evaluation'],
  explanation: (request: ExplanationRequest) => ['explanation', request],
  heatGrid: (request: ExplanationRequest, wanted: string) => ['explanation', request, 'grid', wanted],
  allExplanations: ['explanation'],
  formats: ['formats'],
  engine: ['engine'],
  backbones: ['backbones'],
} as const;
