/** Backbones, and the engine that runs them. */
import { z } from 'zod';
import { backboneInfoSchema, backboneRequestSchema, engineStatusSchema } from '../../core/learning.ts';
import { byId, jobRef, none, procedure } from '../procedure.ts';
import { projectSummarySchema } from '../schemas.ts';

export const engineRoutes = {
  listBackbones: procedure.output(z.array(backboneInfoSchema)).query(({ ctx }) => ctx.host.listBackbones()),
  startBackboneAdd: procedure
    .input(backboneRequestSchema)
    .output(jobRef)
    .mutation(({ ctx, input }) => ctx.host.startBackboneAdd(input)),
  removeBackbone: procedure
    .input(byId)
    .output(none)
    .mutation(({ ctx, input }) => ctx.host.removeBackbone(input)),
  chooseBackbone: procedure
    .input(z.object({ id: z.string().nullable() }))
    .output(projectSummarySchema)
    .mutation(({ ctx, input }) => ctx.host.chooseBackbone(input)),
  engineStatus: procedure.output(engineStatusSchema).query(({ ctx }) => ctx.host.engineStatus()),
  installEngine: procedure
    .input(z.object({ variant: z.enum(['cpu', 'cuda']) }))
    .output(jobRef)
    .mutation(({ ctx, input }) => ctx.host.installEngine(input)),
  uninstallEngine: procedure
    .output(z.object({ removed: z.boolean() }))
    .mutation(({ ctx }) => ctx.host.uninstallEngine()),
};
