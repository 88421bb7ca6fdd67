/** Fills in the parts of the outside world that a caller of the host did not bring, and sets up events and jobs. */
import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { userInfo } from 'node:os';
import path from 'node:path';
import type { JobKind } from '../../core/jobs.ts';
import type { JobRunner } from '../jobs/job.ts';
import { createJobQueue, type JobQueue } from '../jobs/job-queue.ts';
import { createSession, type HostContext } from './context.ts';
import { createDefaultEngine } from './default-engine.ts';
import { rememberEngineFacts } from './engine-facts.ts';
import { createEventHub } from './event-hub.ts';
import type { HostOptions } from './host.ts';
import { createJobRunners } from './job-runners.ts';
import { withProjectBackbone } from './project-backbone.ts';
import { userDataFolder } from './user-data.ts';

/** The context of one host. `suggestsByItself` is asked when a model has been trained. */
export function createContext(options: HostOptions, suggestsByItself: () => boolean): HostContext {
  const userDataDir = options.userDataDir ?? userDataFolder();
  mkdirSync(userDataDir, { recursive: true });
  const events = createEventHub();
  const newId = options.newId ?? randomUUID;
  const now = options.now ?? Date.now;
  // The runners need the context and the context holds the queue: they are made at first use, when both exist.
  let runners: Readonly<Record<JobKind, JobRunner>> | undefined;
  const runnerOf = (kind: JobKind): JobRunner => {
    return (input, job) => {
      runners ??= createJobRunners(context);
      return runners[kind](input, job);
    };
  };
  const jobs: JobQueue = createJobQueue({
    runnerOf,
    newId,
    now,
    onJob: (job) => events.emit({ type: 'job', job }),
    onCurve: (jobId, point) => events.emit({ type: 'curve', jobId, point }),
  });
  const session = createSession();
  const context: HostContext = {
    userDataDir,
    projectsDir: path.join(userDataDir, 'projects'),
    shell: options.shell,
    now,
    newId,
    author: accountName(),
    engine: withProjectBackbone(rememberEngineFacts(options.engine ?? createDefaultEngine()), session),
    backgroundEngine: withProjectBackbone(
      options.backgroundEngine ?? options.engine ?? createDefaultEngine('low'),
      session,
    ),
    events,
    jobs,
    session,
    suggestsByItself,
  };
  return context;
}

function accountName(): string {
  try {
    return userInfo().username;
  } catch {
    // Containers may run under an account that has no name.
    return 'unknown';
  }
}
