/** Labels in, labels out. */
import { z } from 'zod';
import { importChoicesSchema } from '../import-plan.ts';
import { jobRef, procedure } from '../procedure.ts';
import { formatInfoSchema } from '../schemas.ts';

export const transferRoutes = {
  listFormats: procedure.output(z.array(formatInfoSchema)).query(({ ctx }) => ctx.host.listFormats()),
  startImport: procedure
    .input(
      importChoicesSchema.extend({
        path: z.string().min(1),
        format: z.string().optional(),
        options: z.record(z.string(), z.unknown()).default({}),
      }),
    )
    .output(jobRef)
    .mutation(({ ctx, input }) => ctx.host.startImport(input)),
  startExport: procedure
    .input(
      z.object({
        format: z.string(),
        dir: z.string().min(1),
        options: z.record(z.string(), z.unknown()).default({}),
      }),
    )
    .output(jobRef)
    .mutation(({ ctx, input }) => ctx.host.startExport(input)),
};
