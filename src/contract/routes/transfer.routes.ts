/** Labels in, labels out. */
import { z } from 'zod';
import { importChoicesSchema } from '../import-plan.ts';
import { jobRef, procedure } from '../procedure.ts';
import {
  copyChoiceSchema,
  formatInfoSchema,
  rowFilterSchema,
  tablePreviewSchema,
  transferRowSchema,
} from '../transfer.ts';

export const transferRoutes = {
  listFormats: procedure.output(z.array(formatInfoSchema)).query(({ ctx }) => ctx.host.listFormats()),
  startImport: procedure
    .input(
      importChoicesSchema.extend({
        path: z.string().min(1),
        more: z.array(z.string().min(1)).max(20_000).readonly().default([]),
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
        copies: copyChoiceSchema.default('none'),
      }),
    )
    .output(jobRef)
    .mutation(({ ctx, input }) => ctx.host.startExport(input)),
  transferRows: procedure
    .input(
      z.object({
        jobId: z.string(),
        only: rowFilterSchema.default('all'),
        offset: z.number().int().min(0),
        limit: z.number().int().min(1).max(1000),
      }),
    )
    .output(z.object({ total: z.number(), items: z.array(transferRowSchema) }))
    .query(({ ctx, input }) => ctx.host.transferRows(input)),
  saveTransfer: procedure
    .input(z.object({ jobId: z.string(), file: z.string().min(1) }))
    .output(z.object({ file: z.string() }))
    .mutation(({ ctx, input }) => ctx.host.saveTransfer(input)),
  previewTable: procedure
    .input(
      z.object({
        path: z.string().min(1),
        header: z.enum(['auto', 'yes', 'no']).default('auto'),
        delimiter: z.enum(['auto', ',', ';', 'tab', '|']).default('auto'),
      }),
    )
    .output(tablePreviewSchema)
    .query(({ ctx, input }) => ctx.host.previewTable(input)),
};
