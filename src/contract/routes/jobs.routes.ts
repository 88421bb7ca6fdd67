/** Long work, and what happens meanwhile. */
import { z } from 'zod';
import { curvePointSchema, jobSchema } from '../../core/jobs.ts';
import { byId, jobRef, none, procedure } from '../procedure.ts';

export const jobRoutes = {
  listJobs: procedure.output(z.array(jobSchema)).query(({ ctx }) => ctx.host.listJobs()),
  cancelJob: procedure
    .input(byId)
    .output(none)
    .mutation(({ ctx, input }) => ctx.host.cancelJob(input)),
  resumeJob: procedure
    .input(byId)
    .output(jobRef)
    .mutation(({ ctx, input }) => ctx.host.resumeJob(input)),
  listCurve: procedure
    .input(jobRef)
    .output(z.array(curvePointSchema))
    .query(({ ctx, input }) => ctx.host.listCurve(input)),
  events: procedure.subscription(async function* ({ ctx, signal }) {
    for await (const event of ctx.host.events(signal ?? new AbortController().signal)) yield event;
  }),
};
