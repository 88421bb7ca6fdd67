/** Long work as jobs: started, cancelled, resumed and handed over with their project; every state kept where it survives a crash. */
import { AppError } from '../../core/errors.ts';
import { isJobOver, type Job, type JobKind } from '../../core/jobs.ts';
import { realTime, type ThrottleTime } from '../../core/throttle.ts';
import { createJobEntry, type JobEntry, type JobRunner, type JobStore } from './job.ts';
import { computeEndState, computeStateAfterStart } from './job-end.ts';
import { createLanes } from './lanes.ts';
import { type JobListener, runJob, saveState } from './run-job.ts';

export interface JobQueueOptions extends JobListener {
  readonly runnerOf: (kind: JobKind) => JobRunner;
  readonly newId: () => string;
  readonly now: () => number;
  readonly time?: ThrottleTime;
}

export interface JobRequest {
  readonly kind: JobKind;
  readonly title: string;
  /** Enough to run it again; JSON values only. */
  readonly input: Record<string, unknown>;
  readonly store: JobStore | null;
}

export interface JobQueue {
  start(request: JobRequest): Job;
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
  /** Interrupts the jobs of a store (all when undefined), waits for them to end and forgets them. */
  close(store?: JobStore | null): Promise<void>;
}

/** A queue without jobs. Jobs that would be in each other’s way wait for their turn (`lanes.ts`). */
export function createJobQueue(options: JobQueueOptions): JobQueue {
  const entries = new Map<string, JobEntry>();
  const time = options.time ?? realTime;
  const lanes = createLanes((entry) => runJob(entry, options.runnerOf(entry.job.kind), options, time));
  const get = (id: string): JobEntry => {
    const entry = entries.get(id);
    if (entry === undefined) throw notFound(id);
    return entry;
  };
  const enqueue = (job: Job, store: JobStore | null, resume: boolean): Job => {
    const entry = createJobEntry(job, store, resume);
    saveState(entry, job, options);
    entries.set(job.id, entry);
    lanes.add(entry);
    return job;
  };
  const stop = (entry: JobEntry, reason: 'cancel' | 'close'): void => {
    if (isJobOver(entry.job.state) || entry.stop !== null) return;
    entry.stop = reason;
    if (lanes.remove(entry)) {
      const state = computeEndState({ how: 'threw', error: null }, reason, null);
      saveState(entry, { ...entry.job, state }, options);
      entry.over.resolve(entry.job);
    }
    entry.controller.abort();
  };
  return {
    start: ({ kind, title, input, store }) => {
      const state = { status: 'queued' } as const;
      const createdAtMs = options.now();
      return enqueue(
        { id: options.newId(), kind, title, state, createdAtMs, input, result: null },
        store,
        false,
      );
    },
    adopt: (jobs, store) => {
      for (const job of jobs) {
        const entry = createJobEntry(job, store, false);
        entries.set(job.id, entry);
        if (!isJobOver(job.state))
          saveState(entry, { ...job, state: computeStateAfterStart(job.state) }, options);
        entry.over.resolve(entry.job);
      }
    },
    list: () => [...entries.values()].map((entry) => entry.job),
    find: (id) => entries.get(id)?.job,
    whenOver: async (id) => get(id).over.promise,
    cancel: (id) => stop(get(id), 'cancel'),
    resume: (id) => {
      const { job, store } = get(id);
      if (!isJobOver(job.state) || job.state.status === 'done') throw notResumable(job);
      return enqueue({ ...job, state: { status: 'queued' }, result: null }, store, true);
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
