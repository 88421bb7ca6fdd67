/** Tries an import out whenever what is asked of it changes: a dry run of the host, its answer, or why there is none. */
import { useEffect, useState } from 'react';
import {
  type ImportChoices,
  type ImportPreview,
  importPreviewSchema,
} from '../../../contract/import-plan.ts';
import { type TransferReport, transferReportSchema } from '../../../contract/transfer.ts';
import type { AppErrorData } from '../../../core/errors.ts';
import { isJobOver, type Job } from '../../../core/jobs.ts';
import { api } from '../../api/client.ts';
import { readError } from '../../api/errors.ts';
import { useJobs } from '../../api/queries.ts';

/** What is to be imported, and how. */
export interface ImportRequest extends Pick<ImportChoices, 'merge' | 'classes' | 'within'> {
  readonly path: string;
  /** What comes with it in the same import. */
  readonly more?: readonly string[];
  readonly format?: string;
  readonly options: Record<string, unknown>;
}

export interface Trial {
  /** Of the newest answer; it stays in sight while another is on its way. */
  readonly found: { readonly preview: ImportPreview; readonly report: TransferReport } | null;
  readonly error: AppErrorData | null;
  readonly isWorking: boolean;
  readonly progress: Job['state'] | null;
}

/** A person may click through several choices before the first answer is wanted. */
const calmMs = 300;

/** `again` is counted up to look once more at the same. Null asks for nothing. */
export function useTrial(request: ImportRequest | null, again: number): Trial {
  const [asked, setAsked] = useState<{
    key: string;
    jobId: string | null;
    error: AppErrorData | null;
  } | null>(null);
  const [found, setFound] = useState<{ path: string; answer: NonNullable<Trial['found']> } | null>(null);
  const key = request === null ? '' : JSON.stringify([request, again]);
  const jobs = useJobs();
  useEffect(() => {
    if (key === '') {
      setAsked(null);
      return undefined;
    }
    const [wanted] = JSON.parse(key) as [ImportRequest];
    let isStale = false;
    let jobId: string | null = null;
    const cancel = (): void => {
      if (jobId !== null) void api.cancelJob.mutate({ id: jobId }).catch(() => undefined);
    };
    setAsked({ key, jobId: null, error: null });
    const timer = setTimeout(() => {
      api.startImport.mutate({ ...wanted, dryRun: true }).then(
        (started) => {
          jobId = started.jobId;
          if (isStale) cancel();
          else setAsked({ key, jobId, error: null });
        },
        (error: unknown) => {
          if (!isStale) setAsked({ key, jobId: null, error: readError(error) });
        },
      );
    }, calmMs);
    return () => {
      isStale = true;
      clearTimeout(timer);
      cancel();
    };
  }, [key]);
  const job = jobs.data?.find(({ id }) => id === asked?.jobId);
  const path = request === null ? '' : JSON.stringify([request.path, request.more]);
  useEffect(() => {
    const report = transferReportSchema.safeParse(job?.result);
    const preview = importPreviewSchema.safeParse(job?.result?.preview);
    if (job?.state.status === 'done' && report.success && preview.success)
      setFound({ path, answer: { report: report.data, preview: preview.data } });
  }, [job, path]);
  const isOver = job !== undefined && isJobOver(job.state);
  return {
    found: found !== null && found.path === path ? found.answer : null,
    error: asked?.error ?? (job?.state.status === 'failed' ? job.state.error : null),
    isWorking: key !== '' && asked?.error == null && !isOver,
    progress: job?.state ?? null,
  };
}
