/** Two lanes, one job at a time in each: labels can be imported while a model trains, but two models never train at once. */
import type { JobKind } from '../../core/jobs.ts';
import type { JobEntry } from './job.ts';

type Lane = 'engine' | 'files';

function laneOf(kind: JobKind): Lane {
  return kind === 'scan' || kind === 'import' || kind === 'export' || kind === 'sample' ? 'files' : 'engine';
}

export interface Lanes {
  add(entry: JobEntry): void;
  /** Takes a waiting job out; false when it runs already or is not here. */
  remove(entry: JobEntry): boolean;
}

/** `run` must not reject. */
export function createLanes(run: (entry: JobEntry) => Promise<void>): Lanes {
  const waiting: Record<Lane, JobEntry[]> = { engine: [], files: [] };
  const isBusy: Record<Lane, boolean> = { engine: false, files: false };
  const pump = async (lane: Lane): Promise<void> => {
    if (isBusy[lane]) return;
    isBusy[lane] = true;
    for (let entry = waiting[lane].shift(); entry !== undefined; entry = waiting[lane].shift())
      await run(entry);
    isBusy[lane] = false;
  };
  return {
    add: (entry) => {
      const lane = laneOf(entry.job.kind);
      waiting[lane].push(entry);
      // Later, so that whoever starts a job has its id before the first event of it.
      queueMicrotask(() => void pump(lane));
    },
    remove: (entry) => {
      const queue = waiting[laneOf(entry.job.kind)];
      const index = queue.indexOf(entry);
      if (index >= 0) queue.splice(index, 1);
      return index >= 0;
    },
  };
}
