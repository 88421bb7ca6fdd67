/** Carries an import out and takes it into this window's history, so that undo reaches it wherever the person is by then. */

import type { QueryClient } from '@tanstack/react-query';
import { useQueryClient } from '@tanstack/react-query';
import { isJobOver, type Job } from '../../../core/jobs.ts';
import { api } from '../../api/client.ts';
import { keys } from '../../api/keys.ts';
import { useAction } from '../../api/queries.ts';
import type { LabelSession } from '../../app/label-session.ts';
import { useLabelSession } from '../../app/label-session-provider.tsx';
import type { ImportRequest } from './use-trial.ts';

/** Starting it; it goes on when this place is left. */
export function useImport(onStarted: () => void) {
  const cache = useQueryClient();
  const session = useLabelSession();
  return useAction(
    (request: ImportRequest) => api.startImport.mutate(request),
    ({ jobId }) => {
      onStarted();
      void adoptWhenOver(cache, session, jobId);
    },
  );
}

async function adoptWhenOver(cache: QueryClient, session: LabelSession | null, jobId: string): Promise<void> {
  const job = await whenOver(cache, jobId);
  const gestureId = job.result?.gestureId;
  if (session === null || typeof gestureId !== 'string') return;
  const gesture = (await api.listGestures.query({ limit: 100 })).find(({ id }) => id === gestureId);
  if (gesture !== undefined) await session.commitOnHost(() => Promise.resolve(gesture));
}

/** Events keep the jobs in the cache fresh: it is watched rather than the host asked. */
function whenOver(cache: QueryClient, jobId: string): Promise<Job> {
  const find = (): Job | undefined =>
    cache.getQueryData<Job[]>(keys.jobs)?.find(({ id, state }) => id === jobId && isJobOver(state));
  return new Promise((resolve) => {
    const present = find();
    if (present !== undefined) {
      resolve(present);
      return;
    }
    const stop = cache.getQueryCache().subscribe(() => {
      const job = find();
      if (job === undefined) return;
      stop();
      resolve(job);
    });
  });
}
