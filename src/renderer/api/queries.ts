/** What the window asks of the host, as hooks on one cache; events keep the answers fresh. */
import { keepPreviousData, useMutation, useQueries, useQuery } from '@tanstack/react-query';
import type { SplitChoice, TrainRequest } from '../../contract/host-api.ts';
import type { PairOrder, ProjectSummary } from '../../contract/schemas.ts';
import { isJobOver } from '../../core/jobs.ts';
import { defaultCutScore } from '../../core/review.ts';
import { inReadersWords } from '../ui/host-words.ts';
import { api, fetchHeatGrid } from './client.ts';
import { type CropsRequest, type ExplanationRequest, keys } from './keys.ts';

export const useHostInfo = () =>
  useQuery({ queryKey: keys.info, queryFn: () => api.info.query(), staleTime: Number.POSITIVE_INFINITY });
const projectQuery = { queryKey: keys.project, queryFn: () => api.currentProject.query() } as const;
/** The open project; null while none is. Without its revision, which grows with every stroke: what shows a project is drawn anew when that has changed. */
export const useProject = () => useQuery({ ...projectQuery, select: withoutRevision });
/** How often what is saved of the open project has changed. */
export const useProjectRevision = (): number | undefined =>
  useQuery({ ...projectQuery, select: (project) => project?.revision }).data;

function withoutRevision(project: ProjectSummary | null): Omit<ProjectSummary, 'revision'> | null {
  if (project === null) return null;
  const { revision: _revision, ...rest } = project;
  return rest;
}

export const useRecentProjects = () =>
  useQuery({ queryKey: keys.recent, queryFn: () => api.recentProjects.query() });
export const useFolder = (path: string | null, enabled: boolean) =>
  useQuery({
    queryKey: keys.folder(path),
    queryFn: () => api.listFolder.query({ path }),
    enabled,
    placeholderData: keepPreviousData,
    retry: false,
  });

/** Boxes of each class in the whole project, by class id. */
export const useClassCounts = () =>
  useQuery({
    queryKey: keys.classCounts,
    queryFn: async () =>
      new Map((await api.countBoxesByClass.query()).map(({ classId, boxes }) => [classId, boxes])),
  });

export const useClasses = () => useQuery({ queryKey: keys.classes, queryFn: () => api.listClasses.query() });

/** Groups of photographs to choose from; asked for when a filter is opened. */
export const useGroups = (enabled: boolean) =>
  useQuery({ queryKey: keys.groups, queryFn: () => api.listGroups.query(), enabled });

/** Flags that photographs of the project have. */
export const useFlags = () => useQuery({ queryKey: keys.flags, queryFn: () => api.listFlags.query() });

export const useJobs = () => useQuery({ queryKey: keys.jobs, queryFn: () => api.listJobs.query() });
export const useActiveJobs = () => useJobs().data?.filter(({ state }) => !isJobOver(state)) ?? [];
export const useCurve = (jobId: string | null) =>
  useQuery({
    queryKey: keys.curve(jobId ?? ''),
    queryFn: () => api.listCurve.query({ jobId: jobId ?? '' }),
    enabled: jobId !== null,
  });

export const useRecipes = () =>
  useQuery({
    queryKey: keys.recipes,
    queryFn: () => api.listRecipes.query(),
    select: (recipes) => recipes.map(inReadersWords),
    staleTime: Number.POSITIVE_INFINITY,
  });
export const usePlan = (request: TrainRequest | null) =>
  useQuery({
    queryKey: request === null ? keys.allPlans : keys.plan(request),
    queryFn: () => {
      if (request === null) throw new Error('A plan needs a recipe.');
      return api.planTraining.query(request);
    },
    enabled: request !== null,
    placeholderData: keepPreviousData,
    retry: false,
  });
/** The nets features can come from; another window or the command line may add one, so it is asked anew each time. */
export const useBackbones = () =>
  useQuery({ queryKey: keys.backbones, queryFn: () => api.listBackbones.query() });
export const useModels = () => useQuery({ queryKey: keys.models, queryFn: () => api.listModels.query() });
/** Below this score a suggestion is more often wrong than worth a look; a person can lower it. */
export const firstMinScore = defaultCutScore;

export const useComparison = (
  modelId: string | null,
  split: SplitChoice,
  minScore: number,
  order: PairOrder,
  /** Another model: then only on images that both have in the split. */
  beside?: string | null,
) =>
  useQuery({
    queryKey: keys.comparison(modelId, split, minScore, order, beside ?? null),
    queryFn: () =>
      api.compare.query({
        ...(modelId === null ? {} : { modelId }),
        ...(beside == null ? {} : { beside }),
        split,
        minScore,
        order,
        limit: 5000,
      }),
    enabled: modelId !== null && beside !== null,
    placeholderData: keepPreviousData,
    retry: false,
  });
/** Labels that a model doubts, the strongest doubt first. */
export const useSuspects = (modelId: string, split: SplitChoice) =>
  useQuery({
    queryKey: keys.suspects(modelId, split),
    queryFn: () => api.listSuspects.query({ modelId, split, limit: 1000 }),
    placeholderData: keepPreviousData,
    retry: false,
  });
/** Two thousand are sorted at most: more, and their order would be waited for. */
const cropsAtMost = 2000;
export const useCrops = (request: CropsRequest) =>
  useQuery({
    queryKey: keys.crops(request),
    queryFn: () => api.listCrops.query({ ...request, limit: cropsAtMost }),
    placeholderData: keepPreviousData,
    retry: false,
  });
export const useEvaluation = (modelId: string, split: SplitChoice) =>
  useQuery({
    queryKey: keys.evaluation(modelId, split),
    queryFn: () => api.evaluation.query({ modelId, split }),
  });
/** Of several models, in their order; undefined while an answer is awaited, null for one that was not judged. */
export const useEvaluations = (modelIds: readonly string[], split: SplitChoice) =>
  useQueries({
    queries: modelIds.map((modelId) => ({
      queryKey: keys.evaluation(modelId, split),
      queryFn: () => api.evaluation.query({ modelId, split }),
    })),
  });
/** Two models on the same images. */
export const useContrast = (first: string, second: string, split: SplitChoice) =>
  useQuery({
    queryKey: keys.contrast(first, second, split),
    queryFn: () => api.contrastModels.query({ first, second, split }),
    retry: false,
  });
/** Null: nothing is asked. An image and a model never change under their ids, so an answer stays good. */
export const useExplanation = (request: ExplanationRequest | null) =>
  useQuery({
    queryKey: request === null ? keys.allExplanations : keys.explanation(request),
    queryFn: () => {
      if (request === null) throw new Error('An explanation needs an image and a model.');
      return api.explain.query(request);
    },
    enabled: request !== null,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
/** The numbers of one map of an explanation that is there already. */
export const useHeatGrid = (shown: { request: ExplanationRequest; wanted: string } | null) =>
  useQuery({
    queryKey: shown === null ? keys.allExplanations : keys.heatGrid(shown.request, shown.wanted),
    queryFn: () => {
      if (shown === null) throw new Error('Numbers need a map.');
      return fetchHeatGrid(shown.request, shown.wanted);
    },
    enabled: shown !== null,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
export const useFormats = () =>
  useQuery({
    queryKey: keys.formats,
    queryFn: () => api.listFormats.query(),
    staleTime: Number.POSITIVE_INFINITY,
  });
export const useEngineStatus = () =>
  useQuery({ queryKey: keys.engine, queryFn: () => api.engineStatus.query(), retry: 1 });

/** A request that changes something: `useAction(api.rescan.mutate)`. Errors are shown by the caller through `readError`. */
export function useAction<In, Out>(call: (input: In) => Promise<Out>, onDone?: (output: Out) => void) {
  return useMutation({
    mutationFn: (input: In) => call(input),
    ...(onDone === undefined ? {} : { onSuccess: onDone }),
  });
}
