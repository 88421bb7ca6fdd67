/**
 * Lanes, one job at a time in each: labels can be imported while a model trains, and a training in the background, which has an engine of
 * its own, keeps nobody's suggestions waiting.
 */
import type { Job } from '../../core/jobs.ts';
import type { JobEntry } from './job.ts';

type Lane = 'engine' | 'files' | 'background';

const fileKinds: ReadonlySet<Job['kind']> = new Set(['scan', 'import', 'export', 'sample', 'split']);

function laneOf({ kind, input }: Pick<Job, 'kind' | 'input'>): Lane {
  if (kind === 'train' && input.keepsLearning === true) return 'background';
  // An audit asks the engine only where it compares features: else it need not wait for a training.
  if (kind === 'audit') return input.features === true ? 'engine' : 'files';
  return fileKinds.has(kind) ? 'files' : 'engine';
}

export interface Lanes {
  add(entry: JobEntry): void;
  /** Takes a waiting job out; false when it runs already or is not here. */
  remove(entry: JobEntry): boolean;
}

/** `run` must not reject. */
export function createLanes(run: (entry: JobEntry) => Promise<void>): Lanes {
  const waiting: Record<Lane, JobEntry[]> = { engine: [], files: [], background: [] };
  const isBusy: Record<Lane, boolean> = { engine: false, files: false, background: false };
  const pump = async (lane: Lane): Promise<void> => {
    if (isBusy[lane]) return;
    isBusy[lane] = true;
    for (let entry = waiting[lane].shift(); entry !== undefined; entry = waiting[lane].shift())
      await run(entry);
    isBusy[lane] = false;
  };
  return {
    add: (entry) => {
      const lane = laneOf(entry.job);
      waiting[lane].push(entry);
      // Later, so that whoever starts a job has its id before the first event of it.
      queueMicrotask(() => void pump(lane));
    },
    remove: (entry) => {
      const queue = waiting[laneOf(entry.job)];
      const index = queue.indexOf(entry);
      if (index >= 0) queue.splice(index, 1);
      return index >= 0;
    },
  };
}
