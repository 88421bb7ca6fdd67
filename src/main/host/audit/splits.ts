/** Train, valid and test of the open project: previewed, applied as a gesture, locked, and joined by new images. */

import type { z } from 'zod';
import { type AuditApi, applySplitSchema } from '../../../contract/audit.ts';
import type { SplitRequest, SplitSummary } from '../../../core/audit/split-plan.ts';
import type { Gesture } from '../../../core/diffs.ts';
import { AppError } from '../../../core/errors.ts';
import type { JobContext, JobRunner } from '../../jobs/job.ts';
import type { HostContext } from '../context.ts';
import { withoutBulk } from '../labels.ts';
import type { OpenProject } from '../open-project.ts';
import { askDataWorker, isLarge } from './ask-data-worker.ts';
import { askOverview } from './ask-overview.ts';
import { changeMarks, type MarkEntry, type MarkParts } from './change-marks.ts';
import type { SplitPart } from './data-messages.ts';
import { planSplit } from './plan-split.ts';

type ApplySplit = z.infer<typeof applySplitSchema>;
type SplitsArea = Pick<AuditApi, 'previewSplit' | 'applySplit' | 'lockTest'>;

const label = 'Split into train, valid and test';

export function createSplitsArea(context: HostContext): SplitsArea {
  return {
    previewSplit: async (request) => summarise(context.session.require(), request),
    applySplit: async (input) => {
      const project = context.session.require();
      if (!isLarge(project)) return apply(context, project, input, { onProgress: () => undefined });
      const { id } = context.jobs.start({ kind: 'split', title: label, input, store: project.jobStore });
      const { state } = await context.jobs.whenOver(id);
      if (state.status === 'failed') throw new AppError(state.error);
      const saved = state.status === 'done' ? project.db.changes.find(input.gestureId) : undefined;
      if (saved === undefined) throw stopped();
      return withoutBulk(saved.gesture);
    },
    lockTest: async ({ isLocked }) => {
      const project = context.session.require();
      project.db.transaction(() => project.db.settings.save({ isTestLocked: isLocked }));
      return askOverview(project);
    },
  };
}

/** The job that applies a split to many photographs. One that was cut short is taken back whole, and begins again when it is resumed. */
export function createSplitRunner(context: HostContext): JobRunner {
  return async (rawInput, job) => {
    const input = applySplitSchema.parse(rawInput);
    const project = context.session.require();
    await apply(context, project, input, job);
    return { summary: label, result: { gestureId: input.gestureId } };
  };
}

async function apply(
  context: HostContext,
  project: OpenProject,
  { gestureId, request }: ApplySplit,
  { signal, onProgress }: Pick<JobContext, 'onProgress'> & { readonly signal?: AbortSignal },
): Promise<Gesture> {
  const marks = await divide(project, request, signal);
  return changeMarks(context, project, { id: gestureId, label }, marks, {
    ...(signal && { signal }),
    onImages: (done, total) =>
      onProgress({ phase: 'Putting photographs on their sides', done, total, unit: 'images', etaMs: null }),
    atEnd: () => project.db.settings.save({ splitRequest: request }),
  });
}

/** Throws `split/impossible`. */
async function summarise(project: OpenProject, request: SplitRequest): Promise<SplitSummary> {
  if (!isLarge(project)) return planSplit(project.db, request).summary;
  const { signal } = new AbortController();
  return (await askDataWorker({ kind: 'split', dir: project.dir, request }, { signal })).summary;
}

/** The side of every photograph. Throws `split/impossible`, or the signal's reason. */
async function divide(
  project: OpenProject,
  request: SplitRequest,
  signal: AbortSignal = new AbortController().signal,
): Promise<MarkParts> {
  if (!isLarge(project)) {
    const { sides } = planSplit(project.db, request);
    return { total: sides.size, parts: [[...sides].map(toMark)] };
  }
  const { total, parts } = await askDataWorker({ kind: 'split', dir: project.dir, request }, { signal });
  return { total, parts: unpack(parts) };
}

const toMark = ([id, split]: SplitPart[number]): MarkEntry => [id, { split }];

function* unpack(parts: readonly Uint8Array[]): Generator<MarkEntry[]> {
  const decoder = new TextDecoder();
  for (const part of parts) yield (JSON.parse(decoder.decode(part)) as SplitPart).map(toMark);
}

function stopped(): AppError {
  return new AppError({
    code: 'split/stopped',
    message: 'Applying the split was stopped. Every photograph is on the side it was on before.',
    hint: 'Apply it again when you want it.',
  });
}
