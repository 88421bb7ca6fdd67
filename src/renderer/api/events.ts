/** Feeds what the host tells into the cache, so that every view is fresh without asking; tells when the line is cut. */
import type { QueryClient } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import type { HostEvent, ProjectSummary } from '../../contract/schemas.ts';
import type { CurvePoint, Job, JobKind } from '../../core/jobs.ts';
import { api } from './client.ts';
import { keys } from './keys.ts';
import { type LineSink, shareLine } from './shared-line.ts';

export type ConnectionState = 'connecting' | 'open' | 'lost';

type Listener = () => void;

let state: ConnectionState = 'connecting';
const stateListeners = new Set<Listener>();

function setState(next: ConnectionState): void {
  if (next === state) return;
  state = next;
  for (const listener of stateListeners) listener();
}

/** Whether the host's events arrive at present. */
export function useConnection(): ConnectionState {
  return useSyncExternalStore(
    (listener) => {
      stateListeners.add(listener);
      return () => stateListeners.delete(listener);
    },
    () => state,
  );
}

const reconnectMs = 1000;

/** Listens until the returned function is called. Reconnects by itself; after a gap, everything cached is asked again. */
export function listenToHost(cache: QueryClient): () => void {
  return shareLine(openLine, {
    onEvent: (event: HostEvent) => takeEvent(cache, event),
    onState: (next) => {
      const before = state;
      setState(next);
      if (next !== 'open') return;
      if (before === 'lost') void cache.invalidateQueries();
      // Another window's line is open already: what came before this one listened is asked for.
      else for (const queryKey of [keys.project, keys.jobs]) void cache.invalidateQueries({ queryKey });
    },
  });
}

/** The stream itself. It begins with the present project and jobs. */
function openLine(sink: LineSink<HostEvent>): () => void {
  let ended = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let subscription: { unsubscribe: () => void } | undefined;
  const lose = (): void => {
    if (ended) return;
    sink.onState('lost');
    subscription?.unsubscribe();
    clearTimeout(timer);
    timer = setTimeout(connect, reconnectMs);
  };
  const connect = (): void => {
    subscription = api.events.subscribe(undefined, {
      onStarted: () => sink.onState('open'),
      onData: (event) => sink.onEvent(event),
      onConnectionStateChange: (connection) => {
        if (connection.state === 'connecting' && connection.error !== null) sink.onState('lost');
      },
      onError: lose,
      onComplete: lose,
    });
  };
  connect();
  return () => {
    ended = true;
    clearTimeout(timer);
    subscription?.unsubscribe();
  };
}

const imageListeners = new Set<(imageIds: readonly string[]) => void>();

/** Calls back at each news of images, also when an answer about them is already on its way. The returned function ends it. */
export function watchImages(listener: (imageIds: readonly string[]) => void): () => void {
  imageListeners.add(listener);
  return () => imageListeners.delete(listener);
}

/** Gestures of this window that the host has not told of yet. */
const awaited = new Set<string>();

/** The host will tell of this gesture, too: where nothing else has changed, nothing has to be asked for then. */
export function awaitEcho(gestureId: string): void {
  awaited.add(gestureId);
}

function takeEvent(cache: QueryClient, event: HostEvent): void {
  if (event.type === 'job') takeJob(cache, event.job);
  else if (event.type === 'curve') takePoint(cache, event.jobId, event.point);
  else if (event.type === 'project') takeProject(cache, event.project);
  else {
    refreshSoon(cache);
    // The editor has what it made itself; a crowded image would otherwise be sent again after every stroke.
    if (event.type === 'labels' && event.gestureId !== undefined && awaited.delete(event.gestureId)) return;
    for (const id of event.imageIds) void cache.invalidateQueries({ queryKey: keys.image(id) });
    for (const listener of imageListeners) listener(event.imageIds);
  }
}

const calmMs = 400;
/** While suggestions stream in, lists follow this often. */
const longestWaitMs = 2000;
let calm: ReturnType<typeof setTimeout> | undefined;
let waitsSinceMs = 0;

/** Lists and sums follow a burst of edits once, when it pauses: nothing on the keystroke path grows with the project. */
function refreshSoon(cache: QueryClient): void {
  const nowMs = performance.now();
  if (calm === undefined) waitsSinceMs = nowMs;
  clearTimeout(calm);
  const delayMs = Math.min(calmMs, Math.max(0, waitsSinceMs + longestWaitMs - nowMs));
  calm = setTimeout(() => {
    calm = undefined;
    for (const queryKey of [
      keys.allImages,
      keys.classes,
      keys.classCounts,
      keys.allAttributeValues,
      keys.allComparisons,
      keys.allEvaluations,
      keys.allPlans,
      keys.allQueues,
      keys.allReviews,
      keys.keepLearning,
    ])
      void cache.invalidateQueries({ queryKey });
  }, delayMs);
}

/** Shows a project as the one that is open; what was known of another one is forgotten. */
export function takeProject(cache: QueryClient, project: ProjectSummary | null): void {
  const before = cache.getQueryData<ProjectSummary | null>(keys.project);
  cache.setQueryData(keys.project, project);
  if (before?.path !== project?.path) forgetProject(cache);
}

/** What a finished job may have changed. */
const changedBy: Readonly<Partial<Record<JobKind, readonly (readonly string[])[]>>> = {
  scan: [keys.allImages, keys.allDocuments],
  train: [keys.models],
  predict: [keys.allImages, keys.allDocuments, keys.allQueues, keys.allReviews, keys.allComparisons],
  evaluate: [keys.allEvaluations],
  effect: [keys.models, keys.allEvaluations],
  import: [keys.allImages, keys.allDocuments, keys.classes, keys.classCounts, keys.gestures],
  'engine-install': [keys.engine],
  'backbone-add': [keys.backbones],
  sample: [keys.recent],
  audit: [keys.audit, keys.allImages],
  gap: [keys.gap],
};

function takeJob(cache: QueryClient, job: Job): void {
  cache.setQueryData<Job[]>(keys.jobs, (jobs = []) => {
    const known = jobs.some(({ id }) => id === job.id);
    return known ? jobs.map((other) => (other.id === job.id ? job : other)) : [job, ...jobs];
  });
  // A training that began in the background is told of at once, whatever came of it.
  if (job.kind === 'train') void cache.invalidateQueries({ queryKey: keys.keepLearning });
  if (job.state.status !== 'done') return;
  for (const queryKey of changedBy[job.kind] ?? []) void cache.invalidateQueries({ queryKey });
}

function takePoint(cache: QueryClient, jobId: string, point: CurvePoint): void {
  cache.setQueryData<CurvePoint[]>(keys.curve(jobId), (points) => {
    if (points === undefined) return undefined;
    return (points.at(-1)?.step ?? -1) >= point.step ? points : [...points, point];
  });
}

function forgetProject(cache: QueryClient): void {
  for (const queryKey of [
    keys.allImages,
    keys.allDocuments,
    keys.classes,
    keys.classCounts,
    keys.flags,
    keys.allAttributeValues,
    keys.gestures,
    keys.models,
    keys.allQueues,
    keys.allReviews,
    keys.keepLearning,
    keys.allComparisons,
    keys.allEvaluations,
    keys.allExplanations,
    keys.allAudits,
    keys.allPlans,
  ]) {
    cache.removeQueries({ queryKey, type: 'inactive' });
    void cache.invalidateQueries({ queryKey });
  }
  void cache.invalidateQueries({ queryKey: keys.recent });
  void cache.invalidateQueries({ queryKey: keys.jobs });
}
