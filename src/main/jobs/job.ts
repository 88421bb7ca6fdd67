/** What the queue, the run of one job and the runners share. */
import type { CurvePoint, Job, JobProgress } from '../../core/jobs.ts';
import type { StopReason } from './job-end.ts';

/** Where a job's states are kept: the project's database, or nowhere for work that belongs to no project. */
export interface JobStore {
  save(job: Job): void;
  appendCurve(jobId: string, points: readonly CurvePoint[]): void;
  /** Forgets the points from `step` on. */
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

/** A job the queue knows, with what drives it. */
export interface JobEntry {
  job: Job;
  readonly store: JobStore | null;
  readonly controller: AbortController;
  readonly resume: boolean;
  stop: StopReason;
  readonly over: PromiseWithResolvers<Job>;
}

/** An entry that has not run. `store`: where its states are kept; null for jobs that belong to no project. */
export function createJobEntry(job: Job, store: JobStore | null, resume: boolean): JobEntry {
  return {
    job,
    store,
    controller: new AbortController(),
    resume,
    stop: null,
    over: Promise.withResolvers<Job>(),
  };
}
