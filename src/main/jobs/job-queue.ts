/** Runs long work as jobs: two lanes, one job at a time in each, every state kept where it survives a crash. */
import { AppError } from '../../core/errors.ts';
import { type CurvePoint, isJobOver, type Job, type JobKind, type JobProgress } from '../../core/jobs.ts';
import { computeEndState, computeStateAfterStart, type JobEnd, type StopReason } from './job-end.ts';
import { createThrottle, realTime, type ThrottleTime } from './throttle.ts';

/** Where a job's states are kept: the project's database, or nowhere for work that belongs to no project. */
export interface JobStore {
  save(job: Job): void;
  appendCurve(jobId: string, points: readonly CurvePoint[]): void;
  truncateCurve(jobId: string, step: number): void;
}

export interface JobContext {
  readonly jobId: string;
  readonly signal: AbortSignal;
  /** True when an earlier run of the same job was stopped: go on from what it left. */
  readonly resume: boolean;
  onProgress(progress: JobProgress): void;
  onCurve(point: CurvePoint): void;
}

export interface JobResult {
  /** One line for the job strip. */
  readonly summary: string;
  readonly result: Record<string, unknown>;
}

/** `input` is what the job was started with, from the database when it is resumed: check it. */
export type JobRunner = (input: Record<string, unknown>, context: JobContext) => Promise<JobResult>;

export interface JobQueueOptions {
  readonly runnerOf: (kind: JobKind) => JobRunner;
  readonly newId: () => string;
  readonly now: () => number;
  readonly onJob: (job: Job) => void;
  readonly onCurve: (jobId: string, point: CurvePoint) => void;
  readonly time?: ThrottleTime;
}

export interface JobQueue {
  start(request: {
    kind: JobKind;
    title: string;
    input: Record<string, unknown>;
    store: JobStore | null;
  }): Job;
  /** Takes over the jobs of a project that was just opened; unfinished ones become `interrupted`. */
  adopt(jobs: readonly Job[], store: JobStore): void;
  list(): Job[];
  find(id: string): Job | undefined;
  /** Resolves once the job is over, also when it already is. */
  whenOver(id: string): Promise<Job>;
  /** Throws `job/not-found`. Does nothing to a job that is over. */
  cancel(id: string): void;
  /** Queues an interrupted, failed or cancelled job again under its own id. */
  resume(id: string): Job;
  forget(id: string): void;
  /** Interrupts the jobs of a store (all when undefined), waits for them to end and forgets them. */
  close(store?: JobStore | null): Promise<void>;
}

interface Entry {
  job: Job;
  readonly store: JobStore | null;
  readonly controller: AbortController;
  resume: boolean;
  stop: StopReason;
  over: PromiseWithResolvers<Job>;
}

type Lane = 'engine' | 'files';
const progressIntervalMs = 100;
const saveIntervalMs = 2000;

/** One engine job at a time, beside one of files: labels can be imported while a model trains. */
function laneOf(kind: JobKind): Lane {
  return kind === 'scan' || kind === 'import' || kind === 'export' || kind === 'sample' ? 'files' : 'engine';
}

export function createJobQueue(options: JobQueueOptions): JobQueue {
  const entries = new Map<string, Entry>();
  const waiting: Record<Lane, Entry[]> = { engine: [], files: [] };
  const running: Record<Lane, Entry | undefined> = { engine: undefined, files: undefined };
  const time = options.time ?? realTime;

  const setState = (entry: Entry, job: Job): void => {
    entry.job = job;
    entry.store?.save(job);
    options.onJob(job);
  };

  const run = async (entry: Entry): Promise<void> => {
    const { job, store } = entry;
    let progress: JobProgress = { phase: '', done: 0, total: 0, unit: '', etaMs: null };
    const tell = createThrottle<JobProgress>(
      (latest) => {
        entry.job = { ...entry.job, state: { status: 'running', progress: latest } };
        options.onJob(entry.job);
      },
      progressIntervalMs,
      time,
    );
    const keep = createThrottle<null>(() => store?.save(entry.job), saveIntervalMs, time);
    const curve = createCurveKeeper(job.id, store, time);
    const context: JobContext = {
      jobId: job.id,
      signal: entry.controller.signal,
      resume: entry.resume,
      onProgress: (latest) => {
        progress = latest;
        tell.push(latest);
        keep.push(null);
      },
      onCurve: (point) => {
        curve.add(point);
        options.onCurve(job.id, point);
      },
    };
    setState(entry, { ...job, state: { status: 'running', progress } });
    const { end, result } = await settle(options.runnerOf(job.kind), job.input, context);
    tell.flush();
    keep.flush();
    curve.flush();
    setState(entry, { ...entry.job, state: computeEndState(end, entry.stop, progress), result });
    entry.over.resolve(entry.job);
  };

  const pump = (lane: Lane): void => {
    if (running[lane] !== undefined) return;
    const entry = waiting[lane].shift();
    if (entry === undefined) return;
    running[lane] = entry;
    run(entry)
      .catch((error: unknown) => {
        // The store itself failed (a full disk): the job still ends, in memory.
        entry.job = { ...entry.job, state: computeEndState({ how: 'threw', error }, entry.stop, null) };
        options.onJob(entry.job);
        entry.over.resolve(entry.job);
      })
      .finally(() => {
        running[lane] = undefined;
        pump(lane);
      });
  };

  const enqueue = (job: Job, store: JobStore | null, resume: boolean): Entry => {
    const entry: Entry = {
      job,
      store,
      controller: new AbortController(),
      resume,
      stop: null,
      over: Promise.withResolvers<Job>(),
    };
    entries.set(job.id, entry);
    setState(entry, job);
    waiting[laneOf(job.kind)].push(entry);
    queueMicrotask(() => pump(laneOf(job.kind)));
    return entry;
  };

  const get = (id: string): Entry => {
    const entry = entries.get(id);
    if (entry === undefined) throw notFound(id);
    return entry;
  };

  const stop = (entry: Entry, reason: 'cancel' | 'close'): void => {
    if (isJobOver(entry.job.state) || entry.stop !== null) return;
    entry.stop = reason;
    const queue = waiting[laneOf(entry.job.kind)];
    const index = queue.indexOf(entry);
    if (index >= 0) {
      queue.splice(index, 1);
      const stopped: JobEnd = { how: 'threw', error: null };
      setState(entry, { ...entry.job, state: computeEndState(stopped, reason, null) });
      entry.over.resolve(entry.job);
    }
    entry.controller.abort();
  };

  return {
    start: ({ kind, title, input, store }) => {
      const state = { status: 'queued' } as const;
      return enqueue(
        { id: options.newId(), kind, title, state, createdAtMs: options.now(), input, result: null },
        store,
        false,
      ).job;
    },
    adopt: (jobs, store) => {
      for (const job of jobs) {
        const entry: Entry = {
          job,
          store,
          controller: new AbortController(),
          resume: false,
          stop: null,
          over: Promise.withResolvers<Job>(),
        };
        entry.over.resolve(job);
        entries.set(job.id, entry);
        if (!isJobOver(job.state)) setState(entry, { ...job, state: computeStateAfterStart(job.state) });
      }
    },
    list: () => [...entries.values()].map((entry) => entry.job),
    find: (id) => entries.get(id)?.job,
    whenOver: async (id) => get(id).over.promise,
    cancel: (id) => stop(get(id), 'cancel'),
    resume: (id) => {
      const { job, store } = get(id);
      if (!isJobOver(job.state) || job.state.status === 'done') throw notResumable(job);
      return enqueue({ ...job, state: { status: 'queued' }, result: null }, store, true).job;
    },
    forget: (id) => {
      const entry = get(id);
      if (isJobOver(entry.job.state)) entries.delete(id);
    },
    close: async (store) => {
      const affected = [...entries.values()].filter((entry) => store === undefined || entry.store === store);
      for (const entry of affected) stop(entry, 'close');
      await Promise.all(
        affected.map((entry) => (isJobOver(entry.job.state) ? undefined : entry.over.promise)),
      );
      for (const entry of affected) entries.delete(entry.job.id);
    },
  };
}

async function settle(
  runner: JobRunner,
  input: Record<string, unknown>,
  context: JobContext,
): Promise<{ end: JobEnd; result: Job['result'] }> {
  try {
    const { summary, result } = await runner(input, context);
    return { end: { how: 'returned', summary }, result };
  } catch (error) {
    return { end: { how: 'threw', error }, result: null };
  }
}

/** Writes curve points to the store in batches: a point per step would otherwise be a disk flush per step. */
function createCurveKeeper(
  jobId: string,
  store: JobStore | null,
  time: ThrottleTime,
): { add(point: CurvePoint): void; flush(): void } {
  let points: CurvePoint[] = [];
  let first = true;
  const write = createThrottle<null>(
    () => {
      const batch = points;
      points = [];
      const start = batch[0];
      if (store === null || start === undefined) return;
      // A resumed run draws again what it had drawn after its last checkpoint.
      if (first) store.truncateCurve(jobId, start.step);
      first = false;
      store.appendCurve(jobId, batch);
    },
    1000,
    time,
  );
  return {
    add: (point) => {
      points.push(point);
      write.push(null);
    },
    flush: write.flush,
  };
}

function notFound(id: string): AppError {
  return new AppError({
    code: 'job/not-found',
    message: 'This job is not known here: its project was closed, or it was never started.',
    hint: 'Open the project it belongs to.',
    details: { id },
  });
}

function notResumable(job: Job): AppError {
  return new AppError({
    code: 'job/not-resumable',
    message: `“${job.title}” is ${job.state.status}, so there is nothing to resume.`,
    hint: 'Start it again instead.',
    details: { id: job.id, status: job.state.status },
  });
}
