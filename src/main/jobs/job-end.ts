/** The one function that turns the way a job ended, however it ended, into its last state. */
import { toAppErrorData } from '../../core/errors.ts';
import type { JobProgress, JobState } from '../../core/jobs.ts';

/** `threw` covers everything that is not a result: a refused input, a full disk, an engine that was killed. */
export type JobEnd =
  | { readonly how: 'returned'; readonly summary: string }
  | { readonly how: 'threw'; readonly error: unknown };

/** Why a stop was asked for, if it was: by a person, or because the project or the studio closes. */
export type StopReason = 'cancel' | 'close' | null;

/**
 * A job that returned is done even when a stop came too late. Anything thrown after a stop is the stop's own state, since the error is
 * then only how the work noticed. Everything else failed, with its error as data.
 */
export function computeEndState(end: JobEnd, stop: StopReason, progress: JobProgress | null): JobState {
  if (end.how === 'returned') return { status: 'done', summary: end.summary };
  if (stop === 'cancel') return { status: 'cancelled' };
  if (stop === 'close') return { status: 'interrupted', progress };
  const error = toAppErrorData(end.error);
  return { status: 'failed', error: { ...error, details: { ...error.details } } };
}

/** The state that a job found in the database at start must have: nothing can still be running. */
export function computeStateAfterStart(state: JobState): JobState {
  if (state.status === 'running') return { status: 'interrupted', progress: state.progress };
  if (state.status === 'queued') return { status: 'interrupted', progress: null };
  return state;
}
