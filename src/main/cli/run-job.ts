/** Waits for a job of the host from the command line: shows progress, passes on Ctrl+C, returns what the job returned. */
import path from 'node:path';
import type { HostApi } from '../../contract/host-api.ts';
import { AppError } from '../../core/errors.ts';
import { isJobOver, type Job } from '../../core/jobs.ts';
import type { CommandContext } from './command.ts';

/**
 * Starts a job, or one that was stopped again, and waits until it is over. Returns its result; throws the job's own error, or `job/cancelled`.
 * Listens before it starts the job, so that no event is missed.
 */
export async function runJob(
  host: HostApi,
  context: CommandContext,
  start: () => Promise<{ jobId: string }>,
): Promise<Record<string, unknown>> {
  const listening = new AbortController();
  const events = host.events(listening.signal);
  let cancelled = false;
  let jobId: string | undefined;
  const cancel = (): void => {
    cancelled = true;
    if (jobId !== undefined) void host.cancelJob({ id: jobId });
  };
  context.signal.addEventListener('abort', cancel);
  try {
    jobId = (await start()).jobId;
    if (cancelled) await host.cancelJob({ id: jobId });
    const known = (await host.listJobs()).find((job) => job.id === jobId);
    if (known !== undefined && isJobOver(known.state)) return finish(known);
    // Events begin with the jobs as they were before: a resumed one as it was stopped.
    let begun = false;
    for await (const event of events) {
      if (event.type !== 'job' || event.job.id !== jobId) continue;
      begun ||= !isJobOver(event.job.state);
      if (!begun) continue;
      if (event.job.state.status === 'running') context.output.progress(event.job.state.progress);
      if (isJobOver(event.job.state)) return finish(event.job);
    }
    throw new AppError({
      code: 'job/lost',
      message: 'The host stopped before the job ended.',
      hint: 'Run the command again; finished parts are kept.',
    });
  } finally {
    context.output.endProgress();
    context.signal.removeEventListener('abort', cancel);
    listening.abort();
  }
}

function finish(job: Job): Record<string, unknown> {
  if (job.state.status === 'failed') throw new AppError(job.state.error);
  if (job.state.status === 'cancelled' || job.state.status === 'interrupted') {
    throw new AppError({
      code: 'job/cancelled',
      message: `${job.title} was cancelled. What it had finished is kept.`,
      hint:
        job.kind === 'train'
          ? 'Go on from its last checkpoint with: train PROJECT --resume.'
          : 'Run the command again to go on.',
    });
  }
  return job.result ?? {};
}

/** Like {@link runJob} for an import or export whose report is wanted as a file as well. */
export async function runReported(
  host: HostApi,
  context: CommandContext,
  file: string | undefined,
  start: () => Promise<{ jobId: string }>,
): Promise<Record<string, unknown>> {
  let jobId = '';
  const result = await runJob(host, context, async () => {
    const started = await start();
    jobId = started.jobId;
    return started;
  });
  if (file !== undefined) await host.saveTransfer({ jobId, file: path.resolve(file) });
  return result;
}
