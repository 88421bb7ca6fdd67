/** Runs one job from its first state to its last: tells progress at a bearable rate and keeps states and curve where they survive. */
import type { CurvePoint, Job, JobProgress } from '../../core/jobs.ts';
import { createThrottle, type ThrottleTime } from '../../core/throttle.ts';
import type { JobContext, JobEntry, JobRunner, JobStore } from './job.ts';
import { computeEndState, type JobEnd } from './job-end.ts';

export interface JobListener {
  onJob(job: Job): void;
  onCurve(jobId: string, point: CurvePoint): void;
}

const progressIntervalMs = 100;
const saveIntervalMs = 2000;
const curveIntervalMs = 1000;

/** Never rejects: a store that fails (a full disk) costs what it would have kept, and the job still ends. */
export async function runJob(
  entry: JobEntry,
  runner: JobRunner,
  listener: JobListener,
  time: ThrottleTime,
): Promise<void> {
  const reporter = createReporter(entry, listener, time);
  let last: Job;
  try {
    reporter.begin();
    const { end, result } = await settle(runner, entry.job.input, reporter.context);
    reporter.flush();
    const fault = reporter.fault();
    const state = computeEndState(fault ?? end, entry.stop, reporter.progress());
    last = { ...entry.job, state, result: fault === undefined ? result : null };
    saveState(entry, last, listener);
  } catch (error) {
    last = { ...entry.job, state: computeEndState({ how: 'threw', error }, entry.stop, null) };
    entry.job = last;
    listener.onJob(last);
  }
  entry.over.resolve(last);
}

/** Makes a state the job's own: in memory, in the store, and in the windows. */
export function saveState(entry: JobEntry, job: Job, listener: JobListener): void {
  entry.job = job;
  entry.store?.save(job);
  listener.onJob(job);
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

interface Reporter {
  readonly context: JobContext;
  begin(): void;
  flush(): void;
  progress(): JobProgress;
  /** What kept progress or curve from being stored, if anything did: the job was stopped for it. */
  fault(): JobEnd | undefined;
}

function createReporter(entry: JobEntry, listener: JobListener, time: ThrottleTime): Reporter {
  const jobId = entry.job.id;
  let progress: JobProgress = { phase: '', done: 0, total: 0, unit: '', etaMs: null };
  let fault: JobEnd | undefined;
  // Stores are written to from timers, where nobody could catch what they throw.
  const guard = (write: () => void): void => {
    try {
      write();
    } catch (error) {
      fault ??= { how: 'threw', error };
      entry.controller.abort();
    }
  };
  const tell = createThrottle<JobProgress>(
    (latest) => {
      entry.job = { ...entry.job, state: { status: 'running', progress: latest } };
      listener.onJob(entry.job);
    },
    progressIntervalMs,
    time,
  );
  const keep = createThrottle<null>(() => guard(() => entry.store?.save(entry.job)), saveIntervalMs, time);
  const curve = createCurveKeeper(jobId, entry.store, guard, time);
  return {
    context: {
      jobId,
      signal: entry.controller.signal,
      resume: entry.resume,
      onProgress: (latest) => {
        progress = latest;
        tell.push(latest);
        keep.push(null);
      },
      onCurve: (point) => {
        curve.add(point);
        listener.onCurve(jobId, point);
      },
    },
    begin: () => saveState(entry, { ...entry.job, state: { status: 'running', progress } }, listener),
    flush: () => {
      tell.flush();
      keep.flush();
      curve.flush();
    },
    progress: () => progress,
    fault: () => fault,
  };
}

/** Writes curve points in batches: a point a step would otherwise be a disk flush a step. */
function createCurveKeeper(
  jobId: string,
  store: JobStore | null,
  guard: (write: () => void) => void,
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
      const isFirst = first;
      first = false;
      guard(() => {
        if (isFirst) store.truncateCurve(jobId, start.step);
        store.appendCurve(jobId, batch);
      });
    },
    curveIntervalMs,
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
