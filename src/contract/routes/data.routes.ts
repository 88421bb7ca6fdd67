/** The audit of the data: groups, splits, leaks, the gap. */
import { z } from 'zod';
import { metadataColumnSchema } from '../../core/audit/metadata.ts';
import { auditReportSchema } from '../../core/audit/report.ts';
import { splitRequestSchema, splitSummarySchema } from '../../core/audit/split-plan.ts';
import { gestureSchema } from '../../core/diffs.ts';
import {
  applySplitSchema,
  auditRequestSchema,
  dataOverviewSchema,
  gapRequestSchema,
  gapSchema,
  memberSchema,
  metadataImportSchema,
  metadataRequestSchema,
  metadataSourceSchema,
  metadataTableSchema,
  regroupInputSchema,
} from '../audit.ts';
import { gestureId, jobRef, procedure } from '../procedure.ts';

export const dataRoutes = {
  startAudit: procedure
    .input(auditRequestSchema)
    .output(jobRef)
    .mutation(({ ctx, input }) => ctx.host.startAudit(input)),
  audit: procedure.output(auditReportSchema.nullable()).query(({ ctx }) => ctx.host.audit()),
  saveAudit: procedure
    .input(z.object({ file: z.string().min(1) }))
    .output(z.object({ file: z.string() }))
    .mutation(({ ctx, input }) => ctx.host.saveAudit(input)),
  dataOverview: procedure.output(dataOverviewSchema).query(({ ctx }) => ctx.host.dataOverview()),
  listMembers: procedure
    .input(
      z.object({
        group: z.string().nullable(),
        offset: z.number().int().min(0),
        limit: z.number().int().min(1).max(5000),
      }),
    )
    .output(z.object({ total: z.number(), items: z.array(memberSchema) }))
    .query(({ ctx, input }) => ctx.host.listMembers(input)),
  findMembers: procedure
    .input(z.object({ imageIds: z.array(z.string()).max(5000) }))
    .output(z.array(memberSchema))
    .query(({ ctx, input }) => ctx.host.findMembers(input)),
  regroup: procedure
    .input(regroupInputSchema)
    .output(gestureSchema)
    .mutation(({ ctx, input }) => ctx.host.regroup(input)),
  confirmGroups: procedure
    .input(z.object({ gestureId, names: z.array(z.string()).optional() }))
    .output(gestureSchema)
    .mutation(({ ctx, input }) => ctx.host.confirmGroups(input)),
  metadataColumns: procedure
    .output(z.array(metadataColumnSchema))
    .query(({ ctx }) => ctx.host.metadataColumns()),
  readMetadata: procedure
    .input(metadataSourceSchema)
    .output(metadataTableSchema)
    .query(({ ctx, input }) => ctx.host.readMetadata(input)),
  importMetadata: procedure
    .input(metadataRequestSchema)
    .output(metadataImportSchema)
    .mutation(({ ctx, input }) => ctx.host.importMetadata(input)),
  removeMetadata: procedure
    .input(z.object({ gestureId, columns: z.array(z.string()).min(1).max(1000) }))
    .output(gestureSchema)
    .mutation(({ ctx, input }) => ctx.host.removeMetadata(input)),
  previewSplit: procedure
    .input(splitRequestSchema)
    .output(splitSummarySchema)
    .query(({ ctx, input }) => ctx.host.previewSplit(input)),
  applySplit: procedure
    .input(applySplitSchema)
    .output(gestureSchema)
    .mutation(({ ctx, input }) => ctx.host.applySplit(input)),
  lockTest: procedure
    .input(z.object({ isLocked: z.boolean() }))
    .output(dataOverviewSchema)
    .mutation(({ ctx, input }) => ctx.host.lockTest(input)),
  startGap: procedure
    .input(gapRequestSchema)
    .output(jobRef)
    .mutation(({ ctx, input }) => ctx.host.startGap(input)),
  gap: procedure.output(gapSchema.nullable()).query(({ ctx }) => ctx.host.gap()),
};
