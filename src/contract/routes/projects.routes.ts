/** What there is to open, and how a person likes the studio. */
import { z } from 'zod';
import { preferencesSchema } from '../../core/preferences.ts';
import { jobRef, none, procedure } from '../procedure.ts';
import {
  folderListingSchema,
  hostInfoSchema,
  projectSummarySchema,
  recentProjectSchema,
} from '../schemas.ts';

const { language, preset, keys } = preferencesSchema.shape;
/** Without the defaults: what is not named stays as it is. */
const preferenceChangesSchema = z.object({
  language: language.unwrap().optional(),
  preset: preset.unwrap().optional(),
  keys: keys.unwrap().optional(),
});

export const projectRoutes = {
  info: procedure.output(hostInfoSchema).query(({ ctx }) => ctx.host.info()),
  listFolder: procedure
    .input(z.object({ path: z.string().nullable() }))
    .output(folderListingSchema)
    .query(({ ctx, input }) => ctx.host.listFolder(input)),
  preferences: procedure.output(preferencesSchema).query(({ ctx }) => ctx.host.preferences()),
  savePreferences: procedure
    .input(preferenceChangesSchema)
    .output(preferencesSchema)
    .mutation(({ ctx, input }) => ctx.host.savePreferences(input)),
  recentProjects: procedure
    .output(z.array(recentProjectSchema))
    .query(({ ctx }) => ctx.host.recentProjects()),
  currentProject: procedure
    .output(projectSummarySchema.nullable())
    .query(({ ctx }) => ctx.host.currentProject()),
  createProject: procedure
    .input(
      z.object({
        imagesDir: z.string().min(1),
        name: z.string().min(1).optional(),
        dir: z.string().optional(),
        classes: z.array(z.string()).optional(),
      }),
    )
    .output(z.object({ project: projectSummarySchema, jobId: z.string() }))
    .mutation(({ ctx, input }) => ctx.host.createProject(input)),
  openProject: procedure
    .input(z.object({ path: z.string().min(1) }))
    .output(projectSummarySchema)
    .mutation(({ ctx, input }) => ctx.host.openProject(input)),
  closeProject: procedure.output(none).mutation(({ ctx }) => ctx.host.closeProject()),
  openSample: procedure
    .output(z.object({ project: projectSummarySchema.nullable(), jobId: z.string().nullable() }))
    .mutation(({ ctx }) => ctx.host.openSample()),
  rescan: procedure.output(jobRef).mutation(({ ctx }) => ctx.host.rescan()),
  relinkImages: procedure
    .input(z.object({ imagesDir: z.string().min(1) }))
    .output(jobRef)
    .mutation(({ ctx, input }) => ctx.host.relinkImages(input)),
  setProjectScale: procedure
    .input(z.object({ mmPerPx: z.number().positive().nullable() }))
    .output(none)
    .mutation(({ ctx, input }) => ctx.host.setProjectScale(input)),
};
