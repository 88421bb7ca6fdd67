/** Jobs and events as windows see them. */
import type { HostApi } from '../../contract/host-api.ts';
import type { HostEvent } from '../../contract/schemas.ts';
import type { HostContext } from './context.ts';

export type JobsArea = Pick<HostApi, 'listJobs' | 'cancelJob' | 'resumeJob' | 'listCurve' | 'events'>;

export function createJobsArea(context: HostContext): JobsArea {
  return {
    listJobs: async () => context.jobs.list(),
    cancelJob: async ({ id }) => context.jobs.cancel(id),
    resumeJob: async ({ id }) => ({ jobId: context.jobs.resume(id).id }),
    listCurve: async ({ jobId }) => context.session.current()?.db.jobs.listCurve(jobId) ?? [],
    events: (signal) => {
      const project = context.session.current();
      const first: HostEvent[] = [
        { type: 'project', project: project?.summary() ?? null },
        ...context.jobs.list().map((job): HostEvent => ({ type: 'job', job })),
      ];
      return context.events.subscribe(signal, first);
    },
  };
}
