/** Long work as a job: its kinds, its states and what may follow what. */
import { z } from 'zod';

export const jobKindSchema = z.enum([
  'scan',
  'features',
  'train',
  'predict',
  'evaluate',
  'import',
  'export',
  'export-model',
  'engine-install',
  'backbone-add',
  'sample',
  'audit',
  'split',
  'gap',
  'effect',
]);
export type JobKind = z.infer<typeof jobKindSchema>;

export const appErrorSchema = z.object({
  code: z.string(),
  message: z.string(),
  hint: z.string(),
  details: z.record(z.string(), z.unknown()),
});

/** One point of a training curve; `values` holds every loss and metric by name (`loss/box`, `valid/classAcc`). */
export const curvePointSchema = z.object({
  step: z.number(),
  epoch: z.number(),
  elapsedMs: z.number(),
  values: z.record(z.string(), z.number()),
});
export type CurvePoint = z.infer<typeof curvePointSchema>;

/** How far a running job is. `done` and `total` count `unit`s; total 0 means unknown yet; etaMs null means not known. */
export const jobProgressSchema = z.object({
  phase: z.string(),
  done: z.number(),
  total: z.number(),
  unit: z.string(),
  etaMs: z.number().nullable(),
});
export type JobProgress = z.infer<typeof jobProgressSchema>;

/** The state of a job. `interrupted`: the studio stopped while it ran; it can be resumed. */
export const jobStateSchema = z.discriminatedUnion('status', [
  z.object({ status: z.literal('queued') }),
  z.object({ status: z.literal('running'), progress: jobProgressSchema }),
  z.object({ status: z.literal('done'), summary: z.string() }),
  z.object({ status: z.literal('failed'), error: appErrorSchema }),
  z.object({ status: z.literal('cancelled') }),
  z.object({ status: z.literal('interrupted'), progress: jobProgressSchema.nullable() }),
]);
export type JobState = z.infer<typeof jobStateSchema>;

export const jobSchema = z.object({
  id: z.string(),
  kind: jobKindSchema,
  title: z.string(),
  state: jobStateSchema,
  createdAtMs: z.number(),
  /** What the job was asked, enough to run it again. */
  input: z.record(z.string(), z.unknown()),
  /** What it returned, once done. */
  result: z.record(z.string(), z.unknown()).nullable(),
});
export type Job = z.infer<typeof jobSchema>;

/** True when nothing more will happen to a job unless it is resumed. */
export function isJobOver(state: JobState): boolean {
  return state.status !== 'queued' && state.status !== 'running';
}
