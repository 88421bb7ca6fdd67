/** The tRPC router: every method of {@link HostApi}, with its input and output checked by zod. The window sees only its type. */
import { initTRPC, TRPCError } from '@trpc/server';
import { z } from 'zod';
import { auditReportSchema } from '../core/audit/report.ts';
import { splitRequestSchema, splitSummarySchema } from '../core/audit/split-plan.ts';
import { gestureSchema } from '../core/diffs.ts';
import { isAppErrorData, toAppErrorData } from '../core/errors.ts';
import { evaluationReportSchema } from '../core/evaluation.ts';
import { explainMethodSchema, explanationViewSchema } from '../core/explain.ts';
import { curvePointSchema, jobSchema } from '../core/jobs.ts';
import {
  backboneInfoSchema,
  backboneRequestSchema,
  engineStatusSchema,
  recipeInfoSchema,
  splitChoiceSchema,
  trainingPlanSchema,
} from '../core/learning.ts';
import { preferencesSchema } from '../core/preferences.ts';
import { classRecordSchema, modelRecordSchema } from '../core/records.ts';
import {
  auditRequestSchema,
  dataOverviewSchema,
  gapRequestSchema,
  gapSchema,
  memberSchema,
  regroupInputSchema,
} from './audit.ts';
import type { HostApi } from './host-api.ts';
import { importChoicesSchema } from './import-plan.ts';
import {
  attributeValueSchema,
  comparisonSchema,
  evaluationViewSchema,
  folderListingSchema,
  formatInfoSchema,
  hostInfoSchema,
  imageDocumentSchema,
  imageFilterSchema,
  imageListItemSchema,
  imageSortSchema,
  projectSummarySchema,
  queueItemSchema,
  queueOrderSchema,
  recentProjectSchema,
  trainRequestSchema,
} from './schemas.ts';

export interface RouterContext {
  readonly host: HostApi;
}

const t = initTRPC.context<RouterContext>().create({
  // Errors cross as data: the window matches `data.app.code`.
  errorFormatter: ({ shape, error }) => ({
    ...shape,
    data: { ...shape.data, stack: undefined, app: toAppErrorData(error.cause ?? error) },
  }),
});

const procedure = t.procedure.use(async ({ next }) => {
  const result = await next();
  if (!result.ok && isAppErrorData(result.error.cause)) {
    throw new TRPCError({
      code: 'BAD_REQUEST',
      message: result.error.cause.message,
      cause: result.error.cause,
    });
  }
  return result;
});

const { language, preset, keys } = preferencesSchema.shape;
/** Without the defaults: what is not named stays as it is. */
const preferenceChangesSchema = z.object({
  language: language.unwrap().optional(),
  preset: preset.unwrap().optional(),
  keys: keys.unwrap().optional(),
});
const none = z.void();
const jobRef = z.object({ jobId: z.string() });
const byId = z.object({ id: z.string() });
const gestureId = gestureSchema.shape.id;

export const appRouter = t.router({
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

  listImages: procedure
    .input(
      z.object({
        filter: imageFilterSchema,
        sort: imageSortSchema.optional(),
        offset: z.number().int().min(0),
        limit: z.number().int().min(1).max(5000),
      }),
    )
    .output(z.object({ total: z.number(), items: z.array(imageListItemSchema) }))
    .query(({ ctx, input }) => ctx.host.listImages(input)),
  locateImage: procedure
    .input(z.object({ id: z.string(), filter: imageFilterSchema, sort: imageSortSchema }))
    .output(z.object({ position: z.number(), isListed: z.boolean() }))
    .query(({ ctx, input }) => ctx.host.locateImage(input)),
  findUnreviewed: procedure
    .input(
      z.object({
        id: z.string(),
        filter: imageFilterSchema,
        sort: imageSortSchema,
        step: z.union([z.literal(1), z.literal(-1)]),
      }),
    )
    .output(z.object({ position: z.number(), image: imageListItemSchema }).nullable())
    .query(({ ctx, input }) => ctx.host.findUnreviewed(input)),
  listFlags: procedure.output(z.array(z.string())).query(({ ctx }) => ctx.host.listFlags()),
  setProjectScale: procedure
    .input(z.object({ mmPerPx: z.number().positive().nullable() }))
    .output(none)
    .mutation(({ ctx, input }) => ctx.host.setProjectScale(input)),
  listGroups: procedure.output(z.array(z.string())).query(({ ctx }) => ctx.host.listGroups()),
  getImage: procedure
    .input(byId)
    .output(imageDocumentSchema)
    .query(({ ctx, input }) => ctx.host.getImage(input)),
  listClasses: procedure.output(z.array(classRecordSchema)).query(({ ctx }) => ctx.host.listClasses()),
  countBoxesByClass: procedure
    .output(z.array(z.object({ classId: z.string(), boxes: z.number() })))
    .query(({ ctx }) => ctx.host.countBoxesByClass()),
  listAttributeValues: procedure
    .input(z.object({ classId: z.string() }))
    .output(z.array(attributeValueSchema))
    .query(({ ctx, input }) => ctx.host.listAttributeValues(input)),
  mergeClasses: procedure
    .input(z.object({ gestureId, from: z.string(), into: z.string() }))
    .output(gestureSchema)
    .mutation(({ ctx, input }) => ctx.host.mergeClasses(input)),
  splitClass: procedure
    .input(
      z.object({
        gestureId,
        classId: z.string(),
        attribute: z.string(),
        value: attributeValueSchema.shape.value,
        name: classRecordSchema.shape.name,
      }),
    )
    .output(gestureSchema)
    .mutation(({ ctx, input }) => ctx.host.splitClass(input)),

  applyGesture: procedure
    .input(gestureSchema)
    .output(z.object({ revision: z.number() }))
    .mutation(({ ctx, input }) => ctx.host.applyGesture(input)),
  listGestures: procedure
    .input(z.object({ limit: z.number().int().min(1).max(10_000), before: z.string().optional() }))
    .output(z.array(gestureSchema))
    .query(({ ctx, input }) => ctx.host.listGestures(input)),

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

  startFeatures: procedure.output(jobRef).mutation(({ ctx }) => ctx.host.startFeatures()),
  listRecipes: procedure.output(z.array(recipeInfoSchema)).query(({ ctx }) => ctx.host.listRecipes()),
  planTraining: procedure
    .input(trainRequestSchema)
    .output(trainingPlanSchema)
    .query(({ ctx, input }) => ctx.host.planTraining(input)),
  startTraining: procedure
    .input(trainRequestSchema)
    .output(jobRef)
    .mutation(({ ctx, input }) => ctx.host.startTraining(input)),
  listModels: procedure.output(z.array(modelRecordSchema)).query(({ ctx }) => ctx.host.listModels()),
  updateModel: procedure
    .input(
      z.object({
        id: z.string(),
        name: z.string().min(1).optional(),
        notes: z.string().optional(),
        pinned: z.boolean().optional(),
      }),
    )
    .output(modelRecordSchema)
    .mutation(({ ctx, input }) => ctx.host.updateModel(input)),
  deleteModel: procedure
    .input(byId)
    .output(none)
    .mutation(({ ctx, input }) => ctx.host.deleteModel(input)),
  startPrediction: procedure
    .input(z.object({ modelId: z.string().optional() }))
    .output(jobRef)
    .mutation(({ ctx, input }) => ctx.host.startPrediction(input)),
  startEvaluation: procedure
    .input(z.object({ modelId: z.string().optional(), split: splitChoiceSchema }))
    .output(jobRef)
    .mutation(({ ctx, input }) => ctx.host.startEvaluation(input)),
  evaluate: procedure
    .input(z.object({ modelId: z.string().optional(), split: splitChoiceSchema }))
    .output(evaluationReportSchema)
    .mutation(({ ctx, input }) => ctx.host.evaluate(input)),
  evaluation: procedure
    .input(z.object({ modelId: z.string().optional(), split: splitChoiceSchema }))
    .output(evaluationViewSchema.nullable())
    .query(({ ctx, input }) => ctx.host.evaluation(input)),

  startPredictionFile: procedure
    .input(z.object({ modelId: z.string().optional(), split: splitChoiceSchema, file: z.string().min(1) }))
    .output(jobRef)
    .mutation(({ ctx, input }) => ctx.host.startPredictionFile(input)),

  startModelExport: procedure
    .input(z.object({ modelId: z.string().optional(), file: z.string().min(1) }))
    .output(jobRef)
    .mutation(({ ctx, input }) => ctx.host.startModelExport(input)),

  explain: procedure
    .input(z.object({ imageId: z.string(), modelId: z.string().optional(), method: explainMethodSchema }))
    .output(explanationViewSchema)
    .query(({ ctx, input }) => ctx.host.explain(input)),
  saveExplanation: procedure
    .input(
      z.object({
        imagePath: z.string().min(1),
        className: z.string().min(1),
        modelId: z.string().optional(),
        method: explainMethodSchema,
        style: z.enum(['smooth', 'cells']),
        onPhotograph: z.boolean(),
        file: z.string().min(1),
      }),
    )
    .output(explanationViewSchema.extend({ values: z.array(z.number()) }))
    .mutation(({ ctx, input }) => ctx.host.saveExplanation(input)),

  reviewQueue: procedure
    .input(
      z.object({
        order: queueOrderSchema,
        minScore: z.number().min(0).max(1),
        limit: z.number().int().min(1).max(1000),
      }),
    )
    .output(z.object({ total: z.number(), items: z.array(queueItemSchema) }))
    .query(({ ctx, input }) => ctx.host.reviewQueue(input)),
  compare: procedure
    .input(
      z.object({
        modelId: z.string().optional(),
        split: splitChoiceSchema,
        minScore: z.number().min(0).max(1),
        limit: z.number().int().min(1).max(5000),
      }),
    )
    .output(comparisonSchema)
    .query(({ ctx, input }) => ctx.host.compare(input)),

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
  previewSplit: procedure
    .input(splitRequestSchema)
    .output(splitSummarySchema)
    .query(({ ctx, input }) => ctx.host.previewSplit(input)),
  applySplit: procedure
    .input(z.object({ gestureId, request: splitRequestSchema }))
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

  engineStatus: procedure.output(engineStatusSchema).query(({ ctx }) => ctx.host.engineStatus()),
  installEngine: procedure
    .input(z.object({ variant: z.enum(['cpu', 'cuda']) }))
    .output(jobRef)
    .mutation(({ ctx, input }) => ctx.host.installEngine(input)),
  uninstallEngine: procedure
    .output(z.object({ removed: z.boolean() }))
    .mutation(({ ctx }) => ctx.host.uninstallEngine()),
});

/** The type the window's client is made from. */
export type AppRouter = typeof appRouter;
