/** The names under which answers of the host are cached: one place, so that events can find them again. */

import type {
  ImageFilter,
  ImageSort,
  QueueOrder,
  SplitChoice,
  TrainRequest,
} from '../../contract/host-api.ts';
import type { ExplainMethod } from '../../core/explain.ts';

/** Whose look at which image, and how. */
export interface ExplanationRequest {
  readonly imageId: string;
  readonly modelId: string;
  readonly method: ExplainMethod;
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
  queue: (order: QueueOrder, minScore: number) => ['queue', order, minScore],
  allQueues: ['queue'],
  comparison: (modelId: string | null, split: SplitChoice, minScore: number) => [
    'compare',
    modelId,
    split,
    minScore,
  ],
  allComparisons: ['compare'],
  evaluation: (modelId: string, split: SplitChoice) => ['evaluation', modelId, split],
  allEvaluations: ['evaluation'],
  explanation: (request: ExplanationRequest) => ['explanation', request],
  allExplanations: ['explanation'],
  formats: ['formats'],
  engine: ['engine'],
  backbones: ['backbones'],
} as const;
