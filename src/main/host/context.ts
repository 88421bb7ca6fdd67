/** What every area of the host shares: the outside world passed in, the events, the jobs and the project that is open. */
import { AppError } from '../../core/errors.ts';
import type { JobQueue } from '../jobs/job-queue.ts';
import type { EnginePort } from './engine-port.ts';
import type { EventHub } from './event-hub.ts';
import type { OpenProject } from './open-project.ts';

export interface HostContext {
  /** The studio's own folder: recent projects, the sample, new projects. */
  readonly userDataDir: string;
  readonly projectsDir: string;
  readonly shell: 'desktop' | 'serve';
  readonly now: () => number;
  readonly newId: () => string;
  /** Who makes the changes, for the audit: the name of the account. */
  readonly author: string;
  readonly engine: EnginePort;
  /** A second engine, at low priority, for trainings nobody waits for. It starts with its first call and ends with each training. */
  readonly backgroundEngine: EnginePort;
  readonly events: EventHub;
  readonly jobs: JobQueue;
  readonly session: Session;
  /** True where a window is served: then a newly trained model suggests by itself. */
  readonly suggestsByItself: () => boolean;
}

/** The one project a host has open, or none. */
export interface Session {
  current(): OpenProject | null;
  /** Throws `project/none-open`. */
  require(): OpenProject;
  set(project: OpenProject | null): void;
  /** Runs steps that change which project is open one after the other. */
  exclusive<T>(work: () => Promise<T>): Promise<T>;
}

/** A session without a project. */
export function createSession(): Session {
  let open: OpenProject | null = null;
  let last: Promise<unknown> = Promise.resolve();
  return {
    current: () => open,
    require: () => {
      if (open === null) {
        throw new AppError({
          code: 'project/none-open',
          message: 'No project is open, so there is nothing to do this with.',
          hint: 'Open a project or make a new one first.',
        });
      }
      return open;
    },
    set: (project) => {
      open = project;
    },
    exclusive: (work) => {
      const mine = last.then(work);
      // The next step waits for this one's end, whichever it is.
      last = mine.catch(() => undefined);
      return mine;
    },
  };
}
